//! One write within a transaction, which it may share with others.

use std::sync::Arc;

use attache_domain::authority::Actor;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::{Deed, changes::Log};
use crate::vault::MasterKey;

/// A transaction in the hands of one write. Clones are the same transaction.
#[derive(Clone)]
pub struct WriteTx(Arc<Inner>);

struct Inner {
    tx: Arc<DatabaseTransaction>,
    log: Arc<Log>,
    master: Arc<MasterKey>,
    actor: Actor,
    now: DateTime<Utc>,
}

impl WriteTx {
    pub(super) fn new(tx: Arc<DatabaseTransaction>, log: Arc<Log>, master: Arc<MasterKey>, deed: &Deed) -> Self {
        Self(Arc::new(Inner { tx, log, master, actor: deed.actor.clone(), now: deed.now }))
    }

    pub(super) fn db(&self) -> &DatabaseTransaction {
        &self.0.tx
    }

    pub(super) fn log(&self) -> &Log {
        &self.0.log
    }

    pub(super) fn master(&self) -> &MasterKey {
        &self.0.master
    }

    pub(super) fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// The moment of the deed, the same in all that it writes.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.now
    }
}
