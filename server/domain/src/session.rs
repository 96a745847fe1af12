//! Sessions: the items of an event's programme while it is being planned.
//!
//! A session may be without time and room, and may clash with others: whatever stands in the way is found when the schedule is checked.
//!
//! **Invariant:** a session refers only to rooms of its event, to people whom the event's controller keeps, and to organisations we know.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{
    event::Event,
    interval::{self, Interval},
    localized::Localized,
    refusal::{self, Violation},
    resource::{EventId, FileName, OrganizationId, PersonName, RoomId, SessionId, SessionName},
    revision::History,
    zoned::Zoned,
};

mod signing;

pub use signing::{DocumentLanguage, Flaw, Part, Signing};

/// One item of an event's programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// In which event.
    pub event: EventId,
    /// What it is known by, in calendars too.
    pub id: SessionId,
    /// What organisers say of it.
    pub plan: Plan,
    /// When it was created and changed.
    pub history: History,
}

/// What organisers say of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What kind of item it is.
    pub kind: Kind,
    /// What the programme calls it.
    pub title: Localized,
    /// What it is about.
    pub description: Option<Localized>,
    /// Where it is, once that is decided.
    pub room: Option<RoomId>,
    /// When it is, once that is decided.
    pub slot: Option<Slot>,
}

/// What kind of item of the programme a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Opens or closes the event.
    Opening,
    /// One or more talks.
    Talk,
    /// Several people before an audience.
    Panel,
    /// Agreements are signed.
    Signing(Box<Signing>),
    /// Coffee, a meal, time to move.
    Break,
    /// Anything else.
    Other,
}

/// When a session is, by the clocks of the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    start: Zoned,
    end: Zoned,
    interval: Interval,
}

impl Slot {
    /// Takes what was typed, refusing an end that is not after the start.
    pub fn new(start: Zoned, end: Zoned) -> Result<Self, interval::Refusal> {
        Ok(Self { start, end, interval: Interval::between(&start, &end)? })
    }

    /// When it begins.
    pub fn start(&self) -> Zoned {
        self.start
    }

    /// When it ends.
    pub fn end(&self) -> Zoned {
        self.end
    }

    /// The time it takes, to compare it with others.
    pub fn interval(&self) -> Interval {
        self.interval
    }
}

/// What of all that a session refers to there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The rooms of the event.
    pub rooms: BTreeSet<RoomId>,
    /// The people, whoever keeps them.
    pub people: BTreeSet<PersonName>,
    /// The organisations.
    pub organizations: BTreeSet<OrganizationId>,
    /// The complete files of the event.
    pub files: BTreeSet<FileName>,
}

/// Why a session cannot be so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It refers to what it may not refer to, whether that exists or not.
    #[error("the session refers to what is not of this event")]
    Foreign(Vec<Foreign>),
}

/// One wrong reference of a session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// The room is not one of the event's.
    #[error("is not a room of this event")]
    Room,
    /// A person is not one whom the event's controller keeps.
    #[error("is not a person whom the event's controller keeps")]
    Person {
        /// Among the `signatories` or the `witnesses`.
        list: &'static str,
        /// At which place of the list, from 0.
        index: usize,
    },
    /// A party is not an organisation we know.
    #[error("is not an organisation that is known here")]
    Party {
        /// At which place of the list, from 0.
        index: usize,
    },
    /// The document is not a complete file of the event.
    #[error("is not a complete file of this event")]
    Document,
}

impl Foreign {
    fn field(&self) -> String {
        match self {
            Self::Room => "session.room".to_owned(),
            Self::Person { list, index } => format!("session.signing.{list}[{index}]"),
            Self::Party { index } => format!("session.signing.parties[{index}]"),
            Self::Document => "session.signing.document_file".to_owned(),
        }
    }
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> refusal::Kind {
        match self {
            Self::Foreign(_) => refusal::Kind::Invalid,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Foreign(_) => "ERROR_REASON_INVALID_FIELDS",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Foreign(_) => Vec::new(),
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let Self::Foreign(references) = self;
        let violation = |reference: &Foreign| {
            let field = reference.field();
            Violation { code: field.clone(), subject: field, description: reference.to_string() }
        };
        references.iter().map(violation).collect()
    }
}

/// Creates a session of an event.
pub fn create(event: &Event, id: SessionId, plan: Plan, known: &Known, now: DateTime<Utc>) -> Result<Session, Refusal> {
    plan.refer_within(event, known)?;
    Ok(Session { event: event.id.clone(), id, plan, history: History::begin(now) })
}

impl Session {
    /// The session's resource name.
    pub fn name(&self) -> SessionName {
        SessionName { event: self.event.clone(), session: self.id }
    }

