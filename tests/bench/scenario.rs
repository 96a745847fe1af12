//! What a scenario is, and what it comes to.

use std::{path::PathBuf, pin::Pin, sync::Arc, time::Duration};

use anyhow::Result;
use attache_tests::site::Place;
use serde::Serialize;

use crate::{
    fill::Filled,
    load::{Sample, precise},
    turns::Comparison,
};

/// Something that is measured.
pub struct Scenario {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What is measured, what it is compared with, and what it must reach, in a sentence or two.
    pub reaches: &'static str,
    /// Measures it.
    pub run: for<'a> fn(&'a Ground) -> Running<'a>,
}

/// A scenario under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Measured>> + 'a>>;

/// What scenarios stand on, as the command line says.
#[derive(Clone)]
pub struct Ground {
    /// Where databases are made.
    pub folder: PathBuf,
    /// How long one turn of one side is counted.
    pub lasting: Duration,
    /// How often each side has its turn.
    pub turns: usize,
    /// How many calls are under way, when it is not the scenario's usual number.
    pub in_flight: Option<usize>,
    /// The PostgreSQL database to measure on; a SQLite file, when none.
    pub database: Option<String>,
    /// How much longer a commit is made to take.
    pub slow_commit: Duration,
    /// How many guests come to the launch.
    pub guests: usize,
    /// Within what time they come.
    pub within: Duration,
    /// What the server logs.
    pub log: String,
    /// Large installations, kept for all scenarios of the run.
    pub filled: Arc<Filled>,
}

impl Ground {
    /// How the database stands in a scenario's title.
    pub fn on(&self) -> &'static str {
        if self.database.is_some() { " on PostgreSQL" } else { "" }
    }
}

impl From<&Ground> for Place {
    fn from(ground: &Ground) -> Self {
        Self { folder: ground.folder.clone(), database: ground.database.clone(), log: ground.log.clone() }
    }
}

/// What a scenario came to.
#[derive(Serialize)]
pub struct Measured {
    /// What was measured: the scenario and what was set for it.
    pub scenario: String,
    /// What the measured side did.
    pub figures: Figures,
    /// What the sides did that it is compared with.
    pub limits: Vec<Figures>,
    /// How they compare.
    pub ratios: Vec<Ratio>,
}

impl Measured {
    /// What a comparison came to, whose first side is the one that is measured.
    pub fn of(scenario: String, compared: Comparison, ratios: impl FnOnce(&Comparison) -> Vec<Ratio>) -> Self {
        let ratios = ratios(&compared);
        let mut sides = compared.sides;
        let figures = sides.remove(0);
        Self { scenario, figures, limits: sides, ratios }
    }

    /// Whether all that was to be reached was.
    pub fn reached(&self) -> bool {
        self.ratios.iter().all(Ratio::reached)
    }
}

/// What one side did in all its turns.
#[derive(Serialize)]
pub struct Figures {
    /// Which side.
    pub side: String,
    /// How many calls it answered a second: the median of its turns.
    pub throughput: f64,
    /// Half of the calls took no longer, in milliseconds.
    pub p50_ms: f64,
    /// All but one in a hundred took no longer, in milliseconds.
    pub p99_ms: f64,
    /// How many calls failed.
    pub errors: u64,
    /// What the first of them failed of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_error: Option<String>,
    /// How much processor time the side took for a call, in microseconds.
    pub cpu_us: f64,
    /// The most memory it had at once, in MiB.
    pub peak_mib: f64,
}

impl Figures {
    /// Sums up the turns of a side.
    pub fn of(side: String, turns: Vec<Sample>, peak_memory: u64) -> Result<Self> {
        let throughput = median(turns.iter().map(Sample::throughput).collect());
        let mut all = Sample::nothing()?;
        for turn in turns {
            all.add(turn)?;
        }
        let quantile = |part: f64| precise(all.latencies.value_at_quantile(part)) / 1e3;
        Ok(Self {
            side,
            throughput,
            p50_ms: quantile(0.5),
            p99_ms: quantile(0.99),
            errors: all.errors,
            cpu_us: all.cpu.as_secs_f64() * 1e6 / precise(all.latencies.len().max(1)),
            peak_mib: mebibytes(peak_memory),
            first_error: all.first_error,
        })
    }
}

/// Bytes in MiB.
pub fn mebibytes(bytes: u64) -> f64 {
    precise(bytes) / 1024.0 / 1024.0
}

/// The one in the middle.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// A figure beside what it must be.
#[derive(Serialize)]
pub struct Ratio {
    /// What is compared with what.
    pub to: String,
    /// What came of it.
    pub got: f64,
    /// What must come of it.
    pub reach: Reach,
}

/// What a figure must be.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// So much or more.
    AtLeast(f64),
    /// So much or less.
    AtMost(f64),
}

impl Ratio {
    /// Whether it is what it must be.
    pub fn reached(&self) -> bool {
        match self.reach {
            Reach::AtLeast(least) => self.got >= least,
            Reach::AtMost(most) => self.got <= most,
        }
    }
}
