//! The code of a badge: whose it is and which of theirs, signed, so that a gate without a network knows a good one.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;

use crate::resource::{Malformed, RegistrationId};

/// The first byte of every code; one that is made otherwise will have another.
const VERSION: u8 = 1;
/// How many bytes are signed.
pub const PAYLOAD: usize = 19;
/// How many bytes sign them.
pub const SIGNATURE: usize = 64;

/// Which of the badges that were made for a registration one after another; those made between two revocations are one issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issue(pub u16);

impl Issue {
    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What is signed of a code: whose badge it is, and of which issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// By which registration its bearer comes.
    pub registration: RegistrationId,
    /// Of which issue it is.
    pub issue: Issue,
}

impl Payload {
    /// The bytes: the version, the id, and the issue, its higher byte first.
    pub fn bytes(&self) -> [u8; PAYLOAD] {
        let mut bytes = [VERSION; PAYLOAD];
        bytes[1..17].copy_from_slice(self.registration.0.as_bytes());
        bytes[17..].copy_from_slice(&self.issue.0.to_be_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (id, issue) = rest.split_first_chunk::<16>()?;
        let issue = u16::from_be_bytes(issue.try_into().ok()?);
        let payload = Self { registration: RegistrationId(uuid::Uuid::from_bytes(*id)), issue: Issue(issue) };
        (*version == VERSION).then_some(payload)
    }
}

/// What a badge says, 133 letters of base 32 (RFC 4648): few enough, and such, that a QR code of them is read across a table. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct BadgeCode {
    payload: Payload,
    signature: [u8; SIGNATURE],
}

impl BadgeCode {
    /// Writes what was signed and by what.
    pub fn write(payload: Payload, signature: [u8; SIGNATURE]) -> Self {
        Self { payload, signature }
    }

    /// What it says, if its signature holds.
    pub fn payload(&self) -> Payload {
        self.payload
    }

    /// What makes it good.
    pub fn signature(&self) -> &[u8; SIGNATURE] {
        &self.signature
    }
}

impl fmt::Debug for BadgeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BadgeCode(..)")
    }
}

impl fmt::Display for BadgeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE32_NOPAD.encode(&[self.payload.bytes().as_slice(), &self.signature].concat()))
    }
}

impl FromStr for BadgeCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bytes = BASE32_NOPAD.decode(text.trim().to_ascii_uppercase().as_bytes()).unwrap_or_default();
        let code = bytes.split_at_checked(PAYLOAD).and_then(|(payload, signature)| {
            Some(Self { payload: Payload::read(payload)?, signature: signature.try_into().ok()? })
        });
        code.ok_or(Malformed { pattern: "the 133 letters and digits of a badge" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

    fn code() -> BadgeCode {
        let payload = Payload { registration: ID.parse().unwrap(), issue: Issue(258) };
        BadgeCode::write(payload, std::array::from_fn(|index| u8::try_from(index).unwrap()))
    }

    #[test]
    fn code_is_read_as_it_was_written_in_whichever_case() {
        let text = code().to_string();

        assert_eq!(
            (text.len(), text.parse(), format!(" {}\n", text.to_lowercase()).parse()),
            (133, Ok(code()), Ok(code()))
        );
        assert_eq!(code().payload().bytes()[..2], [1, 0x7f]);
        assert_eq!(code().payload().bytes()[17..], [1, 2]);
    }

    #[test]
    fn text_that_is_no_code_is_none() {
        let text = code().to_string();
        let other_version = format!("AI{}", &text[2..]);
        let texts =
            ["", "0123-4567-89ab-cdef", &text[1..], &format!("{text}A"), &other_version, &text.replace('A', "é")];

        assert_eq!(texts.map(|text| text.parse::<BadgeCode>().is_ok()), [false; 6]);
    }
}
