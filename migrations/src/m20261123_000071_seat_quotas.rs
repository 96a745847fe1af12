//! Shares the seats of a delegation out among categories, and remembers the registrations that come with them.

use sea_orm_migration::prelude::*;

/// Shares the seats of a delegation out among categories, and remembers the registrations that come with them.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000071_seat_quotas"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let quotas = ColumnDef::new("seat_quotas").json_binary().not_null().default("[]").to_owned();
        manager.alter_table(Table::alter().table("delegations").add_column(quotas).to_owned()).await?;
        for column in ["category", "registration"] {
            let column = ColumnDef::new(column).text().to_owned();
            manager.alter_table(Table::alter().table("delegation_members").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
