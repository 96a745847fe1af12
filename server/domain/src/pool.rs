//! The capacity ledger's rules: a pool has places, a hold takes some, and who finds none waits.
//!
//! Seats in a category, session sign-ups, hotel rooms, vehicles and booths are all pools; nothing else counts and then inserts.
//! Some places are taken until they are given back, others for a while, for which a [`Claim`] says how long.

use std::fmt::Display;

use crate::refusal::Kind;

mod claim;

pub use claim::{Claim, Sharing, Shortage, Supply, most_held, shortages};

/// How many times a party, or a group, that needs more places than are free is passed over by those behind it, before free places are kept for it.
pub const MOST_PASSES: u32 = 3;

/// How full a pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// How many places there are; no limit, when `None`.
    pub capacity: Option<u32>,
    /// How many are taken.
    pub held: u32,
    /// How many wait for one.
    pub waiting: u32,
}

/// What the ledger had for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A place, taken in this transaction.
    Held,
    /// None: the position on the waiting list, 1 first.
    Queued(u32),
}

/// Why a pool cannot be so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The new capacity is below what is taken.
    #[error("{held} places of {pool} are taken already, a capacity of {capacity} would be below")]
    CapacityBelowHeld {
        /// Of which pool.
        pool: String,
        /// What was asked for.
        capacity: u32,
        /// What is taken.
        held: u32,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::CapacityBelowHeld { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::CapacityBelowHeld { .. } => "ERROR_REASON_CAPACITY_BELOW_HELD",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::CapacityBelowHeld { pool, capacity, held } => {
                vec![("pool", pool.clone()), ("capacity", capacity.to_string()), ("held", held.to_string())]
            }
        }
    }
}

impl Level {
    /// Gives a pool another capacity.
    pub fn resize(self, pool: &impl Display, capacity: Option<u32>) -> Result<Self, Refusal> {
        match capacity {
            Some(capacity) if capacity < self.held => {
                Err(Refusal::CapacityBelowHeld { pool: pool.to_string(), capacity, held: self.held })
            }
            Some(_) | None => Ok(Self { capacity, ..self }),
        }
    }

    /// How many who ask now get a place; as many as come, when there is no limit.
    pub fn free(self) -> Option<u32> {
        if self.waiting > 0 { Some(0) } else { self.capacity.map(|capacity| capacity.saturating_sub(self.held)) }
    }

    /// Whether so many places are free, for whoever waits first.
    pub fn has_room_for(self, places: u32) -> bool {
        self.capacity.is_none_or(|capacity| self.held.saturating_add(places) <= capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Level = Level { capacity: Some(2), held: 2, waiting: 1 };

    #[test]
    fn pool_below_what_is_held_is_refused() {
        let pool = "hall".to_owned();
        assert_eq!(FULL.resize(&pool, Some(1)), Err(Refusal::CapacityBelowHeld { pool, capacity: 1, held: 2 }));
        assert_eq!(FULL.resize(&"hall", None), Ok(Level { capacity: None, ..FULL }));
    }

    #[test]
    fn free_place_belongs_to_whoever_waits() {
        let freed = Level { held: 1, ..FULL };

        assert_eq!((freed.has_room_for(1), freed.free()), (true, Some(0)));
        assert_eq!(Level { capacity: None, ..freed }.free(), Some(0));
        assert_eq!(Level { waiting: 0, ..freed }.free(), Some(1));
    }
}
