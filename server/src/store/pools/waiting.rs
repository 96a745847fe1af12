//! Who waits for places of a pool, and who of them is served next.
//!
//! Whoever stands first is served first. A party that needs more places than are free is passed over by those behind it who need fewer, and not more
//! than [`MOST_PASSES`] times: then places that come free are kept until there are enough for it. They are kept at once for whoever was put ahead.
//! Nothing is kept for a party that is larger than the pool.
//!
//! **Invariant:** when a transaction ends, no one who waits could be served.

use attache_domain::{
    pool::{Level, MOST_PASSES},
    resource::EventId,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _,
    sea_query::{Alias, Expr, IntoCondition, JoinType, Query},
};

use super::{PoolKey, level, level_of, of_pool, shared_by};
use crate::store::{
    Store, StoreError, WriteTx,
    error::count,
    rows::{pool, wait},
};

/// The last position of those whom an organiser put ahead of others; everybody else stands behind it.
const LAST_AHEAD: i64 = 0;

/// Somebody who waits for places of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub holder: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many places they need.
    pub places: u32,
    position: i64,
    /// Whether nobody stands before them.
    is_first: bool,
}

/// Where somebody stands who waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The place on the list, 1 first; 0 for who does not wait.
    pub position: u32,
    /// How many places they wait for.
    pub places: u32,
    /// How many times they were passed over.
    pub passes: u32,
    /// When that was the last time.
    pub pass_time: Option<DateTime<Utc>>,
}

impl Store {
    /// Tells where the holders that wait stand on their waiting lists, in one statement.
    pub(in crate::store) async fn standings_in(
        &self,
        event: &EventId,
        holders: &[String],
    ) -> Result<Vec<(String, Standing)>, StoreError> {
        let ahead = Alias::new("ahead");
        let of_same_pool = Condition::all()
            .add(Expr::col((ahead.clone(), wait::Column::Event)).eq(Expr::col((wait::Entity, wait::Column::Event))))
            .add(Expr::col((ahead.clone(), wait::Column::Pool)).eq(Expr::col((wait::Entity, wait::Column::Pool))))
            .add(
                Expr::col((ahead.clone(), wait::Column::Position))
                    .lte(Expr::col((wait::Entity, wait::Column::Position))),
            );
        let own = [wait::Column::Holder, wait::Column::Quantity, wait::Column::Passes, wait::Column::PassTime];
        let own = own.map(|column| (wait::Entity, column));
        let counted = Query::select()
            .columns(own)
            .expr(Expr::col((ahead.clone(), wait::Column::Holder)).count())
            .from(wait::Entity)
            .join_as(JoinType::InnerJoin, wait::Entity, ahead, of_same_pool)
            .and_where(Expr::col((wait::Entity, wait::Column::Event)).eq(event.to_string()))
            .and_where(Expr::col((wait::Entity, wait::Column::Holder)).is_in(holders))
            .group_by_columns(own)
            .to_owned();
        let rows = self.read.query_all(&counted).await?;
        let read = |row: &sea_orm::QueryResult| {
            let standing = Standing {
                places: count("waits", "quantity", row.try_get_by_index(1)?)?,
                passes: count("waits", "passes", row.try_get_by_index(2)?)?,
                pass_time: row.try_get_by_index(3)?,
                position: count("waits", "position", row.try_get_by_index(4)?)?,
            };
            Ok((row.try_get_by_index(0)?, standing))
        };
        rows.iter().map(read).collect()
    }
}

impl WriteTx {
    /// Puts a holder at the end of the waiting list, whether there are places or not; tells how many wait then.
    pub async fn wait(&self, key: &PoolKey, holder: &str, places: u32) -> Result<u32, StoreError> {
        let pool = self.add(key, pool::Column::Waiting, 1).await?;
        let pool = pool.ok_or(StoreError::Corrupt { table: "pools", column: "id" })?;
        self.stand_last(key, holder, places).await?;
        count("pools", "waiting", pool.waiting)
    }

