//! `register`: durable registrations into one category, whose places everybody wants.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::Result;
use attache_client::{Client, fresh_request_id};
use attache_tests::fixtures::{found_forum, person, registration_of};
use tonic::Status;

use crate::{
    load::precise,
    mailbox::Mailbox,
    recording,
    replay::Replay,
    scenario::{Figures, Ground, Measured, Ratio, Reach, Scenario},
    served::{CONNECTIONS, Served},
    site::{Manner, Site, forum_to_come},
    turns::{Comparison, compare},
};

/// How many places there are: more than anybody registers for in a run.
const SEATS: i32 = 1_000_000_000;

/// From how slow a commit on a write is to share it with many.
const SLOW: std::time::Duration = std::time::Duration::from_millis(3);

/// Registrations, each with a person, a place, entries of the change log, a mail to be sent and the request's id.
pub const REGISTER: Scenario = Scenario {
    name: "register",
    reaches: "durable CreateRegistration into one category, 64 in flight; at least 2.5 of one a commit (12 where a \
              commit takes 3 ms, 256 in flight), 0.5 of the same statements through sqlx alone, and p99 at most 3 \
              times what a fair queue takes",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let slow = ground.slow_commit >= SLOW;
    let in_flight = ground.in_flight.unwrap_or(if slow { 256 } else { 64 });
    // Mail is written in the same transactions, and its delivery is another scenario's.
    let mailbox = Mailbox::silent().await?;
    let url = mailbox.url();
    let manner = |together| Manner { together, slowed_by: ground.slow_commit, smtp_url: Some(url.clone()) };

    let (grouped, single, alone) = (site(ground).await?, site(ground).await?, site(ground).await?);
    let mut server = served("server", &grouped, &manner(None), in_flight).await?;
    let mut one_by_one = served("one a commit", &single, &manner(Some(1)), in_flight).await?;
    let recorded = recording::registration(&alone.folder).await?;
    let mut replay = Replay::new(&alone.folder, recorded, ground.slow_commit);

    let compared = compare(&mut [&mut server, &mut one_by_one, &mut replay], ground.turns, ground.lasting).await?;
    // A server that is stopped would otherwise wait for the answer that never comes.
    drop(mailbox);
    for (served, site) in [(server, grouped), (one_by_one, single)] {
        served.process.stop().await?;
        site.clear().await?;
    }
    alone.clear().await?;
    let name = format!("register, {in_flight} in flight{}", slowed(ground));
    Ok(Measured::of(name, compared, |compared| ratios(compared, slow, in_flight)))
}

fn ratios(compared: &Comparison, slow: bool, in_flight: usize) -> Vec<Ratio> {
    let mut ratios = vec![compared.ratio(0, 1, if slow { 12.0 } else { 2.5 })];
    if !slow {
        ratios.push(compared.ratio(0, 2, 0.5));
    }
    ratios.push(fairness(&compared.sides[0], in_flight));
    ratios
}

/// How the slowest calls compare with what each would take in a queue that is fair to all.
pub fn fairness(side: &Figures, in_flight: usize) -> Ratio {
    let fair_ms = precise(in_flight as u64) / side.throughput * 1e3;
    Ratio { to: "p99 to in-flight ÷ throughput".to_owned(), got: side.p99_ms / fair_ms, reach: Reach::AtMost(3.0) }
}

/// How a slowed commit stands in a scenario's title.
pub fn slowed(ground: &Ground) -> String {
    if ground.slow_commit.is_zero() { String::new() } else { format!(", a commit {:?} slower", ground.slow_commit) }
}

async fn site(ground: &Ground) -> Result<Site> {
    Site::found(ground, async |owner| {
        found_forum(&owner, forum_to_come(), SEATS).await;
        Ok(())
    })
    .await
}

async fn served(name: &str, site: &Site, manner: &Manner, in_flight: usize) -> Result<Served> {
    let process = site.serve(manner).await?;
    let clients = site.clients(&process, CONNECTIONS).await?;
    let guests = Arc::new(AtomicU64::new(0));
    let call = move |client| register(client, guests.fetch_add(1, Ordering::Relaxed));
    Ok(Served::new(name, process, clients, in_flight, call))
}

async fn register(client: Client, guest: u64) -> Result<(), Status> {
    let person = person(&format!("Guest {guest}"), &format!("guest{guest}@example.org"));
    let request =
        attache_client::v1::CreateRegistrationRequest { request_id: fresh_request_id(), ..registration_of(person) };
    client.registrations().create_registration(request).await.map(drop)
}
