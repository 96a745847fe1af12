//! What the stops of visits use: hotel rooms, vehicles, guides, interpreters. On the wire each is a resource.

use chrono::{DateTime, Utc};

use crate::{
    itinerary::{self, Sharing},
    localized::Localized,
    resource::{ResourceId, ResourceName},
    revision::History,
};

/// Something that stops use, of which there is so much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What it is known by.
    pub name: ResourceName,
    /// What organisers say of it.
    pub plan: Plan,
    /// When it was created and changed.
    pub history: History,
}

/// What organisers say of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    pub title: Localized,
    /// How many rooms, seats or people it has; at least one.
    pub capacity: u32,
    /// The city where it is, in English.
    pub city: Option<String>,
    /// Whom to call about it.
    pub contact_name: Option<String>,
    /// Their telephone number.
    pub contact_phone_number: Option<String>,
}

/// What a resource is, and so in what its capacity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rooms of one hotel.
    HotelRoom,
    /// One car, van or coach, in seats.
    Vehicle,
    /// Guides, in people.
    Guide,
    /// Interpreters, in people.
    Interpreter,
    /// Anything else, in pieces.
    Other,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 5] = [Self::HotelRoom, Self::Vehicle, Self::Guide, Self::Interpreter, Self::Other];

    /// The word for it in filters and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::HotelRoom => "HOTEL_ROOM",
            Self::Vehicle => "VEHICLE",
            Self::Guide => "GUIDE",
            Self::Interpreter => "INTERPRETER",
            Self::Other => "OTHER",
        }
    }

    /// Whether several stops can use it at the same time: a van with free seats is still in one place only.
    pub const fn sharing(self) -> Sharing {
        match self {
            Self::Vehicle => Sharing::OneStop,
            Self::HotelRoom | Self::Guide | Self::Interpreter | Self::Other => Sharing::ManyStops,
        }
    }
}

/// Creates a resource.
pub fn create(name: ResourceName, plan: Plan, now: DateTime<Utc>) -> Resource {
    Resource { name, plan, history: History::begin(now) }
}

impl Resource {
    /// The last part of its name.
    pub fn id(&self) -> ResourceId {
        self.name.resource
    }

    /// Changes what organisers say of it.
    #[must_use]
    pub fn revise(self, plan: Plan, now: DateTime<Utc>) -> Self {
        Self { plan, history: self.history.next(now), ..self }
    }

    /// What an itinerary is checked against.
    pub fn facts(&self) -> itinerary::Resource {
        itinerary::Resource { key: self.name.clone(), capacity: self.plan.capacity, sharing: self.plan.kind.sharing() }
    }
}
