//! How the database is reached: a SQLite file with one connection that writes, or PostgreSQL by its address.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
    sea_query::{Expr, ExprTrait as _, LikeExpr, SimpleExpr, extension::postgres::PgExpr as _},
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use super::outage::{from_driver, is_lost};

/// After how long of idleness a connection to PostgreSQL is looked at before it is used, since the other end may be gone.
const IDLE: Duration = Duration::from_secs(5);
/// How many connections to SQLite read at once beside the one that writes.
const READERS: u32 = 4;
/// What the connection that writes to SQLite keeps in memory: much of the database, in KiB below zero, since keys in no order go to many pages; and
/// what a savepoint would go back to, which otherwise is a file anew for each transaction as soon as a write touches sixteen pages. What it sorts stays in
/// memory too, which is little but where a change of the schema builds an index of a large table.
const WRITER: [(&str, &str); 2] = [("cache_size", "-8000"), ("temp_store", "MEMORY")];
/// What each that reads keeps, which is SQLite's own.
const READER: [(&str, &str); 1] = [("cache_size", "-2000")];
/// How many rows a connection to SQLite finds ahead of whoever takes them: more than a page has, so that neither waits for the other.
const ROWS_AHEAD: usize = 64;
/// How many connections a server has to PostgreSQL.
const CONNECTIONS: u32 = 16;
/// A plan that was made while a table was small is not kept as it grows: in a minute of a launch, until PostgreSQL counts its rows again, each
/// registration would go over all that there are.
const PLAN_ANEW: (&str, &str) = ("plan_cache_mode", "force_custom_plan");
/// What PostgreSQL says when another transaction was faster: serialisation failures, deadlocks, and keys that another
/// transaction took between the look and the insertion.
const CONFLICTS: [&str; 3] = ["40001", "40P01", "23505"];

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file, made where there is none.
    File(PathBuf),
    /// A PostgreSQL database that exists, by its address: `postgres://user:password@host:5432/name`.
    Postgres(String),
}

/// Keeps the password that an address may hold out of logs.
impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(file) => write!(f, "File({})", file.display()),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}

/// Connections of one database, by what they are for.
pub(super) struct Connections {
    pub(super) write: DatabaseConnection,
    pub(super) read: DatabaseConnection,
    pub(super) dialect: Dialect,
}

/// Which database it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Connections {
    pub(super) async fn open(location: &Location) -> Result<Self, DbErr> {
        match location {
            Location::File(file) => {
                let write = Database::connect(sqlite(file, 1, &WRITER)).await?;
                let read = Database::connect(sqlite(file, READERS, &READER)).await?;
                Ok(Self { write, read, dialect: Dialect::Sqlite })
            }
            Location::Postgres(address) => {
                let mut options = quiet(address, CONNECTIONS);
                options.test_before_acquire_if_idle_for(IDLE);
                options.map_sqlx_postgres_opts(|postgres| postgres.options([PLAN_ANEW]));
                let both = Database::connect(options).await?;
                Ok(Self { write: both.clone(), read: both, dialect: Dialect::Postgres })
            }
        }
    }
}

impl Dialect {
    /// Which database a connection is to.
    pub(super) fn of(connection: &impl ConnectionTrait) -> Self {
        if connection.get_database_backend() == DbBackend::Postgres { Self::Postgres } else { Self::Sqlite }
    }

    /// Which database it is, in one word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Begins a transaction that writes. None sees half of another's work: SQLite lets one write at a time, and
    /// PostgreSQL ends those with a conflict that could not have run one after the other.
    pub(super) async fn begin_write(self, database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            isolation_level: self.isolated(IsolationLevel::Serializable),
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        begin(database, options).await
    }

    /// Throws away the connection that writes to SQLite, which believes that its transaction is still open. PostgreSQL's are looked at when they
    /// are given back.
    pub(super) async fn renew(self, database: &DatabaseConnection) {
        if self == Self::Sqlite
            && let Ok(connection) = database.get_sqlite_connection_pool().acquire().await
        {
            // The next use opens another, or tells why it cannot.
            let _ = connection.close().await;
        }
    }

