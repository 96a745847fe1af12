//! Invitations: made by an organiser or a list, mailed, opened, accepted, declined, revoked, and the places that they keep.

use attache_domain::{
    authority::{Actor, Organizer},
    category::Category,
    event::Event,
    form::Given,
    invitation::{self, Answer, Code, Guest, Invitation, Refusal, State, Terms, Wanted},
    notice::Outcome,
    person::{Person, Profile},
    pool::Place,
    registration::{self, ExternalId, Facts, Registration},
    resource::{CategoryId, EventId, EventName, InvitationId, InvitationName, PersonName, RegistrationId},
    revision::Revision,
};

use super::{
    App, AppError, categories, chain, events, missing, notices, persons,
    registrations::{Parties, promote, register, resize, take},
    sign_in::Letter,
    unchanged,
};
use crate::{
    ids,
    mail::compose::{Notice, Occasion, compose},
    store::{Deed, Request, StoreError, WriteTx, pool_of},
};

/// How many invitations that kept a place long enough are looked at in one go.
const BATCH: u64 = 50;

/// Who is to be invited, and how.
#[derive(Clone, Debug)]
pub struct Inviting {
    /// Who.
    pub person: PersonName,
    /// As what.
    pub category: CategoryId,
    /// On what terms.
    pub terms: Wanted,
    /// Whether it is mailed.
    pub mailed: bool,
}

/// Invites somebody whom the event's controller keeps.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    inviting: &Inviting,
    request: Request,
) -> Result<Invitation, AppError> {
    let Inviting { person: name, category, terms, mailed } = inviting;
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let category = categories::find(&tx, organizer, category).await?;
            // Somebody whom another organisation keeps is nobody to this event.
            let kept = if name.organization == event.plan.controller { tx.person(name).await? } else { None };
            let person = kept.ok_or_else(|| missing(name))?;
            let existing = tx.live_registration(&event.id, &person).await?;
            Facts { event: &event, category: &category, existing }.admit(tx.now())?;
            if let Some(open) = tx.open_invitation(&event.id, name, tx.now()).await? {
                return Err(Refusal::AlreadyInvited { existing: open.name() }.into());
            }
            if *mailed && person.profile.email.is_none() {
                return Err(Refusal::NoAddress(name.clone()).into());
            }
            let terms = terms.clone().settle(&event, "invitation.terms", tx.now())?;
            let id = reserve(&tx, &category, &terms).await??;
            let guest = Guest { person: person.name(), category: category.id, external_id: None, mailed: *mailed };
            insert(&tx, &event, id, (guest, terms)).await
        })
        .await
}

/// Draws the id of an invitation, and takes the place that it is to keep; tells where there is none.
pub(super) async fn reserve(
    tx: &WriteTx,
    category: &Category,
    terms: &Terms,
) -> Result<Result<InvitationId, registration::Refusal>, AppError> {
    let id = InvitationId(ids::ordered());
    if terms.reserve_time.is_some() {
        let pool = pool_of(&category.event, &category.id);
        if let Place::Queued(_) = tx.take(&pool, &id.to_string(), 1).await? {
            tx.give_back(&pool, &id.to_string()).await?;
            return Ok(Err(registration::Refusal::NoPlaces { category: category.name(), free: 0 }));
        }
    }
    Ok(Ok(id))
}

/// Makes an invitation of an id that was drawn for it.
pub(super) async fn insert(
    tx: &WriteTx,
    event: &Event,
    id: InvitationId,
    (guest, terms): (Guest, Terms),
) -> Result<Invitation, AppError> {
    let name = InvitationName { event: event.id.clone(), invitation: id };
    let invitation = invitation::invite(name, guest, terms, tx.now());
    tx.insert_invitation(&invitation).await?;
    Ok(invitation)
}

/// Reminds somebody who has not answered, now.
pub async fn remind(
    app: &App,
    organizer: &Organizer,
    name: &InvitationName,
    request: Request,
) -> Result<Invitation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.invitation(name).await?.ok_or_else(|| missing(name))?;
            let after = before.clone().remind(tx.now())?;
            registration::require_open(&events::find(&tx, organizer).await?, tx.now())?;
            let person = tx.person(&before.person).await?.ok_or_else(|| missing(name))?;
            if person.profile.email.is_none() {
                return Err(Refusal::NoAddress(person.name()).into());
            }
            tx.save_mailed_invitation(&before, &after, "reminded").await?;
            Ok(after)
        })
        .await
}

