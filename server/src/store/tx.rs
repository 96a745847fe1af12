//! One write within a transaction, which it may share with others.

use std::{
    any::Any,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use attache_domain::authority::Actor;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr, EntityTrait as _, IntoActiveModel,
    QueryTrait as _, Statement,
};

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
    /// What is to be inserted before anything else is asked.
    insertions: Mutex<Vec<Statement>>,
}

/// How many insertions go to the database together at most.
const TOGETHER: usize = 8;

/// Several statements as one.
fn joined(statements: impl Iterator<Item = Statement>, last: &str) -> Statement {
    let (mut sql, mut values) = (String::new(), Vec::new());
    for statement in statements {
        sql.push_str(&statement.sql);
        sql.push_str("; ");
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    Statement::from_sql_and_values(DbBackend::Sqlite, sql + last, values)
}

impl Inner {
    fn insertions(&self) -> MutexGuard<'_, Vec<Statement>> {
        self.insertions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WriteTx {
    pub(super) fn new(
        tx: Arc<DatabaseTransaction>,
        gathered: Arc<Gathered>,
        master: Arc<MasterKey>,
        deed: &Deed,
    ) -> Self {
        Self(Arc::new(Inner {
            tx,
            gathered,
            master,
            actor: deed.actor.clone(),
            now: deed.now,
            insertions: Mutex::default(),
        }))
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

    /// The database as this write left it so far.
    pub(super) async fn db(&self) -> Result<&DatabaseTransaction, StoreError> {
        self.settle("").await?;
        Ok(&self.0.tx)
    }

    /// Inserts a row: at the latest before anything else is asked of the database, so that rows that follow each other go there together.
    pub(super) fn insert<M, A>(&self, row: M)
    where
        M: IntoActiveModel<A>,
        A: ActiveModelTrait,
    {
        let insertion = A::Entity::insert(row.into_active_model()).build(self.0.tx.get_database_backend());
        self.0.insertions().push(insertion);
    }

    /// Has the database do what is left to do for this write, and then what `last` says.
    pub(super) async fn settle(&self, last: &str) -> Result<(), DbErr> {
        let mut insertions = std::mem::take(&mut *self.0.insertions()).into_iter();
        let tx = &self.0.tx;
        if tx.get_database_backend() != DbBackend::Sqlite {
            for insertion in insertions {
                tx.execute_raw(insertion).await?;
            }
        } else if insertions.len() > 0 {
            // A statement that says several things is one way to SQLite's thread and back; long ones would not stay prepared.
            while insertions.len() > TOGETHER {
                tx.execute_raw(joined(insertions.by_ref().take(TOGETHER), "")).await?;
            }
            tx.execute_raw(joined(insertions, last)).await?;
            return Ok(());
        }
        if !last.is_empty() {
            tx.execute_unprepared(last).await?;
        }
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
