//! Creates the files: their labels, and their bytes in sealed pieces.

use sea_orm_migration::prelude::*;

/// Creates the files: their labels, and their bytes in sealed pieces.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000008_files"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let files = Table::create()
            .table("files")
            .col(ColumnDef::new("owner").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("file_name").text().not_null())
            .col(ColumnDef::new("media_type").text().not_null())
            .col(ColumnDef::new("size").big_integer().not_null())
            .col(ColumnDef::new("received").big_integer().not_null())
            .col(ColumnDef::new("digest").text())
            .col(ColumnDef::new("wrapped_key").blob().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("owner").col("id"))
            .to_owned();
        manager.create_table(files).await?;
        let file_pieces = Table::create()
            .table("file_pieces")
            .col(ColumnDef::new("owner").text().not_null())
            .col(ColumnDef::new("file").text().not_null())
            .col(ColumnDef::new("offset").big_integer().not_null())
            .col(ColumnDef::new("sealed").blob().not_null())
            .primary_key(Index::create().col("owner").col("file").col("offset"))
            .to_owned();
        manager.create_table(file_pieces).await?;
        Ok(())
    }
}
