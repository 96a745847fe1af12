//! Dates of two-digit years: birth, perhaps unknown in part, and expiry (ICAO 9303-3 §4.8).

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// Holds a date of birth as far as the passport knows it.
///
/// The zone writes two digits of the year; which century is meant is a conclusion, see [`super::parse`], and a date on
/// a form decides otherwise.
/// `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BirthDate {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
}

impl BirthDate {
    /// Holds a date of birth known to the day.
    pub fn known(date: NaiveDate) -> Self {
        Self { year: Some(date.year()), month: Some(date.month()), day: Some(date.day()) }
    }

    /// Gives the day, if no part of it is unknown.
    pub fn date(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year?, self.month?, self.day?)
    }

    /// Tells whether the date on a form can be the same: every known part agrees, whatever the century.
    pub fn agrees_with(&self, date: NaiveDate) -> bool {
        self.year.is_none_or(|year| year.rem_euclid(100) == date.year().rem_euclid(100))
            && self.month.is_none_or(|month| month == date.month())
            && self.day.is_none_or(|day| day == date.day())
    }

    /// Reads `YYMMDD` with `<<` for each unknown part, taking the latest century that is not after the reference date.
    pub(super) fn read(text: &str, reference: NaiveDate) -> Option<Self> {
        let (year, month, day) = (Part::read(&text[..2])?, Part::read(&text[2..4])?, Part::read(&text[4..])?);
        let (month, day) = (month.known(), day.known());
        let year =
            year.known().and_then(|year| i32::try_from(year).ok()).map(|year| century(year, month, day, reference));
        // A leap year and a month of 31 days stand in for unknown parts: they allow every day that some year or month
        // has.
        NaiveDate::from_ymd_opt(year.unwrap_or(2000), month.unwrap_or(1), day.unwrap_or(1))?;
        Some(Self { year, month, day })
    }

    /// Writes `YYMMDD` with `<<` for each unknown part.
    pub(super) fn write(&self) -> String {
        let two = |part: Option<u32>| part.map_or("<<".to_owned(), |part| format!("{part:02}"));
        let year = self.year.and_then(|year| u32::try_from(year.rem_euclid(100)).ok());
        format!("{}{}{}", two(year), two(self.month), two(self.day))
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BirthDate").finish_non_exhaustive()
    }
}

/// Reads the `YYMMDD` of an expiry, which no passport has outside this century.
pub(super) fn read_expiry(text: &str) -> Option<NaiveDate> {
    let (year, month, day) = (digits(&text[..2])?, digits(&text[2..4])?, digits(&text[4..])?);
    NaiveDate::from_ymd_opt(2000 + i32::try_from(year).ok()?, month, day)
}

/// Writes the `YYMMDD` of an expiry in this century.
pub(super) fn write_expiry(date: NaiveDate) -> Option<String> {
    (2000..2100).contains(&date.year()).then(|| date.format("%y%m%d").to_string())
}

/// Two characters of a date of birth.
enum Part {
    Known(u32),
    Unknown,
}

impl Part {
    fn read(text: &str) -> Option<Self> {
        if text == "<<" { Some(Self::Unknown) } else { digits(text).map(Self::Known) }
    }

    fn known(self) -> Option<u32> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

fn digits(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Gives the latest year with these two digits in which nobody is born after the reference date; unknown parts count as
/// early.
fn century(two_digits: i32, month: Option<u32>, day: Option<u32>, reference: NaiveDate) -> i32 {
    let born = |century: i32| (century * 100 + two_digits, month.unwrap_or(1), day.unwrap_or(1));
    let today = (reference.year(), reference.month(), reference.day());
    let this_century = reference.year().div_euclid(100);
    let century = if born(this_century) <= today { this_century } else { this_century - 1 };
    century * 100 + two_digits
}
