//! Lets an event be part of another, and take place in more than one place.

use sea_orm_migration::prelude::*;

/// Lets an event be part of another, and take place in more than one place.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000053_event_parents"
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
            ColumnDef::new("parent").text().to_owned(),
            ColumnDef::new("other_venues").json_binary().not_null().default("[]").to_owned(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("events").add_column(column).to_owned()).await?;
        }
        let events_by_parent = Index::create().name("events_by_parent").table("events").col("parent").to_owned();
        manager.create_index(events_by_parent).await?;
        Ok(())
    }
}
