//! Creates the change log and the requests that were answered.

use sea_orm_migration::prelude::*;

/// Creates the change log and the requests that were answered.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000013_changes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let changes = Table::create()
            .table("changes")
            .col(ColumnDef::new("owner").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("actor").text())
            .col(ColumnDef::new("resource").text().not_null())
            .col(ColumnDef::new("verb").text().not_null())
            .col(ColumnDef::new("person").text())
            .col(ColumnDef::new("before").blob())
            .col(ColumnDef::new("after").blob())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("owner").col("id"))
            .to_owned();
        manager.create_table(changes).await?;
        let changes_by_time = Index::create()
            .name("changes_by_time")
            .table("changes")
            .col("owner")
            .col("create_time")
            .col("id")
            .to_owned();
        manager.create_index(changes_by_time).await?;
        let requests = Table::create()
            .table("requests")
            .col(ColumnDef::new("actor").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("digest").blob().not_null())
            .col(ColumnDef::new("resource").text().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("actor").col("id"))
            .to_owned();
        manager.create_table(requests).await?;
        Ok(())
    }
}
