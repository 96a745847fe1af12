//! Check-in lists, how somebody came, badges that were lost, and where an event is attended online.

use sea_orm_migration::prelude::*;

/// Check-in lists, how somebody came, badges that were lost, and where an event is attended online.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000067_check_in_lists"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let lists = Table::create()
            .table("check_in_lists")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("title_en").text())
            .col(ColumnDef::new("title_zh").text())
            .col(ColumnDef::new("kind").text().not_null())
            .col(ColumnDef::new("date").text())
            .col(ColumnDef::new("session").text())
            .col(ColumnDef::new("resource").text())
            .col(ColumnDef::new("categories").json_binary().not_null())
            .col(ColumnDef::new("online_uri").text())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(lists).await?;
        for (table, column) in [
            ("check_ins", ColumnDef::new("list").text().not_null().default("").to_owned()),
            ("check_ins", ColumnDef::new("mode").text().not_null().default("ON_SITE").to_owned()),
            ("registrations", ColumnDef::new("badge_issue").big_integer().not_null().default(0).to_owned()),
            ("events", ColumnDef::new("online_uri").text().to_owned()),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        // Nobody is on a list twice at a time; the event itself is the list without a name.
        manager.drop_index(Index::drop().name("check_ins_standing").table("check_ins").to_owned()).await?;
        let standing =
            "CREATE UNIQUE INDEX check_ins_standing ON check_ins (event, registration, list) WHERE state = 'STANDING'";
        manager.get_connection().execute_unprepared(standing).await?;
        Ok(())
    }
}
