//! The machine-readable zone of a passport booklet: two lines of 44 characters, as ICAO Doc 9303 parts 3 and 4 lay them
//! down.
//!
//! A consulate compares a letter with these lines character by character, so an organiser learns here, and not at the
//! counter, that a digit was mistyped or a name spelt otherwise.
//! Every fault is reported at once, and none repeats what the lines say.
//!
//! **Invariant:** neither `Debug` nor any error text of this module shows personal data.

use std::fmt;

use chrono::{Months, NaiveDate};

mod check_digit;
mod compose;
mod date;
mod document;
mod finding;
mod name;
mod parse;
mod state;
mod transliteration;

pub use compose::compose;
pub use date::BirthDate;
pub use document::{DocumentCode, Sex};
pub use finding::{Field, Finding, Line};
pub use name::name_matches;
pub use parse::parse;
pub use state::StateCode;
pub use transliteration::transliterate;

/// Counts the characters of a line.
pub const LINE_LENGTH: usize = 44;

/// Counts the characters of the name field, at the end of the upper line.
pub const NAME_LENGTH: usize = 39;

/// Holds what the machine-readable zone of a passport says.
///
/// From [`parse`], texts are in the letters A–Z, digits and single blanks; for [`compose`], names may be as printed in
/// the passport.
/// It is personal data throughout: `Debug` hides it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Mrz {
    /// What kind of passport it is.
    pub document_code: DocumentCode,
    /// Who issued it; not always the holder's own state.
    pub issuing_state: StateCode,
    /// The primary identifier: the surname, or the whole name of a holder whose passport does not divide it.
    pub surname: String,
    /// The secondary identifier: the given names, if the passport has any.
    pub given_names: Option<String>,
    /// Whether the name fills its field to the last letter, so that each of its parts may be only a beginning (9303-4
    /// §4.2.3).
    pub name_may_be_truncated: bool,
    /// The passport number, of one to nine letters and digits.
    pub number: String,
    /// The holder's nationality.
    pub nationality: StateCode,
    /// The holder's date of birth, as far as it is known.
    pub birth_date: BirthDate,
    /// The holder's sex, as the passport gives it.
    pub sex: Sex,
    /// The last day on which the passport is valid.
    pub expiry_date: NaiveDate,
    /// Whatever the issuing state puts into the optional field, often a national identity number.
    pub personal_number: Option<String>,
}

impl fmt::Debug for Mrz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mrz").finish_non_exhaustive()
    }
}

/// Tells whether a passport that expires on `expiry_date` is still valid that many months after `from`, that day
/// included.
///
/// Months are those of the calendar, cut to the end of a shorter month: six months from 31 August end on 28 or 29
/// February.
/// Which day counts, that of application, entry or departure, is a rule of the destination.
pub fn valid_for(expiry_date: NaiveDate, months: u32, from: NaiveDate) -> bool {
    from.checked_add_months(Months::new(months)).is_some_and(|required| required <= expiry_date)
}

#[cfg(test)]
mod tests;
