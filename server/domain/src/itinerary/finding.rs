//! What can stand in the way of an itinerary.

use chrono::{NaiveDate, TimeDelta};

use super::{CityKey, Severity};
use crate::{
    engagement::Commitment,
    interval::Interval,
    resource::{PersonName, ResourceName, StopName},
    schedule::SessionKey,
};

/// Says whose stops do not get along over a resource, the itinerary's own being among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rivalry {
    /// The stops of the itinerary by themselves.
    Within,
    /// Its stops with what other itineraries hold, which were released first.
    Held,
    /// Its stops with what other itineraries want too; whoever is released first gets it.
    Wanted,
}

/// Says how much of a resource is wanted when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want<'a> {
    /// Of which resource.
    pub resource: &'a ResourceName,
    /// When.
    pub interval: Interval,
    /// How much: in what the resource is counted, or in stops when it serves one at a time.
    pub wanted: u64,
    /// How much there is, counted as what is wanted.
    pub capacity: u32,
}

/// Says one thing that stands in the way of an itinerary, with all that is concerned.
///
/// Its text names nobody; who may see who is concerned is for others to decide.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// The stop ends at or before the instant it starts, whatever the clocks there show.
    #[error("a stop ends before it starts")]
    EndsBeforeItStarts {
        /// The stop.
        stop: StopName,
    },
    /// The stop is not on days of the visit; a leg in may have left before the first, and a leg out may arrive after
    /// the last.
    #[error("a stop lies outside the days of the visit")]
    OutsideVisit {
        /// The stop.
        stop: StopName,
    },
    /// A traveller is wanted in two places at the same time.
    #[error("a traveller is wanted in two places at the same time")]
    TravellerOverlap {
        /// Who.
        traveller: PersonName,
        /// What starts earlier.
        first: Commitment,
        /// What starts meanwhile.
        second: Commitment,
        /// The time for which both want them.
        overlap: Interval,
    },
    /// A traveller has two beds for the same night or nights.
    #[error("a traveller has two stays for the same night")]
    TwoStays {
        /// Who.
        traveller: PersonName,
        /// The stay that starts earlier.
        first: StopName,
        /// The other stay.
        second: StopName,
        /// The day before the first of these nights.
        night: NaiveDate,
    },
    /// A traveller is in one city and next in another, and no leg leads there.
    #[error("a traveller's next stop is in another city, and no leg leads there")]
    PlaceDiscontinuity {
        /// Who.
        traveller: PersonName,
        /// The stop they come from.
        after: StopName,
        /// Where it leaves them.
        from: CityKey,
        /// The stop they are to be at next.
        before: StopName,
        /// Where it is.
        to: CityKey,
    },
    /// A traveller has a bed in one city for a night that finds them in another.
    #[error("a traveller has a stay in one city for a night in another")]
    NightElsewhere {
        /// Who.
        traveller: PersonName,
        /// The stay.
        stay: StopName,
        /// The day before the first such night.
        night: NaiveDate,
        /// Where they are.
        city: CityKey,
    },
    /// A traveller has neither a bed nor a seat in a plane or train for a night.
    #[error("a traveller has no stay for a night")]
    NightWithoutStay {
        /// Who.
        traveller: PersonName,
        /// The day before the night.
        night: NaiveDate,
    },
    /// A flight or train leaves too soon after the leg that brings a traveller to it.
    #[error("a connection is shorter than it should be")]
    ShortConnection {
        /// Who.
        traveller: PersonName,
        /// The leg that arrives.
        arriving: StopName,
        /// The flight or train that leaves.
        leaving: StopName,
        /// How long is left between them.
        gap: TimeDelta,
        /// How long should be left.
        minimum: TimeDelta,
    },
    /// A car or a guide is wanted by two stops at the same time.
    #[error("a resource is wanted by two stops at the same time")]
    ResourceOverlap {
        /// Which.
        resource: ResourceName,
        /// The stop that starts earlier.
        first: StopName,
        /// The other stop.
        second: StopName,
        /// The time for which both want it.
        overlap: Interval,
        /// Whose stops they are.
        rivalry: Rivalry,
    },
    /// More seats, beds or rooms are wanted than there are.
    #[error("{wanted} are wanted of a resource that has {capacity}")]
    OverCapacity {
        /// Which.
        resource: ResourceName,
        /// When.
        interval: Interval,
        /// How many are wanted.
        wanted: u64,
        /// How many there are.
        capacity: u32,
        /// The stops that want them.
        stops: Vec<StopName>,
        /// Whose stops they are.
        rivalry: Rivalry,
    },
    /// A stop uses what the visit does not have, or no longer has.
    #[error("a stop uses a resource that is not one of the visit's")]
    UnknownResource {
        /// The stop.
        stop: StopName,
        /// What it is said to use.
        resource: ResourceName,
    },
}

