//! What was measured, as a table for people and as JSON for machines.

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use serde_json::json;

use crate::{
    machine::Machine,
    scenario::{Figures, Measured, Ratio, Reach},
};

/// A scenario that was run: what it came to, or why it came to nothing.
pub type Outcome = (String, Result<Measured>);

/// Whether everything was measured and everything was reached.
pub fn reached(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|(_, outcome)| outcome.as_ref().is_ok_and(Measured::reached))
}

/// The table.
pub fn table(machine: &Machine, outcomes: &[Outcome]) -> String {
    let complaints: String = outcomes.iter().flat_map(complaints).collect();
    format!("{}\n\n{}\n\n{}\n{complaints}", machine.line(), sides(outcomes), ratios(outcomes))
}

/// What did not go as it should.
fn complaints((name, outcome): &Outcome) -> Vec<String> {
    let measured = match outcome {
        Err(error) => return vec![format!("\n{name} could not be measured: {error:#}\n")],
        Ok(measured) => measured,
    };
    let sides = std::iter::once(&measured.figures).chain(&measured.limits);
    let first = |side: &Figures| {
        let first = side.first_error.as_ref()?;
        Some(format!("\n{}, {}: the first error was {first}\n", measured.scenario, side.side))
    };
    sides.filter_map(first).collect()
}

fn sides(outcomes: &[Outcome]) -> Table {
    let mut table = headed(["scenario", "side", "a second", "p50 ms", "p99 ms", "errors", "CPU µs", "peak MiB"]);
    for measured in outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()) {
        let Measured { scenario, figures, limits, ratios: _ } = measured;
        for (number, side) in std::iter::once(figures).chain(limits).enumerate() {
            let Figures { side, throughput, p50_ms, p99_ms, errors, first_error: _, cpu_us, peak_mib } = side;
            let mut row = vec![if number == 0 { scenario.clone() } else { String::new() }, side.clone()];
            row.extend([taken(*throughput), taken(*p50_ms), taken(*p99_ms), errors.to_string()]);
            row.extend([taken(*cpu_us), taken(*peak_mib)]);
            table.add_row(row);
        }
    }
    aligned(table, 2)
}

fn ratios(outcomes: &[Outcome]) -> Table {
    let mut table = headed(["scenario", "figure", "got", "must be", ""]);
    for measured in outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()) {
        for (number, ratio) in measured.ratios.iter().enumerate() {
            let Ratio { to, got, reach } = ratio;
            let wanted = match reach {
                Reach::AtLeast(least) => format!("≥ {least}"),
                Reach::AtMost(most) => format!("≤ {most}"),
            };
            let scenario = if number == 0 { measured.scenario.clone() } else { String::new() };
            let verdict = if ratio.reached() { "" } else { "missed" };
            table.add_row([scenario, to.clone(), figure(*got), wanted, verdict.to_owned()]);
        }
    }
    aligned(table, 2)
}

fn headed<const N: usize>(columns: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(columns);
    table
}

fn aligned(mut table: Table, first_figure: usize) -> Table {
    for column in table.column_iter_mut().skip(first_figure) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A figure of a side, or nothing where nothing was measured.
fn taken(value: f64) -> String {
    if value == 0.0 { "–".to_owned() } else { figure(value) }
}

/// A figure with three digits that count.
fn figure(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The same for machines.
pub fn json(machine: &Machine, outcomes: &[Outcome]) -> serde_json::Value {
    let scenarios = outcomes.iter().map(|(name, outcome)| match outcome {
        Ok(measured) => json!({ "name": name, "reached": measured.reached(), "measured": measured }),
        Err(error) => json!({ "name": name, "reached": false, "error": format!("{error:#}") }),
    });
    json!({ "machine": machine, "scenarios": scenarios.collect::<Vec<_>>() })
}
