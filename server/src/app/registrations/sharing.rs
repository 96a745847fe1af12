//! Pools that categories of an event share: who has a place in one of the categories has one of each of its pools.

use std::collections::BTreeSet;

use attache_domain::{
    category::Category,
    event::Event,
    registration::Registration,
    resource::{CategoryId, RegistrationId, RegistrationName},
};
use chrono::{DateTime, Utc};

use super::{
    super::{AppError, categories, missing},
    places::promote_all,
};
use crate::store::{PoolKey, Waiting, WriteTx, pool_of, shared_pool_of};

/// Has the categories of an event share its pools as it says from now on; refused, where they have taken more than there is. Places that come free go
/// to those who wait.
pub(in crate::app) async fn share(tx: &WriteTx, before: &Event, after: &Event) -> Result<(), AppError> {
    let (old, new) = (&before.plan.shared_pools, &after.plan.shared_pools);
    if old == new {
        return Ok(());
    }
    for pool in new {
        tx.set_pool(&shared_pool_of(&after.id, &pool.id), Some(pool.capacity)).await?;
    }
    let ids: BTreeSet<&CategoryId> = old.iter().chain(new).flat_map(|pool| &pool.categories).collect();
    let mut categories = Vec::new();
    for id in ids {
        categories.push(categories::of(tx, &after.id, id).await?);
        let pools: Vec<PoolKey> = after.shared_by(id).map(|pool| shared_pool_of(&after.id, &pool.id)).collect();
        tx.share(&pool_of(&after.id, id), &pools).await?;
    }
    for pool in new {
        let key = shared_pool_of(&after.id, &pool.id);
        tx.level(&key).await?.ok_or_else(|| missing(&key))?.resize(&key, Some(pool.capacity))?;
    }
    for pool in old.iter().filter(|pool| new.iter().all(|other| other.id != pool.id)) {
        tx.remove_pool(&shared_pool_of(&after.id, &pool.id)).await?;
    }
    promote_all(tx, after, &categories).await
}

/// Who is served next in a category.
pub(super) struct Head<'a> {
    pub(super) category: &'a Category,
    registration: RegistrationId,
    pub(super) waiting: Waiting,
}

impl<'a> Head<'a> {
    /// Finds who is served next in a category, if anybody is.
    pub(super) async fn of(tx: &WriteTx, category: &'a Category) -> Result<Option<Self>, AppError> {
        let Some(waiting) = tx.next_waiting(&pool_of(&category.event, &category.id)).await? else { return Ok(None) };
        let registration = waiting.holder.parse().map_err(|_| missing(&waiting.holder))?;
        Ok(Some(Self { category, registration, waiting }))
    }

    /// Whoever was put ahead of others is ahead of those in other categories too, and then it is whoever waits longest.
    fn rank(&self) -> (bool, DateTime<Utc>, RegistrationId) {
        (!self.waiting.is_ahead, self.waiting.since, self.registration)
    }
}

/// The registration that waits as a holder.
pub(super) async fn of_holder(tx: &WriteTx, category: &Category, holder: &str) -> Result<Registration, AppError> {
    let registration = holder.parse().map_err(|_| missing(holder))?;
    let name = RegistrationName { event: category.event.clone(), registration };
    tx.registration(&name).await?.ok_or_else(|| missing(&name))
}

/// Takes the first out of those who are next in their category.
pub(super) fn take_first<'a>(heads: &mut Vec<Head<'a>>) -> Option<Head<'a>> {
    let (first, _) = heads.iter().enumerate().min_by_key(|(_, head)| head.rank())?;
    Some(heads.swap_remove(first))
}

/// The categories in which somebody may get the place that came free in one: that one, and those that share a pool with it.
pub(super) async fn circle(tx: &WriteTx, event: &Event, category: &Category) -> Result<Vec<Category>, AppError> {
    let sharing: BTreeSet<&CategoryId> = event.shared_by(&category.id).flat_map(|pool| &pool.categories).collect();
    let mut circle = vec![category.clone()];
    for id in sharing.into_iter().filter(|id| **id != category.id) {
        circle.push(categories::of(tx, &event.id, id).await?);
    }
    Ok(circle)
}
