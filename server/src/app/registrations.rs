//! Writes about registrations: in, confirmed, rejected, withdrawn, put back, and off the waiting list.

use attache_domain::{
    authority::{Organizer, Withdrawer},
    category::Category,
    event::Event,
    person::{Person, Profile},
    pool::Place,
    registration::{self, Facts, Refusal, Registration, State},
    resource::{CategoryId, PersonName, RegistrationId, RegistrationName},
    submission::Submission,
};
use chrono::{DateTime, Utc};

use super::{App, AppError, Edit, categories, events, missing, notices, persons, unchanged};
use crate::{
    ids,
    mail::compose::Occasion,
    store::{Request, WriteTx, pool_of},
};

/// Who registers.
#[derive(Clone, Debug)]
pub enum Registrant {
    /// Somebody who is known.
    Known(PersonName),
    /// Somebody who becomes known by it.
    New(Box<Profile>),
}

/// A registration to be.
#[derive(Clone, Debug)]
pub struct Application {
    /// As what.
    pub category: CategoryId,
    /// Who.
    pub registrant: Registrant,
}

/// Registers a person. The ledger decides whether there is a place; whoever finds none waits.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    application: &Application,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer.actor(), request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let category = categories::find(&tx, organizer, &application.category).await?;
            let person = registrant(&tx, &event, &application.registrant).await?;
            let existing = tx.live_registration(&event.id, &person).await?;
            Facts { event: &event, category: &category, existing }.admit(tx.now())?;

            let id = RegistrationId(ids::random());
            let place = tx.take(&pool_of(&event.id, &category.id), &id.to_string()).await?;
            let registration = registration::open(id, &category, person.name(), place, tx.now());
            tx.insert_registration(&registration).await?;
            announce_entry(&tx, &Parties { event: &event, category: &category, person: &person }, &registration, place)
                .await?;
            Ok(registration)
        })
        .await
}

/// Confirms a submitted registration.
pub async fn confirm(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer.actor(), request);
    app.store
        .write(&deed, |tx| async move {
            events::find(&tx, organizer).await?.require_active()?;
            let after = turn(&tx, edit, Registration::confirm, "confirmed").await?;
            announce(&tx, &after, |category, reference| Occasion::RegistrationConfirmed { category, reference })
                .await?;
            Ok(after)
        })
        .await
}

/// Rejects a submitted or waiting registration; its place goes to whoever waits first.
pub async fn reject(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer.actor(), request);
    app.store
        .write(&deed, |tx| async move {
            let after = turn(&tx, edit, Registration::reject, "rejected").await?;
            leave(&tx, &after).await?;
            announce(&tx, &after, |category, reference| Occasion::RegistrationRejected {
                category,
                reference,
                reason: None,
            })
            .await?;
            Ok(after)
        })
        .await
}

/// Withdraws a registration; its place goes to whoever waits first.
pub async fn withdraw(
    app: &App,
    withdrawer: &Withdrawer,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(withdrawer.actor(), request);
    app.store
        .write(&deed, |tx| async move {
            // Somebody else's registration is none to whoever withdraws their own.
            let found = tx.registration(&edit.name).await?;
            found.filter(|found| withdrawer.covers(found)).ok_or_else(|| missing(&edit.name))?;
            let after = turn(&tx, edit, Registration::withdraw, "withdrawn").await?;
            leave(&tx, &after).await?;
            Ok(after)
        })
        .await
}

/// Puts a rejected or withdrawn registration back, with the place the ledger has for it now.
pub async fn reinstate(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer.actor(), request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, edit).await?;
            before.require_reinstatable()?;
            let (event, category, person) = parties(&tx, &before).await?;
            let existing = tx.live_registration(&event.id, &person).await?;
            Facts { event: &event, category: &category, existing }.admit(tx.now())?;

            let place = tx.take(&pool_of(&event.id, &category.id), &before.id.to_string()).await?;
            let after = before.clone().enter(&category, place, tx.now());
            tx.save_registration(&before, &after, "reinstated").await?;
            announce_entry(&tx, &Parties { event: &event, category: &category, person: &person }, &after, place)
                .await?;
            Ok(after)
        })
        .await
}

/// Gives the free places of a category to those who wait, first come first served; a cancelled event has none to give.
pub(super) async fn promote(tx: &WriteTx, category: &Category) -> Result<(), AppError> {
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
pub(super) async fn enter(
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

async fn registrant(tx: &WriteTx, event: &Event, registrant: &Registrant) -> Result<Person, AppError> {
    match registrant {
        Registrant::New(profile) => persons::insert(tx, &event.plan.controller, profile).await,
        // Somebody whom another organisation keeps is nobody to this event.
        Registrant::Known(name) if name.organization != event.plan.controller => Err(missing(name)),
        Registrant::Known(name) => tx.person(name).await?.ok_or_else(|| missing(name)),
    }
}

async fn find(tx: &WriteTx, edit: &Edit<RegistrationName, ()>) -> Result<Registration, AppError> {
    let registration = tx.registration(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
    unchanged(edit.expected, &registration.history, &edit.name)?;
    Ok(registration)
}

async fn turn(
    tx: &WriteTx,
    edit: &Edit<RegistrationName, ()>,
    verb: fn(Registration, DateTime<Utc>) -> Result<Registration, Refusal>,
    done: &'static str,
) -> Result<Registration, AppError> {
    let before = find(tx, edit).await?;
    let after = verb(before.clone(), tx.now())?;
    tx.save_registration(&before, &after, done).await?;
    Ok(after)
}

async fn leave(tx: &WriteTx, registration: &Registration) -> Result<(), AppError> {
    tx.give_back(&pool_of(&registration.event, &registration.category), &registration.id.to_string()).await?;
    let found = tx.category(&registration.event, &registration.category).await?;
    promote(tx, &found.ok_or_else(|| missing(registration.name()))?).await
}

struct Parties<'a> {
    event: &'a Event,
    category: &'a Category,
    person: &'a Person,
}

async fn parties(tx: &WriteTx, registration: &Registration) -> Result<(Event, Category, Person), AppError> {
    let gone = || missing(registration.name());
    let event = tx.event(&registration.event).await?.ok_or_else(gone)?;
    let category = tx.category(&registration.event, &registration.category).await?.ok_or_else(gone)?;
    let person = tx.person(&registration.person).await?.ok_or_else(gone)?;
    Ok((event, category, person))
}

async fn announce_entry(
    tx: &WriteTx,
    parties: &Parties<'_>,
    registration: &Registration,
    place: Place,
) -> Result<(), AppError> {
    let category = parties.category.plan.title.clone();
    let reference = registration.id.to_string();
    let occasion = match (place, registration.state) {
        (Place::Queued(position), _) => Occasion::RegistrationWaiting { category, reference, position },
        (Place::Held, State::Confirmed) => Occasion::RegistrationConfirmed { category, reference },
        (Place::Held, State::Submitted | State::Waiting | State::Rejected | State::Withdrawn) => {
            Occasion::RegistrationReceived { category, reference }
        }
    };
    let language = parties.category.language_for(parties.person.profile.language);
    notices::enqueue(tx, parties.event, parties.person, language, occasion, Vec::new()).await
}

async fn announce(
    tx: &WriteTx,
    registration: &Registration,
    occasion: fn(attache_domain::localized::Localized, String) -> Occasion,
) -> Result<(), AppError> {
    let (event, category, person) = parties(tx, registration).await?;
    let language = category.language_for(person.profile.language);
    let occasion = occasion(category.plan.title.clone(), registration.id.to_string());
    notices::enqueue(tx, &event, &person, language, occasion, Vec::new()).await
}
