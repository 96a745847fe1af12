//! What an import makes of a schedule under work: which rooms, sessions and people it adds, and what it changes of those that are there.
//!
//! Whatever comes from elsewhere is known by an identifier that is made of the one it has there, so that the same file finds what it made
//! before. What is not in the file is left alone: an import takes nothing out but speakers of a session that it tells of.
//!
//! **Invariant:** taking the same twice changes nothing the second time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::Draft;
use crate::{
    event::Event,
    itinerary::LiveVisit,
    language::LanguageTag,
    localized::Localized,
    name::{NameText, PersonName as Name},
    person::{Person, Profile},
    refusal::{self, Violation},
    resource::{FileName, PersonId, PersonName, RoomId, SessionId, SpeakerId},
    revision::History,
    room::{self, Room},
    session::{Kind, Plan, Session, Slot},
    speaker::{Part, Role, Speaker},
};

/// Why nothing of a file is taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not a file of this event, whether it is another's or nobody's.
    #[error("is not a file of this event")]
    ForeignFile,
    /// It is no schedule, or none that can be taken apart.
    #[error("the file cannot be read as a schedule")]
    Unreadable {
        /// Which file.
        file: FileName,
        /// What is wrong with it, and where.
        flaws: Vec<(String, String)>,
    },
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> refusal::Kind {
        match self {
            Self::ForeignFile => refusal::Kind::Invalid,
            Self::Unreadable { .. } => refusal::Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::ForeignFile => "ERROR_REASON_INVALID_FIELDS",
            Self::Unreadable { .. } => "ERROR_REASON_SCHEDULE_UNREADABLE",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::ForeignFile => Vec::new(),
            Self::Unreadable { file, .. } => vec![("resource", file.to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::ForeignFile => {
                let field = "file".to_owned();
                vec![Violation { code: field.clone(), subject: field, description: self.to_string() }]
            }
            Self::Unreadable { flaws, .. } => {
                let violation = |(place, description): &(String, String)| Violation {
                    code: "unreadable".to_owned(),
                    subject: place.clone(),
                    description: description.clone(),
                };
                flaws.iter().map(violation).collect()
            }
        }
    }
}

/// By what something from elsewhere may be known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<Id> {
    /// What it calls itself, if that may be an identifier of ours: a file that was written here comes back.
    pub given: Option<Id>,
    /// What it is called here otherwise; the same for ever.
    pub derived: Id,
}

/// A session as it comes from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Which it is.
    pub session: Known<SessionId>,
    /// What kind of item it is, when that is said; a talk otherwise. What is signed nobody elsewhere can say: a signing stays one.
    pub kind: Option<Kind>,
    /// What the programme calls it, in the languages that are said.
    pub title: Localized,
    /// What it is about, when that is said.
    pub description: Option<Localized>,
    /// When it is.
    pub slot: Slot,
    /// Where it is, when it has a room: what the signs say, and what the room is called when it is not there yet.
    pub room: Option<(RoomId, Localized)>,
    /// Who speaks, in the order of the programme; those who are there stay, when it is not said.
    pub speakers: Option<Vec<Guest>>,
}

/// Somebody who speaks in a session, as they come from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Who it is, of those whom the event's controller keeps.
    pub person: Known<PersonId>,
    /// What they are called.
    pub name: NameText,
    /// What the part is called here, when they have none in the session yet.
    pub part: SpeakerId,
}

/// Something to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Save<T> {
    /// It is new.
    Create(T),
    /// It was another.
    Update {
        /// What it was.
        before: T,
        /// What it is now.
        after: T,
    },
    /// It is no more.
    Delete(T),
}

/// All there is to keep of one session that came, in the order in which it refers to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deeds {
    /// The room, when it is new.
    pub room: Option<Room>,
    /// People who are new or called otherwise.
    pub people: Vec<Save<Person>>,
    /// The session, unless it is as it was.
    pub session: Option<Save<Session>>,
    /// The parts that changed.
    pub speakers: Vec<Save<Speaker>>,
}

/// How many were made, changed and left as they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Made.
    pub created: u32,
    /// Changed.
    pub updated: u32,
    /// Left as they were.
    pub unchanged: u32,
}

/// What an import did so far; a room or a person of several sessions counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Of rooms.
    pub rooms: Count,
    /// Of sessions.
    pub sessions: Count,
    /// Of people.
    pub persons: Count,
}

/// A schedule under work that sessions come into.
#[derive(Clone, Debug)]
pub struct Import {
    event: Event,
    language: LanguageTag,
    rooms: Vec<Room>,
    sessions: BTreeMap<SessionId, Session>,
    speakers: BTreeMap<SessionId, Vec<Speaker>>,
    visits: Vec<LiveVisit>,
    people: BTreeMap<PersonId, Person>,
    /// Rooms and people that were counted.
    counted: (BTreeSet<RoomId>, BTreeSet<PersonId>),
    tally: Tally,
}

/// What became of one thing.
enum Outcome {
    Created,
    Updated,
    Unchanged,
}

