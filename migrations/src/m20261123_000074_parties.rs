//! Has people wait for several places at once, and counts how often they were passed over.

use sea_orm_migration::prelude::*;

/// Has people wait for several places at once, and counts how often they were passed over.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000074_parties"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("quantity").big_integer().not_null().default(1).to_owned(),
            ColumnDef::new("passes").big_integer().not_null().default(0).to_owned(),
            ColumnDef::new("pass_time").timestamp_with_time_zone().to_owned(),
        ];
        // SQLite takes one column in a statement.
        for column in columns {
            manager.alter_table(Table::alter().table("waits").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
