//! Places of the ledger that are taken for a while: rooms for some nights, a van for an hour.
//!
//! Whoever takes from a pool, or changes it, updates its row first, which makes all others wait, on any database; what they then read of its
//! holds stays so until the end of their transaction.
//! Rows are updated in the order of their pools, so that two who take from the same pools do not wait for each other.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use attache_domain::{
    interval::Interval,
    pool::{Claim, Sharing, Shortage, Supply, shortages},
    resource::EventId,
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, sea_query::Expr,
};

use super::{PoolKey, of_hold, of_pool};
use crate::store::{
    StoreError, WriteTx,
    error::{column, count},
    rows::{hold, pool},
};

/// How many holds are inserted in one statement; a database takes only so many values in one.
const ROWS_AT_ONCE: usize = 500;

/// What somebody would have of a pool for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Wanted<H> {
    /// Of which pool.
    pub key: PoolKey,
    /// Who, for how long, and how much.
    pub claim: Claim<H>,
}

/// What a pool had too little for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Shortfall<H> {
    /// Which pool.
    pub key: PoolKey,
    /// What there is of it.
    pub supply: Supply,
    /// What did not fit.
    pub shortage: Shortage<H>,
}

impl WriteTx {
    /// Makes a pool from which places are taken for a while, or gives it another supply.
    pub(in crate::store) async fn set_supply(&self, key: &PoolKey, supply: Supply) -> Result<(), StoreError> {
        let (capacity, sharing) = (Some(i64::from(supply.capacity)), Some(supply.sharing.to_string()));
        let changed = pool::Entity::update_many()
            .col_expr(pool::Column::Capacity, Expr::value(capacity))
            .col_expr(pool::Column::Sharing, Expr::value(sharing.clone()))
            .filter(of_pool(key))
            .exec(self.db().await?)
            .await?;
        if changed.rows_affected == 0 {
            let (event, id) = (key.event.to_string(), key.pool.clone());
            self.insert(pool::Model { event, id, capacity, held: 0, sharing, waiting: 0, shared: None });
        }
        Ok(())
    }

    /// Tells all that is held of a pool; nobody else takes from it before this transaction ends.
    pub(in crate::store) async fn holds<H: FromStr>(&self, key: &PoolKey) -> Result<Vec<Claim<H>>, StoreError> {
        self.lock(key, 0).await?;
        let timed = hold::Entity::find().filter(of_hold(key)).filter(hold::Column::StartTime.is_not_null());
        timed.all(self.db().await?).await?.iter().map(claim).collect()
    }

    /// Gives a taker all that is wanted for as long as it is wanted, in place of whatever the taker held before; with nothing wanted, gives
    /// all of it back.
    ///
    /// Tells what there was too little for. Then the transaction has to be undone: what the taker held before is gone in it.
    pub(in crate::store) async fn hold_for<H>(
        &self,
        event: &EventId,
        taker: &str,
        wanted: &[Wanted<H>],
    ) -> Result<Vec<Shortfall<H>>, StoreError>
    where
        H: Ord + Clone + Display + FromStr,
    {
        self.lock_for(event, taker, wanted).await?;
        hold::Entity::delete_many().filter(of_taker(event, taker)).exec(self.db().await?).await?;
        let mut short = Vec::new();
        for (key, claims) in by_pool(wanted) {
            let supply = self.supply(key).await?;
            let held = self.holds_during(key, &claims).await?;
            let found = shortages(supply, &held, &claims).into_iter();
            short.extend(found.map(|shortage| Shortfall { key: key.clone(), supply, shortage }));
        }
        if short.is_empty() {
            self.insert_holds(taker, wanted).await?;
        }
        Ok(short)
    }

    /// Updates the row of every pool that the taker gives back to or takes from.
    async fn lock_for<H>(&self, event: &EventId, taker: &str, wanted: &[Wanted<H>]) -> Result<(), StoreError> {
        let mut changes: BTreeMap<PoolKey, i64> = BTreeMap::new();
        for row in hold::Entity::find().filter(of_taker(event, taker)).all(self.db().await?).await? {
            *changes.entry(PoolKey { event: event.clone(), pool: row.pool }).or_default() -= row.quantity;
        }
        for Wanted { key, claim } in wanted {
            *changes.entry(key.clone()).or_default() += i64::from(claim.quantity);
        }
        for (key, change) in &changes {
            self.lock(key, *change).await?;
        }
        Ok(())
    }

