//! Creates the members, their roles and their tokens.

use sea_orm_migration::prelude::*;

/// Creates the members, their roles and their tokens.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000012_members"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let members = Table::create()
            .table("members")
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("display_name").text().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(members).await?;
        let grants = Table::create()
            .table("grants")
            .col(ColumnDef::new("member").text().not_null())
            .col(ColumnDef::new("number").big_integer().not_null())
            .col(ColumnDef::new("role").text().not_null())
            .col(ColumnDef::new("event").text())
            .col(ColumnDef::new("delegation").text())
            .primary_key(Index::create().col("member").col("number"))
            .to_owned();
        manager.create_table(grants).await?;
        let tokens = Table::create()
            .table("tokens")
            .col(ColumnDef::new("member").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("digest").text().not_null())
            .col(ColumnDef::new("purpose").text().not_null())
            .col(ColumnDef::new("expire_time").timestamp_with_time_zone())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("member").col("id"))
            .to_owned();
        manager.create_table(tokens).await?;
        let tokens_by_id = Index::create().name("tokens_by_id").table("tokens").col("id").unique().to_owned();
        manager.create_index(tokens_by_id).await?;
        Ok(())
    }
}
