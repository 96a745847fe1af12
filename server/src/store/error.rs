//! What can go wrong between a rule and its rows.

use std::time::Duration;

use crate::vault::VaultError;

/// Says why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sea_orm::DbErr),
    /// A row says something that no rule allows.
    #[error("a row of {table} has no valid {column}")]
    Corrupt {
        /// In which table.
        table: &'static str,
        /// In which column.
        column: &'static str,
    },
    /// What was sealed does not open.
    #[error("the vault failed")]
    Vault(#[from] VaultError),
    /// The chosen id is taken.
    #[error("the id is taken")]
    Taken(String),
    /// What a repeated request made is gone since, or cannot be told twice.
    #[error("the request was answered before, and its answer cannot be repeated")]
    Unrepeatable(String),
    /// The request's id was used for another request.
    #[error("the request id was used for another request")]
    RequestIdReused(uuid::Uuid),
    /// What a list was asked for below does not exist.
    #[error("{0} does not exist")]
    NoParent(String),
    /// The page token is not of this list.
    #[error("the page token is not one of this list")]
    PageToken,
    /// The filter cannot be read, or asks for what the list does not filter by.
    #[error("the filter cannot be read: {0}")]
    Filter(String),
    /// The order cannot be read, or is by what the list is not ordered by.
    #[error("the order cannot be read: {0}")]
    OrderBy(String),
    /// Too many writes wait already; when to come back.
    #[error("too many writes wait already")]
    Crowded(Duration),
    /// The transaction that it was in was undone.
    #[error("the transaction was undone")]
    Undone,
    /// The connection was lost while the transaction was being committed.
    #[error("nobody can tell whether the write was kept: the connection to the database was lost meanwhile")]
    Unsure,
    /// A transaction was kept beyond its end.
    #[error("a transaction was kept beyond its end")]
    Leaked,
}

/// Reads one column of a row as a rule's type.
pub(super) fn column<T: std::str::FromStr>(
    table: &'static str,
    column: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt { table, column })
}

/// Reads a number that a row keeps as 64 bits.
pub(super) fn count(table: &'static str, column: &'static str, number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Corrupt { table, column })
}
