//! Codes that are mailed to prove that an address is somebody's: how they are written, how often they are tried, and when their mail is due.
//!
//! A code is kept nowhere: it is drawn from the id of what it is for, under the vault's key, whenever it is needed.

use std::{fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    crockford,
    notice::Outcome,
    refusal::{self, Kind},
    resource::Malformed,
};

/// How many letters a code has: 40 bits.
pub const CODE_LENGTH: usize = 8;
/// How many wrong codes are tried before the right one is good no more.
pub const MOST_TRIES: u32 = 5;
/// How long to wait before a mail that could not be handed over is tried again.
const MAIL_PAUSE: TimeDelta = TimeDelta::seconds(30);

/// What is mailed, 8 letters of Crockford's base 32. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

/// What becomes of the mail with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailing {
    /// It is tried at that time, for the first time or again.
    Due(DateTime<Utc>),
    /// Nothing is to be done: it was sent or given up, or there is nobody to send it to.
    Settled,
}

/// Says why an address is not proven so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The address was sent as many codes as it may be.
    #[error("too many codes were asked for this address")]
    TooManyCodes {
        /// How long to stay away.
        wait: TimeDelta,
    },
    /// The code is another one, too old, used or tried too often; or the address is nobody's. Which of these is not told.
    #[error("the code is wrong, used, too old, or was tried too often")]
    CodeInvalid,
}

impl Mailing {
    /// Tells what is to be done after a try to hand the mail over at `now`; a code that is good no more is not mailed.
    #[must_use]
    pub fn after(outcome: &Outcome, expire_time: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let next = now + MAIL_PAUSE;
        match outcome {
            Outcome::Transient(_) if next < expire_time => Self::Due(next),
            Outcome::Transient(_) | Outcome::Sent | Outcome::Permanent(_) => Self::Settled,
        }
    }
}

impl Code {
    /// Writes a code of secret bytes, five bits of each.
    pub fn draw(secret: [u8; CODE_LENGTH]) -> Self {
        Self(crockford::write(&secret))
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The letters in two groups, as they are mailed: `k7m2-9xpa`.
    pub fn grouped(&self) -> String {
        let (first, second) = self.0.split_at(CODE_LENGTH / 2);
        format!("{first}-{second}")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

impl FromStr for Code {
    type Err = Malformed;

    /// Reads a code as somebody may have typed it: in capitals, with blanks or hyphens, with `o` for 0 and `i` or `l` for 1.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let typed = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let code = crockford::read(typed, CODE_LENGTH);
        code.map(Self).ok_or(Malformed { pattern: "the 8 letters and digits that were mailed" })
    }
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::TooManyCodes { .. } => Kind::Exhausted,
            Self::CodeInvalid => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::TooManyCodes { .. } => "ERROR_REASON_TOO_MANY_REQUESTS",
            Self::CodeInvalid => "ERROR_REASON_CODE_INVALID",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn wait(&self) -> Option<TimeDelta> {
        match self {
            Self::TooManyCodes { wait } => Some(*wait),
            Self::CodeInvalid => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_reads_back_however_it_is_typed() {
        let code = Code::draw([20, 7, 18, 1, 0, 29, 21, 10]);

        assert_eq!(code.grouped(), "m7j1-0xna");
        for typed in ["m7j10xna", " M7JL-OXNA ", "m7ji 0xna", "m7j1-0xna"] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        for wrong in ["m7j10xn", "m7j10xnaa", "m7j10xnu", "m7j1é0xn"] {
            assert!(wrong.parse::<Code>().is_err(), "{wrong}");
        }
    }
}
