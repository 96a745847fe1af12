//! From the sessions as they are planned to the programme that the public goes by.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Entry, Finding, Plan, Release, SessionKey, check};
use crate::{
    engagement::{Commitment, Engagement},
    event::Event,
    interval::Interval,
    itinerary::LiveVisit,
    localized::Localized,
    resource::{PersonName, RoomId, SessionId},
    room::Room,
    session::{Kind, Session, Signing, Slot},
    speaker::{Role, Speaker},
};

/// The schedule of an event as it is being planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The event.
    pub event: Event,
    /// All its rooms.
    pub rooms: Vec<Room>,
    /// All its sessions, placed or not.
    pub sessions: Vec<Session>,
    /// All speakers of all sessions.
    pub speakers: Vec<Speaker>,
    /// The live visits of the event, which take speakers somewhere else.
    pub visits: Vec<LiveVisit>,
}

/// What a programme says of one session. Only sessions that have a time are in a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The session.
    pub session: SessionId,
    /// What kind of item it is.
    pub kind: Kind,
    /// What the programme calls it.
    pub title: Localized,
    /// What it is about.
    pub description: Option<Localized>,
    /// When it is.
    pub slot: Slot,
    /// Where it is, if that was decided.
    pub place: Option<Place>,
    /// Who appears, in the order of the list.
    pub appearances: Vec<Appearance>,
    /// The sequence number of calendars: it rises when the session is at another time or in another room than before.
    pub sequence: u32,
}

/// A room as a programme names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which room.
    pub room: RoomId,
    /// What the signs said when the programme was made.
    pub title: Localized,
}

/// Somebody who appears in a session. What they are called is kept with the person and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// Who.
    pub person: PersonName,
    /// As what.
    pub role: Role,
}

impl Draft {
    /// Finds everything that stands in the way of the schedule.
    pub fn findings(&self) -> Vec<Finding> {
        let Event { plan, .. } = &self.event;
        // An event ends after it begins, its own rule refuses any other: there is always a window.
        let Ok(window) = Interval::between(&plan.start, &plan.end) else { return Vec::new() };
        let rooms = self.rooms.iter().map(|room| super::Room { id: room.id.clone(), capacity: room.plan.capacity });
        let sessions = self.sessions.iter().map(|session| self.planned(session));
        let engagements = self.visits.iter().flat_map(LiveVisit::engagements_elsewhere);
        let (rooms, sessions) = (rooms.collect(), sessions.collect());
        let plan = Plan { window, rooms, sessions, engagements: engagements.collect() };
        let mut findings = check(&plan);
        findings.retain(|finding| !self.is_meant(finding));
        findings.extend(self.unsigned().into_iter().map(|session| Finding::WithoutSignatory { session }));
        findings
    }

    /// Gives the signings in which a party has nobody to sign, by id.
    fn unsigned(&self) -> BTreeSet<SessionKey> {
        let lacks = |session: &&Session| session.plan.signing().is_some_and(Signing::lacks_signatory);
        self.sessions.iter().filter(lacks).map(|session| SessionKey(session.id.to_string())).collect()
    }

    /// Gives where people have to be by its sessions that have a time.
    pub fn engagements(&self) -> Vec<Engagement> {
        let placed = self.sessions.iter().map(|session| self.planned(session));
        let placed = placed.filter_map(|session| Some((session.slot?, session.key, session.speakers)));
        let attended = placed.flat_map(|(interval, key, speakers)| {
            let activity = Commitment::Session(key);
            speakers.into_iter().map(move |subject| Engagement { subject, activity: activity.clone(), interval })
        });
        attended.collect()
    }

    /// Gives the programme that a release of the draft would have, in the order of time; `last` is what it would replace.
    pub fn programme(&self, last: Option<&Release>) -> Vec<Item> {
        let mut items: Vec<Item> = self.sessions.iter().filter_map(|session| self.item(session, last)).collect();
        items.sort_by_key(|item| (item.slot.interval(), item.session));
        items
    }

