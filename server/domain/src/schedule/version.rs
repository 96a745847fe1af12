//! Versions of the schedule: what was released stays as it was, and has a number.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use super::{Change, Draft, Entry, Finding, Item, Place, Severity, changes};
use crate::{
    event,
    refusal::{Kind, Violation},
    resource::{EventId, EventName, Malformed, SessionId},
    session::Slot,
};

/// A schedule that was released; it never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Of which event.
    pub event: EventId,
    /// 1 for the first, and so on without gaps.
    pub version: u32,
    /// What is in it, in the order of time.
    pub programme: Vec<Item>,
    /// When it was released.
    pub create_time: DateTime<Utc>,
}

/// A new release, and what it changes for those who went by the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// The release.
    pub release: Release,
    /// What it changes, ordered by session.
    pub changes: Vec<Change>,
}

/// Which schedule of an event is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// The sessions as they are being planned.
    Draft,
    /// What was released last.
    Latest,
    /// What was released under a number.
    Version(u32),
}

/// `events/{event}/schedule`, `events/{event}/draft` or `events/{event}/releases/{release}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScheduleName {
    /// Of which event.
    pub event: EventId,
    /// Which of its schedules.
    pub edition: Edition,
}

impl fmt::Display for ScheduleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", EventName { event: self.event.clone() })?;
        match self.edition {
            Edition::Draft => f.write_str("draft"),
            Edition::Latest => f.write_str("schedule"),
            Edition::Version(version) => write!(f, "releases/{version}"),
        }
    }
}

impl FromStr for ScheduleName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let pattern = "events/{event}/schedule, events/{event}/draft or events/{event}/releases/{release}";
        let named = || {
            let (event, rest) = text.strip_prefix("events/")?.split_once('/')?;
            let edition = match rest {
                "draft" => Edition::Draft,
                "schedule" => Edition::Latest,
                _ => Edition::Version(number(rest.strip_prefix("releases/")?)?),
            };
            Some(Self { event: event.parse().ok()?, edition })
        };
        named().ok_or(Malformed { pattern })
    }
}

/// Reads a version in its one spelling: no sign, no leading zeros.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| *number > 0 && number.to_string() == text)
}

/// Why a schedule cannot be released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The event does not take place.
    #[error(transparent)]
    Event(#[from] event::Refusal),
    /// It cannot take place as it is planned.
    #[error("the schedule cannot take place as it is planned: {} findings", .findings.len())]
    Clashes {
        /// Of which event.
        event: EventId,
        /// Every finding that has to be dealt with.
        findings: Vec<Finding>,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Event(refusal) => refusal.kind(),
            Self::Clashes { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Event(refusal) => refusal.reason(),
            Self::Clashes { .. } => "ERROR_REASON_SCHEDULE_CLASHES",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Event(refusal) => refusal.facts(),
            Self::Clashes { findings, .. } => vec![("findings", findings.len().to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Event(refusal) => refusal.violations(),
            Self::Clashes { event, findings } => {
                let violation = |finding: &Finding| Violation {
                    code: finding.reason().to_owned(),
                    subject: parties(event, finding).join(", "),
                    description: finding.to_string(),
                };
                findings.iter().map(violation).collect()
            }
        }
    }
}

/// Gives the resource names of the sessions a finding is about.
pub fn sessions(event: &EventId, finding: &Finding) -> Vec<String> {
    let names = finding.sessions().into_iter().filter_map(|key| key.name(event));
    names.map(|session| session.to_string()).collect()
}

/// Gives the resource names of all that clash: sessions, and the stop of a visit.
fn parties(event: &EventId, finding: &Finding) -> Vec<String> {
    sessions(event, finding).into_iter().chain(finding.stop().map(ToString::to_string)).collect()
}

/// Releases a draft as the version after `last`, unless something in it cannot take place.
pub fn release(draft: &Draft, last: Option<&Release>, now: DateTime<Utc>) -> Result<Released, Refusal> {
    draft.event.require_active()?;
    let mut findings = draft.findings();
    findings.retain(|finding| finding.severity() == Severity::Error);
    let event = draft.event.id.clone();
    if !findings.is_empty() {
        return Err(Refusal::Clashes { event, findings });
    }
    let version = last.map_or(1, |last| last.version + 1);
    let release = Release { event, version, programme: draft.programme(last), create_time: now };
    Ok(release.after(last))
}

impl Released {
    /// Gives what has to be told of a change, to all who appear there: what the release before said of a session that was taken out, or
    /// what this one says of a session that was moved. At the first release nobody went by another, and nobody is told.
    pub fn told<'a>(&'a self, last: Option<&'a Release>, change: &Change) -> Option<&'a Item> {
        let last = last?;
        match change {
            Change::Removed { entry } => last.changed(&entry.session),
            Change::Moved { session, .. } => self.release.changed(session),
            Change::Added { .. } | Change::Retitled { .. } => None,
        }
    }
}

impl Release {
    /// The release's resource name.
    pub fn name(&self) -> ScheduleName {
        ScheduleName { event: self.event.clone(), edition: Edition::Version(self.version) }
    }

    /// Compares it with the one before; against none, everything is added.
    pub fn after(self, last: Option<&Self>) -> Released {
        let before = last.map(Self::entries).unwrap_or_default();
        Released { changes: changes(&before, &self.entries()), release: self }
    }

    /// Finds what it says of a session.
    pub fn item(&self, session: SessionId) -> Option<&Item> {
        self.programme.iter().find(|item| item.session == session)
    }

    /// Finds what it says of the session of a change.
    fn changed(&self, session: &super::SessionKey) -> Option<&Item> {
        session.0.parse().ok().and_then(|session| self.item(session))
    }

    /// Gives the sequence number that a session has in the release after this one. It never falls, even for a session that was out of
    /// the programme for a while.
    pub(super) fn next_sequence(&self, session: SessionId, slot: Slot, place: Option<&Place>) -> u32 {
        let stays = |item: &&Item| {
            let room = item.place.as_ref().map(|place| &place.room);
            item.slot.interval() == slot.interval() && room == place.map(|place| &place.room)
        };
        self.item(session).filter(stays).map_or(self.version, |item| item.sequence)
    }

    fn entries(&self) -> Vec<Entry> {
        self.programme.iter().map(Item::entry).collect()
    }
}
