//! The colours of badges.

use sea_orm_migration::prelude::*;

/// The colours of badges.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000066_badge_colors"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let color = ColumnDef::new("color").text().to_owned();
        manager.alter_table(Table::alter().table("categories").add_column(color).to_owned()).await
    }
}
