//! Writes about who came: checked in at a gate, brought by a gate that was without a network, and undone.

use attache_domain::{
    authority::Organizer,
    check_in::{self, CheckIn, Refusal},
    registration::Registration,
    resource::{CheckInId, CheckInName, EventName, RegistrationName},
    ticket::TicketCode,
};
use chrono::{DateTime, Utc};

use super::{App, AppError, events, missing};
use crate::store::{Admission, Request, StoreError, WriteTx};

/// What somebody shows at a gate.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Themselves, and the desk finds their registration.
    Registration(RegistrationName),
    /// A ticket; none, when what was read is no ticket's code.
    Ticket(Option<TicketCode>),
}

/// What a gate saw.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What it is known by.
    pub id: CheckInId,
    /// What was shown.
    pub shown: Shown,
    /// When, by the clock of the gate.
    pub time: Option<DateTime<Utc>>,
    /// What the gate calls itself.
    pub gate: Option<String>,
}

/// Lets somebody in, or tells that they are in already.
pub async fn check_in(app: &App, organizer: &Organizer, scan: &Scan, request: Request) -> Result<Admission, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let registration = shown(&tx, &scan.shown).await?;
            let name = CheckInName { event: event.id.clone(), check_in: scan.id };
            if let Some(earlier) = tx.check_in(&name).await? {
                return same_scan(earlier, &registration);
            }
            if let Some(first) = tx.standing_check_in(&registration.name()).await?
                && first.event == event.id
            {
                return Ok(Admission { check_in: first, already: true });
            }
            check_in::admit(&event, &registration)?;
            let check_in = check_in::enter(name, registration.id, (scan.time, scan.gate.clone()), tx.now());
            tx.insert_check_in(&check_in).await?;
            Ok(Admission { check_in, already: false })
        })
        .await
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

/// Finds the registration of whoever shows something.
async fn shown(tx: &WriteTx, shown: &Shown) -> Result<Registration, AppError> {
    match shown {
        Shown::Registration(name) => tx.registration(name).await?.ok_or_else(|| missing(name)),
        Shown::Ticket(None) => Err(Refusal::TicketUnknown.into()),
        Shown::Ticket(Some(code)) => Ok(tx.registration_with_ticket(code).await?.ok_or(Refusal::TicketUnknown)?),
    }
}

/// Answers a scan that came before as it was answered then, undone since or not; an id that another scan has is taken.
fn same_scan(earlier: CheckIn, registration: &Registration) -> Result<Admission, AppError> {
    if earlier.registration != registration.id {
        return Err(StoreError::Taken(earlier.name().to_string()).into());
    }
    Ok(Admission { check_in: earlier, already: false })
}
