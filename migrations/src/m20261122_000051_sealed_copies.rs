//! Lets a letter name the scan of it as it was signed and sealed.

use sea_orm_migration::prelude::*;

/// Lets a letter name the scan of it as it was signed and sealed.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000051_sealed_copies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        let columns = [
            ColumnDef::new("sealed_file").text().to_owned(),
            ColumnDef::new("sealed_digest").text().to_owned(),
            ColumnDef::new("sealed_time").timestamp_with_time_zone().to_owned(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("letters").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
