//! Offers places that come free to those who wait, and says why somebody was put ahead of others.

use sea_orm_migration::prelude::*;

/// Offers places that come free to those who wait, and says why somebody was put ahead of others.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000045_offers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let hours = ColumnDef::new("offer_hours").big_integer().to_owned();
        manager.alter_table(Table::alter().table("categories").add_column(hours).to_owned()).await?;
        let reason = ColumnDef::new("precedence_reason").text().to_owned();
        manager.alter_table(Table::alter().table("registrations").add_column(reason).to_owned()).await?;
        let offers = Table::create()
            .table("offers")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("registration").text().not_null())
            .col(ColumnDef::new("category").text().not_null())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("expire_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(offers).await?;
        let offers_by_time =
            Index::create().name("offers_by_time").table("offers").col("event").col("create_time").col("id").to_owned();
        manager.create_index(offers_by_time).await?;
        let database = manager.get_connection();
        // Nobody has two offers that wait for an answer.
        let pending = "CREATE UNIQUE INDEX offers_pending ON offers (event, registration) WHERE state = 'PENDING'";
        database.execute_unprepared(pending).await?;
        let due = "CREATE INDEX offers_due ON offers (expire_time) WHERE state = 'PENDING'";
        database.execute_unprepared(due).await?;
        Ok(())
    }
}
