//! Creates the events.

use sea_orm_migration::prelude::*;

/// Creates the events.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000002_events"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let events = Table::create()
            .table("events")
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("title_en").text())
            .col(ColumnDef::new("title_zh").text())
            .col(ColumnDef::new("start_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("start_local").text().not_null())
            .col(ColumnDef::new("start_zone").text().not_null())
            .col(ColumnDef::new("end_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("end_local").text().not_null())
            .col(ColumnDef::new("end_zone").text().not_null())
            .col(ColumnDef::new("controller").text().not_null())
            .col(ColumnDef::new("hosts").json_binary().not_null())
            .col(ColumnDef::new("venue").json_binary())
            .col(ColumnDef::new("registration_open_time").timestamp_with_time_zone())
            .col(ColumnDef::new("registration_close_time").timestamp_with_time_zone())
            .col(ColumnDef::new("contact_email").text())
            .col(ColumnDef::new("specimen").boolean().not_null())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(events).await?;
        Ok(())
    }
}
