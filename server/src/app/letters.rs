//! Writes about letters: asked for, approved or rejected, issued by a job, sealed, revoked.

use std::collections::HashMap;

use attache_domain::{
    authority::{Actor, Approver, Organizer},
    event::Event,
    job::{Job, Work},
    letter::{self, Approving, Letter, Opening},
    resource::{EventName, JobId, LetterId, LetterName},
};

use super::{App, AppError, Edit, events, missing, unchanged};
use crate::{
    ids,
    store::{Request, WriteTx},
};

mod issuing;
mod sealing;
mod sheets;

pub use issuing::{issue_next, take_number};
pub use sealing::{Sealing, attach_sealed_copy};

/// Asks for a letter. The event takes place, the issuer is a host of it, and the person has no live letter for the same destination.
pub async fn request(
    app: &App,
    organizer: &Organizer,
    wanted: &letter::Request,
    request: Request,
) -> Result<Letter, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            open(&tx, (&event, organizer.actor()), wanted.clone()).await
        })
        .await
}

/// Asks for a letter in an event, as somebody.
pub(super) async fn open(
    tx: &WriteTx,
    (event, requester): (&Event, Actor),
    wanted: letter::Request,
) -> Result<Letter, AppError> {
    let person = &wanted.person;
    // Somebody whom another organisation keeps is nobody to this event.
    if person.organization != event.plan.controller || tx.person(person).await?.is_none() {
        return Err(missing(person));
    }
    let existing = tx.live_letter(&event.id, person, wanted.region_code).await?;
    let opening = Opening { event, requester, existing };
    let letter = letter::request(&opening, LetterId(ids::ordered()), wanted, tx.now())?;
    tx.insert_letter(&letter).await?;
    Ok(letter)
}

/// Approves a letter that lacks nothing; it may be issued once as many members did as its issuer asks for.
pub async fn approve(
    app: &App,
    approver: &Approver,
    edit: &Edit<LetterName, ()>,
    request: Request,
) -> Result<Letter, AppError> {
    let deed = app.deed(approver, request);
    app.store
        .write(&deed, |tx| async move {
            let dossier = tx.dossier(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
            let before = &dossier.letter;
            unchanged(edit.expected, &before.history, &edit.name)?;
            let live = tx.live_letter(&before.event, &before.request.person, before.request.region_code).await?;
            let approving = Approving { facts: dossier.facts(), by: approver.actor(), live };
            let after = before.clone().approve(&approving, tx.now())?;
            tx.save_letter(before, &after, "approved").await?;
            Ok(after)
        })
        .await
}

/// Rejects a letter, for the reason given.
pub async fn reject(
    app: &App,
    approver: &Approver,
    edit: &Edit<LetterName, String>,
    request: Request,
) -> Result<Letter, AppError> {
    let deed = app.deed(approver, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            let after = before.clone().reject(edit.content.clone(), tx.now())?;
            tx.save_letter(&before, &after, "rejected").await?;
            Ok(after)
        })
        .await
}

/// Revokes an issued letter, for the reason given; whoever verifies it is told from then on.
pub async fn revoke(
    app: &App,
    approver: &Approver,
    edit: &Edit<LetterName, String>,
    request: Request,
) -> Result<Letter, AppError> {
    let deed = app.deed(approver, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            let after = before.clone().revoke(edit.content.clone(), tx.now())?;
            tx.save_letter(&before, &after, "revoked").await?;
            Ok(after)
        })
        .await
}

/// Starts the job that issues letters, in the order given. All of them can be issued, or none is.
pub async fn issue(app: &App, approver: &Approver, wanted: &[LetterId], request: Request) -> Result<Job, AppError> {
    let deed = app.deed(approver, request);
    app.store
        .write(&deed, |tx| async move {
            let event = approver.event();
            let found = tx.event(event).await?.ok_or_else(|| missing(EventName { event: event.clone() }))?;
            found.require_active()?;
            let among = tx.letters_among(event, wanted).await?;
            let among: HashMap<LetterId, &Letter> = among.iter().map(|letter| (letter.id, letter)).collect();
            for id in wanted {
                let name = || LetterName { event: event.clone(), letter: *id };
                among.get(id).ok_or_else(|| missing(name()))?.require_issuable()?;
            }
            let work = Work::IssueLetters(wanted.to_vec());
            let job = Job::begin(event.clone(), JobId(ids::ordered()), work, tx.now());
            tx.insert_job(&job).await?;
            Ok(job)
        })
        .await
}

async fn find(tx: &WriteTx, name: &LetterName) -> Result<Letter, AppError> {
    tx.letter(name).await?.ok_or_else(|| missing(name))
}
