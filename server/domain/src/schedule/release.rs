//! What a new release of the schedule changes for those who went by the one before.

use std::collections::{BTreeMap, BTreeSet};

use super::SessionKey;
use crate::{interval::Interval, localized::Localized, resource::RoomId};

/// Holds what a release says of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The session.
    pub session: SessionKey,
    /// What the programme calls it.
    pub title: Localized,
    /// When it is.
    pub slot: Interval,
    /// Where it is, if the release says so.
    pub room: Option<RoomId>,
}

/// Says what something was and what it has become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move<T> {
    /// What the release before said.
    pub before: T,
    /// What the new release says.
    pub after: T,
}

/// Says one thing that a release changes about a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The session is new in the programme.
    Added {
        /// The new entry.
        entry: Entry,
    },
    /// The session is no longer in the programme.
    Removed {
        /// The last entry it had.
        entry: Entry,
    },
    /// The session is at another time, in another room, or both; at least one of them is there.
    Moved {
        /// The session.
        session: SessionKey,
        /// Its times, if they differ.
        time: Option<Move<Interval>>,
        /// Its rooms, if they differ.
        room: Option<Move<Option<RoomId>>>,
    },
    /// The session has another title.
    Retitled {
        /// The session.
        session: SessionKey,
        /// Its titles.
        title: Move<Localized>,
    },
}

/// Gives what changes from one release to the next, ordered by session.
///
/// A session is in a release once; of repeated entries the last counts.
pub fn changes(before: &[Entry], after: &[Entry]) -> Vec<Change> {
    let (before, after) = (by_session(before), by_session(after));
    let sessions: BTreeSet<&SessionKey> = before.keys().chain(after.keys()).copied().collect();
    let change = |session| match (before.get(session), after.get(session)) {
        (Some(before), Some(after)) => [moved(before, after), retitled(before, after)],
        (Some(before), None) => [Some(Change::Removed { entry: (*before).clone() }), None],
        (None, Some(after)) => [Some(Change::Added { entry: (*after).clone() }), None],
        (None, None) => [None, None],
    };
    sessions.into_iter().flat_map(change).flatten().collect()
}

fn by_session(entries: &[Entry]) -> BTreeMap<&SessionKey, &Entry> {
    entries.iter().map(|entry| (&entry.session, entry)).collect()
}

fn moved(before: &Entry, after: &Entry) -> Option<Change> {
    let time = differing(&before.slot, &after.slot);
    let room = differing(&before.room, &after.room);
    let stays = time.is_none() && room.is_none();
    (!stays).then(|| Change::Moved { session: after.session.clone(), time, room })
}

fn retitled(before: &Entry, after: &Entry) -> Option<Change> {
    let title = differing(&before.title, &after.title)?;
    Some(Change::Retitled { session: after.session.clone(), title })
}

fn differing<T: Clone + PartialEq>(before: &T, after: &T) -> Option<Move<T>> {
    (before != after).then(|| Move { before: before.clone(), after: after.clone() })
}
