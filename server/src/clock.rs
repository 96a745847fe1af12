//! The clock: the only place where the present moment is read.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

/// What time it is: the machine's, or an other one for a rehearsal. Clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that begins at another moment than the machine's and runs on from there, for rehearsals and the demo.
    pub fn starting_at(moment: DateTime<Utc>) -> Self {
        let clock = Self::default();
        clock.advance(moment - clock.now());
        clock
    }

    /// What time it is, truncated to microseconds, which is what every database keeps.
    pub fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
        let machine = Utc::now();
        attache_domain::zoned::truncate(machine + TimeDelta::microseconds(self.ahead_micros.load(Ordering::Relaxed)))
    }

    /// Moves the clock forward, or backward by a negative step.
    pub fn advance(&self, step: TimeDelta) {
        self.ahead_micros.fetch_add(step.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}
