//! The files that are brought as answers, so that none is deleted while an answer names it.

use sea_orm_migration::prelude::*;

/// The files that are brought as answers, so that none is deleted while an answer names it.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261124_000077_answer_files"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let files = Table::create()
            .table("answer_files")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("registration").text().not_null())
            .col(ColumnDef::new("file").text().not_null())
            .primary_key(Index::create().col("event").col("registration").col("file"))
            .to_owned();
        manager.create_table(files).await?;
        let by_file =
            Index::create().name("answer_files_by_file").table("answer_files").col("event").col("file").to_owned();
        manager.create_index(by_file).await
    }
}
