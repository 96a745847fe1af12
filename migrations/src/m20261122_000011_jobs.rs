//! Creates the long work that survives a restart.

use sea_orm_migration::prelude::*;

/// Creates the long work that survives a restart.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000011_jobs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let jobs = Table::create()
            .table("jobs")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("kind").text().not_null())
            .col(ColumnDef::new("letters").json_binary().not_null())
            .col(ColumnDef::new("done").big_integer().not_null())
            .col(ColumnDef::new("failures").json_binary().not_null())
            .col(ColumnDef::new("lease_time").timestamp_with_time_zone())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("end_time").timestamp_with_time_zone())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(jobs).await?;
        let jobs_open = Index::create().name("jobs_open").table("jobs").col("end_time").to_owned();
        manager.create_index(jobs_open).await?;
        Ok(())
    }
}
