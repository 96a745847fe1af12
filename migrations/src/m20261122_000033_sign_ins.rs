//! Lets members have an address and a language, and keeps the codes that were asked for to sign in.

use sea_orm_migration::prelude::*;

/// Lets members have an address and a language, and keeps the codes that were asked for to sign in.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000033_sign_ins"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        let columns = [
            ColumnDef::new("email").text().to_owned(),
            ColumnDef::new("email_digest").text().to_owned(),
            ColumnDef::new("language_code").text().not_null().default("en").to_owned(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("members").add_column(column).to_owned()).await?;
        }
        let members_by_email =
            Index::create().name("members_by_email").table("members").col("email_digest").unique().to_owned();
        manager.create_index(members_by_email).await?;
        let sign_ins = Table::create()
            .table("sign_ins")
            .col(ColumnDef::new("address").text().not_null())
            .col(ColumnDef::new("id").text().not_null())
            .col(ColumnDef::new("tries").big_integer().not_null())
            .col(ColumnDef::new("mail_time").timestamp_with_time_zone())
            .col(ColumnDef::new("lease_time").timestamp_with_time_zone())
            .col(ColumnDef::new("create_time").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col("address").col("id"))
            .to_owned();
        manager.create_table(sign_ins).await?;
        for (name, column) in [("sign_ins_due", "mail_time"), ("sign_ins_by_time", "create_time")] {
            manager.create_index(Index::create().name(name).table("sign_ins").col(column).to_owned()).await?;
        }
        Ok(())
    }
}
