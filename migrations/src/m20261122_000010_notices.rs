//! Creates the outbox: every mail as it was written, until it is sent or given up.

use sea_orm_migration::prelude::*;

/// Creates the outbox: every mail as it was written, until it is sent or given up.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000010_notices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let notices = Table::create()
            .table("notices")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("occasion").text().not_null())
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("display_name").text().not_null())
            .col(ColumnDef::new("email").text().not_null())
            .col(ColumnDef::new("reply_to").text())
            .col(ColumnDef::new("language_code").text().not_null())
            .col(ColumnDef::new("subject").text().not_null())
            .col(ColumnDef::new("text").text().not_null())
            .col(ColumnDef::new("html").text().not_null())
            .col(ColumnDef::new("attachments").json_binary().not_null())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("attempts").big_integer().not_null())
            .col(ColumnDef::new("next_attempt_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("lease_time").timestamp_with_time_zone())
            .col(ColumnDef::new("send_time").timestamp_with_time_zone())
            .col(ColumnDef::new("last_error").text())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(notices).await?;
        let notices_due =
            Index::create().name("notices_due").table("notices").col("state").col("next_attempt_time").to_owned();
        manager.create_index(notices_due).await?;
        Ok(())
    }
}
