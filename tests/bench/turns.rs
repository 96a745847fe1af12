//! Sides that are compared have their turns one after another and over again, so that what else the machine does meets them all alike.

use std::{pin::Pin, time::Duration};

use anyhow::Result;

use crate::{
    load::Sample,
    scenario::{Figures, Ratio, Reach, median},
};

/// One of the sides that are compared.
pub trait Side {
    /// What it is called in the table.
    fn name(&self) -> String;
    /// Has a turn.
    fn turn(&mut self, lasting: Duration) -> Turn<'_>;
    /// The most memory it had at once, in bytes.
    fn peak_memory(&self) -> Result<u64>;
    /// Removes what it made.
    fn clear(self: Box<Self>) -> Cleared;
}

/// A removal under way.
pub type Cleared = Pin<Box<dyn Future<Output = Result<()>>>>;

/// A turn under way.
pub type Turn<'a> = Pin<Box<dyn Future<Output = Result<Sample>> + 'a>>;

/// What all sides did.
pub struct Comparison {
    /// What each did, in the order they were given.
    pub sides: Vec<Figures>,
    throughputs: Vec<Vec<f64>>,
}

/// Gives each side its turns.
pub async fn compare(sides: &mut [&mut dyn Side], turns: usize, lasting: Duration) -> Result<Comparison> {
    let mut samples: Vec<Vec<Sample>> = sides.iter().map(|_| Vec::new()).collect();
    for _ in 0..turns {
        for (side, samples) in sides.iter_mut().zip(&mut samples) {
            samples.push(side.turn(lasting).await?);
        }
    }
    let throughputs = samples.iter().map(|turns| turns.iter().map(Sample::throughput).collect()).collect();
    let sides = sides.iter().zip(samples).map(|(side, turns)| Figures::of(side.name(), turns, side.peak_memory()?));
    Ok(Comparison { sides: sides.collect::<Result<_>>()?, throughputs })
}

impl Comparison {
    /// How much more one side did than another: the median over the turns, each compared with the turn beside it.
    pub fn ratio(&self, of: usize, to: usize, least: f64) -> Ratio {
        let to_what = format!("throughput to {}", self.sides[to].side);
        Ratio { to: to_what, got: self.got(of, to), reach: Reach::AtLeast(least) }
    }

    /// The same where neither is the side that is measured first.
    pub fn ratio_of(&self, of: usize, to: usize, least: f64) -> Ratio {
        let to_what = format!("{} to {}", self.sides[of].side, self.sides[to].side);
        Ratio { to: to_what, got: self.got(of, to), reach: Reach::AtLeast(least) }
    }

    fn got(&self, of: usize, to: usize) -> f64 {
        let pairs = self.throughputs[of].iter().zip(&self.throughputs[to]);
        median(pairs.map(|(of, to)| of / to).collect())
    }
}
