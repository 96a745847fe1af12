//! What the program becomes when it starts itself again: the server that is measured, or the bare one beside it.

use std::{io::Write as _, net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result};
use attache_server::{
    clock::Clock,
    installation::{self, Installation},
    settings::Settings,
    store::Pace,
};
use chrono::TimeDelta;
use clap::Args;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

/// How the line begins on which a server tells its address, and an owner's token if it made one.
pub const SERVING: &str = "serving ";

/// How the line begins by which a server is told to move its clock, and by how many seconds.
pub const AHEAD: &str = "ahead ";

/// The installation to serve, and how its writes share commits.
#[derive(Args, Clone)]
pub struct Serve {
    #[command(flatten)]
    settings: Settings,
    /// How many writes one commit holds at most
    #[arg(long)]
    together: Option<usize>,
    /// How many microseconds longer a commit is made to take
    #[arg(long)]
    slowed_by: Option<u64>,
}

/// Serves an installation as the server's own program does, until its standard input ends.
pub async fn serve(Serve { settings, together, slowed_by }: Serve) -> Result<()> {
    let settings = settings.complete()?;
    let filter = settings.log.clone().unwrap_or_else(|| "warn".to_owned());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let usual = Pace::default();
    let pace = Pace {
        together: together.unwrap_or(usual.together),
        slowed_by: slowed_by.map_or(usual.slowed_by, Duration::from_micros),
        ..usual
    };
    let listener = installation::listen(&settings).await?;
    let address = listener.local_addr()?;
    let clock = Clock::default();
    let opened = Box::pin(installation::open_paced(&settings, address, clock.clone(), pace)).await;
    let Installation { server, owner_token } = opened.context("the installation cannot be opened")?;
    tell(address, owner_token.as_deref())?;
    Ok(server.serve(listener, obey(clock)).await?)
}

/// Tells the program that started this one where it listens.
pub fn tell(address: SocketAddr, token: Option<&str>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{SERVING}{address} {}", token.unwrap_or("-"))?;
    Ok(out.flush()?)
}

/// Moves the clock as the program that started this one says, until that one lets go of it, however it ends.
async fn obey(clock: Clock) {
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(order)) = orders.next_line().await {
        if let Some(seconds) = order.strip_prefix(AHEAD).and_then(|seconds| seconds.parse().ok()) {
            clock.advance(TimeDelta::seconds(seconds));
        }
    }
}

/// Waits until the program that started this one lets go of it, however that one ends.
pub async fn left_alone() {
    let mut rest = Vec::new();
    let _ = tokio::io::stdin().read_to_end(&mut rest).await;
}
