//! One transaction that writes.

use std::sync::Arc;

use attache_domain::authority::Actor;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::{Deed, StoreError};
use crate::vault::MasterKey;

/// A transaction in the hands of one write. Clones are the same transaction.
#[derive(Clone)]
pub struct WriteTx(Arc<Inner>);

struct Inner {
    tx: DatabaseTransaction,
    master: Arc<MasterKey>,
    actor: Actor,
    now: DateTime<Utc>,
}

impl WriteTx {
    pub(super) fn new(tx: DatabaseTransaction, master: Arc<MasterKey>, deed: &Deed) -> Self {
        Self(Arc::new(Inner { tx, master, actor: deed.actor, now: deed.now }))
    }

    pub(super) fn db(&self) -> &DatabaseTransaction {
        &self.0.tx
    }

    pub(super) fn master(&self) -> &MasterKey {
        &self.0.master
    }

    pub(super) fn actor(&self) -> Actor {
        self.0.actor
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
