//! Creates the registrations.

use sea_orm_migration::prelude::*;

/// Creates the registrations.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000006_registrations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let registrations = Table::create()
            .table("registrations")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("category").text().not_null())
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(registrations).await?;
        let registrations_by_person = Index::create()
            .name("registrations_by_person")
            .table("registrations")
            .col("event")
            .col("person")
            .to_owned();
        manager.create_index(registrations_by_person).await?;
        let registrations_by_time = Index::create()
            .name("registrations_by_time")
            .table("registrations")
            .col("event")
            .col("create_time")
            .col("id")
            .to_owned();
        manager.create_index(registrations_by_time).await?;
        Ok(())
    }
}
