//! Where an event takes place.

use chrono_tz::Tz;

use crate::{localized::Localized, region::RegionCode};

/// How many steps there are in a degree.
const STEPS: f64 = 1_000_000.0;

/// Where an event takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    /// What the place is called.
    pub title: Option<Localized>,
    /// The address, one line each.
    pub address_lines: Vec<String>,
    /// The city, in English; may be empty.
    pub city: String,
    /// The region.
    pub region_code: Option<RegionCode>,
    /// Where it is on the map.
    pub position: Option<Position>,
    /// The clock on its wall; that of the event's start, when left out.
    pub time_zone: Option<Tz>,
}

/// A point on the map (WGS 84), kept to a millionth of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    latitude: i32,
    longitude: i32,
}

impl Position {
    /// Takes degrees north and east; `None` when they are not on the globe.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let on_globe = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        on_globe.then(|| Self { latitude: steps(latitude), longitude: steps(longitude) })
    }

    /// Degrees north.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude) / STEPS
    }

    /// Degrees east.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude) / STEPS
    }
}

#[expect(clippy::cast_possible_truncation, reason = "180 degrees have fewer steps than 31 bits can count")]
fn steps(degrees: f64) -> i32 {
    (degrees * STEPS).round() as i32
}