impl Finding {
    /// Gives its one word, by which programs tell findings apart.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::EndsBeforeItStarts { .. } => "ends_before_it_starts",
            Self::OutsideVisit { .. } => "outside_visit",
            Self::TravellerOverlap { .. } => "traveller_overlap",
            Self::TwoStays { .. } => "two_stays",
            Self::PlaceDiscontinuity { .. } => "place_discontinuity",
            Self::NightElsewhere { .. } => "night_elsewhere",
            Self::NightWithoutStay { .. } => "night_without_stay",
            Self::ShortConnection { .. } => "short_connection",
            Self::ResourceOverlap { .. } => "resource_overlap",
            Self::OverCapacity { .. } => "over_capacity",
            Self::UnknownResource { .. } => "unknown_resource",
        }
    }

    /// Tells whether it has to be dealt with: what people arrange for themselves, a night at a friend's or a ride, may
    /// be meant, and what others only want is still to be had. Nobody can be in two places, whoever is released first.
    pub fn severity(&self) -> Severity {
        match self {
            Self::EndsBeforeItStarts { .. }
            | Self::OutsideVisit { .. }
            | Self::TravellerOverlap { .. }
            | Self::UnknownResource { .. } => Severity::Error,
            Self::ResourceOverlap { rivalry, .. } | Self::OverCapacity { rivalry, .. } => match rivalry {
                Rivalry::Within | Rivalry::Held => Severity::Error,
                Rivalry::Wanted => Severity::Warning,
            },
            Self::TwoStays { .. }
            | Self::PlaceDiscontinuity { .. }
            | Self::NightElsewhere { .. }
            | Self::NightWithoutStay { .. }
            | Self::ShortConnection { .. } => Severity::Warning,
        }
    }

    /// Gives the traveller it is about, if it is about one.
    pub fn traveller(&self) -> Option<&PersonName> {
        match self {
            Self::TravellerOverlap { traveller, .. }
            | Self::TwoStays { traveller, .. }
            | Self::PlaceDiscontinuity { traveller, .. }
            | Self::NightElsewhere { traveller, .. }
            | Self::NightWithoutStay { traveller, .. }
            | Self::ShortConnection { traveller, .. } => Some(traveller),
            Self::EndsBeforeItStarts { .. }
            | Self::OutsideVisit { .. }
            | Self::ResourceOverlap { .. }
            | Self::OverCapacity { .. }
            | Self::UnknownResource { .. } => None,
        }
    }

    /// Gives the resource it is about, if it is about one.
    pub fn resource(&self) -> Option<&ResourceName> {
        match self {
            Self::ResourceOverlap { resource, .. }
            | Self::OverCapacity { resource, .. }
            | Self::UnknownResource { resource, .. } => Some(resource),
            Self::EndsBeforeItStarts { .. }
            | Self::OutsideVisit { .. }
            | Self::TravellerOverlap { .. }
            | Self::TwoStays { .. }
            | Self::PlaceDiscontinuity { .. }
            | Self::NightElsewhere { .. }
            | Self::NightWithoutStay { .. }
            | Self::ShortConnection { .. } => None,
        }
    }

    /// Gives the stops it is about, whichever itinerary they are of: the one, those that clash, or none for a night that
    /// has no stop.
    pub fn stops(&self) -> Vec<&StopName> {
        match self {
            Self::EndsBeforeItStarts { stop }
            | Self::OutsideVisit { stop }
            | Self::NightElsewhere { stay: stop, .. }
            | Self::UnknownResource { stop, .. } => vec![stop],
            Self::TwoStays { first, second, .. }
            | Self::PlaceDiscontinuity { after: first, before: second, .. }
            | Self::ShortConnection { arriving: first, leaving: second, .. }
            | Self::ResourceOverlap { first, second, .. } => vec![first, second],
            Self::TravellerOverlap { first, second, .. } => {
                [first, second].into_iter().filter_map(Commitment::stop).collect()
            }
            Self::OverCapacity { stops, .. } => stops.iter().collect(),
            Self::NightWithoutStay { .. } => Vec::new(),
        }
    }

    /// Gives the session of the event it is about, if it is about one.
    pub fn session(&self) -> Option<&SessionKey> {
        match self {
            Self::TravellerOverlap { first, second, .. } => first.session().or(second.session()),
            Self::EndsBeforeItStarts { .. }
            | Self::OutsideVisit { .. }
            | Self::TwoStays { .. }
            | Self::PlaceDiscontinuity { .. }
            | Self::NightElsewhere { .. }
            | Self::NightWithoutStay { .. }
            | Self::ShortConnection { .. }
            | Self::ResourceOverlap { .. }
            | Self::OverCapacity { .. }
            | Self::UnknownResource { .. } => None,
        }
    }

    /// Gives what is wanted although others hold it, if it is about that.
    pub fn taken(&self) -> Option<Want<'_>> {
        match self {
            Self::ResourceOverlap { resource, overlap, rivalry: Rivalry::Held, .. } => {
                Some(Want { resource, interval: *overlap, wanted: 2, capacity: 1 })
            }
            Self::OverCapacity { resource, interval, wanted, capacity, rivalry: Rivalry::Held, .. } => {
                Some(Want { resource, interval: *interval, wanted: *wanted, capacity: *capacity })
            }
            Self::ResourceOverlap { rivalry: Rivalry::Within | Rivalry::Wanted, .. }
            | Self::OverCapacity { rivalry: Rivalry::Within | Rivalry::Wanted, .. }
            | Self::EndsBeforeItStarts { .. }
            | Self::OutsideVisit { .. }
            | Self::TravellerOverlap { .. }
            | Self::TwoStays { .. }
            | Self::PlaceDiscontinuity { .. }
            | Self::NightElsewhere { .. }
            | Self::NightWithoutStay { .. }
            | Self::ShortConnection { .. }
            | Self::UnknownResource { .. } => None,
        }
    }
}
