//! Writes about sessions.

use attache_domain::{
    authority::Organizer,
    resource::{EventId, Owner, SessionId, SessionName},
    session::{self, Known, Plan, Session},
};

use super::{App, AppError, Edit, events, missing, unchanged};
use crate::{
    ids,
    store::{Request, WriteTx},
};

/// Creates a session.
pub async fn create(app: &App, organizer: &Organizer, plan: &Plan, request: Request) -> Result<Session, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let known = known(&tx, &event.id, plan).await?;
            let session = session::create(&event, SessionId(ids::ordered()), plan.clone(), &known, tx.now())?;
            tx.insert_session(&session).await?;
            Ok(session)
        })
        .await
}

/// Changes what organisers say of a session; who goes by a released schedule hears of it with the next release.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<SessionId, Plan>,
    request: Request,
) -> Result<Session, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let before = find(&tx, organizer, edit.name).await?;
            unchanged(edit.expected, &before.history, before.name())?;
            let known = known(&tx, &event.id, &edit.content).await?;
            let after = before.clone().revise(&event, edit.content.clone(), &known, tx.now())?;
            tx.save_session(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Deletes a session and its speakers.
pub async fn delete(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<SessionId, ()>,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let session = find(&tx, organizer, edit.name).await?;
            unchanged(edit.expected, &session.history, session.name())?;
            for speaker in tx.session_speakers(&session.event, session.id).await? {
                tx.delete_speaker(&speaker).await?;
            }
            tx.delete_session(&session).await?;
            Ok(())
        })
        .await
}

/// Finds a session of the event that an organiser organises.
pub(super) async fn find(tx: &WriteTx, organizer: &Organizer, id: SessionId) -> Result<Session, AppError> {
    let name = || SessionName { event: organizer.event().clone(), session: id };
    tx.session(organizer.event(), id).await?.ok_or_else(|| missing(name()))
}

/// Looks up what a session refers to.
async fn known(tx: &WriteTx, event: &EventId, plan: &Plan) -> Result<Known, AppError> {
    let mut known = Known::default();
    if let Some(room) = &plan.room
        && tx.room(event, room).await?.is_some()
    {
        known.rooms.insert(room.clone());
    }
    let Some(signing) = plan.signing() else { return Ok(known) };
    for party in &signing.parties {
        if tx.organization(party).await?.is_some() {
            known.organizations.insert(party.clone());
        }
    }
    if let Some(name) = &signing.document_file
        && name.owner == Owner::Event(event.clone())
        && tx.file(name).await?.is_some_and(|file| file.require_complete().is_ok())
    {
        known.files.insert(name.clone());
    }
    for person in signing.signatories.iter().chain(&signing.witnesses) {
        if tx.person(person).await?.is_some() {
            known.people.insert(person.clone());
        }
    }
    Ok(known)
}
