//! Keeps who began an upload.

use sea_orm_migration::prelude::*;

/// Keeps who began an upload.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000043_uploaders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let uploader = ColumnDef::new("uploader").text().to_owned();
        manager.alter_table(Table::alter().table("files").add_column(uploader).to_owned()).await
    }
}
