//! The hosts, venues and shared pools of an event, as its row says them.

use attache_domain::event::{Host, HostRole, Position, SharedPool, Venue};
use serde::{Deserialize, Serialize};

use super::TABLE;
use crate::store::{StoreError, error::column, times::Text};

#[derive(Serialize, Deserialize)]
pub(super) struct HostJson {
    organization: String,
    role: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct VenueJson {
    title: Option<Text>,
    address_lines: Vec<String>,
    city: String,
    region_code: Option<String>,
    #[serde(default)]
    position: Option<(f64, f64)>,
    #[serde(default)]
    time_zone: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SharedPoolJson {
    id: String,
    title: Text,
    capacity: u32,
    categories: Vec<String>,
}

impl From<&SharedPool> for SharedPoolJson {
    fn from(pool: &SharedPool) -> Self {
        let SharedPool { id, title, capacity, categories } = pool;
        Self {
            id: id.to_string(),
            title: title.into(),
            capacity: *capacity,
            categories: categories.iter().map(ToString::to_string).collect(),
        }
    }
}

impl TryFrom<&SharedPoolJson> for SharedPool {
    type Error = StoreError;

    fn try_from(pool: &SharedPoolJson) -> Result<Self, StoreError> {
        let category = |id: &String| column(TABLE, "shared_pools", id);
        Ok(Self {
            id: column(TABLE, "shared_pools", &pool.id)?,
            title: pool.title.localized(TABLE)?,
            capacity: pool.capacity,
            categories: pool.categories.iter().map(category).collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Host> for HostJson {
    fn from(host: &Host) -> Self {
        let role = match host.role {
            HostRole::Host => "HOST",
            HostRole::CoHost => "CO_HOST",
            HostRole::Organizer => "ORGANIZER",
            HostRole::Supporter => "SUPPORTER",
        };
        Self { organization: host.organization.to_string(), role: role.to_owned() }
    }
}

impl TryFrom<&HostJson> for Host {
    type Error = StoreError;

    fn try_from(host: &HostJson) -> Result<Self, StoreError> {
        let role = match host.role.as_str() {
            "HOST" => HostRole::Host,
            "CO_HOST" => HostRole::CoHost,
            "ORGANIZER" => HostRole::Organizer,
            "SUPPORTER" => HostRole::Supporter,
            _ => return Err(StoreError::Corrupt { table: TABLE, column: "hosts" }),
        };
        Ok(Self { organization: column(TABLE, "hosts", &host.organization)?, role })
    }
}

impl From<&Venue> for VenueJson {
    fn from(venue: &Venue) -> Self {
        let Venue { title, address_lines, city, region_code, position, time_zone } = venue;
        Self {
            title: title.as_ref().map(Text::from),
            address_lines: address_lines.clone(),
            city: city.clone(),
            region_code: region_code.map(|code| code.as_str().to_owned()),
            position: position.map(|position| (position.latitude(), position.longitude())),
            time_zone: time_zone.map(|zone| zone.to_string()),
        }
    }
}

impl TryFrom<VenueJson> for Venue {
    type Error = StoreError;

    fn try_from(venue: VenueJson) -> Result<Self, StoreError> {
        let VenueJson { title, address_lines, city, region_code, position, time_zone } = venue;
        let corrupt = || StoreError::Corrupt { table: TABLE, column: "venue" };
        let position = position.map(|(north, east)| Position::new(north, east).ok_or_else(corrupt)).transpose()?;
        Ok(Self {
            title: title.map(|title| title.localized(TABLE)).transpose()?,
            address_lines,
            city,
            region_code: region_code.map(|code| column(TABLE, "venue", &code)).transpose()?,
            position,
            time_zone: time_zone.map(|zone| column(TABLE, "venue", &zone)).transpose()?,
        })
    }
}
