//! Creates the letters and the counts of their numbers.

use sea_orm_migration::prelude::*;

/// Creates the letters and the counts of their numbers.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000009_letters"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let letters = Table::create()
            .table("letters")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("issuer").text().not_null())
            .col(ColumnDef::new("template").text().not_null())
            .col(ColumnDef::new("region_code").text().not_null())
            .col(ColumnDef::new("start_date").date().not_null())
            .col(ColumnDef::new("end_date").date().not_null())
            .col(ColumnDef::new("cities").json_binary().not_null())
            .col(ColumnDef::new("purpose").json_binary())
            .col(ColumnDef::new("relationship").json_binary())
            .col(ColumnDef::new("expense_bearer").text())
            .col(ColumnDef::new("state").text().not_null())
            .col(ColumnDef::new("number").text())
            .col(ColumnDef::new("issue_date").date())
            .col(ColumnDef::new("code").text())
            .col(ColumnDef::new("file").text())
            .col(ColumnDef::new("digest").text())
            .col(ColumnDef::new("initials").text())
            .col(ColumnDef::new("reason").text())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("update_time").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("revision").big_integer().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(letters).await?;
        let letters_by_code = Index::create().name("letters_by_code").table("letters").col("code").unique().to_owned();
        manager.create_index(letters_by_code).await?;
        let letters_by_number =
            Index::create().name("letters_by_number").table("letters").col("number").unique().to_owned();
        manager.create_index(letters_by_number).await?;
        let letters_by_person =
            Index::create().name("letters_by_person").table("letters").col("event").col("person").to_owned();
        manager.create_index(letters_by_person).await?;
        let letter_numbers = Table::create()
            .table("letter_numbers")
            .col(ColumnDef::new("prefix").text().not_null())
            .col(ColumnDef::new("year").big_integer().not_null())
            .col(ColumnDef::new("last").big_integer().not_null())
            .primary_key(Index::create().col("prefix").col("year"))
            .to_owned();
        manager.create_table(letter_numbers).await?;
        Ok(())
    }
}