    /// Changes what organisers say of it.
    pub fn revise(self, event: &Event, plan: Plan, known: &Known, now: DateTime<Utc>) -> Result<Self, Refusal> {
        plan.refer_within(event, known)?;
        Ok(Self { plan, history: self.history.next(now), ..self })
    }
}

impl Plan {
    /// What is signed, when it is a signing.
    pub fn signing(&self) -> Option<&Signing> {
        match &self.kind {
            Kind::Signing(signing) => Some(signing.as_ref()),
            Kind::Opening | Kind::Talk | Kind::Panel | Kind::Break | Kind::Other => None,
        }
    }

    fn refer_within(&self, event: &Event, known: &Known) -> Result<(), Refusal> {
        let mut foreign = Vec::new();
        if self.room.as_ref().is_some_and(|room| !known.rooms.contains(room)) {
            foreign.push(Foreign::Room);
        }
        if let Some(signing) = self.signing() {
            let Signing { parties, signatories, witnesses, document_file, .. } = signing;
            let unknown = |(index, party)| (!known.organizations.contains(party)).then_some(Foreign::Party { index });
            foreign.extend(parties.iter().enumerate().filter_map(unknown));
            let kept =
                |person: &PersonName| person.organization == event.plan.controller && known.people.contains(person);
            for (list, people) in [("signatories", signatories), ("witnesses", witnesses)] {
                let strange = |(index, person)| (!kept(person)).then_some(Foreign::Person { list, index });
                foreign.extend(people.iter().enumerate().filter_map(strange));
            }
            if document_file.as_ref().is_some_and(|file| !known.files.contains(file)) {
                foreign.push(Foreign::Document);
            }
        }
        if foreign.is_empty() { Ok(()) } else { Err(Refusal::Foreign(foreign)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event;

    fn at(local: &str) -> Zoned {
        Zoned::parse(local, "Asia/Shanghai").unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2023-08-01T00:00:00Z".parse().unwrap()
    }

    fn forum() -> Event {
        let plan = event::Plan {
            title: Localized::new("Forum", "").unwrap(),
            start: at("2023-09-05T09:00"),
            end: at("2023-09-05T17:00"),
            controller: "zbra".parse().unwrap(),
            hosts: Vec::new(),
            venue: None,
            registration_open_time: None,
            registration_close_time: None,
            accreditation_end_time: None,
            contact_email: None,
            specimen: false,
            parent: None,
            other_venues: Vec::new(),
            shared_pools: Vec::new(),
            online: None,
        };
        event::create("ciftis-2023".parse().unwrap(), plan, now()).unwrap()
    }

    fn person(organization: &str) -> PersonName {
        format!("organizations/{organization}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d").parse().unwrap()
    }

    #[test]
    fn session_with_foreign_references_is_refused_with_each_of_them() {
        let signing = Signing {
            parties: vec!["zbra".parse().unwrap(), "nobody".parse().unwrap()],
            signatories: vec![person("zbra")],
            witnesses: vec![person("stza")],
            languages: vec!["ur".parse().unwrap()],
            document_title: Localized::new("Memorandum", "").unwrap(),
            document_file: Some("events/ciftis-2023/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap()),
            document_date: None,
            parts: Vec::new(),
        };
        let plan = Plan {
            kind: Kind::Signing(Box::new(signing)),
            title: Localized::new("Signing", "签约").unwrap(),
            description: None,
            room: Some("main-hall".parse().unwrap()),
            slot: None,
        };
        let known = Known {
            rooms: BTreeSet::new(),
            people: [person("zbra"), person("stza")].into(),
            organizations: ["zbra".parse().unwrap()].into(),
            files: BTreeSet::new(),
        };
        let id = "0f1d2a3b-9f57-4b0c-8f29-7f1c3f3e4c5d".parse().unwrap();

        let refusal = create(&forum(), id, plan, &known, now());

        let witness = Foreign::Person { list: "witnesses", index: 0 };
        let all = vec![Foreign::Room, Foreign::Party { index: 1 }, witness, Foreign::Document];
        assert_eq!(refusal, Err(Refusal::Foreign(all)));
    }
}
