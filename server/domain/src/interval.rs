//! Half-open stretches of time, and the questions every schedule asks of them: do two meet, who is in two places at
//! once, how many are there at the same time.
//!
//! Sessions, meetings, flights, rooms, vehicles and people are all checked here, so that one rule decides what a clash
//! is: two stretches clash when they share an instant, and one that starts as another ends shares none with it.
//! Only instants are compared; midnight and clock changes need no case of their own.
//!
//! **Invariant:** an [`Interval`] ends after it starts.

use chrono::{DateTime, TimeDelta, Utc};

use crate::zoned::Zoned;

mod clash;
mod load;

pub use clash::{Clash, Occupation, clashes};
pub use load::{Level, Load, exceeding, peak, profile};

/// Says why two instants do not bound a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The end is not after the start; a stretch that takes no time occupies nothing.
    #[error("the end {end} is not after the start {start}")]
    EndNotAfterStart {
        /// The start that was given.
        start: DateTime<Utc>,
        /// The end that was given.
        end: DateTime<Utc>,
    },
}

/// Holds a stretch of time: a session's slot, a night in a hotel, a visit window.
///
/// The start belongs to it and the end does not.
/// Intervals order by start, then by end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Interval {
    /// Bounds a stretch of time, refusing one that takes no time or less.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, Refusal> {
        if start < end { Ok(Self { start, end }) } else { Err(Refusal::EndNotAfterStart { start, end }) }
    }

    /// Bounds a stretch of time by two clocks, perhaps in different zones: a flight, as its ticket shows it.
    pub fn between(start: &Zoned, end: &Zoned) -> Result<Self, Refusal> {
        Self::new(start.instant(), end.instant())
    }

    /// Gives the first instant that belongs to it.
    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// Gives the first instant that no longer belongs to it.
    pub fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// Gives how long it truly takes, always more than nothing.
    pub fn duration(&self) -> TimeDelta {
        self.end - self.start
    }

    /// Tells whether the two share an instant; touching ends share none.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Gives the time that belongs to both, if any does.
    pub fn overlap(&self, other: &Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }

    /// Tells whether the instant belongs to it.
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Tells whether the whole of the other belongs to it: the session lies inside the event.
    pub fn encloses(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Gives the time left free between the two, whichever comes first: nothing when they touch, `None` when they
    /// overlap.
    pub fn gap(&self, other: &Self) -> Option<TimeDelta> {
        let gap = self.start.max(other.start) - self.end.min(other.end);
        (gap >= TimeDelta::zero()).then_some(gap)
    }
}

#[cfg(test)]
mod tests;
