//! The clock: the only place where the present moment is read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// What time it is: the machine's, or an other one for a rehearsal. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
    began_ahead_micros: i64,
    began: Instant,
    moved: Arc<watch::Sender<()>>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { ahead_micros: Arc::default(), began_ahead_micros: 0, began: Instant::now(), moved: Arc::default() }
    }
}

impl Clock {
    /// A clock that begins at another moment than the machine's and runs on from there, for rehearsals and the demo.
    pub fn starting_at(moment: DateTime<Utc>) -> Self {
        let clock = Self::default();
        clock.advance(moment - clock.now());
        Self { began_ahead_micros: clock.ahead_micros.load(Ordering::Relaxed), ..clock }
    }

    /// How long it has been running; it does not go back when the machine's clock is set back.
    pub fn running(&self) -> Duration {
        let moved = self.ahead_micros.load(Ordering::Relaxed) - self.began_ahead_micros;
        let step = Duration::from_micros(moved.unsigned_abs());
        let machine = self.began.elapsed();
        if moved < 0 { machine.saturating_sub(step) } else { machine.saturating_add(step) }
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
        self.moved.send_replace(());
    }

    /// Waits until it has been running for so long; who moves it forward makes that sooner.
    pub async fn until_running(&self, end: Duration) {
        let mut moved = self.moved.subscribe();
        loop {
            let left = end.saturating_sub(self.running());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                _ = moved.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn wait_ends_when_the_clock_is_moved_beyond_its_end() {
        let clock = Clock::default();
        let hour = Duration::from_hours(1);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.until_running(hour).await }
        });

        clock.advance(TimeDelta::minutes(59));
        tokio::task::yield_now().await;
        let early = waiting.is_finished();
        clock.advance(TimeDelta::minutes(1));
        waiting.await.unwrap();

        assert!(!early && clock.running() >= hour);
    }
}
