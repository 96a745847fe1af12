//! The measuring program: a real server process, a real client over loopback, and in the same run the limit that the server is held against.
//!
//! `bench NAME` measures one scenario and `bench all` every one; `bench --list` tells what there is. It ends with 1 when something that was to
//! be reached was not.
//!
//! **Invariant:** sides that are compared have their turns one after another in one run, and what is asserted is how they compare.

mod bare;
mod bare_letter;
mod bare_rows;
mod browser;
mod checkin;
mod fill;
mod forums;
mod growth;
mod import;
mod inbox;
mod launch;
mod letters;
mod limit;
mod list;
mod load;
mod mail;
mod noop;
mod pgbench;
mod recording;
mod register;
mod replay;
mod report;
mod scenario;
mod schedule;
mod script;
mod served;
mod start;
mod turns;
mod variation;
mod watch;

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Result, bail};
use attache_tests::{database, machine, mailbox, process, serve, site};
use clap::{Parser, Subcommand};

use crate::{
    machine::Machine,
    report::Outcome,
    scenario::{Ground, Scenario},
};

/// Every scenario.
const SCENARIOS: &[Scenario] = &[
    noop::NOOP,
    register::REGISTER,
    register::REGISTERS,
    schedule::SCHEDULE,
    list::LIST,
    start::START,
    growth::GROWTH,
    letters::LETTERS,
    mail::MAIL,
    watch::WATCH,
    launch::LAUNCH,
    checkin::CHECKIN,
    import::IMPORT,
];

/// The name that stands for all of them.
const ALL: &str = "all";

/// Measures the server against limits that are measured in the same run
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,
    #[command(flatten)]
    wanted: Wanted,
}

/// What it becomes when it starts itself again.
#[derive(Subcommand)]
enum Role {
    /// Serve an installation
    #[command(hide = true)]
    Serve(Box<serve::Serve>),
    /// Serve nothing but tonic
    #[command(hide = true)]
    ServeBare(bare::ServeBare),
}

/// What is to be measured, and how.
#[derive(clap::Args)]
struct Wanted {
    /// What to measure, or `all`
    name: Option<String>,
    /// Tell what can be measured, and what it must reach
    #[arg(long)]
    list: bool,
    /// Print JSON for machines instead of a table for people
    #[arg(long)]
    json: bool,
    /// How long one turn of one side is counted
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// How often each side has its turn; the figures are those of the one in the middle
    #[arg(long, default_value_t = 3)]
    turns: usize,
    /// How many calls are under way at any moment, when not as the scenario has it
    #[arg(long)]
    in_flight: Option<usize>,
    /// How much longer a commit is made to take, as `3ms`
    #[arg(long, value_parser = duration, default_value = "0ms")]
    slow_commit: Duration,
    /// How many guests come to the launch, and join online
    #[arg(long, default_value_t = 3_000)]
    guests: usize,
    /// Within what time they come
    #[arg(long, value_parser = duration, default_value = "60s")]
    within: Duration,
    /// A PostgreSQL database to measure on, in schemas of its own, which are removed; SQLite files without
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Where databases are made, on the disk that counts
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// What the server logs, a filter as in its own settings
    #[arg(long, default_value = "warn")]
    log: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { role, wanted } = Arguments::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = match role {
        Some(Role::Serve(options)) => serve::serve(*options).await.map(|()| true),
        Some(Role::ServeBare(options)) => bare::serve_bare(options).await.map(|()| true),
        None => measure(wanted).await,
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Measures what was wanted, and tells whether all was reached.
async fn measure(wanted: Wanted) -> Result<bool> {
    let (name, json) = (wanted.name.clone().filter(|_| !wanted.list), wanted.json);
    let Some(name) = name else {
        for Scenario { name, reaches, run: _ } in SCENARIOS {
            println!("{name:<10} {reaches}");
        }
        return Ok(true);
    };
    let ground = ground(wanted)?;
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (scenario, ground) in chosen(&name, &ground)? {
        eprintln!("{}{} …", scenario.name, ground.on());
        outcomes.push((scenario.name.to_owned(), (scenario.run)(&ground).await));
    }
    let machine = Machine::look(&ground.folder, ground.database.as_deref()).await?;
    if let Some(filled) = Arc::into_inner(ground.filled) {
        filled.clear().await?;
    }
    if json {
        println!("{:#}", report::json(&machine, &outcomes));
    } else {
        print!("{}", report::table(&machine, &outcomes));
    }
    Ok(report::reached(&outcomes))
}

fn ground(wanted: Wanted) -> Result<Ground> {
    let Wanted {
        name: _,
        list: _,
        json: _,
        seconds,
        turns,
        in_flight,
        slow_commit,
        guests,
        within,
        database,
        folder,
        log,
    } = wanted;
    Ok(Ground {
        folder,
        lasting: Duration::try_from_secs_f64(seconds)?,
        turns: turns.max(1),
        in_flight,
        database,
        slow_commit,
        guests,
        within,
        log,
        filled: Arc::default(),
    })
}

/// What a name stands for, and what each of it stands on.
///
/// `all` is everything on SQLite, and on PostgreSQL, where there is one, what a commit decides; that also with a slow commit.
fn chosen(name: &str, ground: &Ground) -> Result<Vec<(&'static Scenario, Ground)>> {
    if name != ALL {
        let Some(scenario) = SCENARIOS.iter().find(|scenario| scenario.name == name) else {
            bail!("there is no scenario {name}; --list tells what there is");
        };
        return Ok(vec![(scenario, ground.clone())]);
    }
    let slow = |ground: &Ground| Ground { slow_commit: register::SLOW, ..ground.clone() };
    let sqlite = Ground { database: None, ..ground.clone() };
    let mut chosen: Vec<_> = SCENARIOS.iter().map(|scenario| (scenario, sqlite.clone())).collect();
    chosen.push((&register::REGISTER, slow(&sqlite)));
    if ground.database.is_some() {
        chosen.extend([
            (&register::REGISTER, ground.clone()),
            (&register::REGISTER, slow(ground)),
            (&register::REGISTERS, ground.clone()),
        ]);
    }
    Ok(chosen)
}

/// Reads `250us`, `3ms`, `60s` or `10m`.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    let (amount, unit) = text.split_at(digits);
    let amount: u64 = amount.parse().map_err(|_| "it begins with a number".to_owned())?;
    match unit {
        "us" => Ok(Duration::from_micros(amount)),
        "ms" => Ok(Duration::from_millis(amount)),
        "s" => Ok(Duration::from_secs(amount)),
        "m" => Ok(Duration::from_secs(amount * 60)),
        _ => Err("it ends in us, ms, s or m".to_owned()),
    }
}
