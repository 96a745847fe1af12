//! Keeps under which name a person is found who was merged into another.

use sea_orm_migration::prelude::*;

/// Keeps under which name a person is found who was merged into another.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000054_merged_persons"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let merged = Table::create()
            .table("merged_persons")
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("successor").text().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("organization").col("person"))
            .to_owned();
        manager.create_table(merged).await?;
        let by_successor = Index::create()
            .name("merged_persons_by_successor")
            .table("merged_persons")
            .col("organization")
            .col("successor")
            .to_owned();
        manager.create_index(by_successor).await?;
        Ok(())
    }
}
