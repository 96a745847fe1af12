//! The capacity ledger in the database: the only code that counts places.
//!
//! A pool may share others: whoever has a place of it has one of each of these too, under the same holder, or none.
//!
//! A place is taken by one conditional update of the pool's row, so that two who ask for the last one cannot both get it, on any database.
//! Places that are taken for a while are counted in [`timed`], under the same row.
//!
//! **Invariant:** `held` of a pool is the sum of what its holds take, whenever they do, and `waiting` the number of those who wait for it.

use std::fmt;

use attache_domain::{
    pool::{Level, Place},
    resource::{EventId, EventName},
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _,
    sea_query::{Alias, Expr, JoinType, Query},
};

use super::{
    Store, StoreError, WriteTx,
    error::{column, count},
    rows::{hold, pool, wait},
    times::{from_json, to_json},
};

mod timed;

pub(super) use timed::{Shortfall, Wanted, held_for_a_while};

/// Which pool of an event: `categories/{category}` and `categories/{category}/choices/{field}/{choice}`, `shared/{pool}`,
/// `delegations/{delegation}` and `delegations/{delegation}/categories/{category}`, `resources/{resource}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PoolKey {
    /// In which event.
    pub event: EventId,
    /// Which of its pools.
    pub pool: String,
}

impl fmt::Display for PoolKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", EventName { event: self.event.clone() }, self.pool)
    }
}

impl Store {
    /// Tells how full a pool is.
    pub async fn level(&self, key: &PoolKey) -> Result<Option<Level>, StoreError> {
        level(&self.read, key).await
    }

    /// Tells the places on their waiting lists of the holders that wait, in one statement.
    pub(super) async fn positions(
        &self,
        event: &EventId,
        holders: &[String],
    ) -> Result<Vec<(String, u32)>, StoreError> {
        let ahead = Alias::new("ahead");
        let of_same_pool = Condition::all()
            .add(Expr::col((ahead.clone(), wait::Column::Event)).eq(Expr::col((wait::Entity, wait::Column::Event))))
            .add(Expr::col((ahead.clone(), wait::Column::Pool)).eq(Expr::col((wait::Entity, wait::Column::Pool))))
            .add(
                Expr::col((ahead.clone(), wait::Column::Position))
                    .lte(Expr::col((wait::Entity, wait::Column::Position))),
            );
        let counted = Query::select()
            .column((wait::Entity, wait::Column::Holder))
            .expr(Expr::col((ahead.clone(), wait::Column::Holder)).count())
            .from(wait::Entity)
            .join_as(JoinType::InnerJoin, wait::Entity, ahead, of_same_pool)
            .and_where(Expr::col((wait::Entity, wait::Column::Event)).eq(event.to_string()))
            .and_where(Expr::col((wait::Entity, wait::Column::Holder)).is_in(holders))
            .group_by_col((wait::Entity, wait::Column::Holder))
            .to_owned();
        let rows = self.read.query_all(&counted).await?;
        let read = |row: &sea_orm::QueryResult| {
            Ok((row.try_get_by_index(0)?, count("waits", "position", row.try_get_by_index(1)?)?))
        };
        rows.iter().map(read).collect()
    }
}

impl WriteTx {
    /// Tells how full a pool is.
    pub async fn level(&self, key: &PoolKey) -> Result<Option<Level>, StoreError> {
        level(self.db().await?, key).await
    }

    /// Makes a pool, or gives it another capacity.
    pub async fn set_pool(&self, key: &PoolKey, capacity: Option<u32>) -> Result<(), StoreError> {
        let capacity = capacity.map(i64::from);
        let resized = pool::Entity::update_many()
            .col_expr(pool::Column::Capacity, Expr::value(capacity))
            .filter(of_pool(key))
            .exec(self.db().await?)
            .await?;
        if resized.rows_affected == 0 {
            let (event, id) = (key.event.to_string(), key.pool.clone());
            let row = pool::Model { event, id, capacity, held: 0, sharing: None, waiting: 0, shared: None };
            self.insert(row);
        }
        Ok(())
    }

    /// Removes a pool that nobody holds or waits for.
    pub async fn remove_pool(&self, key: &PoolKey) -> Result<(), StoreError> {
        pool::Entity::delete_many().filter(of_pool(key)).exec(self.db().await?).await?;
        Ok(())
    }

