//! Places of a category: who comes in with one, who leaves one, and who gets one that came free.

use attache_domain::{
    category::Category,
    event::Event,
    pool::Place,
    registration::{self, Registration},
    resource::RegistrationName,
    submission::Submission,
};

use super::{
    super::{AppError, missing},
    telling::{Parties, announce, announce_entry},
};
use crate::{
    mail::compose::Occasion,
    store::{WriteTx, pool_of},
};

/// Gives the free places of a category to those who wait, first come first served; a cancelled event has none to give.
pub(in crate::app) async fn promote(tx: &WriteTx, category: &Category) -> Result<(), AppError> {
    let event = tx.event(&category.event).await?.ok_or_else(|| missing(category.name()))?;
    if event.require_active().is_err() {
        return Ok(());
    }
    let pool = pool_of(&category.event, &category.id);
    while let Some(holder) = tx.promote_first(&pool).await? {
        let id = holder.parse().map_err(|_| missing(&holder))?;
        let name = RegistrationName { event: category.event.clone(), registration: id };
        let before = tx.registration(&name).await?.ok_or_else(|| missing(&name))?;
        let after = before.clone().enter(category, Place::Held, tx.now());
        tx.save_registration(&before, &after, "promoted").await?;
        announce(tx, &after, |category, reference| Occasion::RegistrationPromoted { category, reference }).await?;
    }
    Ok(())
}

/// Makes a registration of a submission whose address is proven, with the place that was held for it, or what the ledger has now.
pub(in crate::app) async fn enter(
    tx: &WriteTx,
    (event, category): (&Event, &Category),
    submission: &Submission,
) -> Result<Registration, AppError> {
    let (id, person) = (submission.registration(), &submission.person);
    let place = if submission.holds_place {
        Place::Held
    } else {
        tx.take(&pool_of(&event.id, &category.id), &id.to_string()).await?
    };
    tx.insert_person(person).await?;
    let registration = registration::open(id, category, person.name(), place, tx.now());
    tx.insert_registration(&registration).await?;
    announce_entry(tx, &Parties { event, category, person }, &registration, place).await?;
    Ok(registration)
}

/// Gives back what a registration held or waited for, to whoever waits first.
pub(super) async fn leave(tx: &WriteTx, registration: &Registration) -> Result<(), AppError> {
    tx.give_back(&pool_of(&registration.event, &registration.category), &registration.id.to_string()).await?;
    let found = tx.category(&registration.event, &registration.category).await?;
    promote(tx, &found.ok_or_else(|| missing(registration.name()))?).await
}
