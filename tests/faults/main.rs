//! The fault program: real server processes, callers who do not give up, and something that goes wrong under load.
//!
//! `faults NAME` runs one scenario and `faults all` every one; `faults --list` tells what there is. Each compares what callers were told with
//! what the database and the mailbox hold afterwards. It ends with 1 when something is not as it must be.
//!
//! **Invariant:** what is compared was told by the server to a caller or lies in the database or the mailbox; nothing rests on how fast the
//! machine is.

mod backup;
mod clock;
mod cluster;
mod crowd;
mod disk;
mod evidence;
mod finding;
mod first_landed;
mod guests;
mod kill;
mod oversale;
mod relay;
mod replicas;
mod smtp;
mod standby;
mod upgrade;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use attache_tests::{
    machine::Machine,
    serve::{Serve, serve},
};
use clap::{Parser, Subcommand};

use crate::finding::{Ground, Outcome, Scenario};

/// Every scenario.
const SCENARIOS: &[Scenario] = &[
    oversale::OVERSALE,
    oversale::OVERSALE_ON_POSTGRES,
    kill::KILL,
    kill::KILL_ON_POSTGRES,
    replicas::TWO,
    replicas::THREE,
    smtp::SMTP,
    standby::STANDBY,
    disk::DISK,
    disk::READ_ONLY,
    clock::CLOCK,
    backup::BACKUP,
    upgrade::UPGRADE,
];

/// The name that stands for all of them.
const ALL: &str = "all";

/// Lets things go wrong under load, and compares what callers were told with what was kept
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
    Serve(Box<Serve>),
    /// Back an installation up
    #[command(hide = true)]
    MakeBackup(Box<backup::Copy>),
    /// Restore a backup, and verify it
    #[command(hide = true)]
    RestoreBackup(Box<backup::Copy>),
}

/// What is to go wrong, and where.
#[derive(clap::Args)]
struct Wanted {
    /// What to run, or `all`
    name: Option<String>,
    /// Tell what can be run
    #[arg(long)]
    list: bool,
    /// Print JSON for machines instead of a table for people
    #[arg(long)]
    json: bool,
    /// Run it with few callers and few faults, in seconds
    #[arg(long)]
    small: bool,
    /// A PostgreSQL database to run on where one is needed, in schemas of its own, which are removed; without, a cluster is made and removed
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Where databases are made, on the disk that counts
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// What the servers log, a filter as in their own settings
    #[arg(long, default_value = "off")]
    log: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { role, wanted } = Arguments::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = match role {
        Some(Role::Serve(options)) => serve(*options).await.map(|()| true),
        Some(Role::MakeBackup(options)) => backup::back_up(*options).await.map(|()| true),
        Some(Role::RestoreBackup(options)) => backup::restore(*options).await.map(|()| true),
        None => run(wanted).await,
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("faults: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs what was wanted, and tells whether all is as it must be.
async fn run(wanted: Wanted) -> Result<bool> {
    let Wanted { name, list, json, small, database, folder, log } = wanted;
    let Some(name) = name.filter(|_| !list) else {
        for Scenario { name, holds, run: _ } in SCENARIOS {
            println!("{name:<18} {holds}");
        }
        return Ok(true);
    };
    let ground = Ground::new(folder, database, small, log);
    let mut outcomes: Vec<Outcome> = Vec::new();
    for scenario in chosen(&name)? {
        eprintln!("{} …", scenario.name);
        outcomes.push((scenario.name.to_owned(), (scenario.run)(&ground).await));
    }
    let machine = Machine::look(&ground.folder, None).await?;
    if json {
        println!("{:#}", finding::json(&machine, &outcomes));
    } else {
        print!("{}", finding::table(&machine, &outcomes));
    }
    Ok(finding::held(&outcomes))
}

fn chosen(name: &str) -> Result<Vec<&'static Scenario>> {
    let chosen: Vec<_> = SCENARIOS.iter().filter(|scenario| name == ALL || scenario.name == name).collect();
    if chosen.is_empty() {
        bail!("there is no scenario {name}; --list tells what there is");
    }
    Ok(chosen)
}
