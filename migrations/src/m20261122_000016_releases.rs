//! Creates the releases of schedules.

use sea_orm_migration::prelude::*;

/// Creates the releases of schedules.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000016_releases"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let releases = Table::create()
            .table("releases")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("version").big_integer().not_null())
            .col(ColumnDef::new("programme").json_binary().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("event").col("version"))
            .to_owned();
        manager.create_table(releases).await?;
        Ok(())
    }
}
