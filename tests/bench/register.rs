//! `register` and `registers`: durable registrations, into one category whose places everybody wants, and for a hundred forums at once.
//!
//! A registration is a person, a place, entries of the change log, a mail to be sent and the request's id, in one transaction.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;

use crate::{
    forums::{found_forums, register},
    load::precise,
    mailbox::Mailbox,
    pgbench::Pgbench,
    recording,
    replay::Replay,
    scenario::{Figures, Ground, Measured, Ratio, Reach, Scenario},
    served::{CONNECTIONS, Served},
    site::{Manner, Site},
    turns::{Comparison, Side, compare},
};

/// How many forums `registers` is spread over.
const MANY: usize = 100;

/// From how slow a commit on a write has to share it with many.
pub const SLOW: Duration = Duration::from_millis(3);

/// One forum.
pub const REGISTER: Scenario = Scenario {
    name: "register",
    reaches: "durable CreateRegistration into one category, 64 in flight; on SQLite at least 2.5 of one a commit (12 \
              where a commit takes 3 ms, 256 in flight) and 0.5 of the same statements through sqlx alone; on \
              PostgreSQL at least 1.5 of the same statements by pgbench (4 where a commit takes 3 ms); p99 at most 3 \
              times what a fair queue takes",
    run: |ground| Box::pin(run(ground, 1)),
};

/// Many forums.
pub const REGISTERS: Scenario = Scenario {
    name: "registers",
    reaches: "the same for 100 events at once; at least 0.4 of the same statements through sqlx alone, or by pgbench",
    run: |ground| Box::pin(run(ground, MANY)),
};

async fn run(ground: &Ground, forums: usize) -> Result<Measured> {
    let in_flight = ground.in_flight.unwrap_or(if is_slow(ground) { 256 } else { 64 });
    // Mail is written in the same transactions, and its delivery is another scenario's.
    let mailbox = Mailbox::silent().await?;
    let url = mailbox.url();
    let manner = |together| Manner { together, slowed_by: ground.slow_commit, smtp_url: Some(url.clone()), tls: None };

    let (grouped, single, alone) =
        (site(ground, forums).await?, site(ground, forums).await?, site(ground, forums).await?);
    let mut server = served("server", &grouped, &manner(None), in_flight, forums).await?;
    let mut one_by_one = served("one a commit", &single, &manner(Some(1)), in_flight, forums).await?;
    let mut bare = bare(ground, alone, forums).await?;
    let compared = compare(&mut [&mut server, &mut one_by_one, bare.as_mut()], ground.turns, ground.lasting).await?;

    // A server that is stopped would otherwise wait for the answer that never comes.
    drop(mailbox);
    for (served, site) in [(server, grouped), (one_by_one, single)] {
        Box::new(served).clear().await?;
        site.clear().await?;
    }
    bare.clear().await?;
    let name = if forums == 1 { "register" } else { "registers" };
    let name = format!("{name}{}, {in_flight} in flight{}", ground.on(), slowed(ground));
    Ok(Measured::of(name, compared, |compared| ratios(ground, compared, in_flight, forums)))
}

/// The same statements with nothing around them.
async fn bare(ground: &Ground, site: Site, forums: usize) -> Result<Box<dyn Side>> {
    let recorded = Box::pin(recording::registration(&site)).await?;
    Ok(match &ground.database {
        Some(url) => Box::new(Pgbench::new(url, site, recorded, forums, ground.slow_commit)?),
        None => Box::new(Replay::new(site, recorded, forums)),
    })
}

fn ratios(ground: &Ground, compared: &Comparison, in_flight: usize, forums: usize) -> Vec<Ratio> {
    let (slow, postgres) = (is_slow(ground), ground.database.is_some());
    let mut ratios = Vec::new();
    if !postgres && forums == 1 {
        ratios.push(compared.ratio(0, 1, if slow { 12.0 } else { 2.5 }));
    }
    // A slow commit slows what shares it with a hundred commands the least, and so is no measure for SQLite.
    if postgres || !slow {
        let least = match (forums, postgres, slow) {
            (1, true, true) => 4.0,
            (1, true, false) => 1.5,
            (1, false, _) => 0.5,
            _ => 0.4,
        };
        ratios.push(compared.ratio(0, 2, least));
    }
    ratios.push(fairness(&compared.sides[0], in_flight));
    ratios
}

fn is_slow(ground: &Ground) -> bool {
    ground.slow_commit >= SLOW
}

/// How the slowest calls compare with what each would take in a queue that is fair to all.
fn fairness(side: &Figures, in_flight: usize) -> Ratio {
    let fair_ms = precise(in_flight as u64) / side.throughput * 1e3;
    Ratio { to: "p99 to in-flight ÷ throughput".to_owned(), got: side.p99_ms / fair_ms, reach: Reach::AtMost(3.0) }
}

/// How a slowed commit stands in a scenario's title.
fn slowed(ground: &Ground) -> String {
    if ground.slow_commit.is_zero() { String::new() } else { format!(", a commit {:?} slower", ground.slow_commit) }
}

async fn site(ground: &Ground, forums: usize) -> Result<Site> {
    Site::found(ground, async |owner| found_forums(&owner, forums).await).await
}

/// A server that guests register with, for so many forums in turn.
pub async fn served(name: &str, site: &Site, manner: &Manner, in_flight: usize, forums: usize) -> Result<Served> {
    let process = site.serve(manner).await?;
    let clients = site.clients(&process, CONNECTIONS).await?;
    let guests = Arc::new(AtomicU64::new(0));
    let call = move |client| {
        let guest = guests.fetch_add(1, Ordering::Relaxed);
        register(client, guest, usize::try_from(guest).unwrap_or_default() % forums)
    };
    Ok(Served::new(name, process, clients, in_flight, call))
}
