//! Writes about who came: checked in at a gate, brought by a gate that was without a network, and undone.

use attache_domain::{
    authority::{Actor, Delegate, Organizer},
    badge::{BadgeCode, Issue},
    check_in::{self, CheckIn, Meeting, Mode, Refusal, Seen},
    check_in_list::CheckInList,
    event::Event,
    link,
    registration::{Registration, State},
    resource::{CheckInId, CheckInListId, CheckInListName, CheckInName, EventId, EventName, RegistrationName},
    ticket::TicketCode,
};

use super::{App, AppError, Edit, events, missing, unchanged};
use crate::{
    ids,
    store::{Admission, Deed, Request, StoreError, WriteTx},
};

mod meeting_lists;

pub use meeting_lists::{MeetingList, Wanted, take_in};

/// What somebody shows at a gate.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Themselves, and the desk finds their registration.
    Registration(RegistrationName),
    /// A ticket or a badge.
    Code(ShownCode),
}

/// What a reader read, or somebody typed.
#[derive(Clone, Debug)]
pub enum ShownCode {
    /// The code of a ticket.
    Ticket(TicketCode),
    /// The code of a badge.
    Badge(BadgeCode),
    /// Something else, which is nobody's.
    Unknown,
}

/// What a gate saw.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What it is known by.
    pub id: CheckInId,
    /// What was shown.
    pub shown: Shown,
    /// When and where.
    pub seen: Seen,
}

/// Who was found for what was shown, and of which issue their badge is, when they showed one.
type Bearer = (Registration, Option<Issue>);

/// Lets somebody in, or tells that they are in already.
pub async fn check_in(app: &App, organizer: &Organizer, scan: &Scan, request: Request) -> Result<Admission, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let list = list_of(&tx, &event, scan.seen.list.as_ref()).await?;
            let bearer = bearer(&tx, &scan.shown).await?;
            admit(&tx, (&event, list.as_ref()), bearer, (scan.id, &scan.seen)).await
        })
        .await
}

async fn admit(
    tx: &WriteTx,
    (event, list): (&Event, Option<&CheckInList>),
    (registration, issue): Bearer,
    (id, seen): (CheckInId, &Seen),
) -> Result<Admission, AppError> {
    let name = CheckInName { event: event.id.clone(), check_in: id };
    if let Some(earlier) = tx.check_in(&name).await? {
        return same_scan(earlier, &registration);
    }
    check_in::require_of(event, &registration)?;
    if let Some(issue) = issue {
        check_in::require_good(&registration, issue)?;
    }
    if let Some(first) = tx.standing_check_in(&registration.name(), seen.list.as_ref()).await? {
        return Ok(Admission { check_in: first, already: true });
    }
    check_in::admit(event, list, &registration)?;
    let check_in = check_in::enter(name, registration.id, seen.clone(), tx.now());
    tx.insert_check_in(&check_in).await?;
    Ok(Admission { check_in, already: false })
}

/// Takes scans that a gate made by itself, each in a transaction of its own, so that none keeps another out; tells of each what came of it.
pub async fn sync(
    app: &App,
    organizer: &Organizer,
    scans: &[Scan],
) -> Result<Vec<(CheckInId, Result<Admission, AppError>)>, AppError> {
    let event = app.store.event(&organizer.viewer()).await?;
    event.ok_or_else(|| missing(EventName { event: organizer.event().clone() }))?;
    let mut taken = Vec::new();
    for scan in scans {
        taken.push((scan.id, check_in(app, organizer, scan, Request::default()).await));
    }
    Ok(taken)
}

/// Undoes a check-in; its scan checks nobody in again.
pub async fn undo(app: &App, organizer: &Organizer, name: &CheckInName, request: Request) -> Result<CheckIn, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.check_in(name).await?.ok_or_else(|| missing(name))?;
            let after = before.clone().undo(tx.now())?;
            tx.save_check_in(&before, &after, "undone").await?;
            Ok(after)
        })
        .await
}

/// Revokes the badges of a registration that were made so far.
pub async fn revoke_badges(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<RegistrationName, ()>,
    request: Request,
) -> Result<Registration, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.registration(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &before.history, before.name())?;
            let after = before.clone().revoke_badges(tx.now());
            tx.save_registration(&before, &after, "badges revoked").await?;
            Ok(after)
        })
        .await
}

/// What somebody wants to attend online.
#[derive(Clone, Debug)]
pub struct Joining {
    /// Of which event.
    pub event: EventId,
    /// Which list of it; none, for the event itself.
    pub list: Option<CheckInListId>,
}

/// By what somebody says that they may attend.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The code that they have.
    Code(ShownCode),
    /// The personal link that they came by.
    Link(Delegate),
}

