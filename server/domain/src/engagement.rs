//! Where a person has to be: in a session of the event, or on a stop of a visit to it.
//!
//! Both are checked by one rule, so that a flight and the session it makes a speaker miss are found from either side.

use crate::{
    interval::Occupation,
    resource::{PersonName, StopName},
    schedule::SessionKey,
};

/// Names what takes a person's time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Commitment {
    /// A stop of an itinerary.
    Stop(StopName),
    /// A session of the event.
    Session(SessionKey),
}

/// Says that somebody has to be somewhere for a while, and can be nowhere else meanwhile.
pub type Engagement = Occupation<PersonName, Commitment>;

impl Commitment {
    /// Gives the stop, if it is one.
    pub fn stop(&self) -> Option<&StopName> {
        match self {
            Self::Stop(stop) => Some(stop),
            Self::Session(_) => None,
        }
    }

    /// Gives the session, if it is one.
    pub fn session(&self) -> Option<&SessionKey> {
        match self {
            Self::Stop(_) => None,
            Self::Session(session) => Some(session),
        }
    }
}
