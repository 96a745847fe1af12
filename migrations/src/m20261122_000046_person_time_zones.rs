//! Lets people say by which clocks they live.

use sea_orm_migration::prelude::*;

/// Lets people say by which clocks they live.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000046_person_time_zones"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let time_zone = ColumnDef::new("time_zone").text().to_owned();
        manager.alter_table(Table::alter().table("persons").add_column(time_zone).to_owned()).await?;
        Ok(())
    }
}
