//! What a scenario is, what it found, and how that is told.

use std::{path::PathBuf, pin::Pin, time::Duration};

use anyhow::Result;
use attache_tests::{machine::Machine, site::Place};
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use serde::Serialize;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::cluster::Cluster;

/// Something that goes wrong, and what must hold then.
pub struct Scenario {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What goes wrong and what must hold, in a sentence or two.
    pub holds: &'static str,
    /// Runs it.
    pub run: for<'a> fn(&'a Ground) -> Running<'a>,
}

/// A scenario under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Findings>> + 'a>>;

/// A scenario that was run: what it found, or why it came to nothing.
pub type Outcome = (String, Result<Findings>);

/// What scenarios stand on, as the command line says.
pub struct Ground {
    /// Where databases are made.
    pub folder: PathBuf,
    /// Whether few callers and few faults do.
    pub small: bool,
    /// What the servers log.
    pub log: String,
    given: Option<String>,
    cluster: OnceCell<Cluster>,
}

impl Ground {
    /// Takes what the command line says.
    pub fn new(folder: PathBuf, given: Option<String>, small: bool, log: String) -> Self {
        Self { folder, small, log, given, cluster: OnceCell::new() }
    }

    /// A place for installations in SQLite files.
    pub fn sqlite(&self) -> Place {
        Place { folder: self.folder.clone(), database: None, log: self.log.clone() }
    }

    /// A place for installations in PostgreSQL: the given database, or one in a cluster that is made for it.
    pub async fn postgres(&self) -> Result<Place> {
        let url = match &self.given {
            Some(url) => url.clone(),
            None => self.cluster.get_or_try_init(async || Cluster::found(&self.folder)).await?.url(),
        };
        Ok(Place { database: Some(url), ..self.sqlite() })
    }

    /// One number for a whole run, another for a small one.
    pub fn of<T>(&self, whole: T, small: T) -> T {
        if self.small { small } else { whole }
    }
}

/// What a scenario found.
#[derive(Serialize)]
pub struct Findings {
    /// The scenario and what was set for it.
    pub scenario: String,
    /// Figures to understand the rest by.
    pub figures: Vec<(String, String)>,
    /// What was compared.
    pub checks: Vec<Check>,
}

/// A count beside what it must be.
#[derive(Serialize)]
pub struct Check {
    /// What was counted.
    pub what: String,
    /// What was found.
    pub found: u64,
    /// What must be found.
    pub must_be: u64,
}

impl Findings {
    /// Nothing was found yet.
    pub fn of(scenario: impl Into<String>) -> Self {
        Self { scenario: scenario.into(), figures: Vec::new(), checks: Vec::new() }
    }

    /// Adds a figure.
    pub fn tell(&mut self, what: &str, figure: impl ToString) {
        self.figures.push((what.to_owned(), figure.to_string()));
    }

    /// Adds how long something took.
    pub fn tell_time(&mut self, what: &str, took: Duration) {
        self.tell(what, format!("{:.1} s", took.as_secs_f64()));
    }

    /// Adds a count that must be another.
    pub fn check(&mut self, what: &str, found: u64, must_be: u64) {
        self.checks.push(Check { what: what.to_owned(), found, must_be });
    }

    fn held(&self) -> bool {
        self.checks.iter().all(|check| check.found == check.must_be)
    }
}

/// Whether every scenario was run and found everything as it must be.
pub fn held(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|(_, outcome)| outcome.as_ref().is_ok_and(Findings::held))
}

/// The table.
pub fn table(machine: &Machine, outcomes: &[Outcome]) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(["scenario", "what", "found", "must be", ""]);
    for findings in outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()) {
        let Findings { scenario, figures, checks } = findings;
        let mut title = Some(scenario.clone());
        for (what, figure) in figures {
            table.add_row([
                title.take().unwrap_or_default(),
                what.clone(),
                figure.clone(),
                String::new(),
                String::new(),
            ]);
        }
        for Check { what, found, must_be } in checks {
            let verdict = if found == must_be { "" } else { "broken" };
            let row = [what.clone(), found.to_string(), must_be.to_string(), verdict.to_owned()];
            table.add_row(std::iter::once(title.take().unwrap_or_default()).chain(row));
        }
    }
    for column in table.column_iter_mut().skip(2).take(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text = format!("{}\n\n{table}\n", machine.line());
    for (name, outcome) in outcomes {
        if let Err(error) = outcome {
            text.extend(["\n", name, " could not be run: ", &format!("{error:#}"), "\n"]);
        }
    }
    text
}

/// The same for machines.
pub fn json(machine: &Machine, outcomes: &[Outcome]) -> serde_json::Value {
    let scenarios = outcomes.iter().map(|(name, outcome)| match outcome {
        Ok(findings) => json!({ "name": name, "held": findings.held(), "found": findings }),
        Err(error) => json!({ "name": name, "held": false, "error": format!("{error:#}") }),
    });
    json!({ "machine": machine, "scenarios": scenarios.collect::<Vec<_>>() })
}
