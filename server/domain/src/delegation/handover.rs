//! What passes from somebody who was replaced to whoever has their seat: nothing by itself, and what is named when it is confirmed.

use chrono::{DateTime, Utc};

use super::{Member, MemberState, Refusal};
use crate::{
    letter::{self, Letter, Stage},
    resource::PersonName,
    stop::{self, Stop},
};

/// Why a letter ends that passes to somebody else, as the one who was replaced and whoever verifies it may know.
const REPLACED: &str = "Replaced in the delegation.";

/// Something that somebody leaves who is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Legacy {
    /// A letter that lives, and names them.
    Letter(Box<Letter>),
    /// A stop that is not over, and names them as a traveller.
    Stop(Box<Stop>),
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A letter that was not issued yet is rejected, and asked for anew.
    LetterRejected,
    /// An issued letter is revoked, and asked for anew.
    LetterRevoked,
    /// Somebody else takes part in a stop.
    TravellerReplaced,
}

impl Legacy {
    /// What somebody leaves of all letters and stops of their event; letters that are being made just now are not among it, since they have neither
    /// been issued nor can be kept back.
    pub fn of(who: &PersonName, letters: Vec<Letter>, stops: Vec<Stop>, now: DateTime<Utc>) -> Vec<Self> {
        let ends = |letter: &Letter| {
            letter.request.person == *who && letter.state.stage().is_live() && letter.state.stage() != Stage::Issuing
        };
        let names = |stop: &Stop| stop.plan.travellers.contains(who) && stop.plan.end.instant() > now;
        let letters = letters.into_iter().filter(ends).map(|letter| Self::Letter(Box::new(letter)));
        letters.chain(stops.into_iter().filter(names).map(|stop| Self::Stop(Box::new(stop)))).collect()
    }

    /// Its resource name.
    pub fn resource(&self) -> String {
        match self {
            Self::Letter(letter) => letter.name().to_string(),
            Self::Stop(stop) => stop.name.to_string(),
        }
    }

    /// What becomes of it.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Letter(letter) if letter.state.stage() == Stage::Issued => Effect::LetterRevoked,
            Self::Letter(_) => Effect::LetterRejected,
            Self::Stop(_) => Effect::TravellerReplaced,
        }
    }
}

impl Member {
    /// Refuses to pass on what somebody left who was not replaced.
    pub fn require_replaced(&self) -> Result<(), Refusal> {
        match self.state {
            MemberState::Replaced => Ok(()),
            MemberState::Nominated | MemberState::Approved | MemberState::Withdrawn => {
                Err(Refusal::NotReplaced { member: self.name(), state: self.state })
            }
        }
    }
}

/// Ends a letter that names somebody who was replaced.
pub fn end(letter: Letter, now: DateTime<Utc>) -> Result<Letter, letter::Refusal> {
    match letter.state.stage() {
        Stage::Issued => letter.revoke(REPLACED.to_owned(), now),
        Stage::Requested | Stage::Approved | Stage::Issuing | Stage::Rejected | Stage::Revoked => {
            letter.reject(REPLACED.to_owned(), now)
        }
    }
}

/// Lets somebody take part in a stop for somebody else; nobody takes part twice.
#[must_use]
pub fn take_over(stop: Stop, from: &PersonName, to: &PersonName, now: DateTime<Utc>) -> Stop {
    let mut travellers: Vec<PersonName> = Vec::new();
    for traveller in &stop.plan.travellers {
        let traveller = if traveller == from { to } else { traveller };
        if !travellers.contains(traveller) {
            travellers.push(traveller.clone());
        }
    }
    let plan = stop::Plan { travellers, ..stop.plan.clone() };
    stop.revise(plan, now)
}
