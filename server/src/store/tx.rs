//! One write within a transaction, which it may share with others.

use std::{any::Any, sync::Arc};

use attache_domain::authority::Actor;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait as _, IntoActiveModel};

use super::{Deed, StoreError, changes::Log, lanes::Gathered, memo::Memo};
use crate::vault::MasterKey;

/// A transaction in the hands of one write. Clones are the same transaction.
#[derive(Clone)]
pub struct WriteTx(Arc<Inner>);

struct Inner {
    tx: Arc<DatabaseTransaction>,
    gathered: Arc<Gathered>,
    master: Arc<MasterKey>,
    actor: Actor,
    now: DateTime<Utc>,
}

impl WriteTx {
    pub(super) fn new(
        tx: Arc<DatabaseTransaction>,
        gathered: Arc<Gathered>,
        master: Arc<MasterKey>,
        deed: &Deed,
    ) -> Self {
        Self(Arc::new(Inner { tx, gathered, master, actor: deed.actor.clone(), now: deed.now }))
    }

    /// Reads what many writes ask for, unless one in this transaction has read it already.
    pub(super) async fn read_once<T, F>(&self, name: String, read: F) -> Result<Option<T>, StoreError>
    where
        T: Any + Clone + Send + Sync,
        F: Future<Output = Result<Option<T>, StoreError>>,
    {
        if let Some(known) = self.memo().get::<T>(&name) {
            return Ok(Some(known.as_ref().clone()));
        }
        let found = read.await?;
        if let Some(found) = &found {
            self.memo().put(name, Arc::new(found.clone()));
        }
        Ok(found)
    }

    pub(super) fn db(&self) -> &DatabaseTransaction {
        &self.0.tx
    }

    /// Inserts a row, without reading it back.
    pub(super) async fn insert<M, A>(&self, row: M) -> Result<(), StoreError>
    where
        M: IntoActiveModel<A>,
        A: ActiveModelTrait,
    {
        A::Entity::insert(row.into_active_model()).exec_without_returning(self.db()).await?;
        Ok(())
    }

    pub(super) fn log(&self) -> &Log {
        &self.0.gathered.log
    }

    pub(super) fn memo(&self) -> &Memo {
        &self.0.gathered.memo
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
