//! How writes share commits.

use std::time::Duration;

/// How writes share commits, and how many may wait for their turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many writes one commit holds at most; with 1 each has its own.
    pub together: usize,
    /// How many writes wait for their turn at most, before others are sent away.
    pub waiting: usize,
    /// How much longer than it does a commit is made to take, to measure a slow disk on a quick one.
    pub slowed_by: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { together: 128, waiting: 4096, slowed_by: Duration::ZERO }
    }
}
