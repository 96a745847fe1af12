//! What the samples say of a delegation's visit: the places it leads to, what it uses, and its stops.

use attache_client::v1;
use serde::{Deserialize, Deserializer};

use super::{Text, Time, word};

/// Where a visit leads, and with what.
#[derive(Deserialize)]
pub(in crate::demo) struct Journey {
    pub(in crate::demo) title: Text,
    pub(in crate::demo) places: Vec<Place>,
    pub(in crate::demo) resources: Vec<Resource>,
}

#[derive(Deserialize)]
pub(in crate::demo) struct Place {
    pub(in crate::demo) key: String,
    title: Text,
    /// Left out for places that every driver knows.
    #[serde(default)]
    address: String,
    city: String,
    region_code: String,
}

#[derive(Deserialize)]
pub(in crate::demo) struct Resource {
    pub(in crate::demo) key: String,
    #[serde(deserialize_with = "resource_kind")]
    pub(in crate::demo) kind: v1::ResourceKind,
    pub(in crate::demo) title: Text,
    pub(in crate::demo) city: String,
    pub(in crate::demo) capacity: i32,
}

/// A stop, with its places, resources and people by their keys.
#[derive(Deserialize)]
pub(in crate::demo) struct Stop {
    #[serde(deserialize_with = "stop_kind")]
    pub(in crate::demo) kind: v1::StopKind,
    pub(in crate::demo) title: Text,
    pub(in crate::demo) start_time: Time,
    pub(in crate::demo) end_time: Time,
    /// Where it is, or where it starts.
    #[serde(alias = "origin")]
    pub(in crate::demo) place: String,
    /// Where it ends, when that is another place.
    pub(in crate::demo) destination: Option<String>,
    #[serde(default)]
    pub(in crate::demo) carrier: String,
    #[serde(default)]
    pub(in crate::demo) number: String,
    #[serde(default)]
    pub(in crate::demo) organizations: Vec<String>,
    /// Who takes part; the whole delegation, when nobody is named.
    #[serde(default)]
    pub(in crate::demo) travellers: Vec<String>,
    #[serde(default)]
    pub(in crate::demo) resources: Vec<Use>,
}

/// How much of a resource a stop uses.
#[derive(Deserialize)]
pub(in crate::demo) struct Use {
    pub(in crate::demo) resource: String,
    pub(in crate::demo) quantity: i32,
}

impl From<&Place> for v1::Place {
    fn from(Place { key: _, title, address, city, region_code }: &Place) -> Self {
        Self {
            title: Some(title.into()),
            address: address.clone(),
            city: city.clone(),
            region_code: region_code.clone(),
        }
    }
}

fn resource_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<v1::ResourceKind, D::Error> {
    word(deserializer, "RESOURCE_KIND", v1::ResourceKind::from_str_name)
}

fn stop_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<v1::StopKind, D::Error> {
    word(deserializer, "STOP_KIND", v1::StopKind::from_str_name)
}
