//! Keeps who came to an event, and finds a registration by a part of its id, which its ticket says.

use sea_orm_migration::prelude::*;

/// Keeps who came to an event, and finds a registration by a part of its id, which its ticket says.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000047_check_ins"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let check_ins = Table::create()
            .table("check_ins")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("registration").text().not_null())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("check_in_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("gate").text())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(check_ins).await?;
        let by_time = Index::create()
            .name("check_ins_by_time")
            .table("check_ins")
            .col("event")
            .col("create_time")
            .col("id")
            .to_owned();
        manager.create_index(by_time).await?;
        let by_id = Index::create().name("registrations_by_id").table("registrations").col("id").to_owned();
        manager.create_index(by_id).await?;
        // Nobody is checked in twice at a time.
        let standing =
            "CREATE UNIQUE INDEX check_ins_standing ON check_ins (event, registration) WHERE state = 'STANDING'";
        manager.get_connection().execute_unprepared(standing).await?;
        Ok(())
    }
}
