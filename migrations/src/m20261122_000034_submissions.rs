//! Lets categories take public registrations, and keeps those whose address is not proven yet.

use sea_orm_migration::prelude::*;

/// Lets categories take public registrations, and keeps those whose address is not proven yet.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000034_submissions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let public = ColumnDef::new("public").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("categories").add_column(public).to_owned()).await?;
        let submissions = Table::create()
            .table("submissions")
            .col(ColumnDef::new("event").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("category").text().not_null())
            .col(ColumnDef::new("address").text().not_null())
            .col(ColumnDef::new("wrapped_key").blob().not_null())
            .col(ColumnDef::new("person").blob().not_null())
            .col(ColumnDef::new("holds_place").boolean().not_null())
            .col(ColumnDef::new("tries").big_integer().not_null())
            .col(ColumnDef::new("mail_time").timestamp_with_time_zone())
            .col(ColumnDef::new("lease_time").timestamp_with_time_zone())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("event").col("id"))
            .to_owned();
        manager.create_table(submissions).await?;
        for (name, column) in [("submissions_due", "mail_time"), ("submissions_by_time", "create_time")] {
            manager.create_index(Index::create().name(name).table("submissions").col(column).to_owned()).await?;
        }
        Ok(())
    }
}