/// Revokes an invitation; done twice, it changes nothing.
pub async fn revoke(
    app: &App,
    organizer: &Organizer,
    name: &InvitationName,
    request: Request,
) -> Result<Invitation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.invitation(name).await?.ok_or_else(|| missing(name))?;
            if before.state(tx.now()) == State::Over(Answer::Revoked) {
                return Ok(before);
            }
            // What nobody answered in time may be revoked still, so that nobody is reminded of it.
            if let State::Over(_) = before.state(tx.now()) {
                before.require_open(tx.now())?;
            }
            end(&tx, before, Answer::Revoked, "revoked").await
        })
        .await
}

/// Takes note that the page of an invitation was opened; it has to be open.
pub async fn open(app: &App, code: &Code) -> Result<Invitation, AppError> {
    let found = find(app, code).await?;
    if found.open_time.is_some() {
        return Ok(found);
    }
    let name = &found.name();
    app.store
        .write(&by_guest(app, &found), |tx| async move {
            let before = tx.invitation(name).await?.ok_or(Refusal::Unknown)?;
            let after = before.clone().opened(tx.now());
            if after != before {
                tx.save_invitation(&before, &after, "opened").await?;
            }
            Ok(after)
        })
        .await
}

/// Finds an invitation by its code; it has to be open.
pub async fn find(app: &App, code: &Code) -> Result<Invitation, AppError> {
    let found = app.store.invitation_with(code).await?.ok_or(Refusal::Unknown)?;
    found.require_open(app.clock.now())?;
    Ok(found)
}

/// Refuses an address that is not that of the guest.
pub fn require_own(guest: &Person, given: &str) -> Result<(), AppError> {
    Ok(invitation::require_own(guest, given)?)
}

/// How the guest of an invitation corrects what is known of them, and which revision of it.
pub type Corrected = (Box<Profile>, Revision);

/// Who accepts an invitation.
#[derive(Clone, Debug)]
pub enum Acceptor {
    /// Its guest, who corrects what is known of them, or does not.
    Guest(Option<Corrected>),
    /// Somebody to whom it was passed on.
    Another(Box<Profile>),
}

/// Registers the guest of an invitation, or whoever comes instead, with the place that it kept, or what the ledger has now.
pub async fn accept(
    app: &App,
    invitation: &Invitation,
    acceptor: &Acceptor,
    given: &[Given],
) -> Result<Registration, AppError> {
    let name = &invitation.name();
    let deed = match acceptor {
        Acceptor::Guest(_) => by_guest(app, invitation),
        // Nobody knows yet who that is.
        Acceptor::Another(_) => app.own_deed(&invitation.event),
    };
    app.store
        .write(&deed, |tx| async move {
            let before = tx.invitation(name).await?.ok_or(Refusal::Unknown)?;
            before.require_open(tx.now())?;
            let (event, category) = place_of(&tx, &before).await?;
            let category = before.admits_to(category);
            let answers = category.plan.form.read_newcomers(given.to_vec())?;
            let (person, existing) = match acceptor {
                Acceptor::Guest(corrected) => {
                    let guest = guest_of(&tx, &before, corrected.as_ref()).await?;
                    let existing = tx.live_registration(&event.id, &guest).await?;
                    (guest, existing)
                }
                // Whether their address is registered is not theirs to learn, who have not proven it.
                Acceptor::Another(profile) => {
                    before.require_transferable()?;
                    (persons::insert(&tx, &event.plan.controller, profile).await?, None)
                }
            };
            Facts { event: &event, category: &category, existing }.admit(tx.now())?;

            let id = before.registration();
            let party = category.plan.form.party(&answers);
            let place = if before.keeps_place {
                resize(&tx, &category, id, party).await??;
                Place::Held
            } else {
                take(&tx, &category, id, (party, 0)).await?
            };
            let after = before.clone().end(Answer::Accepted, tx.now());
            tx.save_mailed_invitation(&before, &after, "accepted").await?;
            let external_id = match acceptor {
                Acceptor::Guest(_) => free_id(&tx, &before).await?,
                Acceptor::Another(_) => None,
            };
            let known_as = (id, external_id);
            let parties = Parties { event: &event, category: &category, person: &person };
            register(&tx, &parties, known_as, place, &answers).await
        })
        .await
}

