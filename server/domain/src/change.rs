//! The change log as it is read: who did what, when, and what it said before and after.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use crate::{
    authority::Actor,
    resource::{ChangeId, EventId, Malformed, Owner},
};

/// Under whose name a change is kept: that of what owns the thing changed, or the installation's for its members and tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Trail {
    /// `installation`.
    Installation,
    /// `events/{event}` or `organizations/{organization}`.
    Owner(Owner),
}

/// `installation/changes/{change}`, `events/{event}/changes/{change}` or `organizations/{organization}/changes/{change}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeName {
    /// Under whose name the change is kept.
    pub trail: Trail,
    /// The part behind `changes/`.
    pub change: ChangeId,
}

/// A kind of resource, by its collection: `registrations`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind(&'static str);

/// The collections of which the change log tells.
const KINDS: [&str; 25] = [
    "categories",
    "checkInLists",
    "checkIns",
    "delegations",
    "events",
    "files",
    "identityDocuments",
    "invitations",
    "itineraries",
    "jobs",
    "letters",
    "links",
    "members",
    "notices",
    "offers",
    "organizations",
    "persons",
    "registrations",
    "releases",
    "resources",
    "rooms",
    "sessions",
    "speakers",
    "stops",
    "tokens",
];

/// One thing that was done.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is known by.
    pub name: ChangeName,
    /// Who did it.
    pub actor: Actor,
    /// What was changed, a resource name.
    pub resource: String,
    /// What was done, a verb in the past.
    pub verb: String,
    /// The state before, as JSON; `None` when there was none, it is not the reader's to see, or its person was erased.
    pub before: Option<String>,
    /// The state after, likewise.
    pub after: Option<String>,
    /// When.
    pub create_time: DateTime<Utc>,
}

/// The states may hold personal data, and so are not shown.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("name", &self.name).field("verb", &self.verb).finish_non_exhaustive()
    }
}

const INSTALLATION: &str = "installation";

impl From<Owner> for Trail {
    fn from(owner: Owner) -> Self {
        Self::Owner(owner)
    }
}

impl From<&EventId> for Trail {
    fn from(event: &EventId) -> Self {
        Self::Owner(Owner::Event(event.clone()))
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installation => f.write_str(INSTALLATION),
            Self::Owner(owner) => owner.fmt(f),
        }
    }
}

impl FromStr for Trail {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text == INSTALLATION {
            return Ok(Self::Installation);
        }
        let pattern = "events/{event}, organizations/{organization} or installation";
        text.parse().map(Self::Owner).map_err(|_: Malformed| Malformed { pattern })
    }
}

impl fmt::Display for ChangeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/changes/{}", self.trail, self.change)
    }
}

impl Kind {
    /// Every kind there is, in the order of their names.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.into_iter().map(Self)
    }

    /// Tells whether a resource is of this kind, by its name: `events/x/registrations/y` is of the `registrations`.
    pub fn covers(self, resource: &str) -> bool {
        resource.rsplit('/').nth(1) == Some(self.0)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl FromStr for Kind {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let found = KINDS.into_iter().find(|kind| *kind == text);
        found.map(Self).ok_or(Malformed { pattern: "a collection of resources that change, such as registrations" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_is_of_the_kind_of_its_own_collection() {
        let kinds = |resource: &str| {
            let kinds = Kind::all().filter(|kind| kind.covers(resource));
            kinds.map(|kind| kind.to_string()).collect::<Vec<_>>()
        };

        assert_eq!(kinds("events/x/itineraries/y/stops/z"), ["stops"]);
        assert_eq!(kinds("events/x"), ["events"]);
        assert_eq!(kinds("registrations"), [] as [&str; 0]);
        assert!(Kind::all().all(|kind| kind.to_string().parse() == Ok(kind)));
    }

    #[test]
    fn trail_reads_back_as_it_was_written() {
        for text in ["installation", "events/ciftis-2023", "organizations/zbra"] {
            assert_eq!(text.parse::<Trail>().unwrap().to_string(), text);
        }
        assert_eq!(
            "installations".parse::<Trail>().unwrap_err().to_string().split_once(", "),
            Some(("expected events/{event}", "organizations/{organization} or installation"))
        );
    }
}
