//! Gives the entries of the change log their order: within a write, between writes, and in their trail.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Gives the entries of the change log their order: within a write, between writes, and in their trail.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000029_change_order"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Entries made before have the same write and ordinal, and are numbered in the order of time.
        let columns = [
            ColumnDef::new("write_number").big_integer().not_null().default(0).to_owned(),
            ColumnDef::new("ordinal").big_integer().not_null().default(0).to_owned(),
            ColumnDef::new("position").big_integer().to_owned(),
            ColumnDef::new("digest").blob().to_owned(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("changes").add_column(column).to_owned()).await?;
        }
        manager.drop_index(Index::drop().name("changes_by_time").table("changes").to_owned()).await?;
        let changes_by_position = Index::create()
            .name("changes_by_position")
            .table("changes")
            .col("owner")
            .col("position")
            .unique()
            .to_owned();
        manager.create_index(changes_by_position).await?;
        let unnumbered = "CREATE INDEX changes_unnumbered ON changes (owner, write_number, ordinal) \
                          WHERE position IS NULL";
        manager.get_connection().execute_unprepared(unnumbered).await?;
        // SQLite lets one write at a time, which needs no sequence to know that it comes after another.
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared("CREATE SEQUENCE write_numbers").await?;
        }
        Ok(())
    }
}
