//! The schema's version: brought up to date at start, by one server at a time, and never run on from the future.

use std::time::Duration;

use attache_domain::{authority::Administrator, system::Schema};
use attache_migrations::Migrator;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use sea_orm_migration::MigratorTrait as _;

use super::{Store, StoreError, persons};

/// After how long a server that began a migration and never ended it is taken for dead.
const LOCK_EXPIRY: TimeDelta = TimeDelta::minutes(10);

/// How long a server waits for another that changes the schema: a little longer than it takes to be taken for dead.
const LOCK_PATIENCE: Duration = Duration::from_mins(11);
/// How long it waits before it looks again.
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// Says why a database cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database failed.
    #[error("the database failed while its schema was read or changed")]
    Database(#[from] DbErr),
    /// The database was written by a newer version.
    #[error(
        "the database was written by a newer version of attache-server (it knows {0}, this one does not): run that version"
    )]
    Newer(String),
    /// The schema is old, and the setting forbids changing it.
    #[error("the database lacks {0} schema changes, and --no-migrate forbids making them")]
    Behind(usize),
    /// Another server is changing the schema, and does not come to an end.
    #[error("another server is changing the schema since {0}, and does not come to an end: look at it first")]
    Locked(String),
}

impl Store {
    /// Brings the schema up to date, under a lock row; refuses what a newer version wrote.
    ///
    /// Of servers that start together one does it, and the others wait for it.
    pub async fn migrate(&self, now: DateTime<Utc>) -> Result<(), SchemaError> {
        self.make_lock().await?;
        self.lock(now).await?;
        let outcome = self.bring_up_to_date().await;
        self.write.execute_unprepared("DELETE FROM schema_lock").await?;
        outcome
    }

    async fn bring_up_to_date(&self) -> Result<(), SchemaError> {
        self.refuse_newer().await?;
        Migrator::up(&self.write, None).await?;
        Ok(persons::fill_search_keys(&self.write).await?)
    }

    /// Refuses a schema that is not up to date, and leaves it as it is.
    pub async fn require_current(&self) -> Result<(), SchemaError> {
        self.refuse_newer().await?;
        match Migrator::get_pending_migrations(&self.write).await?.len() {
            0 => Ok(()),
            pending => Err(SchemaError::Behind(pending)),
        }
    }

    /// Tells whether the schema is this version's.
    pub async fn schema(&self, _: &Administrator) -> Result<Schema, StoreError> {
        if let Some(change) = self.newer().await? {
            return Ok(Schema::Newer(change));
        }
        Ok(match Migrator::get_pending_migrations(&self.write).await?.len() {
            0 => Schema::Current(Self::schema_version()),
            changes => Schema::Behind(changes),
        })
    }

    /// The name of the newest schema change this program knows.
    pub fn schema_version() -> String {
        Migrator::migrations().last().map(|migration| migration.name().to_owned()).unwrap_or_default()
    }

    async fn refuse_newer(&self) -> Result<(), SchemaError> {
        self.newer().await?.map_or(Ok(()), |change| Err(SchemaError::Newer(change)))
    }

    /// Finds a change that a newer version made.
    async fn newer(&self) -> Result<Option<String>, DbErr> {
        Migrator::install(&self.write).await?;
        let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let backend = self.write.get_database_backend();
        let applied =
            self.write.query_all_raw(Statement::from_string(backend, "SELECT version FROM seaql_migrations")).await?;
        for row in applied {
            let version: String = row.try_get("", "version")?;
            if !known.contains(&version) {
                return Ok(Some(version));
            }
        }
        Ok(None)
    }

    /// Makes the table of the lock. PostgreSQL refuses one of two that make it together, with one of three codes as far as the other is: it is
    /// there then.
    async fn make_lock(&self) -> Result<(), SchemaError> {
        const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_lock (id INTEGER PRIMARY KEY, since TEXT NOT NULL)";
        if self.write.execute_unprepared(TABLE).await.is_err() {
            self.write.execute_unprepared(TABLE).await?;
        }
        Ok(())
    }

    async fn lock(&self, now: DateTime<Utc>) -> Result<(), SchemaError> {
        let began = tokio::time::Instant::now();
        while !self.take_lock(now, now - LOCK_EXPIRY + began.elapsed()).await? {
            if began.elapsed() > LOCK_PATIENCE {
                return Err(SchemaError::Locked(self.locked_since().await?));
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
        Ok(())
    }

    async fn take_lock(&self, now: DateTime<Utc>, stale: DateTime<Utc>) -> Result<bool, SchemaError> {
        let backend = self.write.get_database_backend();
        let stale = [stale.to_rfc3339().into()];
        let clear = Statement::from_sql_and_values(backend, "DELETE FROM schema_lock WHERE since < $1", stale);
        self.write.execute_raw(clear).await?;
        let take = Statement::from_sql_and_values(
            backend,
            "INSERT INTO schema_lock (id, since) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
            [now.to_rfc3339().into()],
        );
        Ok(self.write.execute_raw(take).await?.rows_affected() == 1)
    }

    async fn locked_since(&self) -> Result<String, SchemaError> {
        let backend = self.write.get_database_backend();
        let held = Statement::from_string(backend, "SELECT since FROM schema_lock WHERE id = 1");
        let since = self.write.query_one_raw(held).await?.and_then(|row| row.try_get("", "since").ok());
        Ok(since.unwrap_or_default())
    }
}
