//! How zoned times, days of a history and localised texts lie in rows.

use attache_domain::{
    localized::Localized,
    revision::{History, Revision},
    zoned::Zoned,
};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Json;
use serde::{Serialize, de::DeserializeOwned};

use super::StoreError;

/// Reads a history from the three columns every changing table has.
pub(super) fn history(create_time: DateTime<Utc>, update_time: DateTime<Utc>, revision: i64) -> History {
    History { create_time, update_time, revision: Revision(revision) }
}

/// Reads a time as it was typed.
pub(super) fn zoned(table: &'static str, column: &'static str, local: &str, zone: &str) -> Result<Zoned, StoreError> {
    Zoned::parse(local, zone).map_err(|_| StoreError::Corrupt { table, column })
}

/// Reads a localised text from its two columns.
pub(super) fn localized(table: &'static str, en: Option<&str>, zh: Option<&str>) -> Result<Localized, StoreError> {
    let corrupt = |_| StoreError::Corrupt { table, column: "title_en" };
    Localized::new(en.unwrap_or_default(), zh.unwrap_or_default()).map_err(corrupt)
}

/// Writes a part of a row as JSON.
pub(super) fn to_json<T: Serialize>(table: &'static str, column: &'static str, part: &T) -> Result<Json, StoreError> {
    serde_json::to_value(part).map_err(|_| StoreError::Corrupt { table, column })
}

/// Reads a part of a row that lies as JSON.
pub(super) fn from_json<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    json: &Json,
) -> Result<T, StoreError> {
    T::deserialize(json).map_err(|_| StoreError::Corrupt { table, column })
}

/// A localised text inside a row's JSON.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub(super) struct Text {
    en: Option<String>,
    zh: Option<String>,
}

impl From<&Localized> for Text {
    fn from(text: &Localized) -> Self {
        Self { en: text.en().map(str::to_owned), zh: text.zh().map(str::to_owned) }
    }
}

impl Text {
    /// Reads it as the rules' type.
    pub(super) fn localized(&self, table: &'static str) -> Result<Localized, StoreError> {
        localized(table, self.en.as_deref(), self.zh.as_deref())
    }
}