impl Count {
    fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            created: self.created + other.created,
            updated: self.updated + other.updated,
            unchanged: self.unchanged + other.unchanged,
        }
    }
}

impl Tally {
    /// Adds what was done in another part of the import.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            rooms: self.rooms.plus(other.rooms),
            sessions: self.sessions.plus(other.sessions),
            persons: self.persons.plus(other.persons),
        }
    }
}

impl<Id: Copy> Known<Id> {
    fn among(&self, is_there: impl Fn(&Id) -> bool) -> Id {
        self.given.filter(is_there).unwrap_or(self.derived)
    }

    /// Gives every identifier that it may have.
    pub fn candidates(&self) -> impl Iterator<Item = Id> + use<Id> {
        self.given.into_iter().chain([self.derived])
    }
}

impl Import {
    /// Begins with a schedule and those of its controller's people whom the sessions may name. Texts that people are written to in a
    /// language are in `language`.
    pub fn into_draft_of(draft: Draft, people: Vec<Person>, language: LanguageTag) -> Self {
        let Draft { event, rooms, sessions, speakers, visits } = draft;
        let mut by_session: BTreeMap<SessionId, Vec<Speaker>> = BTreeMap::new();
        for speaker in speakers {
            by_session.entry(speaker.session).or_default().push(speaker);
        }
        let people = people.into_iter().filter(|person| person.organization == event.plan.controller);
        Self {
            language,
            rooms,
            sessions: sessions.into_iter().map(|session| (session.id, session)).collect(),
            speakers: by_session,
            visits,
            people: people.map(|person| (person.id, person)).collect(),
            counted: Default::default(),
            tally: Tally::default(),
            event,
        }
    }

    /// Takes note of a session that came before, in an earlier part of the import: its room and its people are counted there.
    pub fn skip(&mut self, incoming: &Incoming) {
        self.counted.0.extend(incoming.room.iter().map(|(room, _)| room.clone()));
        self.counted.1.extend(incoming.speakers.iter().flatten().map(|guest| guest.person.derived));
    }

    /// Takes in a session, and tells what there is to keep.
    pub fn take(&mut self, incoming: &Incoming, now: DateTime<Utc>) -> Deeds {
        let mut deeds = Deeds::default();
        let room = incoming.room.as_ref().map(|(id, title)| self.room(id, title, &mut deeds, now));
        let session = self.session(incoming, room, &mut deeds, now);
        if let Some(guests) = &incoming.speakers {
            let people = guests.iter().map(|guest| (self.person(guest, &mut deeds, now), guest.part)).collect();
            self.parts(&session, people, &mut deeds, now);
        }
        let outcome = match (&deeds.session, deeds.speakers.is_empty()) {
            (Some(Save::Create(_)), _) => Outcome::Created,
            (None, true) => Outcome::Unchanged,
            (Some(Save::Update { .. } | Save::Delete(_)) | None, _) => Outcome::Updated,
        };
        self.tally.sessions.add(&outcome);
        deeds
    }

    /// What was done so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The schedule as it is now.
    pub fn draft(self) -> Draft {
        let Self { event, rooms, sessions, speakers, visits, .. } = self;
        let speakers = speakers.into_values().flatten().collect();
        Draft { event, rooms, sessions: sessions.into_values().collect(), speakers, visits }
    }

    /// Finds a room by what its signs say, or by the name it was once made under.
    fn room(&mut self, id: &RoomId, title: &Localized, deeds: &mut Deeds, now: DateTime<Utc>) -> RoomId {
        let first = self.counted.0.insert(id.clone());
        let by_sign = self.rooms.iter().find(|room| room.plan.title.agrees(title));
        let found = by_sign.or_else(|| self.rooms.iter().find(|room| room.id == *id)).map(|room| room.id.clone());
        let (outcome, found) = match found {
            Some(found) => (Outcome::Unchanged, found),
            None => {
                let plan = room::Plan { title: title.clone(), capacity: None, floor: None, description: None };
                let history = History::begin(now);
                let room = Room { event: self.event.id.clone(), id: id.clone(), plan, history };
                self.rooms.push(room.clone());
                deeds.room = Some(room);
                (Outcome::Created, id.clone())
            }
        };
        if first {
            self.tally.rooms.add(&outcome);
        }
        found
    }

