//! Offers: a place that came free is held for somebody who waited, until they take it, decline it, or let it lapse.
//!
//! An offer has one owner and ends once. What becomes of the registration that it was made to later does not bring it back.

use std::{fmt, num::NonZeroU32};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    event::{self, Event},
    refusal::Kind,
    registration::Registration,
    resource::{CategoryId, EventId, OfferId, OfferName, RegistrationId, RegistrationName},
    revision::History,
};

pub mod hours;

pub use hours::WorkingHours;

/// How many hours an offer is good for at most: thirty days, where its time runs at all hours.
pub const LONGEST_PERIOD: u32 = 720;

/// How long an offer is good for: whole hours, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(NonZeroU32);

/// Says that an offer cannot be good for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not 0 to {LONGEST_PERIOD}")]
pub struct TooLong;

impl Period {
    /// Reads a number of hours; none is no period.
    pub fn of_hours(hours: u32) -> Result<Option<Self>, TooLong> {
        if hours > LONGEST_PERIOD { Err(TooLong) } else { Ok(NonZeroU32::new(hours).map(Self)) }
    }

    /// How many hours it has.
    pub fn hours(self) -> u32 {
        self.0.get()
    }
}

/// A place that is held for somebody who waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// In which event.
    pub event: EventId,
    /// What it is known by.
    pub id: OfferId,
    /// Whose registration it was made to.
    pub registration: RegistrationId,
    /// The category whose place it is.
    pub category: CategoryId,
    /// Where it stands.
    pub state: State,
    /// Until when it can be answered, that instant excluded.
    pub expire_time: DateTime<Utc>,
    /// When it was made and ended.
    pub history: History,
}

/// Where an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It holds its place, and waits for an answer.
    Pending,
    /// It was accepted.
    Accepted,
    /// It was declined.
    Declined,
    /// It was not answered in time.
    Lapsed,
    /// It was taken back, since its registration was withdrawn or rejected.
    Revoked,
}

impl State {
    /// Every state, in the order of the wire.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Accepted, Self::Declined, Self::Lapsed, Self::Revoked];
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "PENDING",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Lapsed => "LAPSED",
            Self::Revoked => "REVOKED",
        })
    }
}

/// Why an offer cannot be answered so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was not answered in time, whether somebody has looked at the clock since or not.
    #[error("the offer was not answered in time")]
    Expired {
        /// Which offer.
        offer: OfferName,
        /// Until when it could be.
        expire_time: DateTime<Utc>,
    },
    /// It ended otherwise.
    #[error("the offer is {state}, and has to be PENDING")]
    WrongState {
        /// Which offer.
        offer: OfferName,
        /// How it ended.
        state: State,
    },
    /// The event was cancelled.
    #[error(transparent)]
    Event(#[from] event::Refusal),
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Expired { .. } | Self::WrongState { .. } => Kind::Precondition,
            Self::Event(refusal) => refusal.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "ERROR_REASON_OFFER_EXPIRED",
            Self::WrongState { .. } => "ERROR_REASON_WRONG_STATE",
            Self::Event(refusal) => refusal.reason(),
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Expired { offer, expire_time } => {
                vec![("offer", offer.to_string()), ("expire_time", expire_time.to_rfc3339())]
            }
            Self::WrongState { offer, state } => {
                vec![("resource", offer.to_string()), ("state", state.to_string()), ("wanted", "PENDING".to_owned())]
            }
            Self::Event(refusal) => refusal.facts(),
        }
    }
}

/// Offers a place to a registration, for so long by the clock or in working hours, and never beyond the end of the event.
pub fn make(
    id: OfferId,
    registration: &Registration,
    (period, working): (Period, Option<&WorkingHours>),
    event: &Event,
    now: DateTime<Utc>,
) -> Offer {
    let (period, latest) = (TimeDelta::hours(i64::from(period.hours())), event.plan.end.instant());
    Offer {
        event: registration.event.clone(),
        id,
        registration: registration.id,
        category: registration.category.clone(),
        state: State::Pending,
        expire_time: match working {
            Some(working) => working.after(now, period, latest),
            None => latest.min(now + period),
        },
        history: History::begin(now),
    }
}

impl Offer {
    /// The offer's resource name.
    pub fn name(&self) -> OfferName {
        OfferName { event: self.event.clone(), offer: self.id }
    }

    /// The name of the registration it was made to.
    pub fn registration_name(&self) -> RegistrationName {
        RegistrationName { event: self.event.clone(), registration: self.registration }
    }

    /// It is accepted, in an event that takes place.
    pub fn accept(self, event: &Event, now: DateTime<Utc>) -> Result<Self, Refusal> {
        event.require_active()?;
        self.require_open(now)?;
        Ok(self.end(State::Accepted, now))
    }

    /// It is declined.
    pub fn decline(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_open(now)?;
        Ok(self.end(State::Declined, now))
    }

    /// It lapses, if it was not answered and its time has come.
    pub fn lapse(self, now: DateTime<Utc>) -> Option<Self> {
        (self.state == State::Pending && self.expire_time <= now).then(|| self.end(State::Lapsed, now))
    }

    /// It is taken back, if nobody answered it: its registration is out.
    pub fn revoke(self, now: DateTime<Utc>) -> Option<Self> {
        (self.state == State::Pending).then(|| self.end(State::Revoked, now))
    }

    fn require_open(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state {
            State::Pending if now < self.expire_time => Ok(()),
            State::Pending | State::Lapsed => {
                Err(Refusal::Expired { offer: self.name(), expire_time: self.expire_time })
            }
            State::Accepted | State::Declined | State::Revoked => {
                Err(Refusal::WrongState { offer: self.name(), state: self.state })
            }
        }
    }

    fn end(self, state: State, now: DateTime<Utc>) -> Self {
        Self { state, history: self.history.next(now), ..self }
    }
}

#[cfg(test)]
mod tests;
