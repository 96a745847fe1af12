//! The store: the only room that knows the database.
//!
//! A write is a closure over a [`WriteTx`], a whole transaction that is replayed by its request id, logged by every row it saves, and committed
//! or undone as one. Reads go through [`Store`] and are scoped by the capability they take.
//!
//! **Invariant:** whatever is made, changed or removed (under an event, under an organisation, or in the installation: its members and their
//! tokens) leaves an entry in the change log of the same transaction.

use std::{path::Path, sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::watch;

use crate::vault::MasterKey;

mod access;
mod audit;
mod categories;
mod changes;
mod delegations;
mod error;
mod events;
mod files;
mod filter;
mod identity_documents;
mod itineraries;
mod jobs;
mod letters;
mod listing;
mod notices;
mod organizations;
mod page;
mod persons;
mod pools;
mod registrations;
mod requests;
mod resources;
mod rooms;
mod rows;
mod schedules;
mod schema;
mod sessions;
mod speakers;
mod stops;
mod times;
mod tx;
mod visits;

pub use access::{Bearer, NewToken, Presented};
pub use categories::pool_of;
pub use delegations::seats_of;
pub use error::StoreError;
pub use files::OpenFile;
pub use identity_documents::Opened;
pub use letters::Dossier;
pub use page::{List, Page};
pub use pools::PoolKey;
pub use requests::{Deed, Request, Subject};
pub use schema::SchemaError;
pub use tx::WriteTx;

/// How many connections read at once beside the one that writes.
const READERS: u32 = 4;

/// The database, the vault's key, and the bell that rings after each commit.
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
    master: Arc<MasterKey>,
    changed: watch::Sender<u64>,
}

impl Store {
    /// Opens the SQLite database of a file, or makes it. The schema is not looked at; [`Store::migrate`] does that.
    pub async fn open(file: &Path, master: MasterKey) -> Result<Self, StoreError> {
        let write = Database::connect(sqlite(file, 1)).await?;
        let read = Database::connect(sqlite(file, READERS)).await?;
        Ok(Self { write, read, master: Arc::new(master), changed: watch::Sender::new(0) })
    }

    /// Runs a closure as one transaction: all of it is kept, or nothing.
    ///
    /// When the deed's request was done before, its outcome is loaded instead and the closure does not run.
    /// The closure may run more than once, and so changes nothing but through its transaction.
    pub async fn write<T, E, F, Fut>(&self, deed: &Deed, work: F) -> Result<T, E>
    where
        T: Subject,
        E: From<StoreError>,
        F: Fn(WriteTx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let tx = self.begin(deed).await?;
        if let Some(name) = tx.answered(deed).await? {
            return Ok(T::load(&tx, &name).await?);
        }
        match work(tx.clone()).await {
            Ok(subject) => {
                tx.remember(deed, &subject.resource_name()).await?;
                tx.commit().await?;
                self.changed.send_modify(|commits| *commits += 1);
                Ok(subject)
            }
            Err(refused) => {
                tx.undo().await?;
                Err(refused)
            }
        }
    }

    /// Waits for commits: the receiver is woken after each one.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    async fn begin(&self, deed: &Deed) -> Result<WriteTx, StoreError> {
        let immediate = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let tx = self.write.begin_with_options(immediate).await?;
        Ok(WriteTx::new(tx, Arc::clone(&self.master), deed))
    }
}

fn sqlite(file: &Path, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", file.display()));
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(20))
        .test_before_acquire(false)
        // Statements carry personal data, which never reaches a log.
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .busy_timeout(Duration::from_secs(10))
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                // What is deleted or destroyed is overwritten, and does not linger in free pages.
                .pragma("secure_delete", "ON")
        });
    options
}
