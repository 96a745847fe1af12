//! Who waits for places of a pool, and who of them is served next.
//!
//! Whoever stands first is served first. A party that needs more places than are free is passed over by those behind it who need fewer, and not more
//! than [`MOST_PASSES`] times: then places that come free are kept until there are enough for it. They are kept at once for whoever was put ahead.
//! Nothing is kept for a party that is larger than the pool.
//!
//! Some who wait may be a group, each under a holder of their own: they are served together, when there are places for all who are left of it.
//!
//! **Invariant:** when a transaction ends, no one who waits could be served.

use attache_domain::{
    pool::{Level, MOST_PASSES, Place},
    resource::EventId,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, ExprTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _,
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
    /// Who; of a group the first.
    pub holder: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether they are a group.
    pub is_group: bool,
    /// Whether an organiser put them ahead of others.
    pub is_ahead: bool,
    position: i64,
    /// Whether nobody stands before them.
    is_first: bool,
}

/// Where somebody stands who waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The place on the list, 1 first; 0 for who does not wait.
    pub position: u32,
    /// How many places they wait for, with those of their group.
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
        let own = [wait::Column::Holder, wait::Column::Needed, wait::Column::Passes, wait::Column::PassTime];
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
                places: count("waits", "needed", row.try_get_by_index(1)?)?,
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
            needed: places.into(),
            company: None,
            passes: 0,
            pass_time: None,
            create_time: self.now(),
        });
        Ok(())
    }

    /// Has a holder that waits wait for so many places.
    pub(super) async fn wait_for(&self, key: &PoolKey, holder: &str, places: u32) -> Result<(), StoreError> {
        let places = i64::from(places);
        let changed = wait::Entity::update_many()
            .col_expr(
                wait::Column::Needed,
                Expr::col(wait::Column::Needed).sub(Expr::col(wait::Column::Quantity)).add(places),
            )
            .col_expr(wait::Column::Quantity, Expr::value(places))
            .filter(of_waiter(key, holder))
            .exec_with_returning(self.db().await?)
            .await?;
        let [changed] = &changed[..] else { return Err(StoreError::Corrupt { table: "waits", column: "holder" }) };
        self.sum_up(key, changed.company.as_deref()).await
    }

    pub(super) async fn leave_list(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        let left = wait::Entity::delete_many().filter(of_waiter(key, holder)).exec_with_returning(self.db().await?);
        let left = left.await?;
        for left in &left {
            self.add(key, pool::Column::Waiting, -1).await?;
            self.sum_up(key, left.company.as_deref()).await?;
        }
        Ok(())
    }

    /// Has some who wait be a group from now on.
    pub async fn gather(&self, key: &PoolKey, holders: &[String], company: &str) -> Result<(), StoreError> {
        wait::Entity::update_many()
            .col_expr(wait::Column::Company, Expr::value(company))
            .filter(of_wait(key).add(wait::Column::Holder.is_in(holders)))
            .exec(self.db().await?)
            .await?;
        self.sum_up(key, Some(company)).await
    }

    /// Sums up what those of a group need who are left of it.
    async fn sum_up(&self, key: &PoolKey, company: Option<&str>) -> Result<(), StoreError> {
        let Some(company) = company else { return Ok(()) };
        let group = of_wait(key).add(wait::Column::Company.eq(company));
        let needed: i64 = wait::Entity::find()
            .filter(group.clone())
            .all(self.db().await?)
            .await?
            .iter()
            .map(|row| row.quantity)
            .sum();
        let all = wait::Entity::update_many().col_expr(wait::Column::Needed, Expr::value(needed)).filter(group);
        all.exec(self.db().await?).await?;
        Ok(())
    }

    /// Finds who is served next of those who wait for a pool, now that places are free; nobody, where there are too few for each, or they are kept for
    /// somebody.
    pub async fn next_waiting(&self, key: &PoolKey) -> Result<Option<Waiting>, StoreError> {
        let Some(vacancy) = self.vacancy(key).await?.filter(|vacancy| vacancy.free != Some(0)) else { return Ok(None) };
        let fits = vacancy.free.map(|free| wait::Column::Needed.lte(free));
        let waiting = wait::Entity::find().filter(of_wait(key)).order_by_asc(wait::Column::Position);
        let Some(first) = waiting.clone().one(self.db().await?).await? else { return Ok(None) };
        if vacancy.free.is_none_or(|free| first.needed <= free) {
            return Ok(Some(Waiting::of(first, true)));
        }
        let Some(next) = waiting.filter(Condition::all().add_option(fits)).one(self.db().await?).await? else {
            return Ok(None);
        };
        let is_kept = self.is_kept(key, vacancy, wait::Column::Position.lt(next.position)).await?;
        Ok((!is_kept).then(|| Waiting::of(next, false)))
    }

    /// Gives whoever is next the places that they wait for, if they are free, and tells who that is: nobody, one, or all of a group. Those before them
    /// were passed over.
    pub async fn serve(&self, key: &PoolKey, next: &Waiting) -> Result<Vec<String>, StoreError> {
        let waiting = wait::Entity::find().filter(of_waiter(key, &next.holder)).one(self.db().await?).await?;
        let rows = match waiting {
            None => return Ok(Vec::new()),
            Some(wait::Model { company: Some(company), .. }) => {
                let group = wait::Entity::find().filter(of_wait(key).add(wait::Column::Company.eq(company)));
                group.order_by_asc(wait::Column::Position).all(self.db().await?).await?
            }
            Some(alone) => vec![alone],
        };
        let free = self.vacancy(key).await?.map_or(Some(0), |vacancy| vacancy.free);
        if free.is_some_and(|free| rows.iter().map(|row| row.quantity).sum::<i64>() > free) {
            return Ok(Vec::new());
        }
        for row in &rows {
            if !self.hold(key, &row.holder, count("waits", "quantity", row.quantity)?).await? {
                return Err(StoreError::Corrupt { table: "pools", column: "held" });
            }
            self.leave_list(key, &row.holder).await?;
        }
        if !next.is_first {
            self.pass_over(of_wait(key).add(wait::Column::Position.lt(next.position))).await?;
        }
        Ok(rows.into_iter().map(|row| row.holder).collect())
    }

    /// Passes the places that one holder has, or their turn on the waiting list, on to another; tells what it is, if it is anything.
    pub async fn inherit(&self, key: &PoolKey, from: &str, to: &str) -> Result<Option<Place>, StoreError> {
        if self.hand_over(key, from, to).await? {
            return Ok(Some(Place::Held));
        }
        let renamed = wait::Entity::update_many()
            .col_expr(wait::Column::Holder, Expr::value(to))
            .filter(of_waiter(key, from))
            .exec_with_returning(self.db().await?)
            .await?;
        let Some(turn) = renamed.first() else { return Ok(None) };
        let before = of_wait(key).add(wait::Column::Position.lte(turn.position));
        let position = wait::Entity::find().filter(before).count(self.db().await?).await?;
        Ok(Some(Place::Queued(u32::try_from(position).unwrap_or(u32::MAX))))
    }

    /// Takes places for a holder past all who wait, unless they are kept for one of those; tells whether it did.
    pub async fn hold_past(&self, key: &PoolKey, holder: &str, places: u32) -> Result<bool, StoreError> {
        if self.keeps_places(key).await? || !self.hold(key, holder, places).await? {
            return Ok(false);
        }
        self.pass_larger(key, places).await?;
        Ok(true)
    }

    /// Counts those who wait for more places than some that were taken as passed over; where none was taken, nobody is.
    pub async fn pass_larger(&self, key: &PoolKey, taken: u32) -> Result<(), StoreError> {
        if taken == 0 {
            return Ok(());
        }
        self.pass_over(of_wait(key).add(wait::Column::Needed.gt(i64::from(taken)))).await
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
        let may_fit = vacancy.all.map(|all| wait::Column::Needed.lte(all));
        let owed =
            wait::Entity::find().filter(of_wait(key).add(is_owed).add_option(may_fit)).filter(any_of.into_condition());
        Ok(owed.one(self.db().await?).await?.is_some())
    }

    /// Puts a holder who waits ahead of all others who do, with their group.
    pub async fn put_first(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        let waiting = wait::Entity::find().filter(of_waiter(key, holder)).one(self.db().await?).await?;
        let Some(waiting) = waiting else { return Ok(()) };
        let (own, others) = match &waiting.company {
            Some(company) => {
                let others = wait::Column::Company.is_null().or(wait::Column::Company.ne(company));
                (of_wait(key).add(wait::Column::Company.eq(company)), others)
            }
            None => (of_waiter(key, holder), wait::Column::Holder.ne(holder)),
        };
        let in_order = wait::Entity::find().order_by_asc(wait::Column::Position);
        let others = in_order.clone().filter(of_wait(key).add(others)).one(self.db().await?).await?;
        let last = in_order.filter(own.clone()).all(self.db().await?).await?.pop();
        let before = others.map_or(LAST_AHEAD, |first| Ord::min(first.position - 1, LAST_AHEAD));
        let back = last.map_or(0, |last| last.position - before);
        if back > 0 {
            wait::Entity::update_many()
                .col_expr(wait::Column::Position, Expr::col(wait::Column::Position).sub(back))
                .filter(own)
                .exec(self.db().await?)
                .await?;
        }
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
    fn of(row: wait::Model, is_first: bool) -> Self {
        let wait::Model { holder, position, company, create_time: since, .. } = row;
        Self { holder, since, is_group: company.is_some(), is_ahead: position <= LAST_AHEAD, position, is_first }
    }
}

pub(super) fn of_wait(key: &PoolKey) -> Condition {
    Condition::all().add(wait::Column::Event.eq(key.event.to_string())).add(wait::Column::Pool.eq(key.pool.as_str()))
}

fn of_waiter(key: &PoolKey, holder: &str) -> Condition {
    of_wait(key).add(wait::Column::Holder.eq(holder))
}
