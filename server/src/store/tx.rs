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

use super::{Deed, StoreError, changes::Log, connection::Dialect, lanes::Gathered, memo::Memo};
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

/// Insertions as one statement, with what `last` says behind them where the database takes several things at once.
fn joined(dialect: Dialect, insertions: impl ExactSizeIterator<Item = Statement>, last: &str) -> Statement {
    let (mut texts, mut values) = (Vec::with_capacity(insertions.len()), Vec::new());
    for insertion in insertions {
        texts.push(match dialect {
            Dialect::Sqlite => insertion.sql,
            Dialect::Postgres => counted_on(&insertion.sql, values.len()),
        });
        values.extend(insertion.values.into_iter().flat_map(|values| values.0));
    }
    match dialect {
        Dialect::Sqlite => Statement::from_sql_and_values(DbBackend::Sqlite, texts.join("; ") + "; " + last, values),
        Dialect::Postgres => Statement::from_sql_and_values(DbBackend::Postgres, within_each_other(texts), values),
    }
}

/// What PostgreSQL takes as one statement: all but the last stand before it as `WITH` has them.
fn within_each_other(mut texts: Vec<String>) -> String {
    let last = texts.pop().unwrap_or_default();
    let before: Vec<String> = (0..).zip(texts).map(|(number, text)| format!("i{number} AS ({text})")).collect();
    if before.is_empty() { last } else { format!("WITH {} {last}", before.join(", ")) }
}

/// A statement whose values are counted after so many others. Nothing in it but places of values begins with a dollar sign.
fn counted_on(sql: &str, others: usize) -> String {
    let mut parts = sql.split('$');
    let mut counted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().unwrap_or_default() + others;
        counted.extend(["$", &number.to_string(), rest]);
    }
    counted
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
        let (tx, dialect) = (&self.0.tx, self.dialect());
        // One statement is one way to SQLite's thread or to the other server and back; long ones would not stay prepared.
        while insertions.len() > TOGETHER {
            let together: Vec<Statement> = insertions.by_ref().take(TOGETHER).collect();
            tx.execute_raw(joined(dialect, together.into_iter(), "")).await?;
        }
        if insertions.len() > 0 {
            tx.execute_raw(joined(dialect, insertions, last)).await?;
            if dialect == Dialect::Sqlite {
                return Ok(());
            }
        }
        if !last.is_empty() {
            tx.execute_unprepared(last).await?;
        }
        Ok(())
    }

    pub(super) fn dialect(&self) -> Dialect {
        Dialect::of(&*self.0.tx)
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
