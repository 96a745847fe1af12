//! Writes about registrations: in, moved, confirmed, rejected, withdrawn and put back, one by one or several in one call.

use attache_domain::{
    authority::{Organizer, Responder},
    category::Category,
    event::Event,
    form::{Answers, Given, Respondent},
    person::{Person, Profile},
    registration::{ExternalId, Facts, Refusal, Registration},
    resource::{CategoryId, PersonName, RegistrationName},
};
use chrono::{DateTime, Utc};

use super::{App, AppError, Edit, categories, events, missing, persons, unchanged};
use crate::{
    mail::compose::Occasion,
    store::{Request, WriteTx, pool_of},
};

mod answering;
mod batch;
mod choices;
mod delegates;
mod import;
mod places;
mod sharing;
mod telling;

pub use batch::{Batch, Decision, decide};
pub(super) use choices::{choose, limit, require_places};
pub(super) use delegates::{follow, seat_all, succeed, unseat, unseat_all};
pub use import::{Kept, Survey, go_on, start as import, survey as preview_import};
pub(super) use import::{List, unreadable, with_table};
pub(super) use places::{enter, leave, promote, register, resize, take, wait_again};
pub(super) use sharing::share;
pub(super) use telling::{Parties, announce_lapse, announce_promotion};

use places::{Found, Want, pass_on, place_again, place_for};
use telling::{announce, announce_confirmation, announce_entry, parties};

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
    /// What another system knows the registration by.
    pub external_id: Option<ExternalId>,
    /// What was answered.
    pub answers: Vec<Given>,
}

/// What a registration is to become.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// As what; as before, when left out.
    pub category: Option<CategoryId>,
    /// What is answered from then on; as before, when left out.
    pub answers: Option<Vec<Given>>,
}

/// Registers a person. The ledger decides whether there is a place; whoever finds none waits.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    application: &Application,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let category = categories::find(&tx, organizer, &application.category).await?;
            let (person, is_new) = match &application.registrant {
                Registrant::New(profile) => (persons::make(&tx, &event.plan.controller, profile), true),
                Registrant::Known(name) => (registrant(&tx, &event, name).await?, false),
            };
            let existing = tx.live_registration(&event.id, &person).await?;
            let existing = match (existing, &application.external_id) {
                (None, Some(external_id)) => tx.registration_known_by(&event.id, external_id).await?,
                (existing, _) => existing,
            };
            Facts { event: &event, category: &category, existing }.admit(tx.now())?;

            let given = (application.answers.as_slice(), &Answers::default());
            let answers = answering::read(&tx, &organizer.responder(), &category, given).await?;
            let invitation =
                if is_new { None } else { tx.open_invitation(&event.id, &person.name(), tx.now()).await? };
            let party = category.plan.form.party(&answers);
            let Found { id, place, left } = place_for(&tx, &category, invitation, (party, Want::Place(0))).await?;
            if is_new {
                tx.insert_person(&person).await?;
            }
            let parties = Parties { event: &event, category: &category, person: &person };
            let registered = register(&tx, &parties, (id, application.external_id.clone()), place, &answers).await?;
            pass_on(&tx, left).await?;
            Ok(registered)
        })
        .await
}

/// Moves a registration to another category, with the place that the ledger has for it there, and changes its answers; the place it leaves
/// goes to whoever waits first.
pub async fn update(
    app: &App,
    responder: &Responder,
    edit: &Edit<RegistrationName, Amendment>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(responder, request);
    let respondent = responder.respondent();
    app.store
        .write(&deed, |tx| async move {
            let before = find_own(&tx, responder, edit).await?;
            let Amendment { category, answers: given } = &edit.content;
            let id = category.as_ref().unwrap_or(&before.category);
            let category = categories::of(&tx, &before.event, id).await?;
            let event = tx.event(&before.event).await?.ok_or_else(|| missing(before.name()))?;
            let old = tx.answers(&before).await?;
            let new = match given {
                Some(given) => answering::read(&tx, responder, &category, (given, &old)).await?,
                None => old.clone(),
            };
            let completes = category.plan.form.completes(&old, &new);
            before.require_answerable(respondent, (&event, completes), tx.now())?;
            let answered = Some((old, new)).filter(|(old, new)| old != new);
            let mut serves = false;
            let moved = if before.category == category.id {
                if let Some((old, new)) = answered.as_ref().filter(|_| before.state.is_live()) {
                    serves = places::answer(&tx, &category, before.id, (old, new)).await??;
                }
                before
            } else {
                relocate(&tx, before, &category, answered.as_ref().map(|(_, after)| after)).await?
            };
            let Some((old, new)) = answered else { return Ok(moved) };
            let after = moved.clone().amend(category.plan.form.needs_approval(&old, &new), tx.now());
            if respondent == Respondent::Registrant && after.state != moved.state {
                // Whoever is in does not put their own place in question.
                require_outside(&tx, &edit.name).await?;
            }
            tx.save_registration(&moved, &after, "updated").await?;
            tx.save_answers(&after, &old, &new).await?;
            if !serves {
                return Ok(after);
            }
            promote(&tx, &category).await?;
            tx.registration(&edit.name).await?.ok_or_else(|| missing(&edit.name))
        })
        .await
}

