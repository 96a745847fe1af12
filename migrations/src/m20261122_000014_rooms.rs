//! Creates the rooms.

use sea_orm_migration::prelude::*;

/// Creates the rooms.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000014_rooms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rooms = Table::create()
            .table("rooms")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("title_en").text())
            .col(ColumnDef::new("title_zh").text())
            .col(ColumnDef::new("capacity").big_integer())
            .col(ColumnDef::new("floor").text())
            .col(ColumnDef::new("description").json_binary())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(rooms).await?;
        Ok(())
    }
}
