//! Places taken for a while: rooms for some nights, a van for an hour.
//!
//! Whether places are only wanted or already held, one rule says what does not fit; whoever checks a plan and whoever
//! takes places for it ask the same question.

use std::fmt;

use crate::interval::{Interval, Load, Occupation, clashes, exceeding, peak};

/// Says how much of something there is at any time, and who can have it together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Supply {
    /// How many seats, rooms or people there are.
    pub capacity: u32,
    /// Whether several holders can have it at the same time.
    pub sharing: Sharing,
}

/// Says whether several holders can have something at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sharing {
    /// It is where its holder is: a car, of which free seats are of no use elsewhere.
    OneHolder,
    /// It serves holders together as long as there is enough of it: the twin rooms of a hotel.
    ManyHolders,
}

impl Sharing {
    /// Every way of sharing there is.
    pub const ALL: [Self; 2] = [Self::OneHolder, Self::ManyHolders];
}

impl fmt::Display for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OneHolder => "ONE_HOLDER",
            Self::ManyHolders => "MANY_HOLDERS",
        })
    }
}

/// Says that a holder has, or would have, so many places for a while.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim<H> {
    /// For how long.
    pub interval: Interval,
    /// Who.
    pub holder: H,
    /// How many.
    pub quantity: u32,
}

/// Says that claims do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shortage<H> {
    /// Two holders would have at the same time what serves one.
    Overlap {
        /// Whose claim starts earlier.
        first: H,
        /// The other holder.
        second: H,
        /// The time for which both would have it.
        overlap: Interval,
    },
    /// More would be held than there is.
    Excess {
        /// When.
        interval: Interval,
        /// How much would be held.
        wanted: u64,
        /// Who would hold it, the earliest claim first.
        holders: Vec<H>,
    },
}

impl<H: Eq> Shortage<H> {
    /// Tells whether it says all that the other says: who knows of it need not be told the other.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Overlap { first, second, overlap },
                Self::Overlap { first: its_first, second: its_second, overlap: its_overlap },
            ) => (first, second) == (its_first, its_second) && overlap.encloses(its_overlap),
            (Self::Excess { interval, .. }, Self::Excess { interval: its_interval, .. }) => {
                interval.encloses(its_interval)
            }
            (Self::Overlap { .. }, Self::Excess { .. }) | (Self::Excess { .. }, Self::Overlap { .. }) => false,
        }
    }
}

/// Finds everything for which `wanted` does not fit beside `held`, in the order of time; nothing, when all of it fits.
///
/// What does not fit among `held` alone is not told. The answer does not depend on the order of the claims.
pub fn shortages<H: Ord + Clone>(supply: Supply, held: &[Claim<H>], wanted: &[Claim<H>]) -> Vec<Shortage<H>> {
    let held = held.iter().map(|claim| (claim, false));
    let mut claims: Vec<(&Claim<H>, bool)> = held.chain(wanted.iter().map(|claim| (claim, true))).collect();
    claims.retain(|(claim, _)| claim.quantity > 0);
    claims.sort_unstable();
    match supply.sharing {
        Sharing::OneHolder => {
            let mut found = overlaps(&claims);
            // Each holder has the whole of it, so that only its own quantity counts.
            found.extend(claims.chunks(1).flat_map(|claim| excesses(supply.capacity, claim)));
            found
        }
        Sharing::ManyHolders => excesses(supply.capacity, &claims),
    }
}

/// Gives the most that is held at once, for two who cannot share it the larger; 0 when nothing is held.
pub fn most_held<H>(sharing: Sharing, held: &[Claim<H>]) -> u32 {
    let most = match sharing {
        Sharing::OneHolder => held.iter().map(|claim| u64::from(claim.quantity)).max(),
        Sharing::ManyHolders => peak(&loads(held.iter())).map(|level| level.quantity),
    };
    u32::try_from(most.unwrap_or(0)).unwrap_or(u32::MAX)
}

fn overlaps<H: Ord + Clone>(claims: &[(&Claim<H>, bool)]) -> Vec<Shortage<H>> {
    let taken: Vec<_> = claims
        .iter()
        .map(|(claim, is_wanted)| Occupation {
            subject: (),
            activity: (&claim.holder, *is_wanted),
            interval: claim.interval,
        })
        .collect();
    clashes(&taken)
        .iter()
        .filter(|clash| clash.first.activity.1 || clash.second.activity.1)
        .map(|clash| Shortage::Overlap {
            first: clash.first.activity.0.clone(),
            second: clash.second.activity.0.clone(),
            overlap: clash.overlap,
        })
        .collect()
}

