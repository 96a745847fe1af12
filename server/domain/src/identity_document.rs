//! Identity documents: that a passport, a card, a permit or a photo is in the vault, and what it says once it is taken out.

mod card;
mod passport;
pub mod photo;
mod refusal;

use chrono::{DateTime, Days, NaiveDate, Utc};

pub use card::{CardKind, CardNumber, IdentityCard, NumberFlaw};
pub use passport::{Passport, Warning, examine, is_number, zone_code};
pub use photo::Photo;
pub use refusal::{Contradiction, Misdating, Refusal};

use crate::{
    event::Event,
    resource::{IdentityDocumentId, IdentityDocumentName, PersonName},
};

/// How many days contents are kept when nobody says otherwise, and after an event at most what was put there for it by others than its organisers.
pub const RETENTION: Days = Days::new(90);

/// That a document is in the vault, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityDocument {
    /// Whose it is.
    pub person: PersonName,
    /// What it is known by.
    pub id: IdentityDocumentId,
    /// What it is.
    pub kind: Kind,
    /// The last two characters of its number, to tell two apart; a photo has none.
    pub number_suffix: String,
    /// The last day it is valid, unless it never expires.
    pub expire_date: Option<NaiveDate>,
    /// Whether its contents are there.
    pub state: State,
    /// The day its contents are destroyed.
    pub destroy_date: NaiveDate,
    /// When it was put there.
    pub create_time: DateTime<Utc>,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A passport.
    Passport,
    /// A national identity card of Pakistan.
    PakistaniIdentityCard,
    /// A resident identity card of China.
    ChineseIdentityCard,
    /// A mainland travel permit of a resident of Hong Kong or Macau.
    HongKongMacauPermit,
    /// A mainland travel permit of a resident of Taiwan.
    TaiwanPermit,
    /// A photo of the face.
    Photo,
}

/// Whether a document's contents are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// They are.
    Kept,
    /// They were destroyed.
    Destroyed,
}

/// What a document says or shows. `Debug` hides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Of a passport.
    Passport(Passport),
    /// Of an identity card or a permit.
    Card(IdentityCard),
    /// Of a photo.
    Photo(Photo),
}

/// Puts a document into the vault, to be destroyed on a day: in 90 days, when nobody says otherwise. What was put there for an event, by whoever comes
/// to it or their focal point, is destroyed 90 days after its end at the latest, or after today once it is over.
pub fn keep(
    name: IdentityDocumentName,
    contents: &Contents,
    (destroy_date, event): (Option<NaiveDate>, Option<&Event>),
    now: DateTime<Utc>,
) -> Result<IdentityDocument, Refusal> {
    let today = now.date_naive();
    let latest = event.map(|event| event.plan.end.date().max(today) + RETENTION);
    let destroy_date = destroy_date.or(latest).unwrap_or(today + RETENTION);
    let is_issued_late =
        contents.issue_date().zip(contents.expire_date()).is_some_and(|(issue, expiry)| issue > expiry);
    let misdated = [
        (contents.birth_date().is_some_and(|day| day > today), Misdating::Birth),
        (is_issued_late, Misdating::Issue),
        (destroy_date <= today, Misdating::Destruction),
        (latest.is_some_and(|latest| destroy_date > latest), Misdating::LateDestruction),
    ];
    let misdated: Vec<Misdating> = misdated.into_iter().filter(|(wrong, _)| *wrong).map(|(_, day)| day).collect();
    if !misdated.is_empty() {
        return Err(Refusal::Misdated(contents.kind(), misdated));
    }
    match contents {
        Contents::Passport(passport) => passport.check(today)?,
        Contents::Card(card) => card.check()?,
        Contents::Photo(_) => {}
    }
    Ok(IdentityDocument::put(name, contents, destroy_date, now))
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Passport,
        Self::PakistaniIdentityCard,
        Self::ChineseIdentityCard,
        Self::HongKongMacauPermit,
        Self::TaiwanPermit,
        Self::Photo,
    ];

    /// The word for it on the wire and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passport => "PASSPORT",
            Self::PakistaniIdentityCard => "PAKISTANI_IDENTITY_CARD",
            Self::ChineseIdentityCard => "CHINESE_IDENTITY_CARD",
            Self::HongKongMacauPermit => "HONG_KONG_MACAU_PERMIT",
            Self::TaiwanPermit => "TAIWAN_PERMIT",
            Self::Photo => "PHOTO",
        }
    }

    /// The field of a request that says what one holds.
    const fn field(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::PakistaniIdentityCard
            | Self::ChineseIdentityCard
            | Self::HongKongMacauPermit
            | Self::TaiwanPermit => "identity_card",
            Self::Photo => "photo",
        }
    }
}

