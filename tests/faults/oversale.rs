//! `oversale`: many want few places at the same moment.

use std::{collections::HashMap, sync::Arc, time::Instant};

use anyhow::{Context as _, Result};
use attache_tests::{
    mailbox::Mailbox,
    site::{Manner, Place, Site, connect_to},
};
use tokio::task::JoinSet;

use crate::{
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    guests::{Delays, GUESTS, POOL, Told, open_doors, register},
};

/// How many connections guests share.
const CONNECTIONS: usize = 64;

/// Many guests at one server with a SQLite file.
pub const OVERSALE: Scenario = Scenario {
    name: "oversale",
    holds: "10,000 register at the same moment for 500 places, from 64 connections: exactly 500 are confirmed, the others wait in the order \
            in which they came, and every one is answered",
    run: |ground| Box::pin(run(ground, ground.sqlite(), 1)),
};

/// Many guests at three servers with one PostgreSQL database.
pub const OVERSALE_ON_POSTGRES: Scenario = Scenario {
    name: "oversale-postgres",
    holds: "the same at three servers of one PostgreSQL database",
    run: |ground| Box::pin(async { run(ground, ground.postgres().await?, 3).await }),
};

async fn run(ground: &Ground, place: Place, servers: usize) -> Result<Findings> {
    let (guests, places) = ground.of((10_000, 500), (600, 60));
    let kind = if place.database.is_some() { "PostgreSQL" } else { "SQLite" };
    let site = Site::found(place, async |owner| open_doors(&owner, places).await).await?;
    // Their mail is another scenario's.
    let mailbox = Mailbox::silent().await?;
    let manner = Manner { smtp_url: Some(mailbox.url()), ..Manner::default() };
    let mut processes = Vec::new();
    for _ in 0..servers {
        processes.push(site.serve(&manner).await?);
    }
    let delays = Arc::new(Delays::default());
    let mut clients = Vec::new();
    for process in processes.iter().cycle().take(CONNECTIONS) {
        clients.push(connect_to(process.address, Some(&site.token)).await?);
    }

    let begun = Instant::now();
    let mut coming = JoinSet::new();
    for (guest, client) in (0..guests).zip(clients.iter().cycle()) {
        let (client, delays) = (client.clone(), Arc::clone(&delays));
        coming.spawn(async move { register(&client, guest, &delays).await });
    }
    let outcomes = coming.join_all().await;
    let took = begun.elapsed();
    for process in processes {
        process.kill().await?;
    }

    let mut findings =
        Findings::of(format!("oversale, {kind}, servers: {servers}, guests: {guests}, places: {places}"));
    findings.tell_time("all answered after", took);
    findings.tell("told to come again", delays.line());
    let told: Vec<Told> =
        outcomes.into_iter().filter_map(|outcome| outcome.inspect_err(|error| eprintln!("{error:#}")).ok()).collect();
    findings.check("guests answered", told.len() as u64, guests);
    judge(&mut findings, &site, &told, u64::try_from(places)?).await?;
    site.clear().await?;
    Ok(findings)
}

/// Compares what guests were told with what the ledger holds.
async fn judge(findings: &mut Findings, site: &Site, told: &[Told], places: u64) -> Result<()> {
    let evidence = Evidence::of(site).await?;
    let category = GUESTS.rsplit_once('/').context("a name")?.1;
    let count = async |query: String| evidence.count(&query).await;
    let confirmed = format!("SELECT count(*) FROM registrations WHERE category = '{category}' AND state = 'CONFIRMED'");
    findings.check("confirmed", count(confirmed).await?, places);
    findings.check(
        "places held in the ledger",
        count(format!("SELECT count(*) FROM holds WHERE pool = '{POOL}'")).await?,
        places,
    );
    findings.check(
        "places counted as held",
        count(format!("SELECT held FROM pools WHERE id = '{POOL}'")).await?,
        places,
    );

    let waiting = evidence.texts(&format!("SELECT holder FROM waits WHERE pool = '{POOL}' ORDER BY position")).await?;
    let entered = "SELECT resource FROM changes WHERE verb = 'created' AND resource LIKE '%/registrations/%' ORDER BY write_number, ordinal";
    let ids = |names: Vec<String>| {
        names.iter().filter_map(|name| Some(name.rsplit_once('/')?.1.to_owned())).collect::<Vec<_>>()
    };
    let entered = ids(evidence.texts(entered).await?);
    evidence.close().await?;
    findings.check("waiting", waiting.len() as u64, told.len() as u64 - places);
    let behind: Vec<_> = entered.iter().skip(usize::try_from(places)?).collect();
    let displaced = waiting.iter().zip(&behind).filter(|(waiting, came)| waiting != *came).count();
    findings.check("waiting elsewhere than where the change log has them", displaced as u64, 0);
    let told: HashMap<_, _> = told.iter().map(|told| (told.id(), told)).collect();
    let in_order = entered.iter().filter_map(|id| told.get(id.as_str()).copied());
    findings.check(
        "overtaken by somebody who came after they were answered",
        overtaken(&in_order.collect::<Vec<_>>()),
        0,
    );
    Ok(())
}

/// Counts those who stand behind somebody who only came when they had been answered already.
fn overtaken(in_order: &[&Told]) -> u64 {
    let mut latest_ahead = None;
    let mut overtaken = 0;
    for told in in_order {
        overtaken += u64::from(latest_ahead.is_some_and(|sent| told.answered < sent));
        latest_ahead = latest_ahead.max(Some(told.sent));
    }
    overtaken
}
