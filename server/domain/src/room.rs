//! Rooms: where the sessions of an event are held.

use chrono::{DateTime, Utc};

use crate::{
    localized::Localized,
    resource::{EventId, RoomId, RoomName},
    revision::History,
};

/// A room in which sessions of an event are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// In which event.
    pub event: EventId,
    /// What it is known by in the event.
    pub id: RoomId,
    /// What organisers say of it.
    pub plan: Plan,
    /// When it was created and changed.
    pub history: History,
}

/// What organisers say of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the signs say.
    pub title: Localized,
    /// How many people it takes, if anybody has counted.
    pub capacity: Option<u32>,
    /// On which floor it is, as the building counts.
    pub floor: Option<String>,
    /// How to find it and what is in it.
    pub description: Option<Localized>,
}

/// Creates a room.
pub fn create(name: RoomName, plan: Plan, now: DateTime<Utc>) -> Room {
    Room { event: name.event, id: name.room, plan, history: History::begin(now) }
}

impl Room {
    /// The room's resource name.
    pub fn name(&self) -> RoomName {
        RoomName { event: self.event.clone(), room: self.id.clone() }
    }

    /// Changes what organisers say of it.
    #[must_use]
    pub fn revise(self, plan: Plan, now: DateTime<Utc>) -> Self {
        Self { plan, history: self.history.next(now), ..self }
    }
}