fn excesses<H: Clone>(capacity: u32, claims: &[(&Claim<H>, bool)]) -> Vec<Shortage<H>> {
    let mut found = Vec::new();
    for level in exceeding(&loads(claims.iter().map(|(claim, _)| *claim)), capacity) {
        let concerned = claims.iter().filter(|(claim, _)| claim.interval.overlaps(&level.interval));
        if concerned.clone().any(|(_, is_wanted)| *is_wanted) {
            let holders = concerned.map(|(claim, _)| claim.holder.clone()).collect();
            found.push(Shortage::Excess { interval: level.interval, wanted: level.quantity, holders });
        }
    }
    found
}

fn loads<'a, H: 'a>(claims: impl Iterator<Item = &'a Claim<H>>) -> Vec<Load> {
    claims.map(|claim| Load { interval: claim.interval, quantity: claim.quantity }).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    fn claim(holder: &'static str, start: u32, end: u32, quantity: u32) -> Claim<&'static str> {
        let at = |hour: u32| -> DateTime<Utc> { format!("2023-09-05T{hour:02}:00:00Z").parse().unwrap() };
        Claim { interval: Interval::new(at(start), at(end)).unwrap(), holder, quantity }
    }

    fn excess(start: u32, end: u32, wanted: u64, holders: &[&'static str]) -> Shortage<&'static str> {
        Shortage::Excess { interval: claim("", start, end, 0).interval, wanted, holders: holders.to_vec() }
    }

    fn overlap(first: &'static str, second: &'static str, start: u32, end: u32) -> Shortage<&'static str> {
        Shortage::Overlap { first, second, overlap: claim("", start, end, 0).interval }
    }

    const ROOMS: Supply = Supply { capacity: 5, sharing: Sharing::ManyHolders };
    const VAN: Supply = Supply { capacity: 5, sharing: Sharing::OneHolder };

    #[test]
    fn what_is_wanted_fits_beside_what_is_held_or_is_told() {
        type Case = (Supply, Vec<Claim<&'static str>>, Vec<Claim<&'static str>>, Vec<Shortage<&'static str>>);
        let cases: [Case; 9] = [
            (ROOMS, vec![claim("a", 9, 12, 3)], vec![claim("b", 9, 12, 2)], vec![]),
            (ROOMS, vec![claim("a", 9, 12, 3)], vec![claim("b", 10, 13, 3)], vec![excess(10, 12, 6, &["a", "b"])]),
            (ROOMS, vec![claim("a", 9, 12, 5)], vec![claim("b", 12, 13, 5)], vec![]),
            // Both came to terms before; that is not for a third who wants nothing then.
            (ROOMS, vec![claim("a", 9, 12, 4), claim("b", 9, 12, 4)], vec![claim("c", 12, 13, 1)], vec![]),
            (ROOMS, vec![], vec![claim("a", 9, 10, 3), claim("b", 9, 10, 3)], vec![excess(9, 10, 6, &["a", "b"])]),
            (VAN, vec![claim("a", 9, 12, 1)], vec![claim("b", 11, 13, 1)], vec![overlap("a", "b", 11, 12)]),
            (VAN, vec![claim("a", 9, 12, 5)], vec![claim("b", 12, 13, 5)], vec![]),
            (VAN, vec![claim("a", 9, 12, 6)], vec![claim("b", 12, 13, 5)], vec![]),
            (VAN, vec![], vec![claim("b", 12, 13, 6)], vec![excess(12, 13, 6, &["b"])]),
        ];
        for (supply, held, wanted, expected) in cases {
            assert_eq!(shortages(supply, &held, &wanted), expected, "{supply:?} {held:?} {wanted:?}");
        }
    }

    #[test]
    fn order_of_claims_does_not_matter() {
        let mut held = vec![claim("a", 9, 11, 2), claim("b", 9, 11, 2), claim("c", 10, 12, 1)];
        let wanted = [claim("d", 9, 12, 2)];
        let expected = vec![excess(9, 10, 6, &["a", "b", "d"]), excess(10, 11, 7, &["a", "b", "d", "c"])];

        for _ in 0..held.len() {
            assert_eq!(shortages(ROOMS, &held, &wanted), expected);
            held.rotate_left(1);
        }
    }

    #[test]
    fn most_is_held_together_or_by_one() {
        let held = [claim("a", 9, 11, 2), claim("b", 10, 12, 2), claim("c", 12, 13, 3)];

        assert_eq!(Sharing::ALL.map(|sharing| most_held(sharing, &held)), [3, 4]);
        assert_eq!(most_held::<()>(Sharing::ManyHolders, &[]), 0);
    }
}
