//! Stops: what a delegation does on its visit, as organisers write it down.
//!
//! A stop may be wrong while it is worked on; what stands in its way is found by [`crate::itinerary::check`], which reads it as
//! [`Stop::facts`].

use chrono::{DateTime, Utc};

use crate::{
    itinerary::{self, CityKey, Course, Mode, Use},
    localized::Localized,
    region::RegionCode,
    resource::{ItineraryName, OrganizationId, PersonName, ResourceName, StopName},
    revision::History,
    zoned::Zoned,
};

/// Something a delegation does, from one place and time to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What it is known by.
    pub name: StopName,
    /// What organisers say of it.
    pub plan: Plan,
    /// When it was created and changed.
    pub history: History,
}

/// What organisers say of a stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it is, and where.
    pub route: Route,
    /// What it is called.
    pub title: Localized,
    /// When it starts, by the clock there.
    pub start: Zoned,
    /// When it ends, by the clock there.
    pub end: Zoned,
    /// An airline, a railway.
    pub carrier: Option<String>,
    /// The number of the flight or train.
    pub number: Option<String>,
    /// What travellers have to know, one thing to a line.
    pub details: Vec<String>,
    /// Whom they meet.
    pub organizations: Vec<OrganizationId>,
    /// Who takes part; the whole delegation, when empty.
    pub travellers: Vec<PersonName>,
    /// What it uses, each resource once.
    pub allocations: Vec<Allocation>,
}

/// What a stop is, and where: a way has two ends, everything else has one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// They travel.
    Way {
        /// By what.
        mode: Mode,
        /// From where.
        from: Place,
        /// To where.
        to: Place,
    },
    /// They have rooms in a hotel.
    Stay {
        /// Which.
        place: Place,
    },
    /// They are somewhere together.
    Occasion {
        /// What for.
        kind: itinerary::Kind,
        /// Where.
        place: Place,
    },
}

/// Somewhere a stop starts, ends or is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is called.
    pub title: Localized,
    /// As a driver needs it.
    pub address: Option<String>,
    /// The city, in English.
    pub city: String,
    /// The country or region.
    pub region_code: RegionCode,
}

/// How much of a resource a stop uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// Which.
    pub resource: ResourceName,
    /// How many of its rooms, seats or people; at least one.
    pub quantity: u32,
}

/// What a stop is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It leads elsewhere.
    Way(Mode),
    /// Nights in a hotel.
    Stay,
    /// Something in one place.
    Occasion(itinerary::Kind),
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 13] = [
        Self::Way(Mode::Flight),
        Self::Way(Mode::Train),
        Self::Way(Mode::Transfer),
        Self::Way(Mode::Car),
        Self::Stay,
        Self::Occasion(itinerary::Kind::Visit),
        Self::Occasion(itinerary::Kind::Meeting),
        Self::Occasion(itinerary::Kind::Meal),
        Self::Occasion(itinerary::Kind::Signing),
        Self::Occasion(itinerary::Kind::Session),
        Self::Occasion(itinerary::Kind::Ceremony),
        Self::Occasion(itinerary::Kind::Free),
        Self::Occasion(itinerary::Kind::Note),
    ];

    /// The word for it in filters and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Way(Mode::Flight) => "FLIGHT",
            Self::Way(Mode::Train) => "TRAIN",
            Self::Way(Mode::Transfer) => "TRANSFER",
            Self::Way(Mode::Car) => "CAR",
            Self::Stay => "STAY",
            Self::Occasion(itinerary::Kind::Visit) => "VISIT",
            Self::Occasion(itinerary::Kind::Meeting) => "MEETING",
            Self::Occasion(itinerary::Kind::Meal) => "MEAL",
            Self::Occasion(itinerary::Kind::Signing) => "SIGNING",
            Self::Occasion(itinerary::Kind::Session) => "SESSION",
            Self::Occasion(itinerary::Kind::Ceremony) => "CEREMONY",
            Self::Occasion(itinerary::Kind::Free) => "FREE",
            Self::Occasion(itinerary::Kind::Note) => "NOTE",
        }
    }

    /// Binds a kind to its places; `None` when a way has no second one, or something else has.
    pub fn at(self, start: Place, end: Option<Place>) -> Option<Route> {
        match (self, end) {
            (Self::Way(mode), Some(to)) => Some(Route::Way { mode, from: start, to }),
            (Self::Stay, None) => Some(Route::Stay { place: start }),
            (Self::Occasion(kind), None) => Some(Route::Occasion { kind, place: start }),
            (Self::Way(_), None) | (Self::Stay | Self::Occasion(_), Some(_)) => None,
        }
    }
}

impl Place {
    /// What tells its city from others.
    pub fn city_key(&self) -> CityKey {
        CityKey { region: self.region_code, city: self.city.clone() }
    }
}

impl Route {
    /// What it is, in one word.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Way { mode, .. } => Kind::Way(*mode),
            Self::Stay { .. } => Kind::Stay,
            Self::Occasion { kind, .. } => Kind::Occasion(*kind),
        }
    }

    /// Where it starts.
    pub fn start(&self) -> &Place {
        match self {
            Self::Way { from: place, .. } | Self::Stay { place } | Self::Occasion { place, .. } => place,
        }
    }

    /// Where it ends, when that is elsewhere.
    pub fn end(&self) -> Option<&Place> {
        match self {
            Self::Way { to, .. } => Some(to),
            Self::Stay { .. } | Self::Occasion { .. } => None,
        }
    }

    fn course(&self) -> Course {
        match self {
            Self::Way { mode, from, to } => Course::Leg { mode: *mode, from: from.city_key(), to: to.city_key() },
            Self::Stay { place } => Course::Stay { city: place.city_key() },
            Self::Occasion { kind, place } => Course::Occasion { kind: *kind, city: place.city_key() },
        }
    }
}

/// Creates a stop.
pub fn create(name: StopName, plan: Plan, now: DateTime<Utc>) -> Stop {
    Stop { name, plan, history: History::begin(now) }
}

impl Stop {
    /// The stop's resource name.
    pub fn name(&self) -> &StopName {
        &self.name
    }

    /// Of which itinerary it is.
    pub fn itinerary(&self) -> ItineraryName {
        ItineraryName { event: self.name.event.clone(), itinerary: self.name.itinerary }
    }

    /// Changes what organisers say of it.
    #[must_use]
    pub fn revise(self, plan: Plan, now: DateTime<Utc>) -> Self {
        Self { plan, history: self.history.next(now), ..self }
    }

    /// Who takes part: those it names, or the whole delegation.
    pub fn travellers<'a>(&'a self, delegation: &'a [PersonName]) -> &'a [PersonName] {
        if self.plan.travellers.is_empty() { delegation } else { &self.plan.travellers }
    }

    /// What an itinerary is checked by.
    pub fn facts(&self, delegation: &[PersonName]) -> itinerary::Stop {
        let uses = self.plan.allocations.iter();
        itinerary::Stop {
            key: self.name.clone(),
            start: self.plan.start,
            end: self.plan.end,
            course: self.plan.route.course(),
            travellers: self.travellers(delegation).to_vec(),
            uses: uses
                .map(|Allocation { resource, quantity }| Use { resource: resource.clone(), quantity: *quantity })
                .collect(),
        }
    }
}
