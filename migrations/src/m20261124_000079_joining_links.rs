//! The links by which each joins a meeting, sealed.

use sea_orm_migration::prelude::*;

/// The links by which each joins a meeting, sealed.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261124_000079_joining_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let links = Table::create()
            .table("joining_links")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("registration").text().not_null())
            .col(ColumnDef::new("list").text().not_null())
            .col(ColumnDef::new("wrapped_key").blob().not_null())
            .col(ColumnDef::new("sealed").blob().not_null())
            .primary_key(Index::create().col("event").col("registration").col("list"))
            .to_owned();
        manager.create_table(links).await
    }
}
