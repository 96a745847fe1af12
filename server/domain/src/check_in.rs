//! Check-ins: that somebody came, at which gate and when.
//!
//! It is a fact beside the registration and not a state of it: a registration stays confirmed whether its owner comes, and what a gate did
//! by mistake is undone without touching it. While a check-in stands, the place is in use, and the registration is not withdrawn.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::{
    badge::Issue,
    check_in_list::CheckInList,
    event::{self, Event},
    interval::Interval,
    refusal::Kind,
    registration::{self, Registration, State as Registered},
    resource::{CheckInId, CheckInListId, CheckInListName, CheckInName, EventId, RegistrationId, RegistrationName},
    revision::History,
};

pub mod meeting_list;
mod online;

pub use online::Meeting;

/// Says that somebody came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckIn {
    /// To which event.
    pub event: EventId,
    /// What it is known by.
    pub id: CheckInId,
    /// By which registration.
    pub registration: RegistrationId,
    /// Whether it stands.
    pub state: State,
    /// When they came, by the clock of the gate.
    pub time: DateTime<Utc>,
    /// At which gate.
    pub gate: Option<String>,
    /// On which list; none, when for the event itself.
    pub list: Option<CheckInListId>,
    /// How they came.
    pub mode: Mode,
    /// When the server heard of it, and of its end.
    pub history: History,
}

/// Whether a check-in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The person came.
    Standing,
    /// It was a mistake.
    Undone,
}

impl State {
    /// Both states.
    pub const ALL: [Self; 2] = [Self::Standing, Self::Undone];
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standing => "STANDING",
            Self::Undone => "UNDONE",
        })
    }
}

/// How somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To a place.
    OnSite,
    /// Online.
    Online,
}

impl Mode {
    /// Both of them, in the order of the wire.
    pub const ALL: [Self; 2] = [Self::OnSite, Self::Online];
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OnSite => "ON_SITE",
            Self::Online => "ONLINE",
        })
    }
}

/// When and where somebody was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When, by the clock of the gate.
    pub time: Option<DateTime<Utc>>,
    /// What the gate calls itself.
    pub gate: Option<String>,
    /// On which list.
    pub list: Option<CheckInListId>,
    /// How they came.
    pub mode: Mode,
}

/// Why somebody is not checked in, or a check-in is in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No ticket has the code.
    #[error("no ticket has this code")]
    TicketUnknown,
    /// The ticket or registration is of another event.
    #[error("the ticket or registration is of another event")]
    OtherEvent,
    /// The registration is not confirmed.
    #[error(transparent)]
    Registration(#[from] registration::Refusal),
    /// The event was cancelled.
    #[error(transparent)]
    Event(#[from] event::Refusal),
    /// It was undone before.
    #[error("the check-in is {state}, and has to be STANDING")]
    WrongState {
        /// Which check-in.
        check_in: CheckInName,
        /// Where it stands.
        state: State,
    },
    /// The person is checked in, and so does not give their place back.
    #[error("the person is checked in")]
    CheckedIn {
        /// By which registration.
        registration: RegistrationName,
        /// Since when.
        time: DateTime<Utc>,
    },
    /// The badge was revoked.
    #[error("the badge was revoked")]
    BadgeRevoked {
        /// Of which registration it was.
        registration: RegistrationName,
    },
    /// The list is not for the registration's category.
    #[error("the list is not for the registration's category")]
    NotOnList {
        /// Which registration.
        registration: RegistrationName,
        /// Which list.
        list: CheckInListName,
    },
    /// It cannot be attended online.
    #[error("it cannot be attended online")]
    NotOnline {
        /// The event or the list.
        resource: String,
    },
    /// It can be attended online at another time.
    #[error("it can be attended online at another time")]
    JoiningClosed {
        /// The event or the list.
        resource: String,
        /// From when until when.
        open: Interval,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::TicketUnknown
            | Self::OtherEvent
            | Self::WrongState { .. }
            | Self::CheckedIn { .. }
            | Self::BadgeRevoked { .. }
            | Self::NotOnList { .. }
            | Self::NotOnline { .. }
            | Self::JoiningClosed { .. } => Kind::Precondition,
            Self::Registration(refusal) => refusal.kind(),
            Self::Event(refusal) => refusal.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::TicketUnknown => "ERROR_REASON_TICKET_UNKNOWN",
            Self::OtherEvent => "ERROR_REASON_OTHER_EVENT",
            Self::Registration(refusal) => refusal.reason(),
            Self::Event(refusal) => refusal.reason(),
            Self::WrongState { .. } => "ERROR_REASON_WRONG_STATE",
            Self::CheckedIn { .. } => "ERROR_REASON_CHECKED_IN",
            Self::BadgeRevoked { .. } => "ERROR_REASON_BADGE_REVOKED",
            Self::NotOnList { .. } => "ERROR_REASON_NOT_ON_LIST",
            Self::NotOnline { .. } => "ERROR_REASON_NOT_ONLINE",
            Self::JoiningClosed { .. } => "ERROR_REASON_JOINING_CLOSED",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TicketUnknown | Self::OtherEvent => Vec::new(),
            Self::Registration(refusal) => refusal.facts(),
            Self::Event(refusal) => refusal.facts(),
            Self::WrongState { check_in, state } => vec![
                ("resource", check_in.to_string()),
                ("state", state.to_string()),
                ("wanted", State::Standing.to_string()),
            ],
            Self::CheckedIn { registration, time } => {
                vec![("resource", registration.to_string()), ("check_in_time", time.to_rfc3339())]
            }
            Self::BadgeRevoked { registration } => vec![("registration", registration.to_string())],
            Self::NotOnList { registration, list } => {
                vec![("registration", registration.to_string()), ("list", list.to_string())]
            }
            Self::NotOnline { resource } => vec![("resource", resource.clone())],
            Self::JoiningClosed { resource, open } => vec![
                ("resource", resource.clone()),
                ("open_time", open.start().to_rfc3339()),
                ("close_time", open.end().to_rfc3339()),
            ],
        }
    }
}

