//! Lets an organisation say what it works in, offers and needs, and whom to ask.

use sea_orm_migration::prelude::*;

/// Lets an organisation say what it works in, offers and needs, and whom to ask.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000052_organization_market"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        let columns = [
            ColumnDef::new("sectors").json_binary().not_null().default("[]").to_owned(),
            // Every code that a sector lies under, a space around each, so that one statement finds them by any.
            ColumnDef::new("sector_codes").text().not_null().default("").to_owned(),
            ColumnDef::new("offers").json_binary().not_null().default("[]").to_owned(),
            ColumnDef::new("needs").json_binary().not_null().default("[]").to_owned(),
            ColumnDef::new("website_uri").text().to_owned(),
            ColumnDef::new("contact").json_binary().to_owned(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("organizations").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
