//! Lets categories of an event share pools of places.

use sea_orm_migration::prelude::*;

/// Lets categories of an event share pools of places.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000072_shared_pools"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pools = ColumnDef::new("shared_pools").json_binary().not_null().default("[]").to_owned();
        manager.alter_table(Table::alter().table("events").add_column(pools).to_owned()).await?;
        let shared = ColumnDef::new("shared").json_binary().to_owned();
        manager.alter_table(Table::alter().table("pools").add_column(shared).to_owned()).await?;
        Ok(())
    }
}
