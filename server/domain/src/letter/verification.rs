//! What anybody who holds a letter may know of it, by the code that is printed on it.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;

use super::{Letter, State};
use crate::{
    crockford, event::Event, localized::Localized, organization::Organization, resource::Malformed,
    visit_window::VisitWindow,
};

/// How many letters a code has.
pub const CODE_LENGTH: usize = 26;

/// The code behind a letter's QR code, 26 letters of Crockford's base 32. `Debug` hides it: whoever has it may read the letter's outline.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Writes a code of random bytes, five bits of each: 130 bits, which nobody guesses.
    pub fn draw(random: [u8; CODE_LENGTH]) -> Self {
        Self(crockford::write(&random))
    }

    /// What stands on a rehearsal instead of a code.
    pub(super) fn rehearsal() -> Self {
        Self::draw([0; CODE_LENGTH])
    }

    /// The letters, as they are printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

impl FromStr for Code {
    type Err = Malformed;

    /// Reads a code as somebody may have typed it off the paper: in capitals, with `o` for 0 and `i` or `l` for 1.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let code = crockford::read(text.chars(), CODE_LENGTH);
        code.map(Self).ok_or(Malformed { pattern: "the 26 letters and digits printed under the QR code" })
    }
}

/// Whether an issued letter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Issued,
    /// It was revoked.
    Revoked,
}

/// What anybody who holds a letter may know: what it says and whether it holds. No name, no passport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The number it bears.
    pub number: String,
    /// Whether it holds.
    pub standing: Standing,
    /// The day it bears.
    pub issue_date: NaiveDate,
    /// Who invites.
    pub issuer: Localized,
    /// What for.
    pub event: Localized,
    /// The initials of whoever is invited.
    pub initials: String,
    /// When and where to.
    pub visit_window: VisitWindow,
    /// BLAKE3 of the PDF, lower-case hex.
    pub digest: String,
    /// BLAKE3 of the scan of it as it was signed and sealed, lower-case hex, if there is one.
    pub sealed_digest: Option<String>,
    /// Whether it opens no door.
    pub specimen: bool,
}

impl Letter {
    /// Tells what a holder may know; nothing before the letter was issued.
    pub fn verification(&self, event: &Event, issuer: &Organization) -> Option<Verification> {
        let (imprint, proof, standing) = match &self.state {
            State::Issued(imprint, proof) => (imprint, proof, Standing::Issued),
            State::Revoked(imprint, proof, _) => (imprint, proof, Standing::Revoked),
            State::Requested | State::Approved | State::Issuing(_) | State::Rejected(_) => return None,
        };
        Some(Verification {
            number: imprint.number.clone(),
            standing,
            issue_date: imprint.issue_date,
            issuer: issuer.profile.title.clone(),
            event: event.plan.title.clone(),
            initials: proof.initials.clone(),
            visit_window: self.request.visit_window.clone(),
            digest: proof.digest.clone(),
            sealed_digest: proof.sealed_copy.as_ref().map(|copy| copy.digest.clone()),
            specimen: event.plan.specimen,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_typed_off_the_paper_is_the_code_that_was_printed() {
        let printed = "0123456789abcdefghjkmnpq10";

        assert_eq!(printed.parse(), Ok(Code(printed.to_owned())));
        assert_eq!("o123456789ABCDEFGHJKMNPQIO".parse(), Ok(Code(printed.to_owned())));
        assert_eq!("0123456789abcdefghjkmnpql0".parse(), Ok(Code(printed.to_owned())));
    }

    #[test]
    fn code_of_other_letters_or_another_length_is_none() {
        let malformed = Malformed { pattern: "the 26 letters and digits printed under the QR code" };
        for text in [
            "",
            "0123456789abcdefghjkmnpq1",
            "0123456789abcdefghjkmnpq100",
            "u123456789abcdefghjkmnpq10",
            "%123456789abcdefghjkmnpq10",
        ] {
            assert_eq!(text.parse::<Code>(), Err(malformed.clone()), "{text}");
        }
    }

    #[test]
    fn code_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", Code::rehearsal()), "Code(..)");
    }
}