    /// Gives when anything of the draft was last changed.
    pub fn update_time(&self) -> DateTime<Utc> {
        let rooms = self.rooms.iter().map(|room| room.history.update_time);
        let sessions = self.sessions.iter().map(|session| session.history.update_time);
        let speakers = self.speakers.iter().map(|speaker| speaker.history.update_time);
        rooms.chain(sessions).chain(speakers).fold(self.event.history.update_time, DateTime::max)
    }

    fn planned(&self, session: &Session) -> super::Session {
        let appearances = self.appearances(session);
        super::Session {
            key: SessionKey(session.id.to_string()),
            title: session.plan.title.clone(),
            slot: session.plan.slot.map(|slot| slot.interval()),
            room: session.plan.room.clone(),
            speakers: people(&appearances, session.plan.signing()),
            expected: None,
        }
    }

    /// Tells whether a finding says nothing to anybody: nobody speaks in a coffee break, and who signs is asked of a signing instead.
    fn is_meant(&self, finding: &Finding) -> bool {
        match finding {
            Finding::WithoutSpeaker { session } => {
                let session = self.sessions.iter().find(|known| known.id.to_string() == session.0);
                session.is_some_and(|session| match session.plan.kind {
                    Kind::Break | Kind::Other | Kind::Signing(_) => true,
                    Kind::Opening | Kind::Talk | Kind::Panel => false,
                })
            }
            Finding::RoomDoubleBooked { .. }
            | Finding::PersonDoubleBooked { .. }
            | Finding::PersonOnVisit { .. }
            | Finding::OutsideEvent { .. }
            | Finding::WithoutTime { .. }
            | Finding::WithoutRoom { .. }
            | Finding::WithoutSignatory { .. }
            | Finding::UnknownRoom { .. }
            | Finding::RoomTooSmall { .. } => false,
        }
    }

    fn item(&self, session: &Session, last: Option<&Release>) -> Option<Item> {
        let slot = session.plan.slot?;
        let room = session.plan.room.as_ref().and_then(|id| self.rooms.iter().find(|room| room.id == *id));
        let place = room.map(|room| Place { room: room.id.clone(), title: room.plan.title.clone() });
        Some(Item {
            session: session.id,
            kind: session.plan.kind.clone(),
            title: session.plan.title.clone(),
            description: session.plan.description.clone(),
            slot,
            sequence: last.map_or(0, |last| last.next_sequence(session.id, slot, place.as_ref())),
            place,
            appearances: self.appearances(session),
        })
    }

    fn appearances(&self, session: &Session) -> Vec<Appearance> {
        let mut speakers: Vec<&Speaker> =
            self.speakers.iter().filter(|speaker| speaker.session == session.id).collect();
        speakers.sort_by_key(|speaker| (speaker.part.position, speaker.history.create_time, speaker.id));
        let appearance =
            |speaker: &&Speaker| Appearance { person: speaker.part.person.clone(), role: speaker.part.role };
        speakers.iter().map(appearance).collect()
    }
}

impl Item {
    /// Gives who has to be there, each once: those who appear, those who sign and those who stand by.
    pub fn people(&self) -> Vec<PersonName> {
        let signing = match &self.kind {
            Kind::Signing(signing) => Some(signing.as_ref()),
            Kind::Opening | Kind::Talk | Kind::Panel | Kind::Break | Kind::Other => None,
        };
        people(&self.appearances, signing)
    }

    /// Gives what two programmes are compared by.
    pub fn entry(&self) -> Entry {
        Entry {
            session: SessionKey(self.session.to_string()),
            title: self.title.clone(),
            slot: self.slot.interval(),
            room: self.place.as_ref().map(|place| place.room.clone()),
        }
    }
}

fn people(appearances: &[Appearance], signing: Option<&Signing>) -> Vec<PersonName> {
    let appearing = appearances.iter().map(|appearance| &appearance.person);
    let signing = signing.into_iter().flat_map(|signing| signing.signatories.iter().chain(&signing.witnesses));
    let mut seen = BTreeSet::new();
    appearing.chain(signing).filter(|person| seen.insert(*person)).cloned().collect()
}