    /// Begins to read everything as it is at one moment.
    pub(super) async fn begin_read(self, database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            isolation_level: self.isolated(IsolationLevel::RepeatableRead),
            access_mode: None,
            sqlite_transaction_mode: None,
        };
        begin(database, options).await
    }

    /// Begins a transaction of which a row is the door: who locks it works alone, and sees all that was committed before
    /// each of its statements. It is in nobody's way who does not want that row.
    pub(super) async fn begin_in_turn(self, database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            isolation_level: self.isolated(IsolationLevel::ReadCommitted),
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        begin(database, options).await
    }

    /// Draws the number of a write within it: one that saw what another wrote has the higher number.
    ///
    /// SQLite lets one write at a time. In PostgreSQL a transaction takes its view of the database before it draws, and so
    /// whoever is in that view has drawn before.
    pub(super) async fn draw_write_number(self, tx: &DatabaseTransaction) -> Result<i64, DbErr> {
        let drawn = match self {
            // Entries that wait for their position may have come from a backup, with higher numbers than there are rows.
            Self::Sqlite => (
                DbBackend::Sqlite,
                "SELECT max(coalesce((SELECT max(rowid) FROM changes), 0), \
                 coalesce((SELECT max(write_number) FROM changes WHERE position IS NULL), 0)) + 1",
            ),
            Self::Postgres => (DbBackend::Postgres, "SELECT nextval('write_numbers')"),
        };
        let drawn = Statement::from_string(drawn.0, drawn.1);
        let row = tx.query_one_raw(drawn).await?.ok_or_else(|| DbErr::RecordNotFound("a write number".to_owned()))?;
        row.try_get_by_index(0)
    }

    /// Lets writes draw their numbers after those of the entries that are there, in a database that was filled otherwise.
    pub(super) async fn continue_write_numbers(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        match self {
            Self::Sqlite => Ok(()),
            Self::Postgres => {
                let last = "SELECT setval('write_numbers', coalesce(max(write_number), 0) + 1) FROM changes";
                tx.execute_unprepared(last).await.map(drop)
            }
        }
    }

    /// Compares a text with a pattern, whatever case its Latin letters are in; a backslash takes a sign for itself.
    pub(super) fn like(self, column: impl ColumnTrait, pattern: &str) -> SimpleExpr {
        let column = Expr::col(column);
        match self {
            Self::Sqlite => column.like(LikeExpr::new(pattern).escape('\\')),
            // The backslash is what PostgreSQL goes by unless told otherwise.
            Self::Postgres => column.ilike(pattern),
        }
    }

    /// SQLite has one level, and it is the strictest.
    fn isolated(self, level: IsolationLevel) -> Option<IsolationLevel> {
        (self == Self::Postgres).then_some(level)
    }
}

/// Begins a transaction, to the end even when whoever asked for it is gone: PostgreSQL's driver gives a connection back on which `BEGIN` was sent
/// and not yet answered as if nothing had been begun, and whoever has it next would write into a transaction that nobody ends.
async fn begin(database: &DatabaseConnection, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
    let database = database.clone();
    let begun = tokio::spawn(async move { database.begin_with_options(options).await });
    begun.await.unwrap_or_else(|stopped| Err(DbErr::Custom(stopped.to_string())))
}

/// Tells whether a transaction failed for no fault of its own, and before it was to be committed, so that it can be run again: another one was
/// faster, or the connection was lost.
pub(super) fn is_conflict(error: &DbErr) -> bool {
    let told = from_driver(error).and_then(|error| error.as_database_error()?.code());
    told.is_some_and(|code| CONFLICTS.contains(&code.as_ref())) || is_lost(error)
}

fn sqlite(file: &Path, connections: u32, memory: &'static [(&'static str, &'static str)]) -> ConnectOptions {
    let mut options = quiet(&format!("sqlite://{}?mode=rwc", file.display()), connections);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .busy_timeout(Duration::from_secs(10))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted or destroyed is overwritten, and does not linger in free pages.
            .pragma("secure_delete", "ON")
            .row_buffer_size(ROWS_AHEAD);
        memory.iter().fold(sqlite, |sqlite, (pragma, value)| sqlite.pragma(*pragma, *value))
    });
    options
}

fn quiet(address: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(address);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(20))
        .test_before_acquire(false)
        // Statements carry personal data, which never reaches a log.
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}