/// Refuses a ticket, badge or registration of another event.
pub fn require_of(event: &Event, registration: &Registration) -> Result<(), Refusal> {
    if registration.event == event.id { Ok(()) } else { Err(Refusal::OtherEvent) }
}

/// Refuses a badge of which a later issue was made because it was lost.
pub fn require_good(registration: &Registration, issue: Issue) -> Result<(), Refusal> {
    if issue < registration.badge_issue {
        return Err(Refusal::BadgeRevoked { registration: registration.name() });
    }
    Ok(())
}

/// Refuses somebody at the gate of an event, or of a list of it, whom it does not let in. Whoever is in already is not asked about.
pub fn admit(event: &Event, list: Option<&CheckInList>, registration: &Registration) -> Result<(), Refusal> {
    require_of(event, registration)?;
    event.require_active()?;
    registration.require_state(Registered::Confirmed, "CONFIRMED")?;
    match list {
        Some(list) if !list.is_for(&registration.category) => {
            Err(Refusal::NotOnList { registration: registration.name(), list: list.name() })
        }
        Some(_) | None => Ok(()),
    }
}

/// Lets somebody in who was admitted. A gate's clock that is ahead of `now` is taken to show that.
pub fn enter(name: CheckInName, registration: RegistrationId, seen: Seen, now: DateTime<Utc>) -> CheckIn {
    let CheckInName { event, check_in: id } = name;
    let Seen { time, gate, list, mode } = seen;
    let (time, history) = (time.unwrap_or(now).min(now), History::begin(now));
    CheckIn { event, id, registration, state: State::Standing, time, gate, list, mode, history }
}

impl CheckIn {
    /// The check-in's resource name.
    pub fn name(&self) -> CheckInName {
        CheckInName { event: self.event.clone(), check_in: self.id }
    }

    /// The name of the registration by which somebody came.
    pub fn registration_name(&self) -> RegistrationName {
        RegistrationName { event: self.event.clone(), registration: self.registration }
    }

    /// It was made by mistake.
    pub fn undo(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Standing => Ok(Self { state: State::Undone, history: self.history.next(now), ..self }),
            State::Undone => Err(Refusal::WrongState { check_in: self.name(), state: self.state }),
        }
    }

    /// Why the registration is not withdrawn while this stands.
    pub fn holds_registration(&self) -> Refusal {
        Refusal::CheckedIn { registration: self.registration_name(), time: self.time }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn scanned(time: Option<&str>) -> CheckIn {
        let name = format!("events/ciftis-2023/checkIns/{UUID}").parse().unwrap();
        let seen = Seen { time: time.map(instant), gate: None, list: None, mode: Mode::OnSite };
        enter(name, UUID.parse().unwrap(), seen, instant("2023-09-05T01:00:00Z"))
    }

    #[test]
    fn scan_has_the_time_of_its_gate_and_never_one_to_come() {
        let times = [None, Some("2023-09-05T00:50:00Z"), Some("2023-09-05T09:00:00Z")].map(|time| scanned(time).time);

        assert_eq!(times, ["2023-09-05T01:00:00Z", "2023-09-05T00:50:00Z", "2023-09-05T01:00:00Z"].map(instant));
    }

    #[test]
    fn check_in_is_undone_once() {
        let undone = scanned(None).undo(instant("2023-09-05T01:05:00Z")).unwrap();

        assert_eq!((undone.state, undone.history.update_time), (State::Undone, instant("2023-09-05T01:05:00Z")));
        let refusal = Refusal::WrongState { check_in: undone.name(), state: State::Undone };
        assert_eq!(undone.undo(instant("2023-09-05T01:06:00Z")), Err(refusal));
    }
}
