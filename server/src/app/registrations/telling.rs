//! What people are told of their registrations.

use attache_domain::{
    category::Category,
    event::Event,
    localized::Localized,
    offer::Offer,
    person::Person,
    pool::Place,
    registration::{Registration, State},
};

use chrono_tz::Tz;

use super::super::{AppError, missing, notices};
use crate::{mail::compose::Occasion, store::WriteTx};

/// Whom a registration is about.
pub(in crate::app) struct Parties<'a> {
    pub(in crate::app) event: &'a Event,
    pub(in crate::app) category: &'a Category,
    pub(in crate::app) person: &'a Person,
}

/// Finds whom a registration is about.
pub(super) async fn parties(tx: &WriteTx, registration: &Registration) -> Result<(Event, Category, Person), AppError> {
    let gone = || missing(registration.name());
    let event = tx.event(&registration.event).await?.ok_or_else(gone)?;
    let category = tx.category(&registration.event, &registration.category).await?.ok_or_else(gone)?;
    let person = tx.person(&registration.person).await?.ok_or_else(gone)?;
    Ok((event, category, person))
}

/// Tells somebody who came in what they got.
pub(super) async fn announce_entry(
    tx: &WriteTx,
    parties: &Parties<'_>,
    registration: &Registration,
    place: Place,
) -> Result<(), AppError> {
    let category = parties.category.plan.title.clone();
    let reference = registration.id.to_string();
    let occasion = match (place, registration.state) {
        (Place::Queued(position), _) => Occasion::RegistrationWaiting { category, reference, position },
        (Place::Held, State::Confirmed) => {
            let ticket = tx.ticket_of(registration.id).grouped();
            Occasion::RegistrationConfirmed { category, reference, ticket }
        }
        (
            Place::Held,
            State::Submitted | State::Waiting | State::Rejected | State::Withdrawn | State::Offered | State::Lapsed,
        ) => Occasion::RegistrationReceived { category, reference },
    };
    let language = parties.category.language_for(parties.person.profile.language);
    notices::enqueue(tx, parties.event, parties.person, language, occasion, Vec::new()).await
}

/// Tells somebody who was moved from a category: of their place in the other one, or that they wait there.
pub(super) async fn announce_move(
    tx: &WriteTx,
    parties: &Parties<'_>,
    (before, left): (&Registration, &Category),
    after: &Registration,
    place: Place,
) -> Result<(), AppError> {
    if before.state != after.state || before.state == State::Waiting {
        return announce_entry(tx, parties, after, place).await;
    }
    let occasion = Occasion::RegistrationMoved {
        left: left.plan.title.clone(),
        category: parties.category.plan.title.clone(),
        reference: after.id.to_string(),
    };
    let language = parties.category.language_for(parties.person.profile.language);
    notices::enqueue(tx, parties.event, parties.person, language, occasion, Vec::new()).await
}

/// Tells somebody what became of their registration.
pub(super) async fn announce(
    tx: &WriteTx,
    registration: &Registration,
    occasion: impl FnOnce(Localized, String) -> Occasion,
) -> Result<(), AppError> {
    let (event, category, person) = parties(tx, registration).await?;
    let language = category.language_for(person.profile.language);
    let occasion = occasion(category.plan.title.clone(), registration.id.to_string());
    notices::enqueue(tx, &event, &person, language, occasion, Vec::new()).await
}

/// Tells somebody that they are confirmed, with their ticket.
pub(super) async fn announce_confirmation(tx: &WriteTx, registration: &Registration) -> Result<(), AppError> {
    let ticket = tx.ticket_of(registration.id).grouped();
    let confirmed = |category, reference| Occasion::RegistrationConfirmed { category, reference, ticket };
    announce(tx, registration, confirmed).await
}

/// Tells somebody who waited that they have a place, whether it was given to them or they accepted it; with their ticket, if that confirms
/// them.
pub(in crate::app) async fn announce_promotion(tx: &WriteTx, registration: &Registration) -> Result<(), AppError> {
    let ticket = (registration.state == State::Confirmed).then(|| tx.ticket_of(registration.id).grouped());
    let promoted = |category, reference| Occasion::RegistrationPromoted { category, reference, ticket };
    announce(tx, registration, promoted).await
}

/// Tells somebody who waited until when a place is held for them, by their own clocks where these are known.
pub(super) async fn announce_offer(
    tx: &WriteTx,
    registration: &Registration,
    offer: &Offer,
    waits_again: bool,
) -> Result<(), AppError> {
    let (event, category, person) = parties(tx, registration).await?;
    let occasion = Occasion::PlaceOffered {
        category: category.plan.title.clone(),
        reference: registration.id.to_string(),
        deadline: offer.expire_time.with_timezone(&clock_of(&event, &person)),
        waits_again,
    };
    let language = category.language_for(person.profile.language);
    notices::enqueue(tx, &event, &person, language, occasion, Vec::new()).await
}

/// Tells somebody that the place that was held for them is not any more; of a cancelled event nobody hears so.
pub(in crate::app) async fn announce_lapse(
    tx: &WriteTx,
    registration: &Registration,
    offer: &Offer,
) -> Result<(), AppError> {
    let (event, category, person) = parties(tx, registration).await?;
    if event.require_active().is_err() {
        return Ok(());
    }
    let occasion = Occasion::OfferLapsed {
        category: category.plan.title.clone(),
        reference: registration.id.to_string(),
        deadline: offer.expire_time.with_timezone(&clock_of(&event, &person)),
        waits_again: registration.state == State::Waiting,
    };
    let language = category.language_for(person.profile.language);
    notices::enqueue(tx, &event, &person, language, occasion, Vec::new()).await
}

/// The clocks that a person goes by: their own, or those of the place of the event.
fn clock_of(event: &Event, person: &Person) -> Tz {
    person.profile.time_zone.unwrap_or(event.plan.start.zone())
}