    /// Removes a pool, and all that is held of it.
    pub(super) async fn drop_pool(&self, key: &PoolKey) -> Result<(), StoreError> {
        hold::Entity::delete_many().filter(of_hold(key)).exec(self.db().await?).await?;
        self.remove_pool(key).await
    }

    /// Takes a place for a holder, or puts the holder at the end of the waiting list.
    ///
    /// Both change the pool's row first, which is where those who come at the same time to several servers wait for each other.
    pub async fn take(&self, key: &PoolKey, holder: &str) -> Result<Place, StoreError> {
        let is_free = Condition::all().add(pool::Column::Waiting.eq(0)).add(has_room());
        let one_more = |column: pool::Column| Expr::col(column).add(1);
        let held = Expr::case(is_free.clone(), one_more(pool::Column::Held)).finally(Expr::col(pool::Column::Held));
        let waiting = Expr::case(is_free, Expr::col(pool::Column::Waiting)).finally(one_more(pool::Column::Waiting));
        let changed = pool::Entity::update_many()
            .col_expr(pool::Column::Held, held.into())
            .col_expr(pool::Column::Waiting, waiting.into())
            .filter(of_pool(key))
            .exec_with_returning(self.db().await?)
            .await?;
        let [pool] = &changed[..] else { return Err(StoreError::Corrupt { table: "pools", column: "id" }) };
        if pool.waiting == 0 && self.hold_shared(pool, holder).await? {
            self.insert(held_by(key, holder, self.now()));
            return Ok(Place::Held);
        }
        if pool.waiting == 0 {
            self.add(key, pool::Column::Held, -1).await?;
            return self.wait(key, holder).await.map(Place::Queued);
        }
        self.stand_last(key, holder).await?;
        Ok(Place::Queued(count("pools", "waiting", pool.waiting)?))
    }

    /// Puts a holder at the end of the waiting list, whether there is a place or not; tells how many wait then.
    pub async fn wait(&self, key: &PoolKey, holder: &str) -> Result<u32, StoreError> {
        let pool = self.add(key, pool::Column::Waiting, 1).await?;
        let pool = pool.ok_or(StoreError::Corrupt { table: "pools", column: "id" })?;
        self.stand_last(key, holder).await?;
        count("pools", "waiting", pool.waiting)
    }

    async fn stand_last(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        let last = wait::Entity::find()
            .filter(of_wait(key))
            .order_by_desc(wait::Column::Position)
            .one(self.db().await?)
            .await?;
        let row = wait::Model {
            event: key.event.to_string(),
            pool: key.pool.clone(),
            holder: holder.to_owned(),
            position: last.map_or(1, |last| last.position + 1),
            create_time: self.now(),
        };
        self.insert(row);
        Ok(())
    }

    /// Gives back what a holder holds or waits for.
    pub async fn give_back(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        if self.let_go(key, holder).await?
            && let Some(pool) = self.add(key, pool::Column::Held, -1).await?
        {
            for shared in shared_by(&pool)? {
                if self.let_go(&shared, holder).await? {
                    self.add(&shared, pool::Column::Held, -1).await?;
                }
            }
        }
        self.leave_list(key, holder).await
    }

    async fn let_go(&self, key: &PoolKey, holder: &str) -> Result<bool, StoreError> {
        let by_holder = Condition::all().add(of_hold(key)).add(hold::Column::Holder.eq(holder));
        let freed = hold::Entity::delete_many().filter(by_holder).exec(self.db().await?).await?.rows_affected;
        Ok(freed > 0)
    }