/// Moves a registration to another category, with the answers that it has from now on where these are at hand.
async fn relocate(
    tx: &WriteTx,
    before: Registration,
    category: &Category,
    answers: Option<&Answers>,
) -> Result<Registration, AppError> {
    before.require_movable()?;
    let (event, left, person) = parties(tx, &before).await?;
    event.require_active()?;

    let given = tx.give_back(&pool_of(&event.id, &left.id), &before.id.to_string()).await?;
    let party = match answers {
        Some(answers) => category.plan.form.party(answers),
        None => places::party_of(tx, category, &before).await?,
    };
    let place = take(tx, category, before.id, (party, given)).await?;
    let after = before.clone().relocate(category, place, tx.now())?;
    choices::carry(tx, (&left, category), &after, answers).await?;
    tx.save_registration(&before, &after, "moved").await?;
    let parties = Parties { event: &event, category, person: &person };
    telling::announce_move(tx, &parties, (&before, &left), &after, place).await?;
    promote(tx, &left).await?;
    Ok(after)
}

/// Confirms a submitted registration.
pub async fn confirm(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            events::find(&tx, organizer).await?.require_active()?;
            let after = turn(&tx, find(&tx, edit).await?, Registration::confirm, "confirmed").await?;
            announce_confirmation(&tx, &after).await?;
            Ok(after)
        })
        .await
}

/// Rejects a submitted, waiting or offered registration; its place goes to whoever waits first.
pub async fn reject(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let after = turn(&tx, find(&tx, edit).await?, Registration::reject, "rejected").await?;
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
    responder: &Responder,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(responder, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find_own(&tx, responder, edit).await?;
            let after = turn(&tx, before, Registration::withdraw, "withdrawn").await?;
            require_outside(&tx, &edit.name).await?;
            leave(&tx, &after).await?;
            Ok(after)
        })
        .await
}

/// Puts a rejected, withdrawn or lapsed registration back, with the place the ledger has for it now.
pub async fn reinstate(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, edit).await?;
            before.require_reinstatable()?;
            let (event, category, person) = parties(&tx, &before).await?;
            let existing = tx.live_registration(&event.id, &person).await?;
            Facts { event: &event, category: &category, existing }.admit(tx.now())?;

            let invitation = tx.open_invitation(&event.id, &before.person, tx.now()).await?;
            let Found { place, left, .. } = place_again(&tx, &category, (&before, invitation), Want::Place(0)).await?;
            let after = before.clone().reinstate(&category, place, tx.now());
            choices::carry(&tx, (&category, &category), &after, None).await?;
            tx.save_registration(&before, &after, "reinstated").await?;
            announce_entry(&tx, &Parties { event: &event, category: &category, person: &person }, &after, place)
                .await?;
            pass_on(&tx, left).await?;
            Ok(after)
        })
        .await
}

/// Finds whom to register; somebody whom another organisation keeps is nobody to this event.
async fn registrant(tx: &WriteTx, event: &Event, name: &PersonName) -> Result<Person, AppError> {
    let known = if name.organization == event.plan.controller { tx.person(name).await? } else { None };
    known.ok_or_else(|| missing(name))
}

/// Refuses what would take the place of somebody who is checked in.
async fn require_outside(tx: &WriteTx, name: &RegistrationName) -> Result<(), AppError> {
    match tx.first_standing_check_in(name).await? {
        Some(check_in) => Err(check_in.holds_registration().into()),
        None => Ok(()),
    }
}

/// Finds what is to be changed; somebody else's registration is none to whoever changes their own.
async fn find_own<C>(
    tx: &WriteTx,
    responder: &Responder,
    edit: &Edit<RegistrationName, C>,
) -> Result<Registration, AppError> {
    let found = tx.registration(&edit.name).await?.filter(|found| responder.covers(found));
    seen(found, edit)
}

async fn find<C>(tx: &WriteTx, edit: &Edit<RegistrationName, C>) -> Result<Registration, AppError> {
    seen(tx.registration(&edit.name).await?, edit)
}

/// Refuses what is not there, or is not as whoever changes it saw it.
fn seen<C>(found: Option<Registration>, edit: &Edit<RegistrationName, C>) -> Result<Registration, AppError> {
    let registration = found.ok_or_else(|| missing(&edit.name))?;
    unchanged(edit.expected, &registration.history, &edit.name)?;
    Ok(registration)
}

async fn turn(
    tx: &WriteTx,
    before: Registration,
    verb: fn(Registration, DateTime<Utc>) -> Result<Registration, Refusal>,
    done: &'static str,
) -> Result<Registration, AppError> {
    let after = verb(before.clone(), tx.now())?;
    tx.save_registration(&before, &after, done).await?;
    Ok(after)
}
