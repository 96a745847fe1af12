//! Creates the itineraries.

use sea_orm_migration::prelude::*;

/// Creates the itineraries.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000019_itineraries"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let itineraries = Table::create()
            .table("itineraries")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("delegation").text().not_null())
            .col(ColumnDef::new("title_en").text())
            .col(ColumnDef::new("title_zh").text())
            .col(ColumnDef::new("region_code").text().not_null())
            .col(ColumnDef::new("language").text().not_null())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("release").json_binary())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(itineraries).await?;
        let itineraries_by_time = Index::create()
            .name("itineraries_by_time")
            .table("itineraries")
            .col("event")
            .col("create_time")
            .col("id")
            .to_owned();
        manager.create_index(itineraries_by_time).await?;
        Ok(())
    }
}
