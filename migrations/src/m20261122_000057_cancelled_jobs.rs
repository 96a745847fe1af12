//! Lets a job be stopped before its last piece.

use sea_orm_migration::prelude::*;

/// Lets a job be stopped before its last piece.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000057_cancelled_jobs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let cancelled = ColumnDef::new("cancelled").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("jobs").add_column(cancelled).to_owned()).await
    }
}
