//! Gives lists of registrations an index for each filter that is documented as indexed, each ending in the usual order.

use sea_orm_migration::prelude::*;

/// Gives lists of registrations an index for each filter that is documented as indexed, each ending in the usual order.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000060_registration_lists"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The one by person is made again, with the order behind it.
        manager.drop_index(Index::drop().name("registrations_by_person").table("registrations").to_owned()).await?;
        let filters = [
            ("registrations_by_state", "state"),
            ("registrations_by_category", "category"),
            ("registrations_by_person", "person"),
        ];
        for (name, column) in filters {
            let index = Index::create()
                .name(name)
                .table("registrations")
                .col("event")
                .col(column)
                .col("create_time")
                .col("id")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
