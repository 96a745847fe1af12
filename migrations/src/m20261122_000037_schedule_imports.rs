//! Lets a job import a schedule: what it imports, and from which file.

use sea_orm_migration::prelude::*;

/// Lets a job import a schedule: what it imports, and from which file.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000037_schedule_imports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        for column in
            [ColumnDef::new("file").text().to_owned(), ColumnDef::new("schedule_import").json_binary().to_owned()]
        {
            manager.alter_table(Table::alter().table("jobs").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
