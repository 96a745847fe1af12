//! Creates the stops of itineraries.

use sea_orm_migration::prelude::*;

/// Creates the stops of itineraries.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000020_stops"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let stops = Table::create()
            .table("stops")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("itinerary").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("kind").text().not_null())
            .col(ColumnDef::new("title_en").text())
            .col(ColumnDef::new("title_zh").text())
            .col(ColumnDef::new("start_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("start_local").text().not_null())
            .col(ColumnDef::new("start_zone").text().not_null())
            .col(ColumnDef::new("start_place").json_binary().not_null())
            .col(ColumnDef::new("end_local").text().not_null())
            .col(ColumnDef::new("end_zone").text().not_null())
            .col(ColumnDef::new("end_place").json_binary())
            .col(ColumnDef::new("carrier").text())
            .col(ColumnDef::new("number").text())
            .col(ColumnDef::new("details").json_binary().not_null())
            .col(ColumnDef::new("organizations").json_binary().not_null())
            .col(ColumnDef::new("travellers").json_binary().not_null())
            .col(ColumnDef::new("allocations").json_binary().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("itinerary").col("id"))
            .to_owned();
        manager.create_table(stops).await?;
        let stops_by_start = Index::create()
            .name("stops_by_start")
            .table("stops")
            .col("event")
            .col("itinerary")
            .col("start_time")
            .col("id")
            .to_owned();
        manager.create_index(stops_by_start).await?;
        Ok(())
    }
}
