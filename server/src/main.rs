//! The program `attache-server`: serves an installation, or shows itself by the demo.

use std::{io::IsTerminal as _, process::ExitCode, sync::Arc};

use attache_domain::name::NameText;
use attache_server::{
    app::{self, App},
    clock::Clock,
    mail::transport::{Files, Smtp, Transport},
    server::Server,
    settings::{LogFormat, Settings},
    store::Store,
    vault::MasterKey,
};
use clap::{Parser, Subcommand};
use tokio::net::TcpListener;

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
    Demo(attache_server::demo::Options),
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
    let settings = settings.with_file()?;
    // Two libraries bring a TLS provider each; the one that needs no other compiler is the one to use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match command {
        None => {
            start_log(&settings, "info")?;
            serve(&settings).await
        }
        Some(Command::Demo(options)) => {
            start_log(&settings, "warn")?;
            Ok(attache_server::demo::run(&settings, &options, interrupted()).await?)
        }
    }
}

async fn serve(settings: &Settings) -> Result<(), Failure> {
    let folder = settings.data_folder();
    tokio::fs::create_dir_all(&folder)
        .await
        .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
    let master = MasterKey::from_file(&settings.vault_key_file())?;
    let store = Store::open(&folder.join("attache.db"), master).await?;
    let clock = Clock::default();
    if settings.no_migrate {
        store.require_current().await?;
    } else {
        store.migrate(clock.now()).await?;
    }
    let listener = TcpListener::bind(settings.listen())
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", settings.listen()))?;
    let address = listener.local_addr()?;
    let app = Arc::new(App { store, clock, public_url: settings.public_url(address)? });
    if let Some(token) = app::access::found(&app, &NameText::parse("Owner")?).await? {
        println!("This installation is new. Its first token, shown this once:\n\n  ATTACHE_TOKEN={}\n", token.text());
    }
    let transport = match &settings.smtp_url {
        Some(url) => Transport::Smtp(Box::new(Smtp::from_url(url)?)),
        None => Transport::Files(Files::new(folder.join("outbox"))),
    };
    let server = Server {
        app,
        transport: Arc::new(transport),
        sender: settings.sender()?,
        cors_origins: settings.cors_origins()?,
        tls: settings.tls()?,
    };
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
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
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
