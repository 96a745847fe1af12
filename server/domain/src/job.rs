//! Long work: a batch of letters, an import. It is kept, so that it survives a restart, and tells how far it is.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{
    language::LanguageTag,
    refusal::Kind,
    registration::import::{self, Settings, Told, Understood},
    resource::{EventId, FileName, JobId, JobName, LetterId, LetterName},
    schedule::import::Tally,
};

/// A piece of long work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// In which event.
    pub event: EventId,
    /// What it is known by.
    pub id: JobId,
    /// What it does.
    pub work: Work,
    /// What was done so far, those that failed included.
    pub done: u32,
    /// What failed, and why.
    pub failures: Vec<Failure>,
    /// When it was asked for.
    pub create_time: DateTime<Utc>,
    /// How it ended, and when; while it goes on, nothing.
    pub end: Option<End>,
}

/// How a job ended, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All of its pieces were done, those that failed included.
    Done(DateTime<Utc>),
    /// Somebody stopped it; what was not begun by then is left.
    Cancelled(DateTime<Utc>),
}

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Issues these letters, in this order.
    IssueLetters(Vec<LetterId>),
    /// Takes the sessions of a file into the schedule under work.
    ImportSchedule(ScheduleImport),
    /// Registers the people of a list.
    ImportRegistrations(Box<RegistrationImport>),
}

/// The import of a list of people: each of its rows is a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationImport {
    /// The list, and how it is read.
    pub settings: Settings,
    /// How it was understood when the job began; so it is read to its end.
    pub understood: Understood,
    /// How many rows it has.
    pub rows: u32,
    /// What was done so far.
    pub tally: import::Tally,
    /// What was found when the job began, the first of it.
    pub findings: Vec<Told>,
    /// How much was found.
    pub finding_count: u32,
}

/// The import of a schedule: each item of its file is a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleImport {
    /// The file.
    pub file: FileName,
    /// The language of its texts.
    pub language: LanguageTag,
    /// What its clocks show where it does not say.
    pub zone: Tz,
    /// How many items it has.
    pub items: u32,
    /// What was done so far.
    pub tally: Tally,
}

/// A piece of a job that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it was about: a resource name, or the place in the file.
    pub resource: String,
    /// Why, a value of `error_reason.proto`.
    pub reason: String,
    /// The same for a person, in English, without personal data.
    pub description: String,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits or works.
    Running,
    /// All of its pieces succeeded.
    Succeeded,
    /// It ended, and some of its pieces failed.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        })
    }
}

/// Why a job cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It ended, and there is nothing left to stop.
    #[error("the job is {state}, and has to be RUNNING")]
    WrongState {
        /// Which job.
        job: JobName,
        /// Where it stands.
        state: State,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::WrongState { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "ERROR_REASON_WRONG_STATE",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongState { job, state } => {
                vec![("resource", job.to_string()), ("state", state.to_string()), ("wanted", "RUNNING".to_owned())]
            }
        }
    }
}

impl End {
    /// When it was.
    pub const fn time(self) -> DateTime<Utc> {
        match self {
            Self::Done(time) | Self::Cancelled(time) => time,
        }
    }
}

impl Work {
    /// The word for it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::IssueLetters(_) => "issue_letters",
            Self::ImportSchedule(_) => "import_schedule",
            Self::ImportRegistrations(_) => "import_registrations",
        }
    }

    /// How many pieces it has.
    pub fn total(&self) -> u32 {
        match self {
            Self::IssueLetters(letters) => u32::try_from(letters.len()).unwrap_or(u32::MAX),
            Self::ImportSchedule(import) => import.items,
            Self::ImportRegistrations(import) => import.rows,
        }
    }
}

impl Job {
    /// Begins a piece of long work.
    pub fn begin(event: EventId, id: JobId, work: Work, now: DateTime<Utc>) -> Self {
        Self { event, id, work, done: 0, failures: Vec::new(), create_time: now, end: None }
    }

    /// The job's resource name.
    pub fn name(&self) -> JobName {
        JobName { event: self.event.clone(), job: self.id }
    }

    /// The letter to issue next; none once the job ended, or when it does something else.
    pub fn next_letter(&self) -> Option<LetterName> {
        let Work::IssueLetters(letters) = &self.work else { return None };
        let letter = letters.get(usize::try_from(self.done).ok()?)?;
        Some(LetterName { event: self.event.clone(), letter: *letter })
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        match (self.end, self.failures.is_empty()) {
            (None, _) => State::Running,
            (Some(End::Done(_)), true) => State::Succeeded,
            (Some(End::Done(_)), false) => State::Failed,
            (Some(End::Cancelled(_)), _) => State::Cancelled,
        }
    }

