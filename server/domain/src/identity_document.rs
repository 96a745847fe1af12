//! Identity documents: that a passport is in the vault, and what it says once it is taken out.

use std::fmt;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::{
    name::{NameText, PassportName},
    passport::{self, Finding, Sex, StateCode},
    refusal::{Kind, Violation},
    resource::{IdentityDocumentId, IdentityDocumentName, PersonName},
};

/// How many days contents are kept when nobody says otherwise.
pub const DEFAULT_RETENTION: Days = Days::new(90);

/// That a passport is in the vault, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityDocument {
    /// Whose it is.
    pub person: PersonName,
    /// What it is known by.
    pub id: IdentityDocumentId,
    /// The last two characters of its number, to tell two apart.
    pub number_suffix: String,
    /// The last day it is valid.
    pub expire_date: NaiveDate,
    /// Whether its contents are there.
    pub state: State,
    /// The day its contents are destroyed.
    pub destroy_date: NaiveDate,
    /// When it was put there.
    pub create_time: DateTime<Utc>,
}

/// Whether a document's contents are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// They are.
    Kept,
    /// They were destroyed.
    Destroyed,
}

/// What a passport says. `Debug` hides it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Passport {
    /// Its number, 1 to 9 of A-Z and 0-9.
    pub number: String,
    /// Who issued it.
    pub issuing_state: StateCode,
    /// The holder's nationality.
    pub nationality: StateCode,
    /// The holder's name as in the machine-readable zone.
    pub name: PassportName,
    /// The holder's day of birth.
    pub birth_date: NaiveDate,
    /// The holder's sex.
    pub sex: Sex,
    /// The day of issue.
    pub issue_date: Option<NaiveDate>,
    /// The last day of validity.
    pub expire_date: NaiveDate,
    /// The two lines of the machine-readable zone, when they were given.
    pub machine_readable_zone: Option<String>,
}

impl fmt::Debug for Passport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passport(..)")
    }
}

/// How many months a passport should be valid beyond the departure: what most destinations ask.
const MONTHS_BEYOND_DEPARTURE: u32 = 6;

/// Tells whether a text can be a passport's number: 1 to 9 of A-Z and 0-9, what the machine-readable zone has room for
/// (ICAO 9303-4 §4.2.2).
pub fn is_number(text: &str) -> bool {
    (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Why a passport is not put into the vault, or not taken out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Days stand where they cannot.
    #[error("the days of the passport cannot be so")]
    Misdated(Vec<Misdating>),
    /// The machine-readable zone contradicts itself, or what was typed.
    #[error("the machine-readable zone contradicts itself or what was typed")]
    Contradictory(Vec<Contradiction>),
    /// Its contents are gone.
    #[error("the contents of the document were destroyed")]
    Destroyed(IdentityDocumentName),
}

/// One day that stands where it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misdating {
    /// The holder is not born yet.
    #[error("is after today")]
    Birth,
    /// It was issued after it expires.
    #[error("is after the last day of validity")]
    Issue,
    /// Its contents would be gone at once.
    #[error("is not after today")]
    Destruction,
}

impl Misdating {
    /// The field of the request that it is about.
    const fn field(self) -> &'static str {
        match self {
            Self::Birth => "passport.birth_date",
            Self::Issue => "passport.issue_date",
            Self::Destruction => "destroy_date",
        }
    }
}

impl From<&Misdating> for Violation {
    fn from(misdating: &Misdating) -> Self {
        let subject = misdating.field().to_owned();
        Self { code: "misdated".to_owned(), subject, description: misdating.to_string() }
    }
}

/// One thing that a traveller should know of a passport before a letter is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// The machine-readable zone is wrong.
    #[error("{0}")]
    Zone(Finding),
    /// It is not valid any more.
    #[error("the passport has expired")]
    Expired,
    /// It is valid, but not for long enough.
    #[error("the passport expires less than {MONTHS_BEYOND_DEPARTURE} months after the departure")]
    ExpiresSoon,
}

impl Warning {
    /// The word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zone(finding) => zone_code(finding),
            Self::Expired => "expired",
            Self::ExpiresSoon => "expires_soon",
        }
    }
}

/// Examines a machine-readable zone as read on `today`, and the validity until half a year beyond a departure; nothing
/// is kept.
pub fn examine(zone: &str, departure: Option<NaiveDate>, today: NaiveDate) -> Vec<Warning> {
    let expiry = match read_zone(zone, today) {
        Ok(zone) => zone.expiry_date,
        Err(findings) => return findings.into_iter().map(Warning::Zone).collect(),
    };
    if expiry < today {
        return vec![Warning::Expired];
    }
    let soon = departure.is_some_and(|departure| !passport::valid_for(expiry, MONTHS_BEYOND_DEPARTURE, departure));
    if soon { vec![Warning::ExpiresSoon] } else { Vec::new() }
}

/// Reads the two lines of a zone, with a line break between.
fn read_zone(zone: &str, today: NaiveDate) -> Result<passport::Mrz, Vec<Finding>> {
    let (upper, lower) = zone.split_once('\n').unwrap_or((zone, ""));
    passport::parse(upper.trim_end(), lower.trim_end(), today)
}

