//! Imports of lists of people: a job whose pieces are the rows of a file, many of them in one transaction.
//!
//! The whole list is looked at before anything of it comes in, and by the rules by which it comes in: a list with errors in it leaves nothing
//! behind. The file lies here and does not change, so that a server that dies forgets nothing; one that lives keeps what it has read.

use std::{collections::BTreeMap, sync::Arc};

use attache_domain::{
    authority::{Organizer, Whose},
    category::Category,
    event::Event,
    invitation::Wanted,
    job::{Failure, Job, RegistrationImport, Work},
    registration::{
        self,
        import::{
            self, Candidates, Deed, Entrant, Finding, Issue, Reader, Refusal, Roll, Settings, Sought, Tally, Told,
        },
    },
    resource::{CategoryName, EventName, JobId, JobName, PersonName},
};
use chrono::{DateTime, Utc};

use super::super::{App, AppError, jobs, missing};
use crate::{ids, store::Request};

mod coming_in;
mod list;

use list::Found;
pub(in crate::app) use list::{List, unreadable, with_table};

/// How many rows come in together.
const TOGETHER: usize = 200;
/// How many rows are compared at once with those who are there.
const COMPARED: usize = 500;
/// How many findings a job keeps.
const KEPT_FINDINGS: usize = 1000;
/// How many rows a job tells that were good when it began and could not come in; all are counted.
const KEPT_FAILURES: usize = 1000;

/// What an import would do.
#[derive(Clone, Debug)]
pub struct Survey {
    /// What it is, and what it would make and change.
    pub import: RegistrationImport,
    /// When it was looked at.
    pub now: DateTime<Utc>,
}

/// The list that a worker is at, so that it is not read again for every piece.
#[derive(Default)]
pub struct Kept(Option<(JobName, Arc<List>)>);

/// What a list amounts to, with all that is wrong with it.
struct Looked {
    import: RegistrationImport,
    found: Found,
}

/// How a list is to be read, and on what terms those who are new are to be invited, when they are not to be registered.
pub type Wished = (Settings, Option<Wanted>);

/// Starts the job that imports a list. One that is none, or has errors that nobody said to skip, is refused here.
pub async fn start(app: &App, organizer: &Organizer, wished: &Wished, request: Request) -> Result<Job, AppError> {
    let deed = app.deed(organizer, request);
    if let Some(job) = app.store.repeated(&deed).await? {
        return Ok(job);
    }
    let Looked { mut import, found } = look(app, organizer, wished).await?;
    let settings = &import.settings;
    if !found.bad.is_empty() && !settings.skip_bad_rows {
        let rows = u32::try_from(found.bad.len()).unwrap_or(u32::MAX);
        return Err(Refusal::BadRows { file: settings.file.clone(), rows, findings: found.first }.into());
    }
    import.findings.sort_by_key(|told| !told.is_error);
    import.findings.truncate(KEPT_FINDINGS);
    import.findings.sort_by_key(|told| (told.row, told.column));
    import.tally = Tally::default();
    let import = &import;
    app.store
        .write(&deed, |tx| async move {
            // Whoever deletes the file from here on is refused, and whoever did before is not.
            tx.file(&import.settings.file).await?.ok_or(Refusal::ForeignFile)?;
            let work = Work::ImportRegistrations(Box::new(import.clone()));
            let job = Job::begin(organizer.event().clone(), JobId(ids::ordered()), work, tx.now());
            tx.insert_job(&job).await?;
            Ok(job)
        })
        .await
}

/// Tells what an import would do; keeps nothing.
pub async fn survey(app: &App, organizer: &Organizer, wished: &Wished) -> Result<Survey, AppError> {
    let now = app.clock.now();
    let Looked { import, .. } = look(app, organizer, wished).await?;
    Ok(Survey { import, now })
}

