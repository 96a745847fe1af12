//! Creates the people, and the keys that their secrets lie under; who erases the key erases the secrets.

use sea_orm_migration::prelude::*;

/// Creates the people, and the keys that their secrets lie under; who erases the key erases the secrets.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000003_persons"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let persons = Table::create()
            .table("persons")
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("display_name").text().not_null())
            .col(ColumnDef::new("native_name").text())
            .col(ColumnDef::new("surname").text())
            .col(ColumnDef::new("given_names").text())
            .col(ColumnDef::new("form_of_address").text())
            .col(ColumnDef::new("family_first").boolean().not_null())
            .col(ColumnDef::new("email").text())
            .col(ColumnDef::new("email_key").text())
            .col(ColumnDef::new("phone_number").text())
            .col(ColumnDef::new("language_code").text().not_null())
            .col(ColumnDef::new("region_code").text())
            .col(ColumnDef::new("affiliation").text())
            .col(ColumnDef::new("position").text())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("organization").col("id"))
            .to_owned();
        manager.create_table(persons).await?;
        let persons_by_email =
            Index::create().name("persons_by_email").table("persons").col("organization").col("email_key").to_owned();
        manager.create_index(persons_by_email).await?;
        let person_keys = Table::create()
            .table("person_keys")
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("wrapped_key").blob().not_null())
            .primary_key(Index::create().col("organization").col("person"))
            .to_owned();
        manager.create_table(person_keys).await?;
        Ok(())
    }
}
