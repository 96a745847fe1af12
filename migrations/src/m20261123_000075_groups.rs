//! Has some who wait be a group, that is served together.

use sea_orm_migration::prelude::*;

/// Has some who wait be a group, that is served together.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000075_groups"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("needed").big_integer().not_null().default(1).to_owned(),
            ColumnDef::new("company").text().to_owned(),
        ];
        // SQLite takes one column in a statement.
        for column in columns {
            manager.alter_table(Table::alter().table("waits").add_column(column).to_owned()).await?;
        }
        let alone = Query::update().table("waits").value("needed", Expr::col("quantity")).to_owned();
        manager.execute(alone).await?;
        Ok(())
    }
}
