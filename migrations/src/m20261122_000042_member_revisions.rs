//! Counts how often a member was changed.

use sea_orm_migration::prelude::*;

/// Counts how often a member was changed.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000042_member_revisions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let revision = ColumnDef::new("revision").big_integer().not_null().default(1).to_owned();
        manager.alter_table(Table::alter().table("members").add_column(revision).to_owned()).await
    }
}
