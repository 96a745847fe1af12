//! Transactions that were in each other's way are run again, whole.

use std::time::Duration;

use super::{Outage, StoreError};
use crate::ids;

/// How often a transaction is run before its conflict is told.
const MOST_TRIES: u32 = 12;
/// The longest pause after the first conflict; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(4);
/// The longest pause of all.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// An error that may say that a transaction failed for no fault of its own.
pub trait Conflict {
    /// Tells whether it is to be run again: another one was faster, or the connection was lost before it was to be committed.
    fn is_conflict(&self) -> bool;

    /// Tells what keeps the database from taking writes, if it says that.
    fn outage(&self) -> Option<Outage>;
}

impl Conflict for StoreError {
    fn is_conflict(&self) -> bool {
        match self {
            Self::Database(error) => super::connection::is_conflict(error),
            Self::Undone => true,
            Self::Corrupt { .. }
            | Self::Vault(_)
            | Self::Taken(_)
            | Self::Unrepeatable(_)
            | Self::RequestIdReused(_)
            | Self::NoParent(_)
            | Self::PageToken
            | Self::Filter(_)
            | Self::OrderBy(_)
            | Self::Crowded(_)
            | Self::Unsure
            | Self::Leaked => false,
        }
    }

    fn outage(&self) -> Option<Outage> {
        match self {
            Self::Database(error) => Outage::of(error),
            Self::Unsure => Some(Outage::Absent),
            Self::Undone
            | Self::Corrupt { .. }
            | Self::Vault(_)
            | Self::Taken(_)
            | Self::Unrepeatable(_)
            | Self::RequestIdReused(_)
            | Self::NoParent(_)
            | Self::PageToken
            | Self::Filter(_)
            | Self::OrderBy(_)
            | Self::Crowded(_)
            | Self::Leaked => None,
        }
    }
}

/// Runs an attempt; after a conflict again, until it ends with anything else or has been run often enough.
pub(super) async fn until_free_of_conflict<T, E, Fut>(
    pause: fn(u32) -> Duration,
    attempt: impl Fn() -> Fut,
) -> Result<T, E>
where
    E: Conflict,
    Fut: Future<Output = Result<T, E>>,
{
    let mut outcome = attempt().await;
    for tries in 1..MOST_TRIES {
        match outcome {
            Err(error) if error.is_conflict() => {
                tokio::time::sleep(pause(tries)).await;
                outcome = attempt().await;
            }
            ended => return ended,
        }
    }
    outcome
}

/// How long to wait after so many tries: a random part of a pause that doubles, so that those who collided do not meet again.
pub(super) fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << tries.min(16)).min(LONGEST_PAUSE);
    let [share, ..] = ids::random_bytes();
    longest.mul_f64((f64::from(share) + 1.0) / 256.0)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[derive(Debug, PartialEq, Eq)]
    enum Outcome {
        Conflict,
        Other,
    }

    impl Conflict for Outcome {
        fn is_conflict(&self) -> bool {
            *self == Self::Conflict
        }

        fn outage(&self) -> Option<Outage> {
            None
        }
    }

    #[tokio::test]
    async fn conflict_is_tried_again_and_nothing_else_is() {
        let tries = AtomicU32::new(0);
        let after = |conflicts: u32, last: fn() -> Result<(), Outcome>| {
            tries.store(0, Ordering::Relaxed);
            let tries = &tries;
            until_free_of_conflict(
                |_| Duration::ZERO,
                move || async move {
                    if tries.fetch_add(1, Ordering::Relaxed) < conflicts { Err(Outcome::Conflict) } else { last() }
                },
            )
        };

        assert_eq!((after(3, || Ok(())).await, tries.load(Ordering::Relaxed)), (Ok(()), 4));
        assert_eq!((after(1, || Err(Outcome::Other)).await, tries.load(Ordering::Relaxed)), (Err(Outcome::Other), 2));
        let always = after(u32::MAX, || Ok(())).await;
        assert_eq!((always, tries.load(Ordering::Relaxed)), (Err(Outcome::Conflict), MOST_TRIES));
    }
}
