//! Pools that categories of an event share: who has a place in one of the categories has one of each of its pools.

use std::collections::BTreeSet;

use attache_domain::{
    category::Category,
    event::Event,
    resource::{CategoryId, RegistrationName},
};

use super::{
    super::{AppError, categories, missing},
    places::promote,
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
    let categories: BTreeSet<&CategoryId> = old.iter().chain(new).flat_map(|pool| &pool.categories).collect();
    for category in &categories {
        categories::of(tx, &after.id, category).await?;
        let pools: Vec<PoolKey> = after.shared_by(category).map(|pool| shared_pool_of(&after.id, &pool.id)).collect();
        tx.share(&pool_of(&after.id, category), &pools).await?;
    }
    for pool in new {
        let key = shared_pool_of(&after.id, &pool.id);
        tx.level(&key).await?.ok_or_else(|| missing(&key))?.resize(&key, Some(pool.capacity))?;
    }
    for pool in old.iter().filter(|pool| new.iter().all(|other| other.id != pool.id)) {
        tx.remove_pool(&shared_pool_of(&after.id, &pool.id)).await?;
    }
    for category in categories {
        promote(tx, &categories::of(tx, &after.id, category).await?).await?;
    }
    Ok(())
}

/// Gives the next place that came free to somebody who waits, and tells in which category: to whoever waits first in the one it came free in, and where
/// that shares pools, to the first of all who wait in the categories that share them and find a place in their own. Whoever was put ahead of
/// others is ahead of those in other categories too.
pub(super) async fn promote_first<'a>(
    tx: &WriteTx,
    circle: &'a [Category],
) -> Result<Option<(&'a Category, String)>, AppError> {
    if let [alone] = circle {
        let holder = tx.promote_first(&pool_of(&alone.event, &alone.id)).await?;
        return Ok(holder.map(|holder| (alone, holder)));
    }
    let mut heads = Vec::new();
    for category in circle {
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
