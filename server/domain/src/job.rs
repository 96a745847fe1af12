//! Long work: a batch of letters, an import. It is kept, so that it survives a restart, and tells how far it is.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{
    language::LanguageTag,
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
    /// When it ended.
    pub end_time: Option<DateTime<Utc>>,
}

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Issues these letters, in this order.
    IssueLetters(Vec<LetterId>),
    /// Takes the sessions of a file into the schedule under work.
    ImportSchedule(ScheduleImport),
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
}

impl Work {
    /// The word for it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::IssueLetters(_) => "issue_letters",
            Self::ImportSchedule(_) => "import_schedule",
        }
    }

    /// How many pieces it has.
    pub fn total(&self) -> u32 {
        match self {
            Self::IssueLetters(letters) => u32::try_from(letters.len()).unwrap_or(u32::MAX),
            Self::ImportSchedule(import) => import.items,
        }
    }
}

impl Job {
    /// Begins a piece of long work.
    pub fn begin(event: EventId, id: JobId, work: Work, now: DateTime<Utc>) -> Self {
        Self { event, id, work, done: 0, failures: Vec::new(), create_time: now, end_time: None }
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
        match (self.end_time, self.failures.is_empty()) {
            (None, _) => State::Running,
            (Some(_), true) => State::Succeeded,
            (Some(_), false) => State::Failed,
        }
    }

    /// So many more pieces were done, those that failed included; the last one ends the job.
    #[must_use]
    pub fn advance(mut self, pieces: u32, failures: impl IntoIterator<Item = Failure>, now: DateTime<Utc>) -> Self {
        self.done = self.done.saturating_add(pieces).min(self.work.total());
        self.failures.extend(failures);
        self.end_time = (self.done >= self.work.total()).then_some(now);
        self
    }

    /// What an import did is added to what it did before.
    #[must_use]
    pub fn tallied(mut self, more: Tally) -> Self {
        match &mut self.work {
            Work::ImportSchedule(import) => import.tally = import.tally.plus(more),
            Work::IssueLetters(_) => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_ends_with_its_last_piece_and_remembers_what_failed() {
        let now: DateTime<Utc> = "2023-08-01T00:00:00Z".parse().unwrap();
        let id = || "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
        let work = Work::IssueLetters(vec![id().parse().unwrap(), id().parse().unwrap()]);
        let failure = Failure { resource: "x".to_owned(), reason: "y".to_owned(), description: "z".to_owned() };

        let begun = Job::begin("ciftis-2023".parse().unwrap(), id().parse().unwrap(), work, now);
        let half = begun.clone().advance(1, Some(failure.clone()), now);
        let ended = half.clone().advance(1, None, now);

        assert_eq!([begun.state(), half.state(), ended.state()], [State::Running, State::Running, State::Failed]);
        assert_eq!(
            (begun.next_letter().is_some(), half.next_letter().is_some(), ended.next_letter()),
            (true, true, None)
        );
        assert_eq!((ended.done, ended.failures, ended.end_time), (2, vec![failure], Some(now)));
    }
}
