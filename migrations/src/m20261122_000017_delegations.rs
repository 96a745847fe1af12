//! Creates the delegations and their members.

use sea_orm_migration::prelude::*;

/// Creates the delegations and their members.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000017_delegations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        delegations(manager).await?;
        members(manager).await
    }
}

async fn delegations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let delegations = Table::create()
        .table("delegations")
        .col(ColumnDef::new("event").text().not_null())
        .col(ColumnDef::new("id").text().not_null())
        .col(ColumnDef::new("title_en").text())
        .col(ColumnDef::new("title_zh").text())
        .col(ColumnDef::new("sender").text().not_null())
        .col(ColumnDef::new("seats").big_integer().not_null())
        .col(ColumnDef::new("start_date").date().not_null())
        .col(ColumnDef::new("end_date").date().not_null())
        .col(ColumnDef::new("cities").json_binary().not_null())
        .col(ColumnDef::new("head_organization").text())
        .col(ColumnDef::new("head_person").text())
        .col(ColumnDef::new("state").text().not_null())
        .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("revision").big_integer().not_null())
        .primary_key(Index::create().col("event").col("id"))
        .to_owned();
    manager.create_table(delegations).await?;
    let delegations_by_time = Index::create()
        .name("delegations_by_time")
        .table("delegations")
        .col("event")
        .col("create_time")
        .col("id")
        .to_owned();
    manager.create_index(delegations_by_time).await
}

async fn members(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let delegation_members = Table::create()
        .table("delegation_members")
        .col(ColumnDef::new("event").text().not_null())
        .col(ColumnDef::new("delegation").text().not_null())
        .col(ColumnDef::new("id").text().not_null())
        .col(ColumnDef::new("organization").text().not_null())
        .col(ColumnDef::new("person").text().not_null())
        .col(ColumnDef::new("role").text())
        .col(ColumnDef::new("state").text().not_null())
        .col(ColumnDef::new("successor").text())
        .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("revision").big_integer().not_null())
        .primary_key(Index::create().col("event").col("delegation").col("id"))
        .to_owned();
    manager.create_table(delegation_members).await?;
    let delegation_members_by_person = Index::create()
        .name("delegation_members_by_person")
        .table("delegation_members")
        .col("event")
        .col("person")
        .to_owned();
    manager.create_index(delegation_members_by_person).await?;
    let delegation_members_by_time = Index::create()
        .name("delegation_members_by_time")
        .table("delegation_members")
        .col("event")
        .col("delegation")
        .col("create_time")
        .col("id")
        .to_owned();
    manager.create_index(delegation_members_by_time).await
}
