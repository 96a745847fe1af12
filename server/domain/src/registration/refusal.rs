//! Why a registration cannot be, or cannot become so.

use chrono::{DateTime, Utc};

use super::State;
use crate::{
    event,
    refusal::{self, Kind},
    resource::{CategoryName, EventId, EventName, RegistrationName},
};

/// Why a registration cannot be, or cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The event takes none now.
    #[error("the event takes no registrations now")]
    Closed {
        /// The event.
        event: EventId,
        /// From when it takes some, when that is said.
        open_time: Option<DateTime<Utc>>,
        /// Until when it takes some.
        close_time: DateTime<Utc>,
    },
    /// The event was cancelled.
    #[error(transparent)]
    Event(#[from] event::Refusal),
    /// The person, or another with the same address, is registered.
    #[error("the person is registered for this event already")]
    AlreadyRegistered {
        /// As what.
        existing: RegistrationName,
    },
    /// The category has fewer free places than are asked for by somebody who does not wait: a registration that is moved or to which companions
    /// or viewers are added, an invitation that keeps one, a delegation.
    #[error("the category has too few free places: {free}")]
    NoPlaces {
        /// The category.
        category: CategoryName,
        /// How many it has, where several were wanted.
        free: u32,
    },
    /// Its state does not allow it.
    #[error("the registration is {state}, and has to be {wanted}")]
    WrongState {
        /// Which registration.
        registration: RegistrationName,
        /// Where it stands.
        state: State,
        /// Where it would have to stand.
        wanted: &'static str,
    },
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Closed { .. } | Self::WrongState { .. } => Kind::Precondition,
            Self::Event(refusal) => refusal.kind(),
            Self::AlreadyRegistered { .. } => Kind::Exists,
            Self::NoPlaces { .. } => Kind::Exhausted,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "ERROR_REASON_REGISTRATION_CLOSED",
            Self::Event(refusal) => refusal.reason(),
            Self::AlreadyRegistered { .. } => "ERROR_REASON_ALREADY_REGISTERED",
            Self::NoPlaces { .. } => "ERROR_REASON_NO_PLACES",
            Self::WrongState { .. } => "ERROR_REASON_WRONG_STATE",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Closed { event, open_time, close_time } => vec![
                ("event", EventName { event: event.clone() }.to_string()),
                ("open_time", open_time.map(|time| time.to_rfc3339()).unwrap_or_default()),
                ("close_time", close_time.to_rfc3339()),
            ],
            Self::Event(refusal) => refusal.facts(),
            Self::AlreadyRegistered { existing } => vec![("existing", existing.to_string())],
            Self::NoPlaces { category, free } => vec![("pool", category.to_string()), ("free", free.to_string())],
            Self::WrongState { registration, state, wanted } => vec![
                ("resource", registration.to_string()),
                ("state", state.to_string()),
                ("wanted", (*wanted).to_owned()),
            ],
        }
    }
}