impl Contents {
    /// Of what kind of document.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Passport(_) => Kind::Passport,
            Self::Card(card) => card.number.kind().kind(),
            Self::Photo(_) => Kind::Photo,
        }
    }

    /// The picture, where it is a photo: a JPEG.
    pub fn photo(self) -> Option<Vec<u8>> {
        match self {
            Self::Photo(Photo(jpeg)) => Some(jpeg),
            Self::Passport(_) | Self::Card(_) => None,
        }
    }

    fn number(&self) -> &str {
        match self {
            Self::Passport(passport) => &passport.number,
            Self::Card(card) => card.number.as_str(),
            Self::Photo(_) => "",
        }
    }

    fn birth_date(&self) -> Option<NaiveDate> {
        match self {
            Self::Passport(passport) => Some(passport.birth_date),
            Self::Card(card) => Some(card.birth_date),
            Self::Photo(_) => None,
        }
    }

    fn issue_date(&self) -> Option<NaiveDate> {
        match self {
            Self::Passport(passport) => passport.issue_date,
            Self::Card(card) => card.issue_date,
            Self::Photo(_) => None,
        }
    }

    fn expire_date(&self) -> Option<NaiveDate> {
        match self {
            Self::Passport(passport) => Some(passport.expire_date),
            Self::Card(card) => card.expire_date,
            Self::Photo(_) => None,
        }
    }
}

impl IdentityDocument {
    /// Makes the outline that stands beside a document's contents in the vault.
    fn put(name: IdentityDocumentName, contents: &Contents, destroy_date: NaiveDate, now: DateTime<Utc>) -> Self {
        let IdentityDocumentName { organization, person, identity_document } = name;
        let number = contents.number();
        Self {
            person: PersonName { organization, person },
            id: identity_document,
            kind: contents.kind(),
            number_suffix: number.get(number.len().saturating_sub(2)..).unwrap_or_default().to_owned(),
            expire_date: contents.expire_date(),
            state: State::Kept,
            destroy_date,
            create_time: now,
        }
    }

    /// The document's resource name.
    pub fn name(&self) -> IdentityDocumentName {
        let PersonName { organization, person } = self.person.clone();
        IdentityDocumentName { organization, person, identity_document: self.id }
    }

    /// Refuses to read what was destroyed.
    pub fn require_kept(&self) -> Result<(), Refusal> {
        match self.state {
            State::Kept => Ok(()),
            State::Destroyed => Err(Refusal::Destroyed(self.name())),
        }
    }

    /// Its contents are destroyed; done twice, it changes nothing.
    #[must_use]
    pub fn destroy(self, today: NaiveDate) -> Self {
        match self.state {
            State::Kept => Self { state: State::Destroyed, destroy_date: today, ..self },
            State::Destroyed => self,
        }
    }

    /// Tells whether its contents are to be destroyed by a day.
    pub fn is_due(&self, today: NaiveDate) -> bool {
        match self.state {
            State::Kept => self.destroy_date <= today,
            State::Destroyed => false,
        }
    }
}

#[cfg(test)]
mod tests;
