//! Personal links: what a delegate is handed or mailed, and opens once, to see and do what is their own in one event.
//!
//! The code of a link is kept nowhere: it is drawn from the link's name under the vault's key, when the link is told or mailed.

use std::{fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    crockford,
    event::Event,
    notice::{Delivery, Outcome},
    person::Person,
    refusal::{self, Kind, Violation},
    resource::{EventId, LinkId, LinkName, Malformed, PersonName},
};

/// How long after its event's end a link is good, when its maker leaves it open.
pub const LIFE_AFTER_EVENT: TimeDelta = TimeDelta::days(7);
/// How many letters a code has: 130 bits, which nobody guesses.
pub const CODE_LENGTH: usize = 26;

/// What stands behind `#link=` in a personal link, 26 letters of Crockford's base 32. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

/// A personal link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// For which event.
    pub event: EventId,
    /// What it is known by.
    pub id: LinkId,
    /// Whom it is for.
    pub person: PersonName,
    /// Until when it is good, and the token that it is exchanged for; that instant excluded.
    pub expire_time: DateTime<Utc>,
    /// When it was exchanged.
    pub exchange_time: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoke_time: Option<DateTime<Utc>>,
    /// What becomes of its mail, if it is mailed.
    pub delivery: Option<Delivery>,
    /// When it was made.
    pub create_time: DateTime<Utc>,
}

/// What an organiser says of a link to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Whom it is for.
    pub person: PersonName,
    /// Until when it is good; [`LIFE_AFTER_EVENT`], when left open.
    pub expire_time: Option<DateTime<Utc>>,
    /// Whether it is mailed.
    pub mailed: bool,
}

/// What there is to know before a link is made.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The event it is for.
    pub event: &'a Event,
    /// The person it is for.
    pub person: &'a Person,
    /// Whether the person is registered for the event, has a seat in one of its delegations, or travels.
    pub takes_part: bool,
}

/// Where a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits to be exchanged.
    Unused,
    /// It was exchanged.
    Used,
    /// It is over.
    Expired,
    /// It was revoked.
    Revoked,
}

/// Why a link is not made, or does not open anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The person has nothing to do with the event.
    #[error("the person is not registered for the event, has no seat in a delegation of it and does not travel")]
    NotTakingPart(PersonName),
    /// There is nowhere to mail it to.
    #[error("the person has no e-mail address that the link could be mailed to")]
    NoAddress(PersonName),
    /// It would be over before it is opened.
    #[error("the link would be over already")]
    Over,
    /// No link has this code.
    #[error("no personal link has this code; ask the organisers for a new one")]
    Unknown,
    /// It was exchanged before.
    #[error("the personal link was opened before, and opens once; ask the organisers for a new one")]
    Used,
    /// It is over.
    #[error("the personal link is over; ask the organisers for a new one")]
    Expired,
    /// It was revoked.
    #[error("the personal link was revoked; ask the organisers for a new one")]
    Revoked,
}

/// Makes a link.
pub fn create(id: LinkId, plan: &Plan, facts: Facts<'_>, now: DateTime<Utc>) -> Result<Link, Refusal> {
    let Plan { person, expire_time, mailed } = plan;
    let Facts { event, person: found, takes_part } = facts;
    if !takes_part {
        return Err(Refusal::NotTakingPart(person.clone()));
    }
    if *mailed && found.profile.email.is_none() {
        return Err(Refusal::NoAddress(person.clone()));
    }
    let expire_time = expire_time.unwrap_or_else(|| event.plan.end.instant() + LIFE_AFTER_EVENT);
    if expire_time <= now {
        return Err(Refusal::Over);
    }
    Ok(Link {
        event: event.id.clone(),
        id,
        person: person.clone(),
        expire_time,
        exchange_time: None,
        revoke_time: None,
        delivery: mailed.then(|| Delivery::begin(now)),
        create_time: now,
    })
}

impl Link {
    /// The link's resource name.
    pub fn name(&self) -> LinkName {
        LinkName { event: self.event.clone(), link: self.id }
    }

    /// Where it stands at `now`.
    pub fn state(&self, now: DateTime<Utc>) -> State {
        let Self { revoke_time, exchange_time, expire_time, .. } = self;
        match (revoke_time, exchange_time) {
            (Some(_), _) => State::Revoked,
            (None, _) if now >= *expire_time => State::Expired,
            (None, Some(_)) => State::Used,
            (None, None) => State::Unused,
        }
    }

    /// Exchanges it for a token, which is done once.
    pub fn exchange(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state(now) {
            State::Unused => Ok(Self { exchange_time: Some(now), ..self }),
            State::Used => Err(Refusal::Used),
            State::Expired => Err(Refusal::Expired),
            State::Revoked => Err(Refusal::Revoked),
        }
    }

    /// Whether the token that it was exchanged for opens anything at `now`.
    pub fn admits(&self, now: DateTime<Utc>) -> bool {
        match self.state(now) {
            State::Used => true,
            State::Unused | State::Expired | State::Revoked => false,
        }
    }

    /// Revokes it; it stays revoked from the first time on.
    #[must_use]
    pub fn revoke(self, now: DateTime<Utc>) -> Self {
        Self { revoke_time: self.revoke_time.or(Some(now)), ..self }
    }

    /// Takes note of what became of a try to mail it.
    #[must_use]
    pub fn mailed(self, outcome: Outcome, now: DateTime<Utc>) -> Self {
        Self { delivery: self.delivery.map(|delivery| delivery.tried(outcome, now)), ..self }
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
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

impl FromStr for Code {
    type Err = Malformed;

    /// Reads a code by itself or the whole link with it, as somebody may have typed it off a paper: in capitals, with `o` for 0 and `i` or `l`
    /// for 1.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let code = text.rsplit_once("#link=").map_or(text, |(_, code)| code).trim();
        let code = crockford::read(code.chars(), CODE_LENGTH);
        code.map(Self).ok_or(Malformed { pattern: "the 26 letters and digits behind #link= in a personal link" })
    }
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Over => Kind::Invalid,
            Self::NotTakingPart(_)
            | Self::NoAddress(_)
            | Self::Unknown
            | Self::Used
            | Self::Expired
            | Self::Revoked => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NotTakingPart(_) => "ERROR_REASON_NOT_TAKING_PART",
            Self::NoAddress(_) => "ERROR_REASON_NO_EMAIL_ADDRESS",
            Self::Over => "ERROR_REASON_INVALID_FIELDS",
            Self::Unknown => "ERROR_REASON_LINK_UNKNOWN",
            Self::Used => "ERROR_REASON_LINK_USED",
            Self::Expired => "ERROR_REASON_LINK_EXPIRED",
            Self::Revoked => "ERROR_REASON_LINK_REVOKED",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotTakingPart(person) | Self::NoAddress(person) => vec![("person", person.to_string())],
            Self::Over | Self::Unknown | Self::Used | Self::Expired | Self::Revoked => Vec::new(),
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Over => vec![Violation {
                code: "link_over".to_owned(),
                subject: "link.expire_time".to_owned(),
                description: "is not in the future; left out, it is 7 days after the event ends".to_owned(),
            }],
            Self::NotTakingPart(_)
            | Self::NoAddress(_)
            | Self::Unknown
            | Self::Used
            | Self::Expired
            | Self::Revoked => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
