//! Lets invitations be passed on.

use sea_orm_migration::prelude::*;

/// Lets invitations be passed on.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000073_transferable_invitations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("transferable").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("invitations").add_column(column).to_owned()).await?;
        Ok(())
    }
}
