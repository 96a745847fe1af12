//! The demo: five sample events played through the server's own API, by the client crate that everybody else calls it with.
//!
//! Each part of the work is one file, which takes what earlier parts made and says what it made itself; `perform` is the order of the parts.
//!
//! **Invariant:** the demo does nothing that a caller with its token could not do, and writes nowhere but in its own folder.

use std::{io::Write, net::SocketAddr, path::PathBuf, sync::Arc};

use attache_client::{Client, Token, connect};
use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use crate::{
    clock::Clock,
    installation::{self, Installation},
    settings::Settings,
};

mod delegations;
mod earlier;
mod events;
mod findings;
mod folder;
mod itineraries;
mod letters;
mod mailbox;
mod organizations;
mod outputs;
mod passports;
mod public_page;
mod registrations;
mod report;
mod samples;
mod schedule;
mod stopped;

pub use stopped::Stopped;

use folder::{Beginning, Folder};
use report::Report;
use samples::Samples;
use stopped::Step as _;

/// The folder that the command works in, beneath the one it is called in.
pub const FOLDER: &str = "attache-demo";

/// When the demo begins, in seconds since 1970: eight in the morning of Monday 7 February 2022 in Beijing, before the first of the events.
const BEGINNING: i64 = 1_644_192_000;
/// When the events that are ahead are rehearsed: nine in the morning of Monday 21 August 2023 in Beijing, while both take registrations.
const REHEARSAL: i64 = 1_692_579_600;

/// What the demo is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Ends when the job is done, instead of serving.
    pub exit: bool,
    /// Removes what an earlier demo left, and begins again.
    pub fresh: bool,
    /// Where everything is kept; [`FOLDER`] for the command.
    pub folder: PathBuf,
}

/// Whom the demo calls as.
struct Callers {
    /// The owner of the installation.
    owner: Client,
    /// Anybody: no token.
    anybody: Client,
}

/// Does the whole job on the sample events, or finds it done, and serves until it is interrupted.
///
/// What it made and what to try next goes to `out`.
pub async fn run(
    settings: &Settings,
    options: &Options,
    out: &mut dyn Write,
    interrupted: impl Future<Output = ()>,
) -> Result<(), Stopped> {
    let settings = rehearsal(settings, options)?;
    let listener = installation::listen(&settings).await?;
    let address = listener.local_addr().map_err(|source| Stopped::Disk { what: "the address", source })?;
    let folder = Folder::new(&options.folder);
    let beginning = folder.prepare(options.fresh)?;
    let clock = Clock::starting_at(beginning.clock_time());
    let Installation { server, owner_token } = installation::open(&settings, address, clock.clone()).await?;
    if let Some(token) = owner_token {
        folder.keep_token(&token)?;
    }

    let app = Arc::clone(&server.app);
    let (stop, stopped) = oneshot::channel::<()>();
    let mut serving = tokio::spawn(server.serve(listener, async {
        let _ = stopped.await;
    }));
    tokio::pin!(interrupted);
    let worked = tokio::select! {
        worked = work(&folder, &beginning, options, address, &clock, out) => worked,
        () = &mut interrupted => Err(Stopped::Interrupted),
    };
    if worked.is_ok() && !options.exit {
        tokio::select! {
            () = &mut interrupted => {}
            served = &mut serving => return Ok(served.map_err(|_| Stopped::Panicked)??),
        }
        folder.mark_done(clock.now())?;
    }
    drop(stop);
    let served = serving.await.map_err(|_| Stopped::Panicked)?;
    // The next demo may remove the folder as soon as this one is over.
    app.store.close().await;
    worked.and(served.map_err(Stopped::from))
}

