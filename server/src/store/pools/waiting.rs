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
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _,
    sea_query::{Alias, Expr, JoinType, Query},
};

use super::{PoolKey, level, level_of, of_pool, shared_by};
use crate::store::{
    Store, StoreError, WriteTx,
    error::count,
    rows::{pool, wait},
};

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
            position: last.map_or(1, |last| Ord::max(last.position, 0) + 1),
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
        quantity.filter(of_waiter(key, holder)).exec(self.db().await?).await?;
        Ok(())
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
        let Some(vacancy) = self.vacancy(key).await? else { return Ok(None) };
        let Some(first) = self.first(key).await?.filter(|_| vacancy.free != Some(0)) else { return Ok(None) };
        let fits = |places: i64| vacancy.free.is_none_or(|free| places <= free);
        if fits(first.quantity) {
            return waiting(first).map(Some);
        }
        if vacancy.is_kept_for(&first) {
            return Ok(None);
        }
        let next = wait::Entity::find()
            .filter(of_wait(key))
            .filter(wait::Column::Quantity.lte(vacancy.free))
            .order_by_asc(wait::Column::Position)
            .one(self.db().await?)
            .await?;
        next.map(waiting).transpose()
    }

    /// Gives whoever is next the places that they wait for, if they are free; those before them were passed over.
    pub async fn serve(&self, key: &PoolKey, next: &Waiting) -> Result<bool, StoreError> {
        if !self.hold(key, &next.holder, next.places).await? {
            return Ok(false);
        }
        self.leave_list(key, &next.holder).await?;
        wait::Entity::update_many()
            .col_expr(wait::Column::Passes, Expr::col(wait::Column::Passes).add(1))
            .set(wait::ActiveModel { pass_time: Set(Some(self.now())), ..Default::default() })
            .filter(of_wait(key).add(wait::Column::Position.lt(next.position)))
            .exec(self.db().await?)
            .await?;
        Ok(true)
    }

    /// Whether places that are free are kept for somebody who waits.
    pub(super) async fn is_kept_for_another(&self, key: &PoolKey) -> Result<bool, StoreError> {
        let Some(first) = self.first(key).await? else { return Ok(false) };
        Ok(self.vacancy(key).await?.is_some_and(|vacancy| vacancy.is_kept_for(&first)))
    }

    /// Puts a holder who waits ahead of all others who do.
    pub async fn put_first(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        let Some(first) = self.first(key).await? else { return Ok(()) };
        if first.holder == holder && first.is_ahead() {
            return Ok(());
        }
        wait::Entity::update_many()
            .col_expr(wait::Column::Position, Expr::value(Ord::min(first.position - 1, 0)))
            .filter(of_waiter(key, holder))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    async fn first(&self, key: &PoolKey) -> Result<Option<wait::Model>, StoreError> {
        let first = wait::Entity::find().filter(of_wait(key)).order_by_asc(wait::Column::Position);
        Ok(first.one(self.db().await?).await?)
    }

    /// How many places whoever waits for a pool finds in it and in those that it shares; `None`, when there is no such pool.
    async fn vacancy(&self, key: &PoolKey) -> Result<Option<Vacancy>, StoreError> {
        let Some(pool) = pool::Entity::find().filter(of_pool(key)).one(self.db().await?).await? else {
            return Ok(None);
        };
        let mut vacancy = Vacancy::of(level_of(&pool)?);
        for shared in shared_by(&pool)? {
            if let Some(level) = level(self.db().await?, &shared).await? {
                vacancy = vacancy.within(Vacancy::of(level));
            }
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

    /// Whether free places are kept for whoever waits first.
    fn is_kept_for(self, first: &wait::Model) -> bool {
        let is_owed = first.is_ahead() || first.passes >= i64::from(MOST_PASSES);
        is_owed && self.all.is_none_or(|all| first.quantity <= all)
    }
}

impl wait::Model {
    /// Whether an organiser put them ahead of others.
    fn is_ahead(&self) -> bool {
        self.position <= 0
    }
}

fn waiting(row: wait::Model) -> Result<Waiting, StoreError> {
    let places = count("waits", "quantity", row.quantity)?;
    Ok(Waiting { holder: row.holder, since: row.create_time, places, position: row.position })
}

fn of_wait(key: &PoolKey) -> Condition {
    Condition::all().add(wait::Column::Event.eq(key.event.to_string())).add(wait::Column::Pool.eq(key.pool.as_str()))
}

fn of_waiter(key: &PoolKey, holder: &str) -> Condition {
    of_wait(key).add(wait::Column::Holder.eq(holder))
}
