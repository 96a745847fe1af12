//! What documents say, sealed under the person's key: passports and cards as JSON, photos as they are.

use attache_domain::{
    identity_document::{CardKind, CardNumber, Contents, IdentityCard, Kind, Passport, Photo},
    name::{NameText, PassportName},
    passport::{Sex, StateCode},
    resource::IdentityDocumentName,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::{TABLE, corrupt};
use crate::{
    store::{StoreError, error::column},
    vault::DataKey,
};

/// What a passport says, as it is sealed.
#[derive(Serialize, Deserialize)]
struct SealedPassport {
    number: String,
    issuing_state: String,
    nationality: String,
    surname: Option<String>,
    given_names: Option<String>,
    birth_date: NaiveDate,
    sex: String,
    issue_date: Option<NaiveDate>,
    expire_date: NaiveDate,
    machine_readable_zone: Option<String>,
}

/// What a card says, as it is sealed.
#[derive(Serialize, Deserialize)]
struct SealedCard {
    number: String,
    full_name: String,
    birth_date: NaiveDate,
    sex: String,
    issue_date: Option<NaiveDate>,
    expire_date: Option<NaiveDate>,
}

/// Seals what a document says; nothing but the document of that name opens it.
pub(super) fn seal(key: &DataKey, name: &IdentityDocumentName, contents: &Contents) -> Result<Vec<u8>, StoreError> {
    let plain = match contents {
        Contents::Passport(passport) => to_json(&SealedPassport::from(passport))?,
        Contents::Card(card) => to_json(&SealedCard::from(card))?,
        Contents::Photo(Photo(jpeg)) => Zeroizing::new(jpeg.clone()),
    };
    Ok(key.seal(&place(name), &plain)?)
}

/// Opens what a document of a kind says.
pub(super) fn open(
    key: &DataKey,
    (name, kind): (&IdentityDocumentName, Kind),
    sealed: &[u8],
) -> Result<Contents, StoreError> {
    let plain = key.open(&place(name), sealed)?;
    let card = |kind: CardKind| read_card(kind, from_json(&plain)?).map(Contents::Card);
    match kind {
        Kind::Passport => from_json::<SealedPassport>(&plain)?.try_into().map(Contents::Passport),
        Kind::PakistaniIdentityCard => card(CardKind::Pakistani),
        Kind::ChineseIdentityCard => card(CardKind::Chinese),
        Kind::HongKongMacauPermit => card(CardKind::HongKongMacau),
        Kind::TaiwanPermit => card(CardKind::Taiwan),
        Kind::Photo => Ok(Contents::Photo(Photo(plain.to_vec()))),
    }
}

/// Seals what one document says anew, for another under another key.
pub(super) fn reseal(
    (from, before): (&DataKey, &IdentityDocumentName),
    (into, after): (&DataKey, &IdentityDocumentName),
    sealed: &[u8],
) -> Result<Vec<u8>, StoreError> {
    Ok(into.seal(&place(after), &from.open(&place(before), sealed)?)?)
}

fn place(name: &IdentityDocumentName) -> String {
    format!("identity_documents/{name}")
}

fn to_json<T: Serialize>(contents: &T) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    serde_json::to_vec(contents).map(Zeroizing::new).map_err(|_| corrupt("contents"))
}

fn from_json<T: DeserializeOwned>(plain: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(plain).map_err(|_| corrupt("contents"))
}

impl From<&IdentityCard> for SealedCard {
    fn from(card: &IdentityCard) -> Self {
        let IdentityCard { number, full_name, birth_date, sex, issue_date, expire_date } = card;
        Self {
            number: number.as_str().to_owned(),
            full_name: full_name.as_str().to_owned(),
            birth_date: *birth_date,
            sex: sex.word().to_owned(),
            issue_date: *issue_date,
            expire_date: *expire_date,
        }
    }
}

fn read_card(kind: CardKind, sealed: SealedCard) -> Result<IdentityCard, StoreError> {
    let SealedCard { number, full_name, birth_date, sex, issue_date, expire_date } = sealed;
    Ok(IdentityCard {
        number: CardNumber::parse(kind, &number).map_err(|_| corrupt("contents"))?,
        full_name: column(TABLE, "contents", &full_name)?,
        birth_date,
        sex: read_sex(&sex)?,
        issue_date,
        expire_date,
    })
}

impl From<&Passport> for SealedPassport {
    fn from(passport: &Passport) -> Self {
        let Passport {
            number,
            issuing_state,
            nationality,
            name,
            birth_date,
            sex,
            issue_date,
            expire_date,
            machine_readable_zone,
        } = passport;
        let part = |part: Option<&NameText>| part.map(|part| part.as_str().to_owned());
        Self {
            number: number.clone(),
            issuing_state: issuing_state.as_str().to_owned(),
            nationality: nationality.as_str().to_owned(),
            surname: part(name.surname()),
            given_names: part(name.given_names()),
            birth_date: *birth_date,
            sex: sex.word().to_owned(),
            issue_date: *issue_date,
            expire_date: *expire_date,
            machine_readable_zone: machine_readable_zone.clone(),
        }
    }
}

impl TryFrom<SealedPassport> for Passport {
    type Error = StoreError;

    fn try_from(contents: SealedPassport) -> Result<Self, StoreError> {
        let SealedPassport {
            number,
            issuing_state,
            nationality,
            surname,
            given_names,
            birth_date,
            sex,
            issue_date,
            expire_date,
            machine_readable_zone,
        } = contents;
        let part = |part: Option<String>| part.map(|text| column(TABLE, "contents", &text)).transpose();
        let name = PassportName::new(part(surname)?, part(given_names)?).map_err(|_| corrupt("contents"))?;
        let state = |code: &str| StateCode::parse(code).ok_or(corrupt("contents"));
        Ok(Self {
            number,
            issuing_state: state(&issuing_state)?,
            nationality: state(&nationality)?,
            name,
            birth_date,
            sex: read_sex(&sex)?,
            issue_date,
            expire_date,
            machine_readable_zone,
        })
    }
}

fn read_sex(word: &str) -> Result<Sex, StoreError> {
    let known = [Sex::Female, Sex::Male, Sex::Unspecified];
    known.into_iter().find(|known| known.word() == word).ok_or(corrupt("contents"))
}
