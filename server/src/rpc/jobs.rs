//! The wire of jobs.

use std::sync::Arc;

use attache_domain::{
    authority::Viewer,
    job::{Failure, Job, ScheduleImport, State, Work},
    resource::{EventName, JobName, Owner},
    schedule::import::{Count, Tally},
};
use attache_proto::v1::{self as pb, job_service_server::JobService};
use tonic::{Request, Status};

use super::{
    Answer,
    authority::authority,
    registrations, reply,
    shapes::{decode_list, decode_name, decode_plain_verb},
    status::not_found,
    streams::{Listener, Rest, Stream, Streams},
    values::{encode_count, encode_instant},
};
use crate::app::{self, App};

/// Answers `JobService`.
pub struct Jobs {
    pub(super) app: Arc<App>,
    pub(super) streams: Streams,
}

#[tonic::async_trait]
impl JobService for Jobs {
    type WatchJobStream = Stream<pb::Job>;

    async fn get_job(&self, request: Request<pb::GetJobRequest>) -> Answer<pb::Job> {
        let authority = authority(&request)?;
        let name: JobName = decode_name(request)?;
        let job = self.app.store.job(&authority.viewer(&name.event)?, name.job).await?;
        Ok(reply(encode(&job.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_jobs(&self, request: Request<pb::ListJobsRequest>) -> Answer<pb::ListJobsResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.jobs(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListJobsResponse {
            jobs: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn watch_job(&self, request: Request<pb::WatchJobRequest>) -> Answer<Self::WatchJobStream> {
        let authority = authority(&request)?;
        let name: JobName = decode_name(request)?;
        let viewer = authority.viewer(&name.event)?;
        self.app.store.job(&viewer, name.job).await?.ok_or_else(|| not_found(&name))?;
        let app = Arc::clone(&self.app);
        Ok(self.streams.begin(|listener| tell(app, viewer, name, listener)))
    }

    async fn cancel_job(&self, request: Request<pb::CancelJobRequest>) -> Answer<pb::Job> {
        let authority = authority(&request)?;
        let (name, once) = decode_plain_verb::<_, JobName>(request)?;
        let job = app::jobs::cancel(&self.app, &authority.approver(&name.event)?, &name, once).await?;
        Ok(reply(encode(&job)))
    }
}

/// Tells a listener the state of a job, now and whenever it changes, until the job has ended.
async fn tell(app: Arc<App>, viewer: Viewer, name: JobName, mut listener: Listener<pb::Job>) -> Result<(), Status> {
    let mut news = app.store.news(&Owner::Event(name.event.clone()).into());
    let mut told = None;
    loop {
        news.catch_up();
        let job = app.store.job(&viewer, name.job).await?;
        let job = job.ok_or_else(|| not_found(&name))?;
        if told.as_ref() != Some(&job) {
            listener.tell(encode(&job)).await;
        }
        if job.end.is_some() {
            return Ok(());
        }
        told = match listener.rest(news.wait()).await? {
            Rest::News => Some(job),
            Rest::Heartbeat => None,
            Rest::Close => return Ok(()),
        };
    }
}

/// Writes a job.
pub(super) fn encode(job: &Job) -> pb::Job {
    let Job { event: _, id: _, work, done, failures, create_time, end } = job;
    let state = match job.state() {
        State::Running => pb::JobState::Running,
        State::Succeeded => pb::JobState::Succeeded,
        State::Failed => pb::JobState::Failed,
        State::Cancelled => pb::JobState::Cancelled,
    };
    pb::Job {
        name: job.name().to_string(),
        kind: work.kind().to_owned(),
        state: state.into(),
        total: encode_count(work.total()),
        done: encode_count(*done),
        failures: failures.iter().map(encode_failure).collect(),
        create_time: Some(encode_instant(*create_time)),
        end_time: end.map(|end| encode_instant(end.time())),
        schedule_import: match work {
            Work::ImportSchedule(import) => Some(encode_import(import)),
            Work::IssueLetters(_) | Work::ImportRegistrations(_) => None,
        },
        registration_import: match work {
            Work::ImportRegistrations(import) => Some(registrations::encode_import(import)),
            Work::IssueLetters(_) | Work::ImportSchedule(_) => None,
        },
    }
}

/// Writes what an import did.
pub(super) fn encode_import(import: &ScheduleImport) -> pb::ScheduleImport {
    let ScheduleImport { file, language: _, zone: _, items: _, tally: Tally { rooms, sessions, persons } } = import;
    let count = |Count { created, updated, unchanged }: &Count| Some(encode_count_of([*created, *updated, *unchanged]));
    pb::ScheduleImport {
        file: file.to_string(),
        rooms: count(rooms),
        sessions: count(sessions),
        persons: count(persons),
        findings: Vec::new(),
        finding_count: 0,
    }
}

/// Writes how many of something an import made, changed and left as they were.
pub(super) fn encode_count_of(counts: [u32; 3]) -> pb::ImportCount {
    let [created, updated, unchanged] = counts.map(encode_count);
    pb::ImportCount { created, updated, unchanged }
}

pub(super) fn encode_failure(failure: &Failure) -> pb::JobFailure {
    let Failure { resource, reason, description } = failure.clone();
    pb::JobFailure { resource, reason, description }
}
