//! Creates the organisations: hosts, partners, companies.

use sea_orm_migration::prelude::*;

/// Creates the organisations: hosts, partners, companies.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000001_organizations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let organizations = Table::create()
            .table("organizations")
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("title_en").text())
            .col(ColumnDef::new("title_zh").text())
            .col(ColumnDef::new("kind").text())
            .col(ColumnDef::new("region_code").text())
            .col(ColumnDef::new("address_lines").json_binary().not_null())
            .col(ColumnDef::new("address_lines_zh").json_binary().not_null())
            .col(ColumnDef::new("phone_number").text())
            .col(ColumnDef::new("email").text())
            .col(ColumnDef::new("registration_number").text())
            .col(ColumnDef::new("signatory").json_binary())
            .col(ColumnDef::new("stamp_file").text())
            .col(ColumnDef::new("signature_file").text())
            .col(ColumnDef::new("letter_prefix").text())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(organizations).await?;
        Ok(())
    }
}
