//! What the samples say of the forum's programme: rooms, sessions, and what is signed in them.

use attache_client::v1;
use serde::{Deserialize, Deserializer};

use super::{Text, Time, word};

/// The programme of an event.
pub(in crate::demo) struct Programme {
    /// The id of the event.
    pub(in crate::demo) event: String,
    pub(in crate::demo) rooms: Vec<Room>,
    pub(in crate::demo) sessions: Vec<Session>,
}

#[derive(Deserialize)]
pub(in crate::demo) struct Room {
    pub(in crate::demo) id: String,
    pub(in crate::demo) title: Text,
    pub(in crate::demo) capacity: i32,
}

#[derive(Deserialize)]
pub(in crate::demo) struct Session {
    pub(in crate::demo) key: String,
    #[serde(deserialize_with = "session_kind")]
    pub(in crate::demo) kind: v1::SessionKind,
    pub(in crate::demo) title: Text,
    /// The id of the room.
    pub(in crate::demo) room: String,
    pub(in crate::demo) start_time: Time,
    pub(in crate::demo) end_time: Time,
    /// Keys of people, in the order of the programme.
    pub(in crate::demo) speakers: Vec<String>,
    pub(in crate::demo) signing: Option<Signing>,
}

#[derive(Deserialize)]
pub(in crate::demo) struct Signing {
    pub(in crate::demo) document_title: Text,
    pub(in crate::demo) language_codes: Vec<String>,
    pub(in crate::demo) parties: Vec<Party>,
    /// Keys of people.
    pub(in crate::demo) witnesses: Vec<String>,
}

/// Who enters into an agreement, and who signs for them.
#[derive(Deserialize)]
pub(in crate::demo) struct Party {
    pub(in crate::demo) organization: String,
    /// The key of a person.
    pub(in crate::demo) signatory: String,
}

fn session_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<v1::SessionKind, D::Error> {
    word(deserializer, "SESSION_KIND", v1::SessionKind::from_str_name)
}
