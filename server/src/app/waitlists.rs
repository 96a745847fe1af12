//! Writes about those who wait: offers accepted, declined and lapsed, and whoever is put ahead of others.

use attache_domain::{
    authority::{Organizer, Responder},
    category::Category,
    offer::Offer,
    pool::Place,
    registration::Registration,
    resource::{OfferName, RegistrationName},
};

use super::{
    App, AppError, Edit, chain, events, missing,
    registrations::{announce_lapse, announce_promotion, leave, promote as serve, wait_again},
    unchanged,
};
use crate::store::{Request, StoreError, WriteTx, pool_of};

/// How many offers that expired are looked at in one go.
const BATCH: u64 = 50;

/// Accepts an offer: the registration keeps the place that was held for it.
pub async fn accept(app: &App, responder: &Responder, name: &OfferName, request: Request) -> Result<Offer, AppError> {
    let deed = app.deed(responder, request);
    app.store
        .write(&deed, |tx| async move {
            let (offer, before, category) = find_own(&tx, responder, name).await?;
            let event = tx.event(&name.event).await?.ok_or_else(|| missing(name))?;
            let accepted = offer.clone().accept(&event, tx.now())?;
            tx.save_offer(&offer, &accepted, "accepted").await?;
            let after = before.clone().enter(&category, Place::Held, tx.now());
            tx.save_registration(&before, &after, "promoted").await?;
            announce_promotion(&tx, &after).await?;
            Ok(accepted)
        })
        .await
}

/// Declines an offer: the registration is withdrawn, and its place goes to whoever waits first.
pub async fn decline(app: &App, responder: &Responder, name: &OfferName, request: Request) -> Result<Offer, AppError> {
    let deed = app.deed(responder, request);
    app.store
        .write(&deed, |tx| async move {
            let (offer, before, _) = find_own(&tx, responder, name).await?;
            let declined = offer.clone().decline(tx.now())?;
            tx.save_offer(&offer, &declined, "declined").await?;
            let after = before.clone().withdraw(tx.now())?;
            tx.save_registration(&before, &after, "withdrawn").await?;
            leave(&tx, &after).await?;
            Ok(declined)
        })
        .await
}

/// Puts a waiting registration ahead of all others who wait, for a reason; it gets the next place, at once when there is one.
pub async fn promote(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RegistrationName, String>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            events::find(&tx, organizer).await?.require_active()?;
            let before = tx.registration(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            let preferred = before.clone().prefer(edit.content.clone(), tx.now())?;
            tx.save_registration(&before, &preferred, "preferred").await?;
            let category = category_of(&tx, &preferred).await?;
            tx.put_first(&pool_of(&category.event, &category.id), &preferred.id.to_string()).await?;
            serve(&tx, &category).await?;
            tx.registration(&edit.name).await?.ok_or_else(|| missing(&edit.name))
        })
        .await
}

/// Ends the offers that expired; each place goes to whoever waits first, in a transaction of its own. Tells how many it looked at.
///
/// One that cannot be ended is left for the next look, and keeps no other from being ended.
pub async fn lapse_due(app: &App) -> Result<usize, StoreError> {
    let due = app.store.due_offers(app.clock.now(), BATCH).await?;
    for name in &due {
        if let Err(error) = lapse(app, name).await {
            tracing::error!(offer = %name, error.chain = chain(&error), "an offer that expired could not be ended");
        }
    }
    Ok(due.len())
}

async fn lapse(app: &App, name: &OfferName) -> Result<(), AppError> {
    let deed = app.own_deed(&name.event);
    app.store
        .write(&deed, |tx| async move {
            let (offer, before, category) = find(&tx, name).await?;
            // Somebody may have answered since it was found.
            let Some(lapsed) = offer.clone().lapse(tx.now()) else { return Ok(()) };
            tx.save_offer(&offer, &lapsed, "lapsed").await?;
            let event = tx.event(&name.event).await?.ok_or_else(|| missing(name))?;
            let lapses = tx.lapsed_offers(&before.name()).await?;
            let waits_again = category.waits_again_after(lapses) && event.gives_places(tx.now());
            let after = before.clone().lapse(waits_again, tx.now());
            tx.save_registration(&before, &after, "lapsed").await?;
            if waits_again {
                return wait_again(&tx, &category, &after, &lapsed).await;
            }
            announce_lapse(&tx, &after, &lapsed).await?;
            leave(&tx, &after).await
        })
        .await
}

/// Finds an offer that somebody may answer; one to somebody else is none to whoever answers their own.
async fn find_own(
    tx: &WriteTx,
    responder: &Responder,
    name: &OfferName,
) -> Result<(Offer, Registration, Category), AppError> {
    let found = find(tx, name).await?;
    if responder.covers(&found.1) { Ok(found) } else { Err(missing(name)) }
}

/// Finds an offer, the registration that it was made to, and the category whose place it is.
async fn find(tx: &WriteTx, name: &OfferName) -> Result<(Offer, Registration, Category), AppError> {
    let offer = tx.offer(name).await?.ok_or_else(|| missing(name))?;
    let registration = tx.registration(&offer.registration_name()).await?.ok_or_else(|| missing(name))?;
    let category = category_of(tx, &registration).await?;
    Ok((offer, registration, category))
}

async fn category_of(tx: &WriteTx, registration: &Registration) -> Result<Category, AppError> {
    let found = tx.category(&registration.event, &registration.category).await?;
    found.ok_or_else(|| missing(registration.name()))
}
