//! Writes about speakers.

use attache_domain::{
    authority::Organizer,
    resource::{SessionId, SpeakerId, SpeakerName},
    session::Session,
    speaker::{self, Facts, Part, Speaker},
};

use super::{App, AppError, Edit, events, missing, sessions, unchanged};
use crate::{
    ids,
    store::{Request, WriteTx},
};

/// Gives a person a part in a session.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    (session, part): &(SessionId, Part),
    request: Request,
) -> Result<Speaker, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let session = sessions::find(&tx, organizer, *session).await?;
            let id = SpeakerId(ids::ordered());
            let facts = facts(&tx, organizer, &session, id, part).await?;
            let name = SpeakerName { event: session.event, session: session.id, speaker: id };
            let speaker = speaker::create(name, part.clone(), facts, tx.now())?;
            tx.insert_speaker(&speaker).await?;
            Ok(speaker)
        })
        .await
}

/// Changes a person's part in a session.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<SpeakerName, Part>,
    request: Request,
) -> Result<Speaker, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let session = sessions::find(&tx, organizer, edit.name.session).await?;
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, before.name())?;
            let facts = facts(&tx, organizer, &session, before.id, &edit.content).await?;
            let after = before.clone().revise(edit.content.clone(), facts, tx.now())?;
            tx.save_speaker(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Takes a person out of a session.
pub async fn delete(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<SpeakerName, ()>,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let speaker = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &speaker.history, speaker.name())?;
            tx.delete_speaker(&speaker).await?;
            Ok(())
        })
        .await
}

async fn find(tx: &WriteTx, name: &SpeakerName) -> Result<Speaker, AppError> {
    tx.speaker(&name.event, name.session, name.speaker).await?.ok_or_else(|| missing(name))
}

async fn facts(
    tx: &WriteTx,
    organizer: &Organizer,
    session: &Session,
    id: SpeakerId,
    part: &Part,
) -> Result<Facts, AppError> {
    let event = events::find(tx, organizer).await?;
    let others = tx.session_speakers(&session.event, session.id).await?;
    let same = |other: &&Speaker| other.id != id && other.part.person == part.person && other.part.role == part.role;
    Ok(Facts {
        controller: event.plan.controller,
        is_known: tx.person(&part.person).await?.is_some(),
        existing: others.iter().find(same).map(Speaker::name),
    })
}