    /// Changes how much is held of a pool, perhaps by nothing: until the end of the transaction nobody else can.
    async fn lock(&self, key: &PoolKey, change: i64) -> Result<(), StoreError> {
        let update = pool::Entity::update_many()
            .col_expr(pool::Column::Held, Expr::col(pool::Column::Held).add(change))
            .filter(of_pool(key));
        match update.exec(self.db().await?).await?.rows_affected {
            0 => Err(StoreError::Corrupt { table: "pools", column: "id" }),
            _ => Ok(()),
        }
    }

    async fn supply(&self, key: &PoolKey) -> Result<Supply, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: "pools", column };
        let row = pool::Entity::find().filter(of_pool(key)).one(self.db().await?).await?.ok_or(corrupt("id"))?;
        let sharing = Sharing::ALL.into_iter().find(|sharing| Some(sharing.to_string()) == row.sharing);
        let capacity = count("pools", "capacity", row.capacity.ok_or(corrupt("capacity"))?)?;
        Ok(Supply { capacity, sharing: sharing.ok_or(corrupt("sharing"))? })
    }

    /// Finds the holds of a pool that overlap any of the claims, and some between them.
    async fn holds_during<H: FromStr>(&self, key: &PoolKey, claims: &[Claim<H>]) -> Result<Vec<Claim<H>>, StoreError> {
        let start = claims.iter().map(|claim| claim.interval.start()).min();
        let end = claims.iter().map(|claim| claim.interval.end()).max();
        let meanwhile = Condition::all()
            .add(hold::Column::StartTime.lt(end))
            .add(hold::Column::EndTime.gt(start))
            .add(of_hold(key));
        hold::Entity::find().filter(meanwhile).all(self.db().await?).await?.iter().map(claim).collect()
    }

    async fn insert_holds<H: Display>(&self, taker: &str, wanted: &[Wanted<H>]) -> Result<(), StoreError> {
        let row = |Wanted { key, claim }: &Wanted<H>| hold::Model {
            event: key.event.to_string(),
            pool: key.pool.clone(),
            holder: claim.holder.to_string(),
            quantity: i64::from(claim.quantity),
            taker: Some(taker.to_owned()),
            start_time: Some(claim.interval.start()),
            end_time: Some(claim.interval.end()),
            create_time: self.now(),
        };
        for some in wanted.chunks(ROWS_AT_ONCE) {
            let rows = some.iter().map(|wanted| row(wanted).into_active_model());
            hold::Entity::insert_many(rows).exec(self.db().await?).await?;
        }
        Ok(())
    }
}

/// Finds all that is held for a while of the pools of an event whose names begin so, in one statement.
pub(in crate::store) async fn held_for_a_while<C: ConnectionTrait, H: FromStr>(
    db: &C,
    event: &EventId,
    pools: &str,
) -> Result<Vec<Wanted<H>>, StoreError> {
    let timed = hold::Entity::find()
        .filter(hold::Column::Event.eq(event.to_string()))
        .filter(hold::Column::Pool.starts_with(pools))
        .filter(hold::Column::StartTime.is_not_null())
        .order_by_asc(hold::Column::Pool)
        .order_by_asc(hold::Column::Holder);
    let wanted = |row: hold::Model| {
        let claim = claim(&row)?;
        Ok(Wanted { key: PoolKey { event: event.clone(), pool: row.pool }, claim })
    };
    timed.all(db).await?.into_iter().map(wanted).collect()
}

fn by_pool<H: Clone>(wanted: &[Wanted<H>]) -> BTreeMap<&PoolKey, Vec<Claim<H>>> {
    let mut pools: BTreeMap<&PoolKey, Vec<Claim<H>>> = BTreeMap::new();
    for Wanted { key, claim } in wanted {
        pools.entry(key).or_default().push(claim.clone());
    }
    pools
}

fn of_taker(event: &EventId, taker: &str) -> Condition {
    Condition::all().add(hold::Column::Event.eq(event.to_string())).add(hold::Column::Taker.eq(taker))
}

fn claim<H: FromStr>(row: &hold::Model) -> Result<Claim<H>, StoreError> {
    let interval = row.start_time.zip(row.end_time).and_then(|(start, end)| Interval::new(start, end).ok());
    Ok(Claim {
        interval: interval.ok_or(StoreError::Corrupt { table: "holds", column: "end_time" })?,
        holder: column("holds", "holder", &row.holder)?,
        quantity: count("holds", "quantity", row.quantity)?,
    })
}
