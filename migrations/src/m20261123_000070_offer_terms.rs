//! Lets the time of a category's offers run in working hours alone, and those who let one lapse wait again.

use sea_orm_migration::prelude::*;

/// Lets the time of a category's offers run in working hours alone, and those who let one lapse wait again.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000070_offer_terms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new("offer_working_hours").json_binary(),
            ColumnDef::new("lapsed_wait_again").boolean().not_null().default(false),
        ] {
            manager.alter_table(Table::alter().table("categories").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
