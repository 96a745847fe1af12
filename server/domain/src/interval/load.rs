//! How much is wanted at the same time: seats in a car, chairs in a room, rooms in a hotel.

use chrono::{DateTime, Utc};

use super::Interval;

/// Says that a quantity is wanted for a while: four seats of the car from nine to ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Load {
    /// How long it is wanted.
    pub interval: Interval,
    /// How much is wanted, in whatever the resource is counted in.
    pub quantity: u32,
}

/// Says how much is wanted at once during a stretch in which that does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Level {
    /// The longest stretch around it with this level throughout.
    pub interval: Interval,
    /// The sum of all quantities wanted in it, more than nothing.
    pub quantity: u64,
}

/// Gives how much is wanted over time, as stretches in order that neither overlap nor repeat a level they touch.
///
/// Stretches in which nothing is wanted are left out.
pub fn profile(loads: &[Load]) -> Vec<Level> {
    let mut changes: Vec<(DateTime<Utc>, i64)> = loads
        .iter()
        .flat_map(|Load { interval, quantity }| {
            let quantity = i64::from(*quantity);
            [(interval.start(), quantity), (interval.end(), -quantity)]
        })
        .collect();
    changes.sort_unstable();

    let mut levels: Vec<Level> = Vec::new();
    let (mut since, mut current) = (None, 0_i64);
    // All changes of an instant count together: who leaves as another comes makes no peak.
    for together in changes.chunk_by(|one, other| one.0 == other.0) {
        let Some(&(now, _)) = together.first() else { continue };
        if let Some(interval) = since.and_then(|since| Interval::new(since, now).ok()) {
            append(&mut levels, Level { interval, quantity: current.unsigned_abs() });
        }
        current += together.iter().map(|(_, change)| change).sum::<i64>();
        since = Some(now);
    }
    levels
}

/// Gives the most that is ever wanted at once and the first stretch in which it is; `None` if nothing ever is.
pub fn peak(loads: &[Load]) -> Option<Level> {
    // Of equal levels `max_by_key` takes the last, and the first is what an organiser reads first.
    profile(loads).into_iter().rev().max_by_key(|level| level.quantity)
}

/// Gives every stretch in which more is wanted than there is.
pub fn exceeding(loads: &[Load], capacity: u32) -> Vec<Level> {
    profile(loads).into_iter().filter(|level| level.quantity > u64::from(capacity)).collect()
}

/// Adds a level after the others, drawing out the last one if it goes on unchanged.
fn append(levels: &mut Vec<Level>, next: Level) {
    if next.quantity == 0 {
        return;
    }
    if let Some(last) = levels.last_mut()
        && last.quantity == next.quantity
        && last.interval.end() == next.interval.start()
    {
        last.interval.end = next.interval.end;
    } else {
        levels.push(next);
    }
}
