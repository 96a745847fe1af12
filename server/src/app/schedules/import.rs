//! Imports of schedules: a job whose pieces are the items of a file, many of them in one transaction.
//!
//! The file is read anew by whoever goes on with the job: it lies here and does not change, so that a server that dies forgets nothing.

use std::collections::BTreeSet;

use attache_domain::{
    authority::Organizer,
    job::{Failure, Job, ScheduleImport, Work},
    language::LanguageTag,
    resource::{EventId, EventName, FileName, JobId, Owner, PersonName},
    schedule::{
        Finding,
        import::{Deeds, Import, Refusal, Save, Tally},
    },
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::{App, AppError, jobs, missing};
use crate::{
    exchange::reading::{self, Format, Reading, Unreadable},
    ids,
    store::{Request, WriteTx},
};

mod incoming;

use incoming::Piece;

/// How many items of a file come in together.
const TOGETHER: usize = 200;

/// What is to be imported, and how it is to be read.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The file.
    pub file: FileName,
    /// The language of its texts.
    pub language: LanguageTag,
    /// What its clocks show where it does not say; the event's zone otherwise.
    pub zone: Option<Tz>,
}

/// What an import would do.
#[derive(Clone, Debug)]
pub struct Survey {
    /// What it is, and what it would make and change.
    pub import: ScheduleImport,
    /// What would not come in, and why.
    pub failures: Vec<Failure>,
    /// What would stand in the way of the schedule then.
    pub findings: Vec<Finding>,
    /// When it was looked at.
    pub now: DateTime<Utc>,
}

/// Starts the job that imports a schedule. A file that is none is refused here.
pub async fn start(app: &App, organizer: &Organizer, wanted: &Wanted, request: Request) -> Result<Job, AppError> {
    let deed = app.deed(organizer, request);
    if let Some(job) = app.store.repeated(&deed).await? {
        return Ok(job);
    }
    let (import, _) = prepare(app, organizer, wanted).await?;
    let import = &import;
    app.store
        .write(&deed, |tx| async move {
            // Whoever deletes the file from here on is refused, and whoever did before is not.
            tx.file(&import.file).await?.ok_or(Refusal::ForeignFile)?;
            let work = Work::ImportSchedule(import.clone());
            let job = Job::begin(organizer.event().clone(), JobId(ids::ordered()), work, tx.now());
            tx.insert_job(&job).await?;
            Ok(job)
        })
        .await
}

/// Tells what an import would do; keeps nothing.
pub async fn survey(app: &App, organizer: &Organizer, wanted: &Wanted) -> Result<Survey, AppError> {
    let (import, pieces) = prepare(app, organizer, wanted).await?;
    let event = organizer.event();
    let draft = app.store.draft(&organizer.viewer()).await?;
    let draft = draft.ok_or_else(|| missing(EventName { event: event.clone() }))?;
    let names = people(&pieces, &draft.event.plan.controller);
    let people = app.store.persons_among(organizer, &names).await?;
    let now = app.clock.now();
    let mut merged = Import::into_draft_of(draft, people, wanted.language);
    let mut failures = Vec::new();
    for piece in &pieces {
        match piece {
            Ok(incoming) => drop(merged.take(incoming, now)),
            Err(failure) => failures.push(failure.clone()),
        }
    }
    let import = ScheduleImport { tally: merged.tally(), ..import };
    Ok(Survey { import, failures, findings: merged.draft().findings(), now })
}

/// Takes in the next items of a claimed job, or takes note of why none can come in any more; either way the job goes on.
///
/// An error says that nothing was decided, and that the same items are to be tried again.
pub async fn go_on(app: &App, claimed: &Job, import: &ScheduleImport) -> Result<(), AppError> {
    let outcome = match pieces(app, &claimed.event, import).await {
        Ok(pieces) => take_in(app, claimed, import, &pieces).await,
        Err(refused) => Err(refused),
    };
    match outcome {
        Err(AppError::Refused(refusal)) => {
            let failure = Failure {
                resource: import.file.to_string(),
                reason: refusal.reason().to_owned(),
                description: refusal.to_string(),
            };
            jobs::give_up(app, claimed, &failure).await
        }
        other => other.map(drop),
    }
}

/// Reads the event and the file, and refuses what cannot be imported.
async fn prepare(app: &App, organizer: &Organizer, wanted: &Wanted) -> Result<(ScheduleImport, Vec<Piece>), AppError> {
    let name = EventName { event: organizer.event().clone() };
    let event = app.store.event(&organizer.viewer()).await?.ok_or_else(|| missing(&name))?;
    event.require_active()?;
    let import = ScheduleImport {
        file: wanted.file.clone(),
        language: wanted.language,
        zone: wanted.zone.unwrap_or(event.plan.start.zone()),
        items: 0,
        tally: Tally::default(),
    };
    let pieces = pieces(app, &event.id, &import).await?;
    let items = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
    Ok((ScheduleImport { items, ..import }, pieces))
}

