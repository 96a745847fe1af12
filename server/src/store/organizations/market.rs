//! What an organisation works in, offers and needs, and whom to ask, as its row says it.

use attache_domain::organization::{Contact, Interest, Sector};
use sea_orm::prelude::Json;
use serde::{Deserialize, Serialize};

use super::TABLE;
use crate::store::{
    StoreError,
    error::column,
    times::{Text, from_json, to_json},
};

#[derive(Serialize, Deserialize)]
struct SectorJson {
    code: String,
    title: Option<Text>,
}

#[derive(Serialize, Deserialize)]
struct InterestJson {
    description: Text,
    sector: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ContactJson {
    title: Text,
    email: Option<String>,
    phone_number: Option<String>,
}

/// Every code that the sectors lie under, a space around each.
pub(super) fn codes(sectors: &[Sector]) -> String {
    let mut codes: Vec<String> = sectors.iter().flat_map(|sector| sector.code.line()).collect();
    codes.sort();
    codes.dedup();
    if codes.is_empty() { String::new() } else { format!(" {} ", codes.join(" ")) }
}

pub(super) fn write_sectors(sectors: &[Sector]) -> Result<Json, StoreError> {
    let written = sectors
        .iter()
        .map(|Sector { code, title }| SectorJson { code: code.to_string(), title: title.as_ref().map(Text::from) });
    to_json(TABLE, "sectors", &written.collect::<Vec<_>>())
}

pub(super) fn read_sectors(json: &Json) -> Result<Vec<Sector>, StoreError> {
    let sectors: Vec<SectorJson> = from_json(TABLE, "sectors", json)?;
    let read = |SectorJson { code, title }| {
        let title = title.map(|title| title.localized(TABLE)).transpose()?;
        Ok(Sector { code: column(TABLE, "sectors", &code)?, title })
    };
    sectors.into_iter().map(read).collect()
}

pub(super) fn write_interests(name: &'static str, interests: &[Interest]) -> Result<Json, StoreError> {
    let written = interests.iter().map(|Interest { description, sector }| InterestJson {
        description: Text::from(description),
        sector: sector.as_ref().map(ToString::to_string),
    });
    to_json(TABLE, name, &written.collect::<Vec<_>>())
}

pub(super) fn read_interests(name: &'static str, json: &Json) -> Result<Vec<Interest>, StoreError> {
    let interests: Vec<InterestJson> = from_json(TABLE, name, json)?;
    let read = |InterestJson { description, sector }| {
        let sector = sector.map(|code| column(TABLE, name, &code)).transpose()?;
        Ok(Interest { description: description.localized(TABLE)?, sector })
    };
    interests.into_iter().map(read).collect()
}

pub(super) fn write_contact(contact: &Contact) -> Result<Json, StoreError> {
    let Contact { title, email, phone_number } = contact;
    let written = ContactJson {
        title: Text::from(title),
        email: email.as_ref().map(|email| email.as_str().to_owned()),
        phone_number: phone_number.clone(),
    };
    to_json(TABLE, "contact", &written)
}

pub(super) fn read_contact(json: &Json) -> Result<Contact, StoreError> {
    let ContactJson { title, email, phone_number } = from_json(TABLE, "contact", json)?;
    let email = email.map(|email| column(TABLE, "contact", &email)).transpose()?;
    Ok(Contact { title: title.localized(TABLE)?, email, phone_number })
}
