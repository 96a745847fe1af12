//! Creates the personal links.

use sea_orm_migration::prelude::*;

/// Creates the personal links.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000041_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let links = Table::create()
            .table("links")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("code_digest").text().not_null())
            .col(ColumnDef::new("token_digest").text())
            .col(ColumnDef::new("expire_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("exchange_time").timestamp_with_time_zone())
            .col(ColumnDef::new("revoke_time").timestamp_with_time_zone())
            .col(ColumnDef::new("mail_state").text())
            .col(ColumnDef::new("attempts").big_integer().not_null())
            .col(ColumnDef::new("next_attempt_time").timestamp_with_time_zone())
            .col(ColumnDef::new("lease_time").timestamp_with_time_zone())
            .col(ColumnDef::new("send_time").timestamp_with_time_zone())
            .col(ColumnDef::new("last_error").text())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(links).await?;
        // A token says its id and a link its code, and neither says the event.
        for (name, column) in [("links_by_id", "id"), ("links_by_code", "code_digest")] {
            manager.create_index(Index::create().name(name).table("links").col(column).unique().to_owned()).await?;
        }
        let due =
            Index::create().name("links_due").table("links").col("mail_state").col("next_attempt_time").to_owned();
        manager.create_index(due).await
    }
}
