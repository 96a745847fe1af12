//! Writes about what the stops of visits use.

use attache_domain::{
    authority::Organizer,
    resource::{ResourceId, ResourceName},
    supply::{self, Plan, Resource},
};

use super::{App, AppError, Edit, events, missing, unchanged};
use crate::{
    ids,
    store::{Request, WriteTx},
};

/// Creates a resource.
pub async fn create(app: &App, organizer: &Organizer, plan: &Plan, request: Request) -> Result<Resource, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let name = ResourceName { event: event.id, resource: ResourceId(ids::ordered()) };
            let resource = supply::create(name, plan.clone(), tx.now());
            tx.insert_resource(&resource).await?;
            Ok(resource)
        })
        .await
}

/// Changes what organisers say of a resource, which keeps room for what is held; a draft that no longer fits is found when it is checked.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<ResourceName, Plan>,
    request: Request,
) -> Result<Resource, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &before.name)?;
            let held = tx.resource_holds(&edit.name).await?;
            let after = before.clone().revise(edit.content.clone(), &held, tx.now())?;
            tx.save_resource(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Deletes a resource that no stop uses or holds.
pub async fn delete(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<ResourceName, ()>,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let resource = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &resource.history, &resource.name)?;
            if tx.resource_is_used(&resource.name).await? {
                return Err(AppError::InUse { resource: resource.name.to_string(), referrer: "stops" });
            }
            if !tx.resource_holds(&resource.name).await?.is_empty() {
                return Err(AppError::InUse { resource: resource.name.to_string(), referrer: "holds" });
            }
            tx.delete_resource(&resource).await?;
            Ok(())
        })
        .await
}

/// Finds a resource.
pub(super) async fn find(tx: &WriteTx, name: &ResourceName) -> Result<Resource, AppError> {
    tx.resource(name).await?.ok_or_else(|| missing(name))
}
