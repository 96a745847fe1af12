//! Passports as they lie in the vault: what one says, whether that agrees with its machine-readable zone, and how long it is good.

use std::fmt;

use chrono::NaiveDate;

use super::{Contradiction, Refusal};
use crate::{
    name::{NameText, PassportName},
    passport::{self, Finding, Sex, StateCode},
};

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
