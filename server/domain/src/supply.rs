//! What the stops of visits use: hotel rooms, vehicles, guides, interpreters. On the wire each is a resource.

use chrono::{DateTime, Utc};

use crate::{
    itinerary,
    localized::Localized,
    pool::{self, Claim, Sharing, Shortage, Supply},
    refusal,
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
            Self::Vehicle => Sharing::OneHolder,
            Self::HotelRoom | Self::Guide | Self::Interpreter | Self::Other => Sharing::ManyHolders,
        }
    }
}

/// Why a resource cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More of it is held at some time than there would be.
    #[error(transparent)]
    Capacity(#[from] pool::Refusal),
    /// Several stops hold it at some time, and it would serve one only.
    #[error("several stops hold the resource at the same time, and it would serve one only")]
    HeldTogether {
        /// Which.
        resource: ResourceName,
    },
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> refusal::Kind {
        match self {
            Self::Capacity(refusal) => refusal.kind(),
            Self::HeldTogether { .. } => refusal::Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Capacity(refusal) => refusal.reason(),
            Self::HeldTogether { .. } => "ERROR_REASON_IN_USE",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Capacity(refusal) => refusal.facts(),
            Self::HeldTogether { resource } => {
                vec![("resource", resource.to_string()), ("referrer", "holds".to_owned())]
            }
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

    /// Changes what organisers say of it, unless what is held of it would no longer fit.
    pub fn revise<H: Ord + Clone>(self, plan: Plan, held: &[Claim<H>], now: DateTime<Utc>) -> Result<Self, Refusal> {
        let after = Self { plan, history: self.history.next(now), ..self };
        let Supply { capacity, sharing } = after.supply();
        let is_overlap = |shortage: &Shortage<H>| matches!(shortage, Shortage::Overlap { .. });
        if pool::shortages(after.supply(), &[], held).iter().any(is_overlap) {
            return Err(Refusal::HeldTogether { resource: after.name });
        }
        let held = pool::most_held(sharing, held);
        if held > capacity {
            let pool = after.name.to_string();
            return Err(pool::Refusal::CapacityBelowHeld { pool, capacity, held }.into());
        }
        Ok(after)
    }

    /// How much of it there is at any time.
    pub fn supply(&self) -> Supply {
        Supply { capacity: self.plan.capacity, sharing: self.plan.kind.sharing() }
    }

    /// What an itinerary is checked against.
    pub fn facts(&self) -> itinerary::Resource {
        itinerary::Resource { key: self.name.clone(), supply: self.supply() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::Interval;

    fn resource(kind: Kind, capacity: u32) -> Resource {
        let name = "events/ciftis-2023/resources/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap();
        let title = Localized::new("Rooms", "").unwrap();
        let plan = Plan { kind, title, capacity, city: None, contact_name: None, contact_phone_number: None };
        create(name, plan, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn resource_keeps_room_for_what_is_held() {
        let rooms = resource(Kind::HotelRoom, 5);
        let night = Interval::new(DateTime::UNIX_EPOCH, "1970-01-02T00:00:00Z".parse().unwrap()).unwrap();
        let held = [("a", 1), ("b", 2)].map(|(holder, quantity)| Claim { interval: night, holder, quantity });
        let revise = |kind, capacity| {
            let plan = resource(kind, capacity).plan;
            rooms.clone().revise(plan, &held, DateTime::UNIX_EPOCH).map(|after| after.plan.capacity)
        };

        assert_eq!(revise(Kind::HotelRoom, 3), Ok(3));
        assert_eq!(
            revise(Kind::HotelRoom, 2),
            Err(Refusal::Capacity(pool::Refusal::CapacityBelowHeld {
                pool: rooms.name.to_string(),
                capacity: 2,
                held: 3
            }))
        );
        assert_eq!(revise(Kind::Vehicle, 9), Err(Refusal::HeldTogether { resource: rooms.name.clone() }));
    }
}