    pub(super) async fn stand_last(&self, key: &PoolKey, holder: &str, places: u32) -> Result<(), StoreError> {
        let last = wait::Entity::find()
            .filter(of_wait(key))
            .order_by_desc(wait::Column::Position)
            .one(self.db().await?)
            .await?;
        self.insert(wait::Model {
            event: key.event.to_string(),
            pool: key.pool.clone(),
            holder: holder.to_owned(),
            position: last.map_or(1, |last| Ord::max(last.position, LAST_AHEAD) + 1),
            quantity: places.into(),
            passes: 0,
            pass_time: None,
            create_time: self.now(),
        });
        Ok(())
    }

    /// Has a holder that waits wait for so many places.
    pub(super) async fn wait_for(&self, key: &PoolKey, holder: &str, places: u32) -> Result<(), StoreError> {
        let quantity = wait::Entity::update_many().col_expr(wait::Column::Quantity, Expr::value(i64::from(places)));
        match quantity.filter(of_waiter(key, holder)).exec(self.db().await?).await?.rows_affected {
            0 => Err(StoreError::Corrupt { table: "waits", column: "holder" }),
            _ => Ok(()),
        }
    }

    pub(super) async fn leave_list(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        let left = wait::Entity::delete_many().filter(of_waiter(key, holder)).exec(self.db().await?).await?;
        if left.rows_affected > 0 {
            self.add(key, pool::Column::Waiting, -1).await?;
        }
        Ok(())
    }

    /// Finds who is served next of those who wait for a pool, now that places are free; nobody, where there are too few for each, or they are kept for
    /// somebody.
    pub async fn next_waiting(&self, key: &PoolKey) -> Result<Option<Waiting>, StoreError> {
        let Some(vacancy) = self.vacancy(key).await?.filter(|vacancy| vacancy.free != Some(0)) else { return Ok(None) };
        let fits = vacancy.free.map(|free| wait::Column::Quantity.lte(free));
        let waiting = wait::Entity::find().filter(of_wait(key)).order_by_asc(wait::Column::Position);
        let Some(first) = waiting.clone().one(self.db().await?).await? else { return Ok(None) };
        if vacancy.free.is_none_or(|free| first.quantity <= free) {
            return Waiting::of(first, true).map(Some);
        }
        let Some(next) = waiting.filter(Condition::all().add_option(fits)).one(self.db().await?).await? else {
            return Ok(None);
        };
        let is_kept = self.is_kept(key, vacancy, wait::Column::Position.lt(next.position)).await?;
        if is_kept { Ok(None) } else { Waiting::of(next, false).map(Some) }
    }

    /// Gives whoever is next the places that they wait for, if they are free; those before them were passed over.
    pub async fn serve(&self, key: &PoolKey, next: &Waiting) -> Result<bool, StoreError> {
        if !self.hold(key, &next.holder, next.places).await? {
            return Ok(false);
        }
        self.leave_list(key, &next.holder).await?;
        if !next.is_first {
            self.pass_over(of_wait(key).add(wait::Column::Position.lt(next.position))).await?;
        }
        Ok(true)
    }

    /// Takes places for a holder past all who wait, unless they are kept for one of those; tells whether it did.
    pub async fn hold_past(&self, key: &PoolKey, holder: &str, places: u32) -> Result<bool, StoreError> {
        if self.keeps_places(key).await? || !self.hold(key, holder, places).await? {
            return Ok(false);
        }
        self.pass_over(of_wait(key)).await?;
        Ok(true)
    }

