//! Gives the other lists that grow with the guests of an event an index in their usual order.

use sea_orm_migration::prelude::*;

/// Gives the other lists that grow with the guests of an event an index in their usual order.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000061_usual_orders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let lists = [
            ("persons_by_time", "persons", "organization"),
            ("notices_by_time", "notices", "event"),
            ("letters_by_time", "letters", "event"),
            ("links_by_time", "links", "event"),
        ];
        for (name, table, parent) in lists {
            let index = Index::create().name(name).table(table).col(parent).col("create_time").col("id").to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
