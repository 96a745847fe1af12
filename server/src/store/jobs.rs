//! Long work in the database: claimed piece by piece under a lease, and never lost.

use attache_domain::{
    authority::Viewer,
    job::{End, Failure, Job, ScheduleImport, Work},
    resource::{EventId, FileName, JobId, JobName, Owner},
    schedule::import::{Count, Tally},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
};
use serde::{Deserialize, Serialize};

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    fields::{Fields, Search, instant, verbatim},
    listing::Listing,
    queue::Queue,
    rows::job::{Column, Entity, Model},
    times::{from_json, to_json},
};

mod registration_imports;

const TABLE: &str = "jobs";

/// How long a worker may take for one piece before another may try; setting a letter takes a second where it takes long.
pub const LEASE: TimeDelta = TimeDelta::minutes(2);

#[derive(Serialize, Deserialize)]
struct FailureJson {
    resource: String,
    reason: String,
    description: String,
}

#[derive(Serialize, Deserialize)]
struct ImportJson {
    language_code: String,
    time_zone: String,
    items: u32,
    rooms: CountJson,
    sessions: CountJson,
    persons: CountJson,
}

#[derive(Serialize, Deserialize)]
struct CountJson {
    created: u32,
    updated: u32,
    unchanged: u32,
}

/// What the change log keeps of a job: how far it is, not the whole list of its pieces again at each of them.
#[derive(Serialize)]
struct Outline {
    kind: String,
    total: u32,
    done: u32,
    failures: usize,
    state: String,
    end_time: Option<DateTime<Utc>>,
}

impl Store {
    /// Finds a job of the event a viewer may see.
    pub async fn job(&self, viewer: &Viewer, id: JobId) -> Result<Option<Job>, StoreError> {
        find(&self.read, viewer.event(), id).await
    }

    /// Lists the jobs of the event a viewer may see, the latest first.
    pub async fn jobs(&self, viewer: &Viewer, list: &List) -> Result<Page<Job>, StoreError> {
        let fields = Fields {
            known: [
                verbatim("kind", Column::Kind),
                instant("create_time", Column::CreateTime),
                instant("end_time", Column::EndTime),
            ],
            usual: "create_time desc",
            search: Search::Nothing,
            id: Column::Id,
        };
        let select = Entity::find().filter(Column::Event.eq(viewer.event().to_string()));
        self.page(select, &fields, Listing::of_event(TABLE, viewer.event()), list).await?.try_map(Job::try_from)
    }

    /// Claims the oldest job that goes on and that nobody works on; until its lease ends, or a piece of it is saved, nobody else gets it.
    pub async fn claim_job(&self, now: DateTime<Utc>) -> Result<Option<Job>, StoreError> {
        let waiting = Condition::all().add(Column::EndTime.is_null());
        let queue = Queue::<Entity> { waiting, since: Column::CreateTime, lease: Column::LeaseTime };
        let claimed = self.claim(queue, (now, now + LEASE), 1).await?;
        claimed.into_iter().next().map(Job::try_from).transpose()
    }
}

impl WriteTx {
    /// Finds a job.
    pub async fn job(&self, name: &JobName) -> Result<Option<Job>, StoreError> {
        find(self.db().await?, &name.event, name.job).await
    }

    /// Inserts a job.
    pub async fn insert_job(&self, job: &Job) -> Result<(), StoreError> {
        let row = Model::try_from(job)?;
        self.record(entry(job, "started", None, &Outline::from(job))).await?;
        self.insert(row);
        Ok(())
    }

    /// Saves how far a job is; its lease ends.
    pub async fn save_job(&self, before: &Job, after: &Job, verb: &'static str) -> Result<(), StoreError> {
        self.record(entry(after, verb, Some(&Outline::from(before)), &Outline::from(after))).await?;
        Model::try_from(after)?.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }
}

fn entry<'a>(job: &Job, verb: &'static str, before: Option<&'a Outline>, after: &'a Outline) -> Entry<'a, Outline> {
    let owner = Owner::Event(job.event.clone());
    Entry { owner, resource: job.name().to_string(), verb, person: None, before, after: Some(after) }
}

async fn find<C: ConnectionTrait>(db: &C, event: &EventId, id: JobId) -> Result<Option<Job>, StoreError> {
    Entity::find_by_id((event.to_string(), id.to_string())).one(db).await?.map(Job::try_from).transpose()
}

impl Subject for Job {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let job: JobName = column("requests", "resource", name)?;
        tx.job(&job).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Job> for Outline {
    fn from(job: &Job) -> Self {
        let Job { event: _, id: _, work, done, failures, create_time: _, end } = job;
        Self {
            kind: work.kind().to_owned(),
            total: work.total(),
            done: *done,
            failures: failures.len(),
            state: job.state().to_string(),
            end_time: end.map(End::time),
        }
    }
}

impl TryFrom<&Job> for Model {
    type Error = StoreError;