/// Takes in the next rows of a claimed job, or takes note of why none can come in any more; either way the job goes on.
///
/// An error says that nothing was decided, and that the same rows are to be tried again.
pub async fn go_on(app: &App, claimed: &Job, import: &RegistrationImport, kept: &mut Kept) -> Result<(), AppError> {
    let outcome = match kept.list(app, claimed, import).await {
        Ok(list) => take_in(app, claimed, import, &list).await,
        Err(refused) => Err(refused),
    };
    match outcome {
        Err(AppError::Refused(refusal)) => {
            let failure = Failure {
                resource: import.settings.file.to_string(),
                reason: refusal.reason().to_owned(),
                description: refusal.to_string(),
            };
            jobs::give_up(app, claimed, &failure).await
        }
        other => other.map(drop),
    }
}

impl Kept {
    /// The list of a job, read anew where another was kept.
    async fn list(&mut self, app: &App, job: &Job, import: &RegistrationImport) -> Result<Arc<List>, AppError> {
        if let Some((kept, list)) = &self.0
            && *kept == job.name()
        {
            return Ok(Arc::clone(list));
        }
        self.forget();
        let categories = app.store.all_categories(&job.event).await?;
        let mut list = List::read(
            app,
            &job.event,
            &categories,
            (&import.settings, Roll::Registrations, &Whose::Anybodys),
            Some(&import.understood.columns),
        )
        .await?;
        if import.settings.skip_bad_rows {
            list.found.first = Vec::new();
        }
        let list = Arc::new(list);
        self.0 = Some((job.name(), Arc::clone(&list)));
        Ok(list)
    }