    /// Stops it: what was done stays, the piece in hand is finished and counted, and no other is begun.
    pub fn cancel(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.end {
            None => Ok(Self { end: Some(End::Cancelled(now)), ..self }),
            Some(_) => Err(Refusal::WrongState { job: self.name(), state: self.state() }),
        }
    }

    /// So many more pieces were done, those that failed included; the last one ends the job. One that was stopped with a piece in hand stays
    /// stopped.
    #[must_use]
    pub fn advance(mut self, pieces: u32, failures: impl IntoIterator<Item = Failure>, now: DateTime<Utc>) -> Self {
        self.done = self.done.saturating_add(pieces).min(self.work.total());
        self.failures.extend(failures);
        let done = (self.done >= self.work.total()).then_some(End::Done(now));
        self.end = self.end.or(done);
        self
    }

    /// Nothing more of it can be done, for one reason that is told once; it ends.
    #[must_use]
    pub fn give_up(self, failure: Failure, now: DateTime<Utc>) -> Self {
        let left = match self.end {
            None => self.work.total().saturating_sub(self.done),
            Some(_) => 0,
        };
        self.advance(left, [failure], now)
    }

    /// What an import did is added to what it did before.
    #[must_use]
    pub fn tallied(mut self, more: Tally) -> Self {
        match &mut self.work {
            Work::ImportSchedule(import) => import.tally = import.tally.plus(more),
            Work::IssueLetters(_) | Work::ImportRegistrations(_) => {}
        }
        self
    }

    /// What an import of a list did is added to what it did before.
    #[must_use]
    pub fn registered(mut self, more: import::Tally) -> Self {
        match &mut self.work {
            Work::ImportRegistrations(import) => import.tally = import.tally.plus(more),
            Work::IssueLetters(_) | Work::ImportSchedule(_) => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2023-08-01T00:00:00Z".parse().unwrap()
    }

    /// A job of two letters.
    fn begun() -> Job {
        let id = || "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
        let work = Work::IssueLetters(vec![id().parse().unwrap(), id().parse().unwrap()]);
        Job::begin("ciftis-2023".parse().unwrap(), id().parse().unwrap(), work, now())
    }

    fn failure() -> Failure {
        Failure { resource: "x".to_owned(), reason: "y".to_owned(), description: "z".to_owned() }
    }

    #[test]
    fn job_ends_with_its_last_piece_and_remembers_what_failed() {
        let (now, failure) = (now(), failure());

        let begun = begun();
        let half = begun.clone().advance(1, Some(failure.clone()), now);
        let ended = half.clone().advance(1, None, now);

        assert_eq!([begun.state(), half.state(), ended.state()], [State::Running, State::Running, State::Failed]);
        assert_eq!(
            (begun.next_letter().is_some(), half.next_letter().is_some(), ended.next_letter()),
            (true, true, None)
        );
        assert_eq!((ended.done, ended.failures, ended.end), (2, vec![failure], Some(End::Done(now))));
    }

    #[test]
    fn job_that_is_cancelled_counts_the_piece_in_hand_and_no_other() {
        let half = begun().advance(1, None, now());

        let cancelled = half.clone().cancel(now()).unwrap();
        let finished = cancelled.clone().advance(1, [failure()], now());
        let given_up = cancelled.clone().give_up(failure(), now());

        assert_eq!((cancelled.state(), cancelled.done), (State::Cancelled, 1));
        assert_eq!((finished.state(), finished.done, finished.failures.len()), (State::Cancelled, 2, 1));
        assert_eq!((given_up.state(), given_up.done, given_up.failures.len()), (State::Cancelled, 1, 1));
    }

    #[test]
    fn job_that_ended_is_not_cancelled() {
        let states = [
            begun().advance(2, None, now()),
            begun().advance(2, [failure()], now()),
            begun().give_up(failure(), now()),
            begun().cancel(now()).unwrap(),
        ]
        .map(|ended| (ended.state(), ended.cancel(now()).unwrap_err()));

        let refused = |state| (state, Refusal::WrongState { job: begun().name(), state });
        assert_eq!(states, [State::Succeeded, State::Failed, State::Failed, State::Cancelled].map(refused));
    }
}
