//! The schedule of an event: what stands in its way before it is released, and what a release changes for those who go
//! by it.
//!
//! A schedule under work may hold anything; nothing is refused while organisers move sessions about, and all that is
//! wrong is found at once when they ask, speakers whom a visit takes elsewhere meanwhile too.
//!
//! **Invariant:** the same facts give the same findings in the same order, whatever order the facts come in.

use crate::{
    engagement::{Commitment, Engagement},
    interval::{Clash, Interval, Occupation, clashes},
    localized::Localized,
    resource::{EventId, PersonName, RoomId, SessionName},
};

mod finding;
pub mod import;
mod programme;
mod release;
mod version;

pub use finding::{Finding, Severity};
pub use programme::{Appearance, Draft, Item, Place};
pub use release::{Change, Entry, Move, changes};
pub use version::{Edition, Refusal, Release, Released, ScheduleName, release, sessions};

/// Tells a session from the others of its event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(pub String);

impl SessionKey {
    /// Gives the session's resource name, when the key is a session's id.
    pub fn name(&self, event: &EventId) -> Option<SessionName> {
        self.0.parse().ok().map(|session| SessionName { event: event.clone(), session })
    }
}

/// Holds what there is to check of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// From the beginning of the event to its end.
    pub window: Interval,
    /// The rooms sessions can be in.
    pub rooms: Vec<Room>,
    /// The sessions, placed or not; each once.
    pub sessions: Vec<Session>,
    /// Where people have to be beside them: on stops of visits.
    pub engagements: Vec<Engagement>,
}

/// Names a room and says how many people it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Which.
    pub id: RoomId,
    /// How many people fit in, if anybody has counted.
    pub capacity: Option<u32>,
}

/// Says when, where and with whom a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub key: SessionKey,
    /// What the programme calls it.
    pub title: Localized,
    /// When it is, once that is decided.
    pub slot: Option<Interval>,
    /// Where it is, once that is decided.
    pub room: Option<RoomId>,
    /// Who has to be there: speakers, chairs, signatories.
    pub speakers: Vec<PersonName>,
    /// How many people are expected, if that is known.
    pub expected: Option<u32>,
}

/// Finds everything that stands in the way of a schedule: rooms and people wanted twice first, then session by session.
pub fn check(plan: &Plan) -> Vec<Finding> {
    let mut sessions: Vec<&Session> = plan.sessions.iter().collect();
    sessions.sort_by_key(|session| &session.key);

    let mut findings = double_bookings(&sessions, &plan.engagements);
    for session in sessions {
        check_placed(session, plan.window, &mut findings);
        check_room(session, &plan.rooms, &mut findings);
    }
    findings
}

/// What a session takes for itself: rooms come before people.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Subject<'a> {
    Room(&'a RoomId),
    Person(&'a PersonName),
}

fn double_bookings(sessions: &[&Session], elsewhere: &[Engagement]) -> Vec<Finding> {
    let in_sessions = sessions.iter().filter_map(|session| Some((session, session.slot?)));
    let in_sessions = in_sessions.flat_map(|(session, interval)| {
        let room = session.room.iter().map(Subject::Room);
        let subjects = room.chain(session.speakers.iter().map(Subject::Person));
        subjects.map(move |subject| Occupation {
            subject,
            activity: Commitment::Session(session.key.clone()),
            interval,
        })
    });
    let elsewhere = elsewhere.iter().map(|Engagement { subject, activity, interval }| Occupation {
        subject: Subject::Person(subject),
        activity: activity.clone(),
        interval: *interval,
    });
    let taken: Vec<Occupation<Subject<'_>, Commitment>> = in_sessions.chain(elsewhere).collect();
    clashes(&taken).iter().filter_map(double_booking).collect()
}

/// Names what clashes, unless it is two stops of visits, which are found where their itineraries are checked.
fn double_booking(clash: &Clash<'_, Subject<'_>, Commitment>) -> Option<Finding> {
    let overlap = clash.overlap;
    match (&clash.first.subject, &clash.first.activity, &clash.second.activity) {
        (Subject::Room(room), Commitment::Session(first), Commitment::Session(second)) => {
            let (room, first, second) = ((*room).clone(), first.clone(), second.clone());
            Some(Finding::RoomDoubleBooked { room, first, second, overlap })
        }
        (Subject::Person(person), Commitment::Session(first), Commitment::Session(second)) => {
            let (person, first, second) = ((*person).clone(), first.clone(), second.clone());
            Some(Finding::PersonDoubleBooked { person, first, second, overlap })
        }
        (Subject::Person(person), Commitment::Session(session), Commitment::Stop(stop))
        | (Subject::Person(person), Commitment::Stop(stop), Commitment::Session(session)) => {
            let (person, session, stop) = ((*person).clone(), session.clone(), stop.clone());
            Some(Finding::PersonOnVisit { person, session, stop, overlap })
        }
        (Subject::Room(_) | Subject::Person(_), Commitment::Stop(_), Commitment::Stop(_))
        | (Subject::Room(_), Commitment::Stop(_), Commitment::Session(_))
        | (Subject::Room(_), Commitment::Session(_), Commitment::Stop(_)) => None,
    }
}

fn check_placed(session: &Session, window: Interval, findings: &mut Vec<Finding>) {
    let key = || session.key.clone();
    match session.slot {
        Some(slot) if !window.encloses(&slot) => findings.push(Finding::OutsideEvent { session: key(), slot, window }),
        Some(_) => {}
        None => findings.push(Finding::WithoutTime { session: key() }),
    }
    if session.room.is_none() {
        findings.push(Finding::WithoutRoom { session: key() });
    }
    if session.speakers.is_empty() {
        findings.push(Finding::WithoutSpeaker { session: key() });
    }
}

fn check_room(session: &Session, rooms: &[Room], findings: &mut Vec<Finding>) {
    let Some(id) = &session.room else { return };
    let Some(room) = rooms.iter().find(|room| room.id == *id) else {
        findings.push(Finding::UnknownRoom { session: session.key.clone(), room: id.clone() });
        return;
    };
    if let (Some(expected), Some(capacity)) = (session.expected, room.capacity)
        && expected > capacity
    {
        findings.push(Finding::RoomTooSmall { session: session.key.clone(), room: id.clone(), expected, capacity });
    }
}

#[cfg(test)]
mod tests;
