//! Signing in by e-mail: how long a mailed code is good, how often it may be tried, and how many one address is sent.
//!
//! Whoever asks is answered alike, whether a member has the address or not; the rules here speak of addresses and never of members.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    access::Token,
    mailed_code::{MOST_TRIES, Mailing, Refusal},
    notice::Outcome,
    resource::{MemberId, SignInId, TokenId},
};

/// How long a code is good.
pub const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How many codes may be asked for one address within [`CODE_WINDOW`].
pub const MOST_CODES: usize = 5;
/// Within what time codes are counted; what was asked for is forgotten after it.
pub const CODE_WINDOW: TimeDelta = TimeDelta::hours(1);
/// How long somebody stays signed in.
pub const SESSION_LIFE: TimeDelta = TimeDelta::hours(12);
/// What the token of somebody who signed in is listed as.
pub const SESSION_PURPOSE: &str = "signed in by e-mail";
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
        let mailing = Mailing::after(outcome, self.expire_time(), now);
        Self { mailing, ..self }
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

        assert_eq!(mailing(transient(), 1), Mailing::Due(at(1) + TimeDelta::seconds(30)));
        assert_eq!(mailing(transient(), 10), Mailing::Settled);
        assert_eq!(
            [mailing(Outcome::Sent, 1), mailing(Outcome::Permanent("550".to_owned()), 1)],
            [Mailing::Settled; 2]
        );
    }
}