/// Puts a passport into the vault, to be destroyed on a day: in 90 days, when nobody says otherwise.
pub fn keep(
    name: IdentityDocumentName,
    passport: &Passport,
    destroy_date: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<IdentityDocument, Refusal> {
    let today = now.date_naive();
    let destroy_date = destroy_date.unwrap_or(today + DEFAULT_RETENTION);
    let misdated = [
        (passport.birth_date > today, Misdating::Birth),
        (passport.issue_date.is_some_and(|day| day > passport.expire_date), Misdating::Issue),
        (destroy_date <= today, Misdating::Destruction),
    ];
    let misdated: Vec<Misdating> = misdated.into_iter().filter(|(wrong, _)| *wrong).map(|(_, day)| day).collect();
    if !misdated.is_empty() {
        return Err(Refusal::Misdated(misdated));
    }
    passport.check(today)?;
    Ok(IdentityDocument::put(name, passport, destroy_date, now))
}

/// One way in which a machine-readable zone contradicts itself, or what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The zone itself is wrong.
    #[error("{0}")]
    Zone(Finding),
    /// A field says something else than the zone.
    #[error("the zone says otherwise")]
    Field(&'static str),
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Misdated(_) => Kind::Invalid,
            Self::Contradictory(_) | Self::Destroyed(_) => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Misdated(_) => "ERROR_REASON_INVALID_FIELDS",
            Self::Contradictory(_) => "ERROR_REASON_DOCUMENT_CONTRADICTORY",
            Self::Destroyed(_) => "ERROR_REASON_DOCUMENT_DESTROYED",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Misdated(_) | Self::Contradictory(_) => Vec::new(),
            Self::Destroyed(document) => vec![("resource", document.to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Misdated(misdatings) => misdatings.iter().map(Violation::from).collect(),
            Self::Contradictory(contradictions) => contradictions.iter().map(Violation::from).collect(),
            Self::Destroyed(_) => Vec::new(),
        }
    }
}

impl From<&Contradiction> for Violation {
    fn from(contradiction: &Contradiction) -> Self {
        let (code, field) = match contradiction {
            Contradiction::Zone(finding) => (zone_code(*finding), "machine_readable_zone"),
            Contradiction::Field(field) => ("zone_says_otherwise", *field),
        };
        Self { code: code.to_owned(), subject: format!("passport.{field}"), description: contradiction.to_string() }
    }
}

/// The word for what is wrong with a machine-readable zone.
pub const fn zone_code(finding: Finding) -> &'static str {
    match finding {
        Finding::Length { .. } => "line_length",
        Finding::Character { .. } => "character",
        Finding::NotAPassport => "not_a_passport",
        Finding::UnknownState { .. } => "unknown_state",
        Finding::NameMissing => "name_missing",
        Finding::NameCharacter => "name_character",
        Finding::NameLayout => "name_layout",
        Finding::Layout { .. } => "layout",
        Finding::NotADate { .. } => "not_a_date",
        Finding::NotASex => "not_a_sex",
        Finding::CheckDigit { .. } => "check_digit",
    }
}

impl Passport {
    /// Compares what was typed with the machine-readable zone, as read on `today`; tells every contradiction.
    pub fn check(&self, today: NaiveDate) -> Result<(), Refusal> {
        let Some(zone) = &self.machine_readable_zone else { return Ok(()) };
        let contradictions = match read_zone(zone, today) {
            Err(findings) => findings.into_iter().map(Contradiction::Zone).collect(),
            Ok(zone) => self.contradictions(&zone),
        };
        if contradictions.is_empty() { Ok(()) } else { Err(Refusal::Contradictory(contradictions)) }
    }

    fn contradictions(&self, zone: &passport::Mrz) -> Vec<Contradiction> {
        let agrees = [
            ("number", zone.number == self.number),
            ("issuing_state_code", zone.issuing_state == self.issuing_state),
            ("nationality_code", zone.nationality == self.nationality),
            ("family_name", passport::name_matches(&self.name, zone)),
            ("birth_date", zone.birth_date.agrees_with(self.birth_date)),
            ("sex", zone.sex == self.sex),
            ("expire_date", zone.expiry_date == self.expire_date),
        ];
        agrees.into_iter().filter(|(_, agrees)| !agrees).map(|(field, _)| Contradiction::Field(field)).collect()
    }

    /// The name as it is printed: surname, then given names, whichever there are.
    pub fn full_name(&self) -> String {
        let parts = [self.name.surname(), self.name.given_names()];
        parts.into_iter().flatten().map(NameText::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The initials of the name, as anybody who verifies a letter may know them: `K. M. W.`
    pub fn initials(&self) -> String {
        let name = self.full_name();
        let initials = name.split_whitespace().filter_map(|word| word.chars().next());
        initials.map(|initial| format!("{initial}.")).collect::<Vec<_>>().join(" ")
    }
}

impl IdentityDocument {
    /// Makes the outline that stands beside a passport's contents in the vault.
    fn put(name: IdentityDocumentName, passport: &Passport, destroy_date: NaiveDate, now: DateTime<Utc>) -> Self {
        let IdentityDocumentName { organization, person, identity_document } = name;
        let suffix_start = passport.number.len().saturating_sub(2);
        Self {
            person: PersonName { organization, person },
            id: identity_document,
            number_suffix: passport.number.get(suffix_start..).unwrap_or_default().to_owned(),
            expire_date: passport.expire_date,
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
