//! What other systems know registrations by, and lists of people that are imported.

use sea_orm_migration::prelude::*;

/// What other systems know registrations by, and lists of people that are imported.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261123_000065_registration_imports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let external_id = ColumnDef::new("external_id").text().to_owned();
        manager.alter_table(Table::alter().table("registrations").add_column(external_id).to_owned()).await?;
        let import = ColumnDef::new("registration_import").json_binary().to_owned();
        manager.alter_table(Table::alter().table("jobs").add_column(import).to_owned()).await?;
        let database = manager.get_connection();
        let by_external_id = "CREATE UNIQUE INDEX registrations_by_external_id ON registrations (event, external_id) \
                              WHERE external_id IS NOT NULL";
        database.execute_unprepared(by_external_id).await?;
        // Whom a list names without an address is looked for by name among those who have none.
        let unreached =
            "CREATE INDEX persons_without_email ON persons (organization, display_name) WHERE email_key IS NULL";
        database.execute_unprepared(unreached).await?;
        Ok(())
    }
}
