//! What can stand in the way of a schedule.

use super::SessionKey;
use crate::{
    interval::Interval,
    resource::{PersonName, RoomId, StopName},
};

/// Says whether a finding has to be dealt with before the release or may be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The plan may be released as it is, if the organiser means it so.
    Warning,
    /// The plan cannot take place as it is.
    Error,
}

/// Says one thing that stands in the way of a schedule, with all that is concerned.
///
/// Its text names nothing; who may see what is concerned is for others to decide.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Two sessions are in one room at the same time.
    #[error("two sessions are in one room at the same time")]
    RoomDoubleBooked {
        /// The room.
        room: RoomId,
        /// The session that starts earlier.
        first: SessionKey,
        /// The other session.
        second: SessionKey,
        /// The time both want it.
        overlap: Interval,
    },
    /// Somebody has to be in two sessions at the same time.
    #[error("a person has to be in two sessions at the same time")]
    PersonDoubleBooked {
        /// Who.
        person: PersonName,
        /// The session that starts earlier.
        first: SessionKey,
        /// The other session.
        second: SessionKey,
        /// The time for which both want them.
        overlap: Interval,
    },
    /// Somebody has to be in a session while a visit takes them somewhere else.
    #[error("a person has to be in a session and on a stop of a visit at the same time")]
    PersonOnVisit {
        /// Who.
        person: PersonName,
        /// The session.
        session: SessionKey,
        /// The stop; a hotel stay takes nobody's time.
        stop: StopName,
        /// The time for which both want them.
        overlap: Interval,
    },
    /// The session starts before the event or ends after it.
    #[error("a session lies outside the event")]
    OutsideEvent {
        /// The session.
        session: SessionKey,
        /// When it is.
        slot: Interval,
        /// When the event is.
        window: Interval,
    },
    /// Nobody has said when the session is; a release leaves it out.
    #[error("a session has no time")]
    WithoutTime {
        /// The session.
        session: SessionKey,
    },
    /// Nobody has said where the session is.
    #[error("a session has no room")]
    WithoutRoom {
        /// The session.
        session: SessionKey,
    },
    /// Nobody speaks in the session.
    #[error("a session has no speaker")]
    WithoutSpeaker {
        /// The session.
        session: SessionKey,
    },
    /// Nobody signs in a signing, or nobody for one of its parties.
    #[error("a signing has nobody to sign for a party")]
    WithoutSignatory {
        /// The session.
        session: SessionKey,
    },
    /// The session is in a room that the event does not have, or no longer has.
    #[error("a session is in a room that is not one of the event's")]
    UnknownRoom {
        /// The session.
        session: SessionKey,
        /// The room it is said to be in.
        room: RoomId,
    },
    /// More people are expected than the room takes.
    #[error("{expected} people are expected in a room for {capacity}")]
    RoomTooSmall {
        /// The session.
        session: SessionKey,
        /// The room.
        room: RoomId,
        /// How many people are expected.
        expected: u32,
        /// How many people fit in.
        capacity: u32,
    },
}

impl Finding {
    /// Gives its one word, by which programs tell findings apart.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::RoomDoubleBooked { .. } => "room_double_booked",
            Self::PersonDoubleBooked { .. } => "person_double_booked",
            Self::PersonOnVisit { .. } => "person_on_visit",
            Self::OutsideEvent { .. } => "outside_event",
            Self::WithoutTime { .. } => "without_time",
            Self::WithoutRoom { .. } => "without_room",
            Self::WithoutSpeaker { .. } => "without_speaker",
            Self::WithoutSignatory { .. } => "without_signatory",
            Self::UnknownRoom { .. } => "unknown_room",
            Self::RoomTooSmall { .. } => "room_too_small",
        }
    }

    /// Tells whether it has to be dealt with: nobody can be in two places, but a crowded room or an open question may
    /// be meant.
    pub fn severity(&self) -> Severity {
        match self {
            Self::RoomDoubleBooked { .. }
            | Self::PersonDoubleBooked { .. }
            | Self::PersonOnVisit { .. }
            | Self::OutsideEvent { .. }
            | Self::UnknownRoom { .. } => Severity::Error,
            Self::WithoutTime { .. }
            | Self::WithoutRoom { .. }
            | Self::WithoutSpeaker { .. }
            | Self::WithoutSignatory { .. }
            | Self::RoomTooSmall { .. } => Severity::Warning,
        }
    }

    /// Gives the sessions it is about: the one, or the two that clash.
    pub fn sessions(&self) -> Vec<&SessionKey> {
        match self {
            Self::RoomDoubleBooked { first, second, .. } | Self::PersonDoubleBooked { first, second, .. } => {
                vec![first, second]
            }
            Self::PersonOnVisit { session, .. }
            | Self::OutsideEvent { session, .. }
            | Self::WithoutTime { session }
            | Self::WithoutRoom { session }
            | Self::WithoutSpeaker { session }
            | Self::WithoutSignatory { session }
            | Self::UnknownRoom { session, .. }
            | Self::RoomTooSmall { session, .. } => vec![session],
        }
    }

    /// Gives the stop of a visit that a session clashes with, if it is about one.
    pub fn stop(&self) -> Option<&StopName> {
        match self {
            Self::PersonOnVisit { stop, .. } => Some(stop),
            Self::RoomDoubleBooked { .. }
            | Self::PersonDoubleBooked { .. }
            | Self::OutsideEvent { .. }
            | Self::WithoutTime { .. }
            | Self::WithoutRoom { .. }
            | Self::WithoutSpeaker { .. }
            | Self::WithoutSignatory { .. }
            | Self::UnknownRoom { .. }
            | Self::RoomTooSmall { .. } => None,
        }
    }
}