    fn try_from(job: &Job) -> Result<Self, StoreError> {
        let Job { event, id, work, done, failures, create_time, end } = job;
        let (mut letters, mut schedule_import, mut registration_import) = (Vec::new(), None, None);
        let file = match work {
            Work::IssueLetters(wanted) => {
                letters.extend(wanted.iter().map(ToString::to_string));
                None
            }
            Work::ImportSchedule(import) => {
                schedule_import = Some(to_json(TABLE, "schedule_import", &ImportJson::from(import))?);
                Some(&import.file)
            }
            Work::ImportRegistrations(import) => {
                let json = registration_imports::ImportJson::from(import.as_ref());
                registration_import = Some(to_json(TABLE, "registration_import", &json)?);
                Some(&import.settings.file)
            }
        };
        let failures: Vec<FailureJson> = failures.iter().map(FailureJson::from).collect();
        Ok(Self {
            event: event.to_string(),
            id: id.to_string(),
            kind: work.kind().to_owned(),
            letters: to_json(TABLE, "letters", &letters)?,
            file: file.map(ToString::to_string),
            schedule_import,
            registration_import,
            done: i64::from(*done),
            failures: to_json(TABLE, "failures", &failures)?,
            lease_time: None,
            create_time: *create_time,
            end_time: end.map(End::time),
            cancelled: matches!(end, Some(End::Cancelled(_))),
        })
    }
}

impl TryFrom<Model> for Job {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let file = row.file.as_deref().map(|file| column(TABLE, "file", file)).transpose()?;
        let work = match (file, row.schedule_import.as_ref(), row.registration_import.as_ref()) {
            (Some(file), Some(import), _) => {
                let import: ImportJson = from_json(TABLE, "schedule_import", import)?;
                Work::ImportSchedule(import.read(file)?)
            }
            (Some(file), None, Some(import)) => {
                let import: registration_imports::ImportJson = from_json(TABLE, "registration_import", import)?;
                Work::ImportRegistrations(Box::new(import.read(file)?))
            }
            (None, ..) | (Some(_), None, None) => {
                let letters: Vec<String> = from_json(TABLE, "letters", &row.letters)?;
                Work::IssueLetters(
                    letters.iter().map(|letter| column(TABLE, "letters", letter)).collect::<Result<_, _>>()?,
                )
            }
        };
        if work.kind() != row.kind {
            return Err(StoreError::Corrupt { table: TABLE, column: "kind" });
        }
        let failures: Vec<FailureJson> = from_json(TABLE, "failures", &row.failures)?;
        Ok(Self {
            event: column(TABLE, "event", &row.event)?,
            id: column(TABLE, "id", &row.id)?,
            work,
            done: count(TABLE, "done", row.done)?,
            failures: failures.into_iter().map(Failure::from).collect(),
            create_time: row.create_time,
            end: row.end_time.map(if row.cancelled { End::Cancelled } else { End::Done }),
        })
    }
}

impl From<&ScheduleImport> for ImportJson {
    fn from(import: &ScheduleImport) -> Self {
        let ScheduleImport { file: _, language, zone, items, tally: Tally { rooms, sessions, persons } } = import;
        let count = |Count { created, updated, unchanged }: Count| CountJson { created, updated, unchanged };
        Self {
            language_code: language.as_str().to_owned(),
            time_zone: zone.name().to_owned(),
            items: *items,
            rooms: count(*rooms),
            sessions: count(*sessions),
            persons: count(*persons),
        }
    }
}

impl ImportJson {
    fn read(self, file: FileName) -> Result<ScheduleImport, StoreError> {
        let Self { language_code, time_zone, items, rooms, sessions, persons } = self;
        let count = |CountJson { created, updated, unchanged }: CountJson| Count { created, updated, unchanged };
        Ok(ScheduleImport {
            file,
            language: column(TABLE, "schedule_import", &language_code)?,
            zone: column(TABLE, "schedule_import", &time_zone)?,
            items,
            tally: Tally { rooms: count(rooms), sessions: count(sessions), persons: count(persons) },
        })
    }
}

impl From<&Failure> for FailureJson {
    fn from(failure: &Failure) -> Self {
        let Failure { resource, reason, description } = failure.clone();
        Self { resource, reason, description }
    }
}

impl From<FailureJson> for Failure {
    fn from(failure: FailureJson) -> Self {
        let FailureJson { resource, reason, description } = failure;
        Self { resource, reason, description }
    }
}