    fn session(&mut self, incoming: &Incoming, room: Option<RoomId>, deeds: &mut Deeds, now: DateTime<Utc>) -> Session {
        let id = incoming.session.among(|id| self.sessions.contains_key(id));
        let Incoming { session: _, kind, title, description, slot, room: _, speakers: _ } = incoming.clone();
        let (save, session) = match self.sessions.get(&id) {
            None => {
                let plan = Plan { kind: kind.unwrap_or(Kind::Talk), title, description, room, slot: Some(slot) };
                let session = Session { event: self.event.id.clone(), id, plan, history: History::begin(now) };
                (Some(Save::Create(session.clone())), session)
            }
            Some(before) => {
                let plan = &before.plan;
                // A session that is at the same time by another clock is not moved.
                let stays = plan.slot.filter(|known| known.interval() == slot.interval());
                let described = description.map(|text| match &plan.description {
                    Some(known) => known.overlaid(&text),
                    None => text,
                });
                let plan = Plan {
                    kind: if plan.signing().is_some() { plan.kind.clone() } else { kind.unwrap_or(plan.kind.clone()) },
                    title: plan.title.overlaid(&title),
                    description: described.or_else(|| plan.description.clone()),
                    room,
                    slot: Some(stays.unwrap_or(slot)),
                };
                if plan == before.plan {
                    (None, before.clone())
                } else {
                    let after = Session { plan, history: before.history.clone().next(now), ..before.clone() };
                    (Some(Save::Update { before: before.clone(), after: after.clone() }), after)
                }
            }
        };
        deeds.session = save;
        self.sessions.insert(id, session.clone());
        session
    }

    fn person(&mut self, guest: &Guest, deeds: &mut Deeds, now: DateTime<Utc>) -> PersonName {
        let first = self.counted.1.insert(guest.person.derived);
        let id = guest.person.among(|id| self.people.contains_key(id));
        let organization = self.event.plan.controller.clone();
        let (save, outcome) = match self.people.get(&id) {
            None => {
                let profile = self.profile(guest.name.clone());
                let person = Person { organization: organization.clone(), id, profile, history: History::begin(now) };
                (Some(Save::Create(person)), Outcome::Created)
            }
            // The first name in the file is the one that counts.
            Some(before) if first && before.profile.name.display_name != guest.name => {
                let name = Name { display_name: guest.name.clone(), ..before.profile.name.clone() };
                let after = before.clone().revise(Profile { name, ..before.profile.clone() }, now);
                (Some(Save::Update { before: before.clone(), after }), Outcome::Updated)
            }
            Some(_) => (None, Outcome::Unchanged),
        };
        if first {
            self.tally.persons.add(&outcome);
        }
        if let Some(Save::Create(person) | Save::Update { after: person, .. }) = &save {
            self.people.insert(id, person.clone());
        }
        deeds.people.extend(save);
        PersonName { organization, person: id }
    }

    fn profile(&self, display_name: NameText) -> Profile {
        let name =
            Name { display_name, native_name: None, passport_name: None, form_of_address: None, family_first: false };
        Profile {
            name,
            email: None,
            phone_number: None,
            language: self.language,
            region_code: None,
            time_zone: None,
            affiliation: None,
            position: None,
        }
    }

    /// Gives the parts of a session to those who came, in their order. Who presides or signs keeps that part, and gets no other.
    fn parts(
        &mut self,
        session: &Session,
        people: Vec<(PersonName, SpeakerId)>,
        deeds: &mut Deeds,
        now: DateTime<Utc>,
    ) {
        let signs = |person: &PersonName| {
            let signing = session.plan.signing();
            signing.is_some_and(|signing| signing.signatories.iter().chain(&signing.witnesses).any(|one| one == person))
        };
        let wanted: Vec<(PersonName, SpeakerId)> = people.into_iter().filter(|(person, _)| !signs(person)).collect();
        let is_wanted = |part: &Part| wanted.iter().any(|(person, _)| *person == part.person);
        let parts = self.speakers.entry(session.id).or_default();
        parts.sort_by_key(|speaker| (speaker.part.position, speaker.history.create_time, speaker.id));
        if in_order(parts, &wanted) {
            return;
        }
        let gone = parts.extract_if(.., |speaker| speaker.part.role == Role::Speaker && !is_wanted(&speaker.part));
        deeds.speakers.extend(gone.map(Save::Delete));
        for ((person, id), position) in wanted.into_iter().zip(0..) {
            let mut is_there = false;
            for speaker in parts.iter_mut().filter(|speaker| speaker.part.person == person) {
                is_there = true;
                if speaker.part.position != position {
                    let before = speaker.clone();
                    speaker.part.position = position;
                    speaker.history = before.history.clone().next(now);
                    deeds.speakers.push(Save::Update { before, after: speaker.clone() });
                }
            }
            if !is_there {
                let part = Part { person, role: Role::Speaker, position };
                let (event, history) = (session.event.clone(), History::begin(now));
                let speaker = Speaker { event, session: session.id, id, part, history };
                parts.push(speaker.clone());
                deeds.speakers.push(Save::Create(speaker));
            }
        }
    }
}

/// Tells whether those who are wanted are there, in their order, and no other speaker.
fn in_order(parts: &[Speaker], wanted: &[(PersonName, SpeakerId)]) -> bool {
    let is_wanted = |part: &Part| wanted.iter().any(|(person, _)| *person == part.person);
    let mut seen = BTreeSet::new();
    let present = parts.iter().map(|speaker| &speaker.part);
    let present = present.filter(|part| part.role == Role::Speaker || is_wanted(part)).map(|part| &part.person);
    let present: Vec<&PersonName> = present.filter(|person| seen.insert(*person)).collect();
    present.into_iter().eq(wanted.iter().map(|(person, _)| person))
}

#[cfg(test)]
mod tests;
