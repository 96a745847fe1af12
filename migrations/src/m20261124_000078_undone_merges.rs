//! Keeps what a merge of two people changed, so that it can be taken back.

use sea_orm_migration::prelude::*;

/// Keeps what a merge of two people changed, so that it can be taken back.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261124_000078_undone_merges"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let merges = Table::create()
            .table("merges")
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("stays").text().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .col(ColumnDef::new("gone_row").blob().not_null())
            .col(ColumnDef::new("stays_rows").blob().not_null())
            .primary_key(Index::create().col("organization").col("person"))
            .to_owned();
        manager.create_table(merges).await?;
        let by_stays =
            Index::create().name("merges_by_stays").table("merges").col("organization").col("stays").to_owned();
        manager.create_index(by_stays).await?;
        let traces = Table::create()
            .table("merge_traces")
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("resource").text().not_null())
            .col(ColumnDef::new("lists").json_binary().not_null())
            .primary_key(Index::create().col("organization").col("person").col("resource"))
            .to_owned();
        manager.create_table(traces).await
    }
}
