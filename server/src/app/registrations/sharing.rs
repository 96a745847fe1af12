//! Pools that categories of an event share: who has a place in one of the categories has one of each of its pools.

use std::collections::BTreeSet;

use attache_domain::{
    category::Category,
    event::Event,
    resource::{CategoryId, RegistrationName},
};

use super::{
    super::{AppError, categories, missing},
    places::promote_all,
};
use crate::store::{PoolKey, WriteTx, pool_of, shared_pool_of};

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

/// Gives the next place that came free in some categories to somebody who waits, and tells in which: to whoever came first of those who wait first in
/// their category and find a place in it and in all that it shares. Whoever was put ahead of others is ahead of those in other categories too.
pub(super) async fn promote_next<'a>(
    tx: &WriteTx,
    categories: &'a [Category],
) -> Result<Option<(&'a Category, String)>, AppError> {
    if let [alone] = categories {
        let holder = tx.promote_first(&pool_of(&alone.event, &alone.id)).await?;
        return Ok(holder.map(|holder| (alone, holder)));
    }
    let mut heads = Vec::new();
    for category in categories {
        let Some((holder, since)) = tx.first_waiting(&pool_of(&category.event, &category.id)).await? else { continue };
        let registration = holder.parse().map_err(|_| missing(&holder))?;
        let name = RegistrationName { event: category.event.clone(), registration };
        let waiting = tx.registration(&name).await?.ok_or_else(|| missing(&name))?;
        heads.push((waiting.precedence.is_none(), since, holder, category));
    }
    heads.sort_by(|one, other| (one.0, one.1, &one.2).cmp(&(other.0, other.1, &other.2)));
    for (_, _, _, category) in heads {
        if let Some(holder) = tx.promote_first(&pool_of(&category.event, &category.id)).await? {
            return Ok(Some((category, holder)));
        }
    }
    Ok(None)
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