    /// Lets go of the list.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

/// Looks at a whole list, by the rules by which it would come in.
async fn look(app: &App, organizer: &Organizer, (settings, terms): &Wished) -> Result<Looked, AppError> {
    let (event, categories) = prepare(app, organizer, settings).await?;
    let terms = terms.clone().map(|terms| terms.settle(&event, "invitation_terms", app.clock.now())).transpose()?;
    let settings = &Settings { invitation: terms, ..settings.clone() };
    let list = List::read(app, &event.id, &categories, (settings, Roll::Registrations, &Whose::Anybodys), None).await?;
    let mut found = list.found.clone();
    let mut seen = BTreeMap::new();
    let reader = list.reader(settings, &categories);
    let mut tally = Tally::default();
    for start in (0..list.len()).step_by(COMPARED) {
        let (entrants, _) = list.entrants(&reader, start, COMPARED);
        let candidates = {
            let sought = entrants.iter().collect::<Sought>();
            app.store.candidates(organizer, &event, &sought, app.clock.now()).await?
        };
        for entrant in &entrants {
            match decide(&reader, entrant, &candidates, &mut seen) {
                Ok((deed, findings)) => {
                    tally = tally.plus(deed.tally());
                    found.add(findings);
                }
                Err(findings) => found.add(findings),
            }
        }
    }
    found.first.sort_by_key(|finding| (finding.row, finding.column));
    let columns = &list.understood.columns;
    let told: Vec<Told> = found.first.iter().map(|finding| finding.told(columns)).collect();
    let import = RegistrationImport {
        settings: settings.clone(),
        rows: u32::try_from(list.len()).unwrap_or(u32::MAX),
        tally: Tally { skipped: u32::try_from(found.bad.len()).unwrap_or(u32::MAX), ..tally },
        finding_count: u32::try_from(found.count).unwrap_or(u32::MAX),
        findings: told,
        understood: list.understood,
    };
    Ok(Looked { import, found })
}

/// Decides about a row; of two about one person who is known, the second is about nobody.
fn decide(
    reader: &Reader<'_>,
    entrant: &Entrant,
    candidates: &Candidates,
    seen: &mut BTreeMap<PersonName, u32>,
) -> Result<(Deed, Vec<Finding>), Vec<Finding>> {
    let decided = import::decide(reader, entrant, candidates)?;
    if let Some(person) = decided.0.person()
        && let Some(row) = seen.insert(person, entrant.row)
    {
        return Err(vec![Finding { row: entrant.row, column: None, issue: Issue::SameAsRow(row) }]);
    }
    Ok(decided)
}

/// Finds the event and its categories, and refuses what takes no registrations.
async fn prepare(app: &App, organizer: &Organizer, settings: &Settings) -> Result<(Event, Vec<Category>), AppError> {
    let name = EventName { event: organizer.event().clone() };
    let event = app.store.event(&organizer.viewer()).await?.ok_or_else(|| missing(&name))?;
    let categories = app.store.all_categories(organizer.event()).await?;
    if let Some(category) = &settings.category
        && categories.iter().all(|one| one.id != *category)
    {
        return Err(missing(CategoryName { event: event.id, category: category.clone() }));
    }
    registration::require_open(&event, app.clock.now())?;
    Ok((event, categories))
}

async fn take_in(app: &App, claimed: &Job, import: &RegistrationImport, list: &List) -> Result<Job, AppError> {
    let start = usize::try_from(claimed.done).unwrap_or(usize::MAX).min(list.len());
    let pieces = TOGETHER.min(list.len() - start);
    let deed = app.own_deed(&claimed.event);
    app.store
        .write(&deed, |tx| async move {
            let job = jobs::unmoved(&tx, claimed).await?;
            let event = tx.event(&job.event).await?.ok_or_else(|| missing(EventName { event: job.event.clone() }))?;
            let categories = tx.all_categories(&job.event).await?;
            registration::require_open(&event, tx.now())?;
            let reader = list.reader(&import.settings, &categories);
            let (entrants, wrong) = list.entrants(&reader, start, pieces);
            let candidates = tx.candidates(&event, &entrants.iter().collect::<Sought>()).await?;
            let skipped = u32::try_from(pieces - entrants.len()).unwrap_or(u32::MAX);
            let mut tally = Tally { skipped, ..Tally::default() };
            let mut seen = BTreeMap::new();
            let mut wrong: Vec<Finding> = wrong;
            let mut unplaced = Vec::new();
            for entrant in &entrants {
                match decide(&reader, entrant, &candidates, &mut seen) {
                    Ok((deed, _)) => {
                        let comes = deed.tally();
                        match coming_in::come_in(&tx, (&event, &categories, &import.settings), deed).await? {
                            Ok(()) => tally = tally.plus(comes),
                            Err(full) => {
                                tally = tally.plus(Tally { skipped: 1, ..Tally::default() });
                                unplaced.push(Failure {
                                    resource: format!("row {}", entrant.row),
                                    reason: full.reason().to_owned(),
                                    description: full.to_string(),
                                });
                            }
                        }
                    }
                    Err(found) => {
                        tally = tally.plus(Tally { skipped: 1, ..Tally::default() });
                        wrong.extend(found.into_iter().take(1));
                    }
                }
            }
            // Where bad rows are skipped, it was told of these before; where they are not, they were good when the job began.
            let left = if import.settings.skip_bad_rows { 0 } else { KEPT_FAILURES.saturating_sub(job.failures.len()) };
            let failures = wrong.iter().take(left).map(failure);
            // That somebody could not be kept a place, or that a choice was full by then, nobody could tell before.
            let room = KEPT_FAILURES.saturating_sub(job.failures.len());
            let failures: Vec<Failure> = failures.chain(unplaced).take(room).collect();
            // A list that had more rows when the job began ends the job with those that it has.
            let count = if pieces == 0 { import.rows } else { u32::try_from(pieces).unwrap_or(u32::MAX) };
            let after = job.clone().registered(tally).advance(count, failures, tx.now());
            tx.save_job(&job, &after, "advanced").await?;
            Ok(after)
        })
        .await
}

fn failure(finding: &Finding) -> Failure {
    Failure {
        resource: finding.place(),
        reason: "ERROR_REASON_ROWS_INVALID".to_owned(),
        description: finding.issue.to_string(),
    }
}
