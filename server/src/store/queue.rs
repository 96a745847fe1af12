//! What waits in a table to be done by a worker: claimed under a lease, so that two workers never do the same, and a dead one loses nothing.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, Iterable as _, PrimaryKeyToColumn, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType},
};

use super::{Store, StoreError};

/// How long a worker has a mail to itself: longer than a mail server may take.
pub const MAIL_LEASE: TimeDelta = TimeDelta::minutes(5);

/// Which rows of a table wait for a worker.
pub(super) struct Queue<E: EntityTrait> {
    /// What holds for the rows that wait, beside that their time has come and nobody has them.
    pub(super) waiting: Condition,
    /// Since when a row waits; the first comes first.
    pub(super) since: E::Column,
    /// Until when a worker has a row.
    pub(super) lease: E::Column,
}

impl Store {
    /// Claims up to `limit` of the rows whose time has come, the first first; until then nobody else gets them.
    ///
    /// One statement, in which workers pass over what another is claiming. That there is nothing to claim, as mostly, is seen without writing.
    pub(super) async fn claim<E: EntityTrait>(
        &self,
        queue: Queue<E>,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
        limit: usize,
    ) -> Result<Vec<E::Model>, StoreError> {
        let Queue { waiting, since, lease } = queue;
        let free = Condition::any().add(lease.is_null()).add(lease.lte(now));
        let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
        let due = E::find()
            .select_only()
            .columns(key.iter().copied())
            .filter(waiting)
            .filter(since.lte(now))
            .filter(free)
            .order_by_asc(since);
        if self.read.query_one(&due.clone().limit(1).into_query()).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut due = due.limit(limit as u64).into_query();
        due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let key = Expr::tuple(key.iter().map(|part| Expr::col(*part)));
        Ok(E::update_many()
            .col_expr(lease, Expr::value(until))
            .filter(key.in_subquery(due))
            .exec_with_returning(&self.write)
            .await?)
    }
}