    /// Passes the place that one holder has on to another, past all who wait; tells whether there was one.
    pub async fn hand_over(&self, key: &PoolKey, from: &str, to: &str) -> Result<bool, StoreError> {
        let Some(pool) = pool::Entity::find().filter(of_pool(key)).one(self.db().await?).await? else {
            return Ok(false);
        };
        for key in std::iter::once(key.clone()).chain(shared_by(&pool)?) {
            let by_holder = Condition::all().add(of_hold(&key)).add(hold::Column::Holder.eq(from));
            let renamed = hold::Entity::update_many().col_expr(hold::Column::Holder, Expr::value(to)).filter(by_holder);
            // Who has no place of a pool has none of those that it shares either.
            if renamed.exec(self.db().await?).await?.rows_affected == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn leave_list(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        let waiting = Condition::all().add(of_wait(key)).add(wait::Column::Holder.eq(holder));
        let left = wait::Entity::delete_many().filter(waiting).exec(self.db().await?).await?.rows_affected;
        if left > 0 {
            self.add(key, pool::Column::Waiting, -1).await?;
        }
        Ok(())
    }

    /// Counts so many more of a pool, or fewer; tells how it is then.
    async fn add(&self, key: &PoolKey, column: pool::Column, more: i64) -> Result<Option<pool::Model>, StoreError> {
        let counted = pool::Entity::update_many().col_expr(column, Expr::col(column).add(more)).filter(of_pool(key));
        Ok(counted.exec_with_returning(self.db().await?).await?.pop())
    }

    /// Takes a place of each pool that a pool shares, or of none where one of them has none.
    async fn hold_shared(&self, pool: &pool::Model, holder: &str) -> Result<bool, StoreError> {
        let mut taken: Vec<PoolKey> = Vec::new();
        for shared in shared_by(pool)? {
            if self.add_one(&shared).await?.is_some() {
                taken.push(shared);
                continue;
            }
            for shared in taken {
                self.add(&shared, pool::Column::Held, -1).await?;
            }
            return Ok(false);
        }
        for shared in taken {
            self.insert(held_by(&shared, holder, self.now()));
        }
        Ok(true)
    }

    /// Counts one more place of a pool as taken, if there is one; tells how it is then.
    async fn add_one(&self, key: &PoolKey) -> Result<Option<pool::Model>, StoreError> {
        let taken = pool::Entity::update_many()
            .col_expr(pool::Column::Held, Expr::col(pool::Column::Held).add(1))
            .filter(of_pool(key))
            .filter(has_room());
        Ok(taken.exec_with_returning(self.db().await?).await?.pop())
    }

    /// Tells who waits first for a pool, and since when.
    pub async fn first_waiting(&self, key: &PoolKey) -> Result<Option<(String, DateTime<Utc>)>, StoreError> {
        Ok(self.first(key).await?.map(|first| (first.holder, first.create_time)))
    }

    async fn first(&self, key: &PoolKey) -> Result<Option<wait::Model>, StoreError> {
        let first = wait::Entity::find().filter(of_wait(key)).order_by_asc(wait::Column::Position);
        Ok(first.one(self.db().await?).await?)
    }

    /// Has whoever holds a place of a pool hold one of these pools too from now on, and of no others; whether they have so many is not asked.
    pub async fn share(&self, key: &PoolKey, with: &[PoolKey]) -> Result<(), StoreError> {
        let found = pool::Entity::find().filter(of_pool(key)).one(self.db().await?).await?;
        let pool = found.ok_or(StoreError::Corrupt { table: "pools", column: "id" })?;
        let before: Vec<PoolKey> = shared_by(&pool)?.collect();
        for left in before.iter().filter(|left| !with.contains(left)) {
            let holders =
                Query::select().column(hold::Column::Holder).from(hold::Entity).cond_where(of_hold(key)).take();
            let theirs = Condition::all().add(of_hold(left)).add(hold::Column::Holder.in_subquery(holders));
            let freed = hold::Entity::delete_many().filter(theirs).exec(self.db().await?).await?.rows_affected;
            self.add(left, pool::Column::Held, -i64::try_from(freed).unwrap_or(i64::MAX)).await?;
        }
        for joined in with.iter().filter(|joined| !before.contains(joined)) {
            let theirs = hold::Entity::find().filter(of_hold(key)).all(self.db().await?).await?;
            self.add(joined, pool::Column::Held, i64::try_from(theirs.len()).unwrap_or(i64::MAX)).await?;
            for hold in theirs {
                self.insert(hold::Model { pool: joined.pool.clone(), ..hold });
            }
        }
        let shared: Vec<&str> = with.iter().map(|key| key.pool.as_str()).collect();
        let shared = if shared.is_empty() { None } else { Some(to_json("pools", "shared", &shared)?) };
        pool::Entity::update_many()
            .col_expr(pool::Column::Shared, Expr::value(shared))
            .filter(of_pool(key))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// How many who ask now for a place of a pool get one; as many as come, when there is no limit.
    pub async fn free(&self, key: &PoolKey) -> Result<Option<u32>, StoreError> {
        free(self.db().await?, key).await
    }

    /// Gives a free place to somebody who waits, if there is one.
    pub async fn serve(&self, key: &PoolKey, holder: &str) -> Result<bool, StoreError> {
        let is_served = self.hold(key, holder).await?;
        if is_served {
            self.leave_list(key, holder).await?;
        }
        Ok(is_served)
    }

    /// Puts a holder who waits ahead of all others who do.
    pub async fn put_first(&self, key: &PoolKey, holder: &str) -> Result<(), StoreError> {
        let first = self.first(key).await?;
        let Some(first) = first.filter(|first| first.holder != holder) else { return Ok(()) };
        wait::Entity::update_many()
            .col_expr(wait::Column::Position, Expr::value(first.position - 1))
            .filter(Condition::all().add(of_wait(key)).add(wait::Column::Holder.eq(holder)))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Takes a place for a holder whom nobody is before, and tells whether there was one.
    pub async fn hold(&self, key: &PoolKey, holder: &str) -> Result<bool, StoreError> {
        let Some(pool) = self.add_one(key).await? else { return Ok(false) };
        if !self.hold_shared(&pool, holder).await? {
            self.add(key, pool::Column::Held, -1).await?;
            return Ok(false);
        }
        self.insert(held_by(key, holder, self.now()));
        Ok(true)
    }
}

fn has_room() -> Condition {
    Condition::any()
        .add(pool::Column::Capacity.is_null())
        .add(Expr::col(pool::Column::Held).lt(Expr::col(pool::Column::Capacity)))
}

/// The pools of which whoever has a place of a pool has one too.
fn shared_by(pool: &pool::Model) -> Result<impl Iterator<Item = PoolKey> + use<>, StoreError> {
    let event: EventId = column("pools", "event", &pool.event)?;
    let shared: Vec<String> = match &pool.shared {
        Some(shared) => from_json("pools", "shared", shared)?,
        None => Vec::new(),
    };
    Ok(shared.into_iter().map(move |pool| PoolKey { event: event.clone(), pool }))
}

/// How many who ask now for a place of a pool get one; as many as come, when there is no limit.
pub(super) async fn free<C: ConnectionTrait>(db: &C, key: &PoolKey) -> Result<Option<u32>, StoreError> {
    let Some(pool) = pool::Entity::find().filter(of_pool(key)).one(db).await? else { return Ok(Some(0)) };
    let mut free = level_of(&pool)?.free();
    for shared in shared_by(&pool)? {
        let of_shared = level(db, &shared).await?.map_or(Some(0), Level::free);
        free = [free, of_shared].into_iter().flatten().min();
    }
    Ok(free)
}

/// The row of one place, held for as long as the holder wants it.
fn held_by(key: &PoolKey, holder: &str, now: DateTime<Utc>) -> hold::Model {
    hold::Model {
        event: key.event.to_string(),
        pool: key.pool.clone(),
        holder: holder.to_owned(),
        quantity: 1,
        taker: None,
        start_time: None,
        end_time: None,
        create_time: now,
    }
}

pub(super) async fn level<C: ConnectionTrait>(db: &C, key: &PoolKey) -> Result<Option<Level>, StoreError> {
    pool::Entity::find().filter(of_pool(key)).one(db).await?.as_ref().map(level_of).transpose()
}

/// How full a pool is, of its row.
pub(super) fn level_of(row: &pool::Model) -> Result<Level, StoreError> {
    let capacity = row.capacity.map(|capacity| count("pools", "capacity", capacity)).transpose()?;
    let held = count("pools", "held", row.held)?;
    Ok(Level { capacity, held, waiting: count("pools", "waiting", row.waiting)? })
}

fn of_pool(key: &PoolKey) -> Condition {
    Condition::all().add(pool::Column::Event.eq(key.event.to_string())).add(pool::Column::Id.eq(key.pool.as_str()))
}

fn of_hold(key: &PoolKey) -> Condition {
    Condition::all().add(hold::Column::Event.eq(key.event.to_string())).add(hold::Column::Pool.eq(key.pool.as_str()))
}

fn of_wait(key: &PoolKey) -> Condition {
    Condition::all().add(wait::Column::Event.eq(key.event.to_string())).add(wait::Column::Pool.eq(key.pool.as_str()))
}
