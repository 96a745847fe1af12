//! Creates the capacity ledger: pools, holds on them, and who waits.

use sea_orm_migration::prelude::*;

/// Creates the capacity ledger: pools, holds on them, and who waits.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000004_pools"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pools = Table::create()
            .table("pools")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("capacity").big_integer())
            .col(ColumnDef::new("held").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(pools).await?;
        let holds = Table::create()
            .table("holds")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("pool").text().not_null())
            .col(ColumnDef::new("holder").text().not_null())
            .col(ColumnDef::new("quantity").big_integer().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("event").col("pool").col("holder"))
            .to_owned();
        manager.create_table(holds).await?;
        let waits = Table::create()
            .table("waits")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("pool").text().not_null())
            .col(ColumnDef::new("holder").text().not_null())
            .col(ColumnDef::new("position").big_integer().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("event").col("pool").col("holder"))
            .to_owned();
        manager.create_table(waits).await?;
        let waits_by_position = Index::create()
            .name("waits_by_position")
            .table("waits")
            .col("event")
            .col("pool")
            .col("position")
            .unique()
            .to_owned();
        manager.create_index(waits_by_position).await?;
        Ok(())
    }
}
