//! Databases as this program looks into them, beside the server.

use anyhow::Result;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

/// Opens a database.
pub async fn opened(options: impl Into<ConnectOptions>) -> Result<DatabaseConnection> {
    // Opening takes much room, which every caller would otherwise have to keep for it.
    Ok(Box::pin(Database::connect(options)).await?)
}
