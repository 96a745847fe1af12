//! Has a pool's row say how many wait, so that whoever comes is counted by the one statement that holds a place.

use sea_orm_migration::prelude::*;

/// Has a pool's row say how many wait, so that whoever comes is counted by the one statement that holds a place.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000062_waiting"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let waiting = ColumnDef::new("waiting").big_integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("pools").add_column(waiting).to_owned()).await?;
        let counted = "UPDATE pools SET waiting = \
                       (SELECT count(*) FROM waits WHERE waits.event = pools.event AND waits.pool = pools.id)";
        manager.get_connection().execute_unprepared(counted).await?;
        Ok(())
    }
}
