//! What a category asks beside who somebody is, and what was answered.

use sea_orm_migration::prelude::*;

/// What a category asks beside who somebody is, and what was answered.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000064_forms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let form = ColumnDef::new("form").json_binary().not_null().default("[]").to_owned();
        manager.alter_table(Table::alter().table("categories").add_column(form).to_owned()).await?;
        let answers = ColumnDef::new("answers").blob().to_owned();
        manager.alter_table(Table::alter().table("submissions").add_column(answers).to_owned()).await?;
        let answers = Table::create()
            .table("answers")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("registration").text().not_null())
            .col(ColumnDef::new("organization").text().not_null())
            .col(ColumnDef::new("person").text().not_null())
            .col(ColumnDef::new("contents").blob().not_null())
            .primary_key(Index::create().col("event").col("registration"))
            .to_owned();
        manager.create_table(answers).await?;
        let by_person =
            Index::create().name("answers_by_person").table("answers").col("organization").col("person").to_owned();
        manager.create_index(by_person).await
    }
}
