//! Registrations: from the form to a confirmed place, or off the waiting list.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::{
    category::{Category, Confirmation},
    event::{self, Event},
    pool::Place,
    refusal::Kind,
    resource::{CategoryId, EventId, EventName, PersonName, RegistrationId, RegistrationName},
    revision::History,
};

/// One person's registration for an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// For which event.
    pub event: EventId,
    /// What it is known by.
    pub id: RegistrationId,
    /// As what.
    pub category: CategoryId,
    /// Who.
    pub person: PersonName,
    /// Where it stands.
    pub state: State,
    /// When it was created and changed.
    pub history: History,
}

/// Where a registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has a place, and waits to be confirmed by an organiser.
    Submitted,
    /// It is confirmed, and has its place.
    Confirmed,
    /// It waits for a place.
    Waiting,
    /// An organiser rejected it; it has no place.
    Rejected,
    /// It was withdrawn; it has no place.
    Withdrawn,
}

impl State {
    /// Whether a registration in this state is in the way of another of the same person.
    pub fn is_live(self) -> bool {
        match self {
            Self::Submitted | Self::Confirmed | Self::Waiting => true,
            Self::Rejected | Self::Withdrawn => false,
        }
    }

    /// Whether a registration in this state holds a place of its category's pool.
    pub fn holds_place(self) -> bool {
        match self {
            Self::Submitted | Self::Confirmed => true,
            Self::Waiting | Self::Rejected | Self::Withdrawn => false,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submitted => "SUBMITTED",
            Self::Confirmed => "CONFIRMED",
            Self::Waiting => "WAITING",
            Self::Rejected => "REJECTED",
            Self::Withdrawn => "WITHDRAWN",
        })
    }
}

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

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Closed { .. } | Self::WrongState { .. } => Kind::Precondition,
            Self::Event(refusal) => refusal.kind(),
            Self::AlreadyRegistered { .. } => Kind::Exists,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "ERROR_REASON_REGISTRATION_CLOSED",
            Self::Event(refusal) => refusal.reason(),
            Self::AlreadyRegistered { .. } => "ERROR_REASON_ALREADY_REGISTERED",
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
            Self::WrongState { registration, state, wanted } => vec![
                ("resource", registration.to_string()),
                ("state", state.to_string()),
                ("wanted", (*wanted).to_owned()),
            ],
        }
    }
}

/// What is known when a registration reaches us.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The event it is for.
    pub event: &'a Event,
    /// The category it is in.
    pub category: &'a Category,
    /// A live registration of the same person, or of the same address.
    pub existing: Option<RegistrationName>,
}

impl Facts<'_> {
    /// Refuses a registration that the event cannot take at `now`; asked before a place is taken.
    pub fn admit(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.event.require_active()?;
        if !self.event.takes_registrations(now) {
            return Err(Refusal::Closed {
                event: self.event.id.clone(),
                open_time: self.event.plan.registration_open_time,
                close_time: self.event.registration_close_time(),
            });
        }
        match &self.existing {
            Some(existing) => Err(Refusal::AlreadyRegistered { existing: existing.clone() }),
            None => Ok(()),
        }
    }
}

/// Decides what becomes of a registration that was admitted, given the place the ledger had for it.
pub fn open(
    id: RegistrationId,
    category: &Category,
    person: PersonName,
    place: Place,
    now: DateTime<Utc>,
) -> Registration {
    Registration {
        event: category.event.clone(),
        id,
        category: category.id.clone(),
        person,
        state: entry(category, place),
        history: History::begin(now),
    }
}

fn entry(category: &Category, place: Place) -> State {
    match (place, category.plan.confirmation) {
        (Place::Queued(_), _) => State::Waiting,
        (Place::Held, Confirmation::ByHand) => State::Submitted,
        (Place::Held, Confirmation::AtOnce) => State::Confirmed,
    }
}

impl Registration {
    /// The registration's resource name.
    pub fn name(&self) -> RegistrationName {
        RegistrationName { event: self.event.clone(), registration: self.id }
    }

    /// An organiser confirms it.
    pub fn confirm(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Submitted => Ok(self.turn(State::Confirmed, now)),
            State::Confirmed | State::Waiting | State::Rejected | State::Withdrawn => Err(self.must_be("SUBMITTED")),
        }
    }

    /// An organiser rejects it.
    pub fn reject(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Submitted | State::Waiting => Ok(self.turn(State::Rejected, now)),
            State::Confirmed | State::Rejected | State::Withdrawn => Err(self.must_be("SUBMITTED or WAITING")),
        }
    }

    /// It is withdrawn.
    pub fn withdraw(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Submitted | State::Confirmed | State::Waiting => Ok(self.turn(State::Withdrawn, now)),
            State::Rejected | State::Withdrawn => Err(self.must_be("SUBMITTED, CONFIRMED or WAITING")),
        }
    }

    /// Refuses to put back what is neither rejected nor withdrawn; asked before a place is taken.
    pub fn require_reinstatable(&self) -> Result<(), Refusal> {
        match self.state {
            State::Rejected | State::Withdrawn => Ok(()),
            State::Submitted | State::Confirmed | State::Waiting => Err(self.must_be("REJECTED or WITHDRAWN")),
        }
    }

    /// It comes in again, with the place the ledger had for it: put back, or off the waiting list.
    #[must_use]
    pub fn enter(self, category: &Category, place: Place, now: DateTime<Utc>) -> Self {
        let state = entry(category, place);
        self.turn(state, now)
    }

    fn turn(self, state: State, now: DateTime<Utc>) -> Self {
        Self { state, history: self.history.next(now), ..self }
    }

    fn must_be(&self, wanted: &'static str) -> Refusal {
        Refusal::WrongState { registration: self.name(), state: self.state, wanted }
    }
}

#[cfg(test)]
mod tests;
