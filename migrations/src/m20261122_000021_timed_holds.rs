//! Lets the ledger hold places for a while, and makes the pools of the resources there are.

use sea_orm_migration::prelude::*;

/// Lets the ledger hold places for a while, and makes the pools of the resources there are.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000021_timed_holds"
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
            ("pools", ColumnDef::new("sharing").text().to_owned()),
            ("holds", ColumnDef::new("taker").text().to_owned()),
            ("holds", ColumnDef::new("start_time").timestamp_with_time_zone().to_owned()),
            ("holds", ColumnDef::new("end_time").timestamp_with_time_zone().to_owned()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let holds_by_taker = Index::create().name("holds_by_taker").table("holds").col("event").col("taker").to_owned();
        manager.create_index(holds_by_taker).await?;
        // An itinerary that was released before holds nothing until it is released again.
        let pools = "INSERT INTO pools (event, id, capacity, held, sharing) \
                     SELECT event, 'resources/' || id, capacity, 0, \
                     CASE kind WHEN 'VEHICLE' THEN 'ONE_HOLDER' ELSE 'MANY_HOLDERS' END FROM resources";
        manager.get_connection().execute_unprepared(pools).await?;
        Ok(())
    }
}
