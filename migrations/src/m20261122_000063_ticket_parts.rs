//! Finds a registration by what its ticket begins with, which is no longer the beginning of its id.

use sea_orm_migration::prelude::*;

/// Finds a registration by what its ticket begins with, which is no longer the beginning of its id.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000063_ticket_parts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let part = ColumnDef::new("ticket_part").text().not_null().default("").to_owned();
        manager.alter_table(Table::alter().table("registrations").add_column(part).to_owned()).await?;
        // All ids so far are random, and the tickets that people hold begin as they do.
        let begun_so = "UPDATE registrations SET ticket_part = substr(id, 1, 8) || substr(id, 10, 2)";
        manager.get_connection().execute_unprepared(begun_so).await?;
        manager.drop_index(Index::drop().name("registrations_by_id").table("registrations").to_owned()).await?;
        let by_ticket =
            Index::create().name("registrations_by_ticket").table("registrations").col("ticket_part").to_owned();
        manager.create_index(by_ticket).await?;
        Ok(())
    }
}
