//! Signing in by e-mail: how long a mailed code is good, how often it may be tried, and how many one address is sent.
//!
//! Whoever asks is answered alike, whether a member has the address or not; the rules here speak of addresses and never of members.

use std::{fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    access::Token,
    notice::Outcome,
    refusal::{self, Kind},
    resource::{Malformed, MemberId, SignInId, TokenId},
};

/// How many letters a code has: 40 bits.
pub const CODE_LENGTH: usize = 8;
/// How long a code is good.
pub const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How many wrong codes an address may be tried with before its codes are good no more.
pub const MOST_TRIES: u32 = 5;
/// How many codes may be asked for one address within [`CODE_WINDOW`].
pub const MOST_CODES: usize = 5;
/// Within what time codes are counted; what was asked for is forgotten after it.
pub const CODE_WINDOW: TimeDelta = TimeDelta::hours(1);
/// How long somebody stays signed in.
pub const SESSION_LIFE: TimeDelta = TimeDelta::hours(12);
/// What the token of somebody who signed in is listed as.
pub const SESSION_PURPOSE: &str = "signed in by e-mail";
/// How long to wait before a mail that could not be handed over is tried again.
const MAIL_PAUSE: TimeDelta = TimeDelta::seconds(30);

/// The letters of codes: Crockford's base 32, in which no two letters are taken for each other.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What is mailed to somebody who signs in, 8 letters of Crockford's base 32. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

/// A code that somebody asked for: mailed if a member has the address, and forgotten an hour later.
///
/// Neither the code nor the address is part of it: the code is drawn from the id under the vault's key whenever it is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// A keyed digest of the address, in hexadecimal digits.
    pub address: String,
    /// What it is known by.
    pub id: SignInId,
    /// How many wrong codes were tried.
    pub tries: u32,
    /// What becomes of its mail.
    pub mailing: Mailing,
    /// When it was asked for.
    pub create_time: DateTime<Utc>,
}

/// What becomes of the mail with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailing {
    /// It is tried at that time, for the first time or again.
    Due(DateTime<Utc>),
    /// Nothing is to be done: it was sent or given up, or no member has the address.
    Settled,
}

/// Says why somebody cannot sign in so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The address was sent as many codes as it may be.
    #[error("too many codes were asked for this address")]
    TooManyCodes {
        /// How long to stay away.
        wait: TimeDelta,
    },
    /// The code is another one, too old, used or tried too often; or the address is nobody's. Which of these is not told.
    #[error("the code is wrong, used, older than 10 minutes, or was tried too often")]
    CodeInvalid,
}

/// Takes note of somebody who asks for a code, given what was asked for the same address within the last hour.
pub fn ask(id: SignInId, address: String, asked: &[SignIn], now: DateTime<Utc>) -> Result<SignIn, Refusal> {
    if asked.len() >= MOST_CODES {
        let oldest = asked.iter().map(|sign_in| sign_in.create_time).min().unwrap_or(now);
        return Err(Refusal::TooManyCodes { wait: oldest + CODE_WINDOW - now });
    }
    Ok(SignIn { address, id, tries: 0, mailing: Mailing::Due(now), create_time: now })
}

/// Makes the token of a member who proved that mail to their address reaches them.
pub fn session(member: MemberId, id: TokenId, now: DateTime<Utc>) -> Token {
    let expire_time = Some(now + SESSION_LIFE);
    Token { member, id, purpose: SESSION_PURPOSE.to_owned(), expire_time, create_time: now }
}

impl SignIn {
    /// Until when the code is good, that instant excluded.
    pub fn expire_time(&self) -> DateTime<Utc> {
        self.create_time + CODE_LIFE
    }

    /// Whether the code opens anything at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        now < self.expire_time() && self.tries < MOST_TRIES
    }

    /// Takes note of a wrong code.
    #[must_use]
    pub fn missed(self) -> Self {
        Self { tries: self.tries + 1, ..self }
    }

    /// Takes note of what became of a try to mail the code. A code that is good no more is not mailed.
    #[must_use]
    pub fn mailed(self, outcome: &Outcome, now: DateTime<Utc>) -> Self {
        let next = now + MAIL_PAUSE;
        let mailing = match outcome {
            Outcome::Transient(_) if next < self.expire_time() => Mailing::Due(next),
            Outcome::Transient(_) | Outcome::Sent | Outcome::Permanent(_) => Mailing::Settled,
        };
        Self { mailing, ..self }
    }
}

impl Code {
    /// Writes a code of secret bytes, five bits of each.
    pub fn draw(secret: [u8; CODE_LENGTH]) -> Self {
        Self(secret.into_iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect())
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
        let read = |letter: char| match letter.to_ascii_lowercase() {
            'o' => Some('0'),
            'i' | 'l' => Some('1'),
            letter => LETTERS.iter().copied().map(char::from).find(|known| *known == letter),
        };
        let typed = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let code: Option<String> = typed.map(read).collect();
        let code = code.filter(|code| code.len() == CODE_LENGTH);
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

    fn at(minute: i64) -> DateTime<Utc> {
        "2023-08-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
    }

    fn asked_at(minute: i64) -> SignIn {
        let id = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap();
        ask(id, "00".to_owned(), &[], at(minute)).unwrap()
    }

    #[test]
    fn address_is_sent_so_many_codes_and_more_when_the_oldest_is_forgotten() {
        let asked: Vec<SignIn> = (1..=5).map(asked_at).collect();
        let ask_again = |asked: &[SignIn]| ask(asked[0].id, "00".to_owned(), asked, at(10));

        assert_eq!(ask_again(&asked), Err(Refusal::TooManyCodes { wait: TimeDelta::minutes(51) }));
        assert_eq!(ask_again(&asked[1..]), Ok(SignIn { create_time: at(10), ..asked_at(10) }));
    }

    #[test]
    fn code_is_good_for_ten_minutes_and_five_tries() {
        let missed = |times: u32| (0..times).fold(asked_at(0), |sign_in, _| sign_in.missed());

        assert_eq!([asked_at(0).is_open(at(9)), asked_at(0).is_open(at(10))], [true, false]);
        assert_eq!([missed(4).is_open(at(1)), missed(5).is_open(at(1))], [true, false]);
    }

    #[test]
    fn mail_is_tried_again_while_its_code_is_good() {
        let mailing = |outcome: Outcome, minute: i64| asked_at(0).mailed(&outcome, at(minute)).mailing;
        let transient = || Outcome::Transient("451".to_owned());

        assert_eq!(mailing(transient(), 1), Mailing::Due(at(1) + MAIL_PAUSE));
        assert_eq!(mailing(transient(), 10), Mailing::Settled);
        assert_eq!(
            [mailing(Outcome::Sent, 1), mailing(Outcome::Permanent("550".to_owned()), 1)],
            [Mailing::Settled; 2]
        );
    }

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
