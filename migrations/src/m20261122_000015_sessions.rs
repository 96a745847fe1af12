//! Creates the sessions and their speakers.

use sea_orm_migration::prelude::*;

/// Creates the sessions and their speakers.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000015_sessions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sessions = Table::create()
            .table("sessions")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("kind").text().not_null())
            .col(ColumnDef::new("title_en").text())
            .col(ColumnDef::new("title_zh").text())
            .col(ColumnDef::new("description").json_binary())
            .col(ColumnDef::new("room").text())
            .col(ColumnDef::new("start_time").timestamp_with_time_zone())
            .col(ColumnDef::new("start_local").text())
            .col(ColumnDef::new("start_zone").text())
            .col(ColumnDef::new("end_time").timestamp_with_time_zone())
            .col(ColumnDef::new("end_local").text())
            .col(ColumnDef::new("end_zone").text())
            .col(ColumnDef::new("signing").json_binary())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(sessions).await?;
        let sessions_by_room =
            Index::create().name("sessions_by_room").table("sessions").col("event").col("room").to_owned();
        manager.create_index(sessions_by_room).await?;
        let speakers = Table::create()
            .table("speakers")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("session").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("role").text().not_null())
            .col(ColumnDef::new("position").big_integer().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("session").col("id"))
            .to_owned();
        manager.create_table(speakers).await?;
        let speakers_by_person =
            Index::create().name("speakers_by_person").table("speakers").col("event").col("person").to_owned();
        manager.create_index(speakers_by_person).await?;
        Ok(())
    }
}
