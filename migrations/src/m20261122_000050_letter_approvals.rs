//! Lets an organisation say who approves its letters, and a letter who requested and who approved it.

use sea_orm_migration::prelude::*;

/// Lets an organisation say who approves its letters, and a letter who requested and who approved it.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000050_letter_approvals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        let of_organizations = [
            ColumnDef::new("letter_approvals").big_integer().not_null().default(1).to_owned(),
            ColumnDef::new("self_approval_forbidden").boolean().not_null().default(false).to_owned(),
        ];
        for column in of_organizations {
            manager.alter_table(Table::alter().table("organizations").add_column(column).to_owned()).await?;
        }
        // Who requested or approved the letters before was written in the change log alone.
        let of_letters = [
            ColumnDef::new("requester").text().to_owned(),
            ColumnDef::new("approvals").json_binary().not_null().default("[]").to_owned(),
        ];
        for column in of_letters {
            manager.alter_table(Table::alter().table("letters").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