/// Leads somebody to a meeting, and takes note that they came.
///
/// Who it is, and what they join, is found before it is written, so that it is done in their name; they are looked at again where it is.
pub async fn join(app: &App, joining: &Joining, by: &Proof) -> Result<(Meeting, Admission), AppError> {
    let Joining { event, list } = joining;
    let (found, issue) = match by {
        Proof::Code(code) => with_code(app, code).await?,
        Proof::Link(delegate) => (own_registration(app, delegate).await?, None),
    };
    if found.event != *event {
        return Err(Refusal::OtherEvent.into());
    }
    let meeting = meeting(app, joining).await?;
    meeting.require_open(app.clock.now())?;
    let deed = Deed { actor: Actor::Person(found.person.clone()), ..app.own_deed(event) };
    let address = app.store.joining_address(&found.name(), (&meeting, list.as_ref())).await?;
    let meeting = Meeting { address, ..meeting };
    let (name, id) = (&found.name(), CheckInId(ids::ordered()));
    let seen = &Seen { time: None, gate: None, list: list.clone(), mode: Mode::Online };
    let admission = app.store.write(&deed, |tx| async move {
        let event = tx.event(event).await?.ok_or_else(|| missing(EventName { event: event.clone() }))?;
        let list = list_of(&tx, &event, seen.list.as_ref()).await?;
        let registration = tx.registration(name).await?.ok_or(Refusal::TicketUnknown)?;
        admit(&tx, (&event, list.as_ref()), (registration, issue), (id, seen)).await
    });
    Ok((meeting, admission.await?))
}

async fn meeting(app: &App, Joining { event, list }: &Joining) -> Result<Meeting, AppError> {
    let name = EventName { event: event.clone() };
    let event = app.store.attended_event(event).await?.ok_or_else(|| missing(name))?;
    let Some(list) = list else { return Ok(Meeting::of_event(&event)?) };
    let name = CheckInListName { event: event.id.clone(), check_in_list: list.clone() };
    let (list, session) = app.store.attended_list(&name).await?.ok_or_else(|| missing(&name))?;
    Ok(Meeting::of_list(&event, &list, session.as_ref())?)
}

/// Finds the registration by which somebody who came by a personal link takes part, or else the last they had.
async fn own_registration(app: &App, delegate: &Delegate) -> Result<Registration, AppError> {
    let own = app.store.own_registrations(delegate).await?.into_iter();
    let own = own.max_by_key(|own| (own.state == State::Confirmed, own.history.create_time));
    own.ok_or_else(|| link::Refusal::NotTakingPart(delegate.person().clone()).into())
}

/// Finds a list of an event, if one is named.
async fn list_of(tx: &WriteTx, event: &Event, list: Option<&CheckInListId>) -> Result<Option<CheckInList>, AppError> {
    let Some(list) = list else { return Ok(None) };
    let name = CheckInListName { event: event.id.clone(), check_in_list: list.clone() };
    Ok(Some(tx.check_in_list(&name).await?.ok_or_else(|| missing(&name))?))
}

/// Finds the registration of whoever shows something.
async fn bearer(tx: &WriteTx, shown: &Shown) -> Result<Bearer, AppError> {
    let (found, issue) = match shown {
        Shown::Registration(name) => {
            return Ok((tx.registration(name).await?.ok_or_else(|| missing(name))?, None));
        }
        Shown::Code(ShownCode::Ticket(code)) => (tx.registration_with_ticket(code).await?, None),
        Shown::Code(ShownCode::Badge(code)) => (tx.registration_with_badge(code).await?, Some(code.payload().issue)),
        Shown::Code(ShownCode::Unknown) => (None, None),
    };
    Ok((found.ok_or(Refusal::TicketUnknown)?, issue))
}

/// Finds the registration of whoever has a code.
async fn with_code(app: &App, code: &ShownCode) -> Result<Bearer, AppError> {
    let (found, issue) = match code {
        ShownCode::Ticket(code) => (app.store.registration_with_ticket(code).await?, None),
        ShownCode::Badge(code) => (app.store.registration_with_badge(code).await?, Some(code.payload().issue)),
        ShownCode::Unknown => (None, None),
    };
    Ok((found.ok_or(Refusal::TicketUnknown)?, issue))
}

/// Answers a scan that came before as it was answered then, undone since or not; an id that another scan has is taken.
fn same_scan(earlier: CheckIn, registration: &Registration) -> Result<Admission, AppError> {
    if earlier.registration != registration.id {
        return Err(StoreError::Taken(earlier.name().to_string()).into());
    }
    Ok(Admission { check_in: earlier, already: false })
}
