//! Writes about itineraries: drafted, changed, cancelled, released.

use attache_domain::{
    authority::Organizer,
    itinerary::{self, Itinerary, Outline},
    resource::{DelegationName, ItineraryId, ItineraryName},
};

use super::{App, AppError, Edit, events, missing, unchanged};
use crate::{
    ids,
    store::{Request, WriteTx},
};

mod booklet;
mod calendar;
mod releasing;

pub use releasing::release;

/// Drafts an itinerary for a delegation of the event.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    (delegation, outline): &(DelegationName, Outline),
    request: Request,
) -> Result<Itinerary, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            event.require_active()?;
            if tx.delegation(delegation).await?.is_none() {
                return Err(missing(delegation));
            }
            let name = ItineraryName { event: event.id, itinerary: ItineraryId(ids::ordered()) };
            let itinerary = itinerary::draft(name, delegation.clone(), outline.clone(), tx.now());
            tx.insert_itinerary(&itinerary).await?;
            Ok(itinerary)
        })
        .await
}

/// Changes what organisers say of an itinerary; what travellers have of it stays until the next release.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<ItineraryName, Outline>,
    request: Request,
) -> Result<Itinerary, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &before.name)?;
            let after = before.clone().revise(edit.content.clone(), tx.now())?;
            tx.save_itinerary(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Cancels an itinerary; its stops stay to be read, and what it held is free.
pub async fn cancel(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<ItineraryName, ()>,
    request: Request,
) -> Result<Itinerary, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &before.name)?;
            let after = before.clone().cancel(tx.now())?;
            tx.save_itinerary(&before, &after, "cancelled").await?;
            tx.give_back_visit(&after.name).await?;
            Ok(after)
        })
        .await
}

/// Finds an itinerary.
pub(super) async fn find(tx: &WriteTx, name: &ItineraryName) -> Result<Itinerary, AppError> {
    tx.itinerary(name).await?.ok_or_else(|| missing(name))
}