/// The settings of a rehearsal: everything in the demo's folder, and nothing that leaves it.
fn rehearsal(settings: &Settings, options: &Options) -> Result<Settings, Stopped> {
    let given = settings.clone();
    if given.smtp_url.is_some() {
        return Err(Stopped::Smtp);
    }
    if given.tls_certificate.is_some() || given.tls_key.is_some() {
        return Err(Stopped::Tls);
    }
    Ok(Settings {
        data_folder: Some(options.folder.clone()),
        database_url: None,
        vault_key_file: None,
        no_migrate: false,
        ..given
    })
}

/// Does the job unless it is done, and says what there is.
async fn work(
    folder: &Folder,
    beginning: &Beginning,
    options: &Options,
    address: SocketAddr,
    clock: &Clock,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    let token = folder.token()?;
    let url = reachable(address);
    let callers = Callers { owner: caller(&url, Some(&token)).await?, anybody: caller(&url, None).await? };
    let told = match beginning {
        Beginning::Afresh => {
            let report = perform(&callers, folder, clock).await?;
            folder.mark_done(clock.now())?;
            report.table(folder)
        }
        Beginning::Again { .. } => report::found_done(folder),
    };
    let next = if options.exit {
        report::served_later().to_owned()
    } else {
        report::to_try(&callers.owner, &url, &token).await?
    };
    write!(out, "{told}\n{next}")
        .and_then(|()| out.flush())
        .map_err(|source| Stopped::Disk { what: "the report", source })
}

/// The whole job, part by part.
async fn perform(callers: &Callers, folder: &Folder, clock: &Clock) -> Result<Report, Stopped> {
    let owner = &callers.owner;
    let samples = Samples::read()?;
    let mut report = Report::begin();
    report.add(organizations::create(owner, &samples).await?);
    let (mut people, played) = earlier::play(callers, &samples, folder, clock).await?;
    report.add(played);
    clock.advance(rehearsal_time() - clock.now());
    report.add(events::create(owner, &samples).await?);
    report.add(registrations::register(owner, &samples, &mut people).await?);
    let (delegations, approved) = delegations::approve(owner, &samples, &people).await?;
    report.add(approved);
    report.add(passports::keep(owner, &samples, &people).await?);
    report.add(schedule::release(owner, &samples.programme, &people, folder, "schedule").await?);
    report.add(letters::invite(callers, &samples, &people).await?);
    report.add(itineraries::release(owner, &samples, &people, &delegations, folder).await?);
    report.add(outputs::letters(owner, &samples, folder).await?);
    report.add(outputs::mails(owner, &samples, folder).await?);
    Ok(report)
}

async fn caller(url: &str, token: Option<&str>) -> Result<Client, Stopped> {
    let options = attache_client::Options {
        address: url.to_owned(),
        token: token.map(Token::new),
        user_agent: concat!("attache-demo/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..attache_client::Options::default()
    };
    connect(options).await.at("connecting to the server")
}

/// Where a server that listens here is reached from this machine.
fn reachable(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{address}")
}

fn beginning_time() -> DateTime<Utc> {
    DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default()
}

fn rehearsal_time() -> DateTime<Utc> {
    DateTime::from_timestamp(REHEARSAL, 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demo_begins_before_the_first_event_and_its_rehearsal_at_nine_in_beijing() {
        let first = Samples::read().unwrap().earlier[0].rehearsal_time;

        assert_eq!(beginning_time().to_rfc3339(), "2022-02-07T00:00:00+00:00");
        assert_eq!(first.to_rfc3339(), "2022-02-07T01:00:00+00:00");
        assert_eq!(rehearsal_time().to_rfc3339(), "2023-08-21T01:00:00+00:00");
    }

    #[test]
    fn server_on_every_address_is_reached_on_this_machine() {
        let of = |address: &str| reachable(address.parse().unwrap());

        assert_eq!(of("0.0.0.0:50051"), "http://127.0.0.1:50051");
        assert_eq!(of("[::]:50051"), "http://[::1]:50051");
        assert_eq!(of("192.0.2.7:80"), "http://192.0.2.7:80");
    }
}