/// The guest, as they are known from now on.
async fn guest_of(tx: &WriteTx, invitation: &Invitation, corrected: Option<&Corrected>) -> Result<Person, AppError> {
    let person = tx.person(&invitation.person).await?.ok_or_else(|| missing(&invitation.person))?;
    let Some((profile, seen)) = corrected else { return Ok(person) };
    unchanged(Some(*seen), &person.history, person.name())?;
    if **profile == person.profile {
        return Ok(person);
    }
    let after = person.clone().revise((**profile).clone(), tx.now());
    tx.save_person(&person, &after, "updated").await?;
    Ok(after)
}

/// What another system knows the registration by, unless it came to know another by that.
async fn free_id(tx: &WriteTx, invitation: &Invitation) -> Result<Option<ExternalId>, AppError> {
    let Some(external_id) = invitation.external_id.clone() else { return Ok(None) };
    let taken = tx.registration_known_by(&invitation.event, &external_id).await?;
    Ok(Some(external_id).filter(|_| taken.is_none()))
}

/// What was kept for somebody who is registered otherwise than by their invitation.
pub(super) enum Overtaken {
    /// A place in the category that they are registered in, which lies under the id that is given for the registration.
    Here(RegistrationId),
    /// A place in another category, which is given back; it goes to those who wait there once they themselves are served.
    Elsewhere(Box<Category>),
    /// Nothing.
    Nothing,
}

/// Ends the open invitation, if there is one, of somebody who is registered otherwise.
pub(super) async fn overtake(
    tx: &WriteTx,
    category: &Category,
    open: Option<Invitation>,
) -> Result<Overtaken, AppError> {
    let Some(open) = open else { return Ok(Overtaken::Nothing) };
    let after = open.clone().end(Answer::Revoked, tx.now());
    tx.save_mailed_invitation(&open, &after, "overtaken").await?;
    if !open.keeps_place {
        return Ok(Overtaken::Nothing);
    }
    if open.category == category.id {
        return Ok(Overtaken::Here(open.registration()));
    }
    tx.give_back(&pool_of(&open.event, &open.category), &open.registration().to_string()).await?;
    let (_, left) = place_of(tx, &open).await?;
    Ok(Overtaken::Elsewhere(Box::new(left)))
}

/// Ends the open invitation of somebody who has their place by something else; the one that it kept goes to whoever waits first.
pub(super) async fn end_open(tx: &WriteTx, event: &EventId, person: &PersonName) -> Result<(), AppError> {
    match tx.open_invitation(event, person, tx.now()).await? {
        Some(open) => end(tx, open, Answer::Revoked, "overtaken").await.map(drop),
        None => Ok(()),
    }
}

/// Declines an invitation; done twice, it changes nothing.
pub async fn decline(app: &App, code: &Code) -> Result<(), AppError> {
    let found = app.store.invitation_with(code).await?.ok_or(Refusal::Unknown)?;
    let name = &found.name();
    app.store
        .write(&by_guest(app, &found), |tx| async move {
            let before = tx.invitation(name).await?.ok_or(Refusal::Unknown)?;
            if before.state(tx.now()) != State::Over(Answer::Declined) {
                before.require_open(tx.now())?;
                end(&tx, before, Answer::Declined, "declined").await?;
            }
            Ok(())
        })
        .await
}

/// Ends an invitation without a registration; the place that it kept goes to whoever waits first.
async fn end(tx: &WriteTx, before: Invitation, answer: Answer, verb: &'static str) -> Result<Invitation, AppError> {
    let after = before.clone().end(answer, tx.now());
    tx.save_mailed_invitation(&before, &after, verb).await?;
    give_back(tx, &before).await?;
    Ok(after)
}

