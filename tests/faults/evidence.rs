//! What the database of an installation holds, read past the server.

use anyhow::{Context as _, Result};
use attache_tests::site::Site;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};

/// The rows of an installation.
pub struct Evidence {
    database: DatabaseConnection,
    backend: DbBackend,
}

impl Evidence {
    /// Looks into the database of an installation.
    pub async fn of(site: &Site) -> Result<Self> {
        let (url, backend) = match &site.database {
            Some(url) => (url.clone(), DbBackend::Postgres),
            None => (format!("sqlite://{}", site.folder.join("attache.db").display()), DbBackend::Sqlite),
        };
        Ok(Self { database: Database::connect(url).await?, backend })
    }

    /// Counts what a query counts.
    pub async fn count(&self, query: &str) -> Result<u64> {
        let row = self.database.query_one_raw(Statement::from_string(self.backend, query)).await?;
        let count: i64 = row.context("a count")?.try_get_by_index(0)?;
        Ok(u64::try_from(count)?)
    }

    /// Gives the texts in the first column of a query.
    pub async fn texts(&self, query: &str) -> Result<Vec<String>> {
        let rows = self.database.query_all_raw(Statement::from_string(self.backend, query)).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Lets go of the database.
    pub async fn close(self) -> Result<()> {
        Ok(self.database.close().await?)
    }
}
