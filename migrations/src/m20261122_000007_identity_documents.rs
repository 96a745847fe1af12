//! Creates the vault's documents: an outline in clear, the contents sealed under the person's key.

use sea_orm_migration::prelude::*;

/// Creates the vault's documents: an outline in clear, the contents sealed under the person's key.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000007_identity_documents"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let identity_documents = Table::create()
            .table("identity_documents")
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("number_suffix").text().not_null())
            .col(ColumnDef::new("expire_date").date().not_null())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("destroy_date").date().not_null())
            .col(ColumnDef::new("contents").blob())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("organization").col("person").col("id"))
            .to_owned();
        manager.create_table(identity_documents).await?;
        let identity_documents_by_destroy_date = Index::create()
            .name("identity_documents_by_destroy_date")
            .table("identity_documents")
            .col("state")
            .col("destroy_date")
            .to_owned();
        manager.create_index(identity_documents_by_destroy_date).await?;
        Ok(())
    }
}
