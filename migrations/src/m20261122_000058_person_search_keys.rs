//! Keeps how the names of people read, for searches.

use sea_orm_migration::prelude::*;

/// Keeps how the names of people read, for searches.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000058_person_search_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let search_key = ColumnDef::new("search_key").text().to_owned();
        manager.alter_table(Table::alter().table("persons").add_column(search_key).to_owned()).await?;
        Ok(())
    }
}