    /// Counts that some who wait were passed over.
    pub(super) async fn pass_over(&self, waiting: Condition) -> Result<(), StoreError> {
        wait::Entity::update_many()
            .col_expr(wait::Column::Passes, Expr::col(wait::Column::Passes).add(1))
            .col_expr(wait::Column::PassTime, Expr::value(self.now()))
            .filter(waiting)
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// How many places whoever asks now finds in a pool and in those that it shares; any number, when `None`.
    pub async fn free(&self, key: &PoolKey) -> Result<Option<u32>, StoreError> {
        let Some(vacancy) = self.vacancy(key).await? else { return Ok(Some(0)) };
        if self.is_kept(key, vacancy, Condition::all()).await? {
            return Ok(Some(0));
        }
        vacancy.free.map(|free| count("pools", "held", free)).transpose()
    }

    /// Whether free places of a pool are kept for somebody who waits.
    pub(super) async fn keeps_places(&self, key: &PoolKey) -> Result<bool, StoreError> {
        match self.vacancy(key).await? {
            Some(vacancy) => self.is_kept(key, vacancy, Condition::all()).await,
            None => Ok(false),
        }
    }

    /// Whether free places are kept for any of some who wait: who was put ahead, or passed over often enough, and needs no more than there are in all.
    async fn is_kept(&self, key: &PoolKey, vacancy: Vacancy, any_of: impl IntoCondition) -> Result<bool, StoreError> {
        let is_owed = Condition::any()
            .add(wait::Column::Position.lte(LAST_AHEAD))
            .add(wait::Column::Passes.gte(i64::from(MOST_PASSES)));
        let may_fit = vacancy.all.map(|all| wait::Column::Quantity.lte(all));
        let owed =
            wait::Entity::find().filter(of_wait(key).add(is_owed).add_option(may_fit)).filter(any_of.into_condition());
        Ok(owed.one(self.db().await?).await?.is_some())
    }

    /// Puts a holder who waits ahead of all others who do.
    pub async fn put_first(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        let first = wait::Entity::find().filter(of_wait(key)).order_by_asc(wait::Column::Position);
        let Some(first) = first.one(self.db().await?).await? else { return Ok(()) };
        if first.holder == holder && first.position <= LAST_AHEAD {
            return Ok(());
        }
        wait::Entity::update_many()
            .col_expr(wait::Column::Position, Expr::value(Ord::min(first.position - 1, LAST_AHEAD)))
            .filter(of_waiter(key, holder))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// How many places whoever waits for a pool finds in it and in those that it shares; `None`, when there is no such pool.
    async fn vacancy(&self, key: &PoolKey) -> Result<Option<Vacancy>, StoreError> {
        let Some(pool) = pool::Entity::find().filter(of_pool(key)).one(self.db().await?).await? else {
            return Ok(None);
        };
        let mut vacancy = Vacancy::of(level_of(&pool)?);
        for shared in shared_by(&pool)? {
            let level = level(self.db().await?, &shared).await?;
            vacancy =
                vacancy.within(Vacancy::of(level.ok_or(StoreError::Corrupt { table: "pools", column: "shared" })?));
        }
        Ok(Some(vacancy))
    }
}

/// How many places there are, and how many of them are free; no limit, when `None`.
#[derive(Clone, Copy, Debug)]
struct Vacancy {
    all: Option<i64>,
    free: Option<i64>,
}

impl Vacancy {
    fn of(level: Level) -> Self {
        let all = level.capacity.map(i64::from);
        Self { all, free: all.map(|all| all - i64::from(level.held)) }
    }

    fn within(self, other: Self) -> Self {
        let less = |one: Option<i64>, other: Option<i64>| [one, other].into_iter().flatten().min();
        Self { all: less(self.all, other.all), free: less(self.free, other.free) }
    }
}

impl Waiting {
    fn of(row: wait::Model, is_first: bool) -> Result<Self, StoreError> {
        let wait::Model { holder, position, quantity, create_time: since, .. } = row;
        Ok(Self { holder, since, places: count("waits", "quantity", quantity)?, position, is_first })
    }
}

pub(super) fn of_wait(key: &PoolKey) -> Condition {
    Condition::all().add(wait::Column::Event.eq(key.event.to_string())).add(wait::Column::Pool.eq(key.pool.as_str()))
}

fn of_waiter(key: &PoolKey, holder: &str) -> Condition {
    of_wait(key).add(wait::Column::Holder.eq(holder))
}
