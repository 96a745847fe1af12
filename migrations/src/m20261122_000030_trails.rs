//! Creates the trails: how far the change log of each owner is numbered, and where its chain ends.

use sea_orm_migration::prelude::*;

/// Creates the trails: how far the change log of each owner is numbered, and where its chain ends.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000030_trails"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let trails = Table::create()
            .table("trails")
            .col(ColumnDef::new("owner").text().not_null().primary_key())
            .col(ColumnDef::new("position").big_integer().not_null())
            .col(ColumnDef::new("digest").blob().not_null())
            .to_owned();
        manager.create_table(trails).await?;
        Ok(())
    }
}
