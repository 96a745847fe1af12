//! Gives delegations deadlines, a nomination document, and a reason for their return.

use sea_orm_migration::prelude::*;

/// Gives delegations deadlines, a nomination document, and a reason for their return.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000069_delegation_steps"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            ColumnDef::new("nomination_time").timestamp_with_time_zone(),
            ColumnDef::new("document_time").timestamp_with_time_zone(),
            ColumnDef::new("letter_time").timestamp_with_time_zone(),
            ColumnDef::new("travel_time").timestamp_with_time_zone(),
            ColumnDef::new("needs_nomination_file").boolean().not_null().default(false),
            ColumnDef::new("nomination_file").text(),
            ColumnDef::new("return_reason").text(),
        ] {
            manager.alter_table(Table::alter().table("delegations").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
