//! Writes about the stops of itineraries.

use attache_domain::{
    authority::Organizer,
    itinerary::Itinerary,
    resource::{ItineraryName, OrganizationName, PersonName, StopId, StopName},
    stop::{self, Allocation, Plan, Stop},
};

use super::{App, AppError, Edit, itineraries, missing, resources, unchanged};
use crate::{
    ids,
    store::{Request, WriteTx},
};

/// Creates a stop.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    (itinerary, plan): &(ItineraryName, Plan),
    request: Request,
) -> Result<Stop, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let itinerary = live(&tx, itinerary).await?;
            require_referents(&tx, &itinerary, plan).await?;
            let ItineraryName { event, itinerary } = itinerary.name;
            let name = StopName { event, itinerary, stop: StopId(ids::ordered()) };
            let stop = stop::create(name, plan.clone(), tx.now());
            tx.insert_stop(&stop).await?;
            Ok(stop)
        })
        .await
}

/// Changes what organisers say of a stop.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<StopName, Plan>,
    request: Request,
) -> Result<Stop, AppError> {
    let deed = app.deed(organizer, request);
    app.store.write(&deed, |tx| async move { revise(&tx, edit, |_| edit.content.clone(), "updated").await }).await
}

/// Says who takes part in a stop.
pub async fn assign(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<StopName, Vec<PersonName>>,
    request: Request,
) -> Result<Stop, AppError> {
    let deed = app.deed(organizer, request);
    let assigned = |plan: Plan| Plan { travellers: edit.content.clone(), ..plan };
    app.store.write(&deed, |tx| async move { revise(&tx, edit, assigned, "assigned").await }).await
}

/// Says what a stop uses.
pub async fn allocate(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<StopName, Vec<Allocation>>,
    request: Request,
) -> Result<Stop, AppError> {
    let deed = app.deed(organizer, request);
    let allocated = |plan: Plan| Plan { allocations: edit.content.clone(), ..plan };
    app.store.write(&deed, |tx| async move { revise(&tx, edit, allocated, "allocated").await }).await
}

/// Deletes a stop.
pub async fn delete(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<StopName, ()>,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let (_, stop) = find(&tx, edit).await?;
            tx.delete_stop(&stop).await?;
            Ok(())
        })
        .await
}

async fn revise<C>(
    tx: &WriteTx,
    edit: &Edit<StopName, C>,
    change: impl FnOnce(Plan) -> Plan,
    done: &'static str,
) -> Result<Stop, AppError> {
    let (itinerary, before) = find(tx, edit).await?;
    let after = before.clone().revise(change(before.plan.clone()), tx.now());
    require_referents(tx, &itinerary, &after.plan).await?;
    tx.save_stop(&before, &after, done).await?;
    Ok(after)
}

async fn find<C>(tx: &WriteTx, edit: &Edit<StopName, C>) -> Result<(Itinerary, Stop), AppError> {
    let stop = tx.stop(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
    unchanged(edit.expected, &stop.history, &edit.name)?;
    Ok((live(tx, &stop.itinerary()).await?, stop))
}

async fn live(tx: &WriteTx, name: &ItineraryName) -> Result<Itinerary, AppError> {
    let itinerary = itineraries::find(tx, name).await?;
    itinerary.require_live()?;
    Ok(itinerary)
}

/// Refuses travellers who are not of the delegation, resources of other events, and organisations that are not there.
async fn require_referents(tx: &WriteTx, itinerary: &Itinerary, plan: &Plan) -> Result<(), AppError> {
    if !plan.travellers.is_empty() {
        let members = tx.seated_members(&itinerary.delegation).await?;
        if let Some(stranger) =
            plan.travellers.iter().find(|traveller| !members.iter().any(|member| member.person == **traveller))
        {
            return Err(missing(stranger));
        }
    }
    for Allocation { resource, .. } in &plan.allocations {
        if resource.event != itinerary.name.event {
            return Err(missing(resource));
        }
        resources::find(tx, resource).await?;
    }
    for organization in &plan.organizations {
        if tx.organization(organization).await?.is_none() {
            return Err(missing(OrganizationName { organization: organization.clone() }));
        }
    }
    Ok(())
}
