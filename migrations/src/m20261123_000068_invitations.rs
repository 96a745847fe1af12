//! Creates the invitations.

use sea_orm_migration::prelude::*;

/// Creates the invitations.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000068_invitations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let invitations = Table::create()
            .table("invitations")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("category").text().not_null())
            .col(ColumnDef::new("external_id").text())
            .col(ColumnDef::new("code_digest").text().not_null())
            .col(ColumnDef::new("expire_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("reserve_time").timestamp_with_time_zone())
            .col(ColumnDef::new("skips_approval").boolean().not_null())
            .col(ColumnDef::new("remind_times").json_binary().not_null())
            .col(ColumnDef::new("kept_until").timestamp_with_time_zone())
            .col(ColumnDef::new("answer").text().not_null())
            .col(ColumnDef::new("end_time").timestamp_with_time_zone())
            .col(ColumnDef::new("open_time").timestamp_with_time_zone())
            .col(ColumnDef::new("mail_state").text())
            .col(ColumnDef::new("attempts").big_integer().not_null())
            .col(ColumnDef::new("next_attempt_time").timestamp_with_time_zone())
            .col(ColumnDef::new("lease_time").timestamp_with_time_zone())
            .col(ColumnDef::new("send_time").timestamp_with_time_zone())
            .col(ColumnDef::new("last_error").text())
            .col(ColumnDef::new("reminders").big_integer().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(invitations).await?;
        let by_code =
            Index::create().name("invitations_by_code").table("invitations").col("code_digest").unique().to_owned();
        manager.create_index(by_code).await?;
        for (name, columns) in [
            ("invitations_by_time", ["event", "create_time", "id"].as_slice()),
            ("invitations_by_person", &["event", "person"]),
            ("invitations_due", &["mail_state", "next_attempt_time"]),
        ] {
            let mut index = Index::create().name(name).table("invitations").to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        let kept = "CREATE INDEX invitations_kept ON invitations (kept_until) WHERE kept_until IS NOT NULL";
        manager.get_connection().execute_unprepared(kept).await?;
        Ok(())
    }
}