/// Reads what a file says, beside the threads that answer calls.
async fn pieces(app: &App, event: &EventId, import: &ScheduleImport) -> Result<Vec<Piece>, AppError> {
    if import.file.owner != Owner::Event(event.clone()) {
        return Err(Refusal::ForeignFile.into());
    }
    let (file, bytes) = app.store.read_file(&import.file).await?.ok_or(Refusal::ForeignFile)?;
    file.require_complete()?;
    let unreadable = |Unreadable(flaws): Unreadable| Refusal::Unreadable {
        file: import.file.clone(),
        flaws: flaws.into_iter().map(|flaw| (flaw.place, flaw.description)).collect(),
    };
    let format = format(&file.label.media_type).ok_or_else(|| Refusal::Unreadable {
        file: import.file.clone(),
        flaws: vec![(
            "media_type".to_owned(),
            "is none of application/xml, application/json, text/calendar".to_owned(),
        )],
    })?;
    let (zone, language, event) = (import.zone, import.language, event.clone());
    let read = move || {
        let Reading { items } = reading::read(format, &bytes, zone)?;
        Ok(items.into_iter().map(|item| incoming::piece(item, &event, language)).collect())
    };
    let read: Result<Vec<Piece>, Unreadable> = tokio::task::spawn_blocking(read).await.map_err(AppError::BrokenOff)?;
    Ok(read.map_err(unreadable)?)
}

fn format(media_type: &str) -> Option<Format> {
    match media_type.to_ascii_lowercase().as_str() {
        "application/xml" | "text/xml" => Some(Format::Xml),
        "application/json" => Some(Format::Json),
        "text/calendar" => Some(Format::Icalendar),
        _ => None,
    }
}

async fn take_in(app: &App, claimed: &Job, import: &ScheduleImport, pieces: &[Piece]) -> Result<Job, AppError> {
    let done = usize::try_from(claimed.done).unwrap_or(usize::MAX).min(pieces.len());
    let (before, rest) = pieces.split_at(done);
    let now = rest.get(..TOGETHER).unwrap_or(rest);
    let deed = app.own_deed(&claimed.event);
    app.store
        .write(&deed, |tx| async move {
            let job = jobs::unmoved(&tx, claimed).await?;
            let draft = tx.draft(&job.event).await?;
            let draft = draft.ok_or_else(|| missing(EventName { event: job.event.clone() }))?;
            draft.event.require_active()?;
            let people = tx.persons_among(&people(now, &draft.event.plan.controller)).await?;
            let mut merged = Import::into_draft_of(draft, people, import.language);
            before.iter().flatten().for_each(|incoming| merged.skip(incoming));
            let mut failures = Vec::new();
            for piece in now {
                match piece {
                    Ok(incoming) => keep(&tx, &merged.take(incoming, tx.now())).await?,
                    Err(failure) => failures.push(failure.clone()),
                }
            }
            // A file that had more items when the job began ends the job with those that it has.
            let count = if now.is_empty() { import.items } else { u32::try_from(now.len()).unwrap_or(u32::MAX) };
            let after = job.clone().tallied(merged.tally()).advance(count, failures, tx.now());
            tx.save_job(&job, &after, "advanced").await?;
            Ok(after)
        })
        .await
}

/// Names everybody who may be one of those who speak.
fn people(pieces: &[Piece], controller: &attache_domain::resource::OrganizationId) -> BTreeSet<PersonName> {
    let guests = pieces.iter().flatten().flat_map(|incoming| incoming.speakers.iter().flatten());
    let ids = guests.flat_map(|guest| guest.person.candidates());
    ids.map(|person| PersonName { organization: controller.clone(), person }).collect()
}

async fn keep(tx: &WriteTx, deeds: &Deeds) -> Result<(), AppError> {
    let Deeds { room, people, session, speakers } = deeds;
    if let Some(room) = room {
        tx.insert_room(room).await?;
    }
    for person in people {
        match person {
            Save::Create(person) => tx.insert_person(person).await?,
            Save::Update { before, after } => tx.save_person(before, after, "imported").await?,
            // An import deletes nobody.
            Save::Delete(_) => {}
        }
    }
    match session {
        Some(Save::Create(session)) => tx.insert_session(session).await?,
        Some(Save::Update { before, after }) => tx.save_session(before, after, "imported").await?,
        // An import deletes no session.
        Some(Save::Delete(_)) | None => {}
    }
    for speaker in speakers {
        match speaker {
            Save::Create(speaker) => tx.insert_speaker(speaker).await?,
            Save::Update { before, after } => tx.save_speaker(before, after, "imported").await?,
            Save::Delete(speaker) => tx.delete_speaker(speaker).await?,
        }
    }
    Ok(())
}
