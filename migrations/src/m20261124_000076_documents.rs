//! Documents of several kinds in the vault, and their contents in a table of their own, so that a list never reads a photo; whose are asked for, and until
//! when.

use sea_orm_migration::prelude::*;

/// Documents of several kinds in the vault, and their contents in a table of their own, so that a list never reads a photo.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261124_000076_documents"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let photo_required = ColumnDef::new("photo_required").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("categories").add_column(photo_required).to_owned()).await?;
        let accredited = ColumnDef::new("accreditation_end_time").timestamp_with_time_zone().to_owned();
        manager.alter_table(Table::alter().table("events").add_column(accredited).to_owned()).await?;
        let contents = Table::create()
            .table("identity_document_contents")
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("contents").blob().not_null())
            .primary_key(Index::create().col("organization").col("person").col("id"))
            .to_owned();
        manager.create_table(contents).await?;
        // SQLite cannot let a column be empty that could not: the table is made anew.
        let documents = Table::create()
            .table("identity_documents_anew")
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("kind").text().not_null())
            .col(ColumnDef::new("number_suffix").text().not_null())
            .col(ColumnDef::new("expire_date").date())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("destroy_date").date().not_null())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("organization").col("person").col("id"))
            .to_owned();
        manager.create_table(documents).await?;
        for copy in [
            "INSERT INTO identity_document_contents (organization, person, id, contents) \
             SELECT organization, person, id, contents FROM identity_documents WHERE contents IS NOT NULL",
            "INSERT INTO identity_documents_anew \
             (organization, person, id, kind, number_suffix, expire_date, state, destroy_date, create_time) \
             SELECT organization, person, id, 'PASSPORT', number_suffix, expire_date, state, destroy_date, create_time \
             FROM identity_documents",
        ] {
            manager.get_connection().execute_unprepared(copy).await?;
        }
        manager.drop_table(Table::drop().table("identity_documents").to_owned()).await?;
        manager.rename_table(Table::rename().table("identity_documents_anew", "identity_documents").to_owned()).await?;
        let by_destroy_date = Index::create()
            .name("identity_documents_by_destroy_date")
            .table("identity_documents")
            .col("state")
            .col("destroy_date")
            .to_owned();
        manager.create_index(by_destroy_date).await
    }
}
