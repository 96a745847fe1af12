//! Tickets: the code in a confirmation by which a gate knows a registration.
//!
//! The first half of a code says whose it is, and is a part of the registration's id; the second proves it: it is drawn from the id under the
//! vault's key, so that a ticket is kept nowhere, and who has the database can make none.

use std::{fmt, str::FromStr};

use crate::{
    crockford,
    resource::{Malformed, RegistrationId},
};

/// How many letters prove a code: 40 bits.
pub const PROOF_LENGTH: usize = 8;
/// How many bytes of a registration's id a code begins with: 40 bits, eight letters.
const PART: usize = 5;
/// The version (RFC 9562) of ids that begin with the time they were made.
const BY_TIME: usize = 7;
/// How many letters a code has.
const LENGTH: usize = 16;

/// The part of a registration's id that its code begins with, written as ten hexadecimal digits. Few registrations share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part([u8; PART]);

impl Part {
    /// The part of an id: its last bytes, since those who register in the same second share the first. Ids that are random begin with it.
    pub fn of(registration: RegistrationId) -> Self {
        let id = registration.0;
        let bytes = id.as_bytes();
        let first = if id.get_version_num() == BY_TIME { bytes.len() - PART } else { 0 };
        Self(std::array::from_fn(|index| bytes[first + index]))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a ticket says, 16 letters of Crockford's base 32. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketCode(String);

impl TicketCode {
    /// Writes the code of a registration, proven by secret bytes, five bits of each.
    pub fn write(registration: RegistrationId, proof: [u8; PROOF_LENGTH]) -> Self {
        let Part(bytes) = Part::of(registration);
        let part = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letters = (0..PROOF_LENGTH).rev().map(|place| (part >> (5 * place) & 31).to_le_bytes()[0]);
        Self(crockford::write(&letters.chain(proof).collect::<Vec<_>>()))
    }

    /// The part that the ids have of which this may be the code.
    pub fn part(&self) -> Part {
        let bits = crockford::bits(&self.0[..PROOF_LENGTH]).fold(0_u64, |bits, letter| bits << 5 | u64::from(letter));
        let [_, _, _, part @ ..] = bits.to_be_bytes();
        Part(part)
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The letters in four groups, as they are mailed: `k7m2-9xpa-03fz-1whq`.
    pub fn grouped(&self) -> String {
        let groups: Vec<&str> = (0..LENGTH).step_by(4).map(|start| &self.0[start..start + 4]).collect();
        groups.join("-")
    }
}

impl fmt::Debug for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketCode(..)")
    }
}

impl FromStr for TicketCode {
    type Err = Malformed;

    /// Reads a code as somebody may have typed it: in capitals, with blanks or hyphens, with `o` for 0 and `i` or `l` for 1.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let typed = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let code = crockford::read(typed, LENGTH);
        code.map(Self).ok_or(Malformed { pattern: "the 16 letters and digits of a ticket" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_leads_back_to_the_registration_it_is_of() {
        for (id, part) in [
            ("00000000-00c3-4b0c-8f29-0f1d2a3b4c5d", "0000000000"),
            ("7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d", "7f1c3f3e9f"),
            ("ffffffff-ff00-4000-8000-000000000000", "ffffffffff"),
            ("019ab3c4-d5e6-7b0c-8f29-0f1d2a3b4c5d", "1d2a3b4c5d"),
        ] {
            let id: RegistrationId = id.parse().unwrap();
            let code = TicketCode::write(id, [1, 2, 3, 4, 5, 6, 7, 8]);

            assert_eq!((code.part(), code.part().to_string().as_str()), (Part::of(id), part));
            assert_eq!(code.grouped().to_uppercase().replace('0', "o").parse(), Ok(code));
        }
    }

    #[test]
    fn text_that_is_no_ticket_is_none() {
        assert!(
            ["", "k7m2-9xpa", "k7m2-9xpa-03fz-1wh!", "k7m2-9xpa-03fz-1whq0"]
                .iter()
                .all(|text| text.parse::<TicketCode>().is_err())
        );
    }
}
