//! The program `attache-server`: serves an installation, or shows itself by the demo.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    process::ExitCode,
};

use attache_server::{
    backup,
    clock::Clock,
    demo,
    installation::{self, Installation},
    settings::{LogFormat, Settings},
    store::Tally,
};
use clap::{Parser, Subcommand};

/// Conference and delegation logistics over gRPC.
///
/// Without a command it serves the installation in the data folder, and makes one where there is none.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Load the sample events into ./attache-demo, do the whole job on them, and serve
    Demo {
        /// End when the job is done, instead of serving
        #[arg(long)]
        exit: bool,
        /// Remove what an earlier demo left in ./attache-demo, and begin again
        #[arg(long)]
        fresh: bool,
    },
    /// Write everything the database keeps into a new file, while a server may go on serving; the vault's key is not in it
    Backup {
        /// Where to; there must be no such file yet
        file: PathBuf,
    },
    /// Put a backup into an empty database, of either kind; the vault's key it was made under must be there
    Restore {
        /// The backup
        file: PathBuf,
        /// Read everything back from the database, and compare it with the backup row by row
        #[arg(long)]
        verify: bool,
    },
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("attache-server: {}", chain(failure.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(Arguments { command, settings }: Arguments) -> Result<(), Failure> {
    let settings = settings.complete()?;
    // Two libraries bring a TLS provider each; the one that needs no other compiler is the one to use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match command {
        None => {
            // A first start would otherwise bury the token that it shows once under a line for each change of the schema.
            start_log(&settings, "info,sea_orm_migration=warn")?;
            serve(&settings).await
        }
        Some(Command::Demo { exit, fresh }) => {
            start_log(&settings, "warn")?;
            let options = demo::Options { exit, fresh, folder: PathBuf::from(demo::FOLDER) };
            Ok(demo::run(&settings, &options, &mut io::stdout(), interrupted()).await?)
        }
        Some(Command::Backup { file }) => {
            start_log(&settings, "warn")?;
            tell("in the backup", &backup::back_up(&settings, &file, &Clock::default()).await?);
            Ok(())
        }
        Some(Command::Restore { file, verify }) => {
            start_log(&settings, "warn")?;
            let outcome = if verify { "restored and compared" } else { "restored" };
            tell(outcome, &backup::restore(&settings, &file, verify, &Clock::default()).await?);
            Ok(())
        }
    }
}

fn tell(outcome: &str, tallies: &[Tally]) {
    for Tally { table, rows, .. } in tallies.iter().filter(|tally| tally.rows > 0) {
        println!("{rows:>9}  {table}");
    }
    println!("{:>9}  rows {outcome}", tallies.iter().map(|tally| tally.rows).sum::<u64>());
}

async fn serve(settings: &Settings) -> Result<(), Failure> {
    let listener = installation::listen(settings).await?;
    let address = listener.local_addr()?;
    let Installation { server, owner_token } = installation::open(settings, address, Clock::default()).await?;
    if let Some(token) = owner_token {
        println!("An owner's token, shown this once:\n\n  ATTACHE_TOKEN={token}\n");
    }
    tracing::info!(server.address = %address, "serving");
    Ok(server.serve(listener, interrupted()).await?)
}

/// Waits for an interrupt from the keyboard, or for the signal to terminate.
async fn interrupted() {
    let keyboard = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = keyboard => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = keyboard.await;
}

fn start_log(settings: &Settings, usual: &str) -> Result<(), Failure> {
    let filter = settings.log.as_deref().unwrap_or(usual);
    let filter =
        tracing_subscriber::EnvFilter::try_new(filter).map_err(|_| "the setting log is not a filter such as info")?;
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match settings.log_format.unwrap_or(LogFormat::Human) {
        LogFormat::Human => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Writes an error with everything that led to it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
