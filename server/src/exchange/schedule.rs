//! A schedule as the formats of the field see it: days of rooms of sessions, all by the clock of the event.
//!
//! The formats group what we keep flat; the grouping is done here, once, after every time was brought to the event's zone: a session
//! typed in another zone stands on the day on which the event's guests see it.

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::zoned::Zoned;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

/// A schedule in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The event's id.
    pub event: String,
    /// The event's title.
    pub title: String,
    /// What the schedule is called: the number of the release, or `draft`.
    pub version: String,
    /// Where it is to be read, an absolute `https` or `http` address.
    pub url: String,
    /// When the event begins; its zone is the schedule's.
    pub start: Zoned,
    /// When the event ends.
    pub end: Zoned,
    /// When the schedule was released, or last changed while it is a draft.
    pub stamp: DateTime<Utc>,
    /// Its sessions.
    pub sessions: Vec<Session>,
}

/// A session in a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What it is known by for ever.
    pub id: Uuid,
    /// How often it was moved.
    pub sequence: u32,
    /// What kind of item it is, a word in lower case.
    pub kind: &'static str,
    /// What the programme calls it.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// When it begins.
    pub start: Zoned,
    /// When it ends.
    pub end: Zoned,
    /// What the signs at its room say, once it has one.
    pub room: Option<String>,
    /// Who appears, in the order of the programme.
    pub speakers: Vec<Speaker>,
}

/// Somebody who appears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// What the person is known by.
    pub id: Uuid,
    /// What the person is called.
    pub name: String,
}

/// One day of a schedule, counted from 1; its sessions by the name of the room.
pub(super) struct Day<'a> {
    pub(super) index: usize,
    pub(super) date: NaiveDate,
    pub(super) start: DateTime<Tz>,
    pub(super) end: DateTime<Tz>,
    pub(super) rooms: BTreeMap<&'a str, Vec<&'a Session>>,
}

/// Where sessions stand that have no room yet: the formats know no session without one.
pub(super) const NO_ROOM: &str = "–";

impl Schedule {
    /// The zone whose clocks the schedule shows.
    pub(super) fn zone(&self) -> Tz {
        self.start.zone()
    }

    /// The event's short name as the formats spell it: four or more of a-z, 0-9 and underscores.
    pub(super) fn acronym(&self) -> String {
        format!("{:_<4}", self.event.replace('-', "_"))
    }

    /// The days on which there is anything, or the first of the event when there is nothing: the formats want one.
    pub(super) fn days(&self) -> Vec<Day<'_>> {
        let mut by_date: BTreeMap<NaiveDate, Vec<&Session>> = BTreeMap::new();
        for session in &self.sessions {
            by_date.entry(self.clock(session.start).date_naive()).or_default().push(session);
        }
        if by_date.is_empty() {
            by_date.insert(self.start.date(), Vec::new());
        }
        let days = by_date.into_iter().enumerate();
        days.map(|(before, (date, sessions))| self.day(before + 1, date, sessions)).collect()
    }

    fn day<'a>(&self, index: usize, date: NaiveDate, mut sessions: Vec<&'a Session>) -> Day<'a> {
        sessions.sort_by_key(|session| (session.start.instant(), session.id));
        let start = sessions.first().map_or(self.start, |session| session.start);
        let end = sessions.iter().map(|session| session.end).max_by_key(Zoned::instant).unwrap_or(self.end);
        let (start, end) = (self.clock(start), self.clock(end));
        let mut rooms: BTreeMap<&str, Vec<&Session>> = BTreeMap::new();
        for session in sessions {
            rooms.entry(session.room_name()).or_default().push(session);
        }
        Day { index, date, start, end, rooms }
    }

    /// What the event's clock shows at a time.
    pub(super) fn clock(&self, time: Zoned) -> DateTime<Tz> {
        time.instant().with_timezone(&self.zone())
    }

    /// The names of its rooms.
    pub(super) fn rooms(&self) -> BTreeSet<&str> {
        self.sessions.iter().map(Session::room_name).collect()
    }

    /// A number for each session, which old programs want beside the identifier. It is made of the identifier, so that it stays the
    /// same from release to release.
    pub(super) fn numbers(&self) -> BTreeMap<Uuid, u32> {
        let mut taken = BTreeSet::new();
        let mut sessions: Vec<Uuid> = self.sessions.iter().map(|session| session.id).collect();
        sessions.sort_unstable();
        let number = |id: Uuid| {
            let [.., a, b, c, d] = id.into_bytes();
            let mut number = (u32::from_be_bytes([a, b, c, d]) >> 1).max(1);
            while !taken.insert(number) {
                number += 1;
            }
            (id, number)
        };
        sessions.into_iter().map(number).collect()
    }

    /// The last part of a session's address.
    pub(super) fn slug(&self, session: &Session) -> String {
        format!("{}-{}", self.acronym(), session.id)
    }

    /// Where a session is to be read.
    pub(super) fn url_of(&self, session: &Session) -> String {
        format!("{}#{}", self.url, session.id)
    }
}

impl Session {
    /// The name of its room, or what stands in its place.
    pub(super) fn room_name(&self) -> &str {
        self.room.as_deref().unwrap_or(NO_ROOM)
    }

    /// How long it takes, in hours and minutes.
    pub(super) fn duration(&self) -> String {
        let minutes = self.start.until(&self.end).num_minutes();
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// Writes a time with its offset.
pub(super) fn moment(time: DateTime<Tz>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// Makes an identifier for what has only a name; the same name always gives the same.
pub fn guid(event: &str, name: &str) -> Uuid {
    let digest = blake3::hash(format!("{event}\n{name}").as_bytes());
    let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *digest.as_bytes();
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A schedule to try the formats with: a talk in a hall, a break without a room, and a session past midnight typed in another zone.
#[cfg(test)]
pub(super) fn specimen() -> Schedule {
    let id =
        |last: u8| Uuid::from_bytes([0x0f, 0x1d, 0x2a, 0x3b, 0x9f, 0x57, 0x4b, 0x0c, 0x8f, 0x29, 0, 0, 0, 0, 0, last]);
    let at = |local: &str, zone: &str| Zoned::parse(local, zone).unwrap();
    let session = |last, title: &str, start, end| Session {
        id: id(last),
        sequence: 0,
        kind: "talk",
        title: title.to_owned(),
        description: None,
        start,
        end,
        room: None,
        speakers: Vec::new(),
    };
    let beijing = "Asia/Shanghai";
    Schedule {
        event: "ciftis-2023".to_owned(),
        title: "Forum <& fair>".to_owned(),
        version: "2".to_owned(),
        url: "https://desk.example.org/events/ciftis-2023/schedule".to_owned(),
        start: at("2023-09-05T09:00", beijing),
        end: at("2023-09-06T01:30", beijing),
        stamp: "2023-08-01T00:00:00Z".parse().unwrap(),
        sessions: vec![
            Session {
                description: Some("First\u{1} ]]> & \"last\"".to_owned()),
                room: Some("Main Hall".to_owned()),
                speakers: vec![Speaker { id: id(200), name: "Zarmina O'Hara".to_owned() }],
                ..session(2, "主旨演讲", at("2023-09-05T09:40", beijing), at("2023-09-05T10:00", beijing))
            },
            Session {
                kind: "break",
                ..session(3, "Coffee", at("2023-09-05T10:00", beijing), at("2023-09-05T10:30", beijing))
            },
            Session {
                room: Some("Main Hall".to_owned()),
                ..session(4, "Online", at("2023-09-05T21:30", "Asia/Karachi"), at("2023-09-05T22:30", "Asia/Karachi"))
            },
        ],
    }
}
