//! What the samples say of the events of the years before: each with its moment, those who come, and its programme.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Category, Event, Person, Programme, Room, Session, Stopped, Time, parse};

const FILES: [(&str, &str); 3] = [
    ("letter-of-intent.toml", include_str!("../../../samples/letter-of-intent.toml")),
    ("launch.toml", include_str!("../../../samples/launch.toml")),
    ("seminar.toml", include_str!("../../../samples/seminar.toml")),
];

/// An event of the years before.
pub(in crate::demo) struct Earlier {
    /// When its organisers are at work.
    pub(in crate::demo) rehearsal_time: DateTime<Utc>,
    pub(in crate::demo) event: Event,
    pub(in crate::demo) categories: Vec<Category>,
    /// Those whom no other file describes.
    pub(in crate::demo) people: Vec<Person>,
    /// Whom an organiser registers.
    pub(in crate::demo) guests: Vec<Guests>,
    /// Who register on the public page.
    pub(in crate::demo) public: Option<Guests>,
    /// Keys of those who registered and find that they cannot come.
    pub(in crate::demo) withdrawn: Vec<String>,
    /// Keys of those who are offered a place that came free, and decline it.
    pub(in crate::demo) declining: Vec<String>,
    pub(in crate::demo) programme: Programme,
}

/// Some who come in one category.
#[derive(Deserialize)]
pub(in crate::demo) struct Guests {
    /// The id of the category.
    pub(in crate::demo) category: String,
    /// Keys of people.
    pub(in crate::demo) people: Vec<String>,
}

#[derive(Deserialize)]
struct EarlierFile {
    rehearsal_time: Time,
    event: Event,
    categories: Vec<Category>,
    #[serde(default)]
    people: Vec<Person>,
    guests: Vec<Guests>,
    public: Option<Guests>,
    #[serde(default)]
    withdrawn: Vec<String>,
    #[serde(default)]
    declining: Vec<String>,
    rooms: Vec<Room>,
    sessions: Vec<Session>,
}

/// Reads them, the oldest first.
pub(super) fn read() -> Result<Vec<Earlier>, Stopped> {
    FILES.into_iter().map(|(file, text)| Ok(earlier(parse(file, text)?))).collect()
}

fn earlier(file: EarlierFile) -> Earlier {
    let EarlierFile {
        rehearsal_time,
        event,
        categories,
        people,
        guests,
        public,
        withdrawn,
        declining,
        rooms,
        sessions,
    } = file;
    let programme = Programme { event: event.id.clone(), rooms, sessions };
    Earlier {
        rehearsal_time: rehearsal_time.moment(),
        event,
        categories,
        people,
        guests,
        public,
        withdrawn,
        declining,
        programme,
    }
}
