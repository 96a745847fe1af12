//! One transaction that writes.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use attache_domain::authority::Actor;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use tokio::sync::OnceCell;

use super::{Deed, StoreError, connection::Dialect, schedules::Shows};
use crate::vault::MasterKey;

/// A transaction in the hands of one write. Clones are the same transaction.
#[derive(Clone)]
pub struct WriteTx(Arc<Inner>);

struct Inner {
    tx: DatabaseTransaction,
    dialect: Dialect,
    master: Arc<MasterKey>,
    actor: Actor,
    now: DateTime<Utc>,
    number: OnceCell<i64>,
    entries: AtomicI64,
    shows: Shows,
}

/// Which entry of the change log one is, among those of all writes.
pub(super) struct Turn {
    /// The number of its write.
    pub(super) write_number: i64,
    /// Which entry of that write it is, from 0.
    pub(super) ordinal: i64,
}

impl WriteTx {
    pub(super) fn new(tx: DatabaseTransaction, dialect: Dialect, master: Arc<MasterKey>, deed: &Deed) -> Self {
        let (number, entries) = (OnceCell::new(), AtomicI64::new(0));
        Self(Arc::new(Inner {
            tx,
            dialect,
            master,
            actor: deed.actor.clone(),
            now: deed.now,
            number,
            entries,
            shows: Shows::default(),
        }))
    }

    /// Tells whose turn it is in the change log. The write draws its number with its first entry.
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        let Inner { tx, dialect, number, entries, .. } = self.0.as_ref();
        let write_number = *number.get_or_try_init(|| dialect.draw_write_number(tx)).await?;
        Ok(Turn { write_number, ordinal: entries.fetch_add(1, Ordering::Relaxed) })
    }

    pub(super) fn db(&self) -> &DatabaseTransaction {
        &self.0.tx
    }

    pub(super) fn master(&self) -> &MasterKey {
        &self.0.master
    }

    pub(super) fn shows(&self) -> &Shows {
        &self.0.shows
    }

    pub(super) fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// The moment of the deed, the same in all that it writes.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.now
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.into_inner()?.commit().await?)
    }

    pub(super) async fn undo(self) -> Result<(), StoreError> {
        Ok(self.into_inner()?.rollback().await?)
    }

    fn into_inner(self) -> Result<DatabaseTransaction, StoreError> {
        Arc::into_inner(self.0).map(|inner| inner.tx).ok_or(StoreError::Leaked)
    }
}