async fn give_back(tx: &WriteTx, before: &Invitation) -> Result<(), AppError> {
    if !before.keeps_place {
        return Ok(());
    }
    tx.give_back(&pool_of(&before.event, &before.category), &before.registration().to_string()).await?;
    let (_, category) = place_of(tx, before).await?;
    promote(tx, &category).await
}

/// Lets go of the places that were kept long enough; tells how many invitations it looked at.
pub async fn let_go_due(app: &App) -> Result<usize, StoreError> {
    let due = app.store.overkept_invitations(app.clock.now(), BATCH).await?;
    for name in &due {
        if let Err(error) = let_go(app, name).await {
            tracing::error!(invitation = %name, error.chain = chain(&error), "a place that was kept could not be let go");
        }
    }
    Ok(due.len())
}

async fn let_go(app: &App, name: &InvitationName) -> Result<(), AppError> {
    let deed = app.own_deed(&name.event);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.invitation(name).await?.ok_or_else(|| missing(name))?;
            // Somebody may have answered since it was found.
            if !before.keeps_too_long(tx.now()) {
                return Ok(());
            }
            tx.save_invitation(&before, &before.clone().let_go(), "let go").await?;
            give_back(&tx, &before).await
        })
        .await
}

/// Words the mail with an invitation; there is none, when it is not open any more, its event takes no registrations, or its person is registered
/// or has no address any more.
pub async fn word(app: &App, invitation: &Invitation) -> Result<Option<Letter>, AppError> {
    let now = app.clock.now();
    let Some((event, controller, category, person)) = app.store.parties_of_invitation(invitation).await? else {
        return Ok(None);
    };
    let is_wanted = invitation.state(now) == State::Open && registration::require_open(&event, now).is_ok();
    if !is_wanted || app.store.is_registered(&event.id, &person).await? {
        return Ok(None);
    }
    let Some(email) = person.profile.email.clone() else { return Ok(None) };
    let language = category.language_for(person.profile.language);
    let zone = event.plan.end.zone();
    let (url, category) = (app.invitation_url(&invitation.name()), category.plan.title);
    let deadline = invitation.terms.expire_time.with_timezone(&zone);
    let reserved = invitation.terms.reserve_time.filter(|_| invitation.keeps_place);
    let reserved = reserved.map(|until| until.with_timezone(&zone));
    let transferable = invitation.terms.transferable;
    let occasion = if invitation.is_reminder() {
        Occasion::InvitationReminder { category, url, deadline, reserved, transferable }
    } else {
        Occasion::Invitation { category, url, deadline, reserved, transferable }
    };
    let recipient = notices::recipient(&person);
    let (display_name, reply_to) = (recipient.display_name.clone(), event.plan.contact_email.clone());
    let notice = Notice { event: notices::told(&event, controller), recipient, occasion };
    let composed = compose(&notice, language)?;
    Ok(Some(Letter { display_name, email, reply_to, language, composed }))
}

/// Takes note of what became of a try to mail an invitation, or that there is nothing to write any more; what was answered meanwhile stays so.
pub async fn record(app: &App, name: &InvitationName, outcome: Option<&Outcome>) -> Result<(), AppError> {
    let deed = app.own_deed(&name.event);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.invitation(name).await?.ok_or_else(|| missing(name))?;
            let after = match outcome {
                Some(outcome) => before.clone().mailed(outcome.clone(), tx.now()),
                None => before.clone().silenced(),
            };
            Ok(tx.save_mailed_invitation(&before, &after, "tried to mail").await?)
        })
        .await
}

/// What the guest of an invitation does, in their own name.
fn by_guest(app: &App, invitation: &Invitation) -> Deed {
    Deed { actor: Actor::Person(invitation.person.clone()), ..app.own_deed(&invitation.event) }
}

async fn place_of(tx: &WriteTx, invitation: &Invitation) -> Result<(Event, Category), AppError> {
    let event = tx.event(&invitation.event).await?;
    let event = event.ok_or_else(|| missing(EventName { event: invitation.event.clone() }))?;
    let category = tx.category(&invitation.event, &invitation.category).await?;
    Ok((event, category.ok_or_else(|| missing(invitation.name()))?))
}
