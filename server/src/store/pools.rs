//! The capacity ledger in the database: the only code that counts places.
//!
//! A pool may share others: whoever has a place of it has one of each of these too, under the same holder, or none.
//!
//! Who comes with others takes several places at once, under one holder, or none; those who wait and need fewer may be served before them
//! ([`waiting`]).
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
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    sea_query::{Expr, Query},
};

use super::{
    Store, StoreError, WriteTx,
    error::{column, count},
    rows::{hold, pool},
    times::{from_json, to_json},
};

mod timed;
mod waiting;

pub(super) use timed::{Shortfall, Wanted, held_for_a_while};
use waiting::of_wait;
pub use waiting::{Standing, Waiting};

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

    /// Takes places for a holder, or puts the holder at the end of the waiting list.
    ///
    /// Both change the pool's row first, which is where those who come at the same time to several servers wait for each other.
    pub async fn take(&self, key: &PoolKey, holder: &str, places: u32) -> Result<Place, StoreError> {
        let is_free = Condition::all().add(pool::Column::Waiting.eq(0)).add(has_room_for(places));
        let more = |column: pool::Column, count: i64| Expr::col(column).add(count);
        let held =
            Expr::case(is_free.clone(), more(pool::Column::Held, places.into())).finally(Expr::col(pool::Column::Held));
        let waiting = Expr::case(is_free, Expr::col(pool::Column::Waiting)).finally(more(pool::Column::Waiting, 1));
        let changed = pool::Entity::update_many()
            .col_expr(pool::Column::Held, held.into())
            .col_expr(pool::Column::Waiting, waiting.into())
            .filter(of_pool(key))
            .exec_with_returning(self.db().await?)
            .await?;
        let [pool] = &changed[..] else { return Err(StoreError::Corrupt { table: "pools", column: "id" }) };
        if pool.waiting == 0 && self.hold_shared(pool, holder, places).await? {
            self.insert(held_by(key, holder, places, self.now()));
            return Ok(Place::Held);
        }
        if pool.waiting == 0 {
            self.add(key, pool::Column::Held, -i64::from(places)).await?;
            return self.wait(key, holder, places).await.map(Place::Queued);
        }
        self.stand_last(key, holder, places).await?;
        // Those who wait may need more than is free.
        if pool.waiting > 1
            && level_of(pool)?.has_room_for(places)
            && let Some(next) = self.next_waiting(key).await?
            && next.holder == holder
            && !self.serve(key, &next).await?.is_empty()
        {
            return Ok(Place::Held);
        }
        Ok(Place::Queued(count("pools", "waiting", pool.waiting)?))
    }

    /// Gives back what a holder holds or waits for; tells how many places it held.
    pub async fn give_back(&self, key: &PoolKey, holder: &str) -> Result<u32, StoreError> {
        let freed = self.let_go(key, holder).await?;
        if freed > 0
            && let Some(pool) = self.add(key, pool::Column::Held, -freed).await?
        {
            for shared in shared_by(&pool)? {
                let freed = self.let_go(&shared, holder).await?;
                self.add(&shared, pool::Column::Held, -freed).await?;
            }
        }
        self.leave_list(key, holder).await?;
        count("holds", "quantity", freed)
    }

    async fn let_go(&self, key: &PoolKey, holder: &str) -> Result<i64, StoreError> {
        let by_holder = hold::Entity::delete_many().filter(of_holder(key, holder));
        Ok(by_holder.exec_with_returning(self.db().await?).await?.iter().map(|hold| hold.quantity).sum())
    }

    /// Has a holder hold so many places from now on instead of what it holds, or wait for so many where it waits; tells whether they are there.
    pub async fn resize(&self, key: &PoolKey, holder: &str, places: u32) -> Result<bool, StoreError> {
        let held = hold::Entity::find().filter(of_holder(key, holder)).one(self.db().await?).await?;
        let Some(held) = held else { return self.wait_for(key, holder, places).await.map(|()| true) };
        let more = i64::from(places) - held.quantity;
        if more == 0 {
            return Ok(true);
        }
        if more > 0 && self.keeps_places(key).await? {
            return Ok(false);
        }
        let Some(pool) = self.add_if_free(key, more).await? else { return Ok(false) };
        let passes = more > 0 && pool.waiting > 0;
        let mut keys = vec![key.clone()];
        for shared in shared_by(&pool)? {
            if self.add_if_free(&shared, more).await?.is_none() {
                for key in keys {
                    self.add(&key, pool::Column::Held, -more).await?;
                }
                return Ok(false);
            }
            keys.push(shared);
        }
        for key in keys {
            hold::Entity::update_many()
                .col_expr(hold::Column::Quantity, Expr::value(i64::from(places)))
                .filter(of_holder(&key, holder))
                .exec(self.db().await?)
                .await?;
        }
        if passes {
            self.pass_over(of_wait(key)).await?;
        }
        Ok(true)
    }

    /// Passes the places that one holder has on to another, past all who wait; tells whether there were any.
    pub async fn hand_over(&self, key: &PoolKey, from: &str, to: &str) -> Result<bool, StoreError> {
        let Some(pool) = pool::Entity::find().filter(of_pool(key)).one(self.db().await?).await? else {
            return Ok(false);
        };
        for key in std::iter::once(key.clone()).chain(shared_by(&pool)?) {
            let renamed = hold::Entity::update_many()
                .col_expr(hold::Column::Holder, Expr::value(to))
                .filter(of_holder(&key, from));
            // Who has no place of a pool has none of those that it shares either.
            if renamed.exec(self.db().await?).await?.rows_affected == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Counts so many more of a pool, or fewer; tells how it is then.
    async fn add(&self, key: &PoolKey, column: pool::Column, more: i64) -> Result<Option<pool::Model>, StoreError> {
        let counted = pool::Entity::update_many().col_expr(column, Expr::col(column).add(more)).filter(of_pool(key));
        Ok(counted.exec_with_returning(self.db().await?).await?.pop())
    }

    /// Takes places of each pool that a pool shares, or of none where one of them has too few.
    async fn hold_shared(&self, pool: &pool::Model, holder: &str, places: u32) -> Result<bool, StoreError> {
        let mut taken: Vec<PoolKey> = Vec::new();
        for shared in shared_by(pool)? {
            if self.add_if_free(&shared, places.into()).await?.is_some() {
                taken.push(shared);
                continue;
            }
            for shared in taken {
                self.add(&shared, pool::Column::Held, -i64::from(places)).await?;
            }
            return Ok(false);
        }
        for shared in taken {
            self.insert(held_by(&shared, holder, places, self.now()));
        }
        Ok(true)
    }

    /// Counts so many more places of a pool as taken, if there are so many; tells how it is then. So many fewer can always be.
    async fn add_if_free(&self, key: &PoolKey, places: i64) -> Result<Option<pool::Model>, StoreError> {
        let taken = pool::Entity::update_many()
            .col_expr(pool::Column::Held, Expr::col(pool::Column::Held).add(places))
            .filter(of_pool(key))
            .filter(has_room_for(places));
        Ok(taken.exec_with_returning(self.db().await?).await?.pop())
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
            let freed = hold::Entity::delete_many().filter(theirs).exec_with_returning(self.db().await?).await?;
            self.add(left, pool::Column::Held, -freed.iter().map(|hold| hold.quantity).sum::<i64>()).await?;
        }
        for joined in with.iter().filter(|joined| !before.contains(joined)) {
            let theirs = hold::Entity::find().filter(of_hold(key)).all(self.db().await?).await?;
            self.add(joined, pool::Column::Held, theirs.iter().map(|hold| hold.quantity).sum()).await?;
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

    /// Takes places for a holder whom nobody is before, and tells whether there were so many.
    pub async fn hold(&self, key: &PoolKey, holder: &str, places: u32) -> Result<bool, StoreError> {
        let Some(pool) = self.add_if_free(key, places.into()).await? else { return Ok(false) };
        if !self.hold_shared(&pool, holder, places).await? {
            self.add(key, pool::Column::Held, -i64::from(places)).await?;
            return Ok(false);
        }
        self.insert(held_by(key, holder, places, self.now()));
        Ok(true)
    }
}

fn has_room_for(places: impl Into<i64>) -> Condition {
    let places: i64 = places.into();
    // Nothing is in the way of giving some back.
    let most = Expr::col(pool::Column::Capacity).sub(places);
    let fits = Condition::any().add(pool::Column::Capacity.is_null()).add(Expr::col(pool::Column::Held).lte(most));
    if places < 0 { Condition::all() } else { fits }
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

/// How many who ask now for a place of a pool get one for certain; as many as come, when there is no limit.
pub(super) async fn free<C: ConnectionTrait>(db: &C, key: &PoolKey) -> Result<Option<u32>, StoreError> {
    let Some(pool) = pool::Entity::find().filter(of_pool(key)).one(db).await? else { return Ok(Some(0)) };
    let mut free = level_of(&pool)?.free();
    for shared in shared_by(&pool)? {
        let of_shared = level(db, &shared).await?.map_or(Some(0), Level::free);
        free = [free, of_shared].into_iter().flatten().min();
    }
    Ok(free)
}

/// The row of places that are held for as long as the holder wants them.
fn held_by(key: &PoolKey, holder: &str, places: u32, now: DateTime<Utc>) -> hold::Model {
    hold::Model {
        event: key.event.to_string(),
        pool: key.pool.clone(),
        holder: holder.to_owned(),
        quantity: places.into(),
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

fn of_holder(key: &PoolKey, holder: &str) -> Condition {
    of_hold(key).add(hold::Column::Holder.eq(holder))
}
