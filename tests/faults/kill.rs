//! `kill`: the server ends in the midst of its work, again and again.

use anyhow::Result;
use attache_tests::site::{Manner, Place, Site};

use crate::{
    crowd::{AFTER_THE_LEASES, Crowd, PLACES, check_files, check_kept, until_sent},
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    guests::open_doors,
};

/// How many guests come at once.
const AT_ONCE: usize = 16;

/// A server with a SQLite file.
pub const KILL: Scenario = Scenario {
    name: "kill",
    holds: "the server is killed 50 times while guests register: each that was answered is kept once, with one place, one entry of the change \
            log and one mail",
    run: |ground| Box::pin(run(ground, ground.sqlite())),
};

/// A server with a PostgreSQL database.
pub const KILL_ON_POSTGRES: Scenario = Scenario {
    name: "kill-postgres",
    holds: "the same on PostgreSQL",
    run: |ground| Box::pin(async { run(ground, ground.postgres().await?).await }),
};

async fn run(ground: &Ground, place: Place) -> Result<Findings> {
    let kills: u64 = ground.of(50, 3);
    let kind = if place.database.is_some() { "PostgreSQL" } else { "SQLite" };
    let site = Site::found(place, async |owner| open_doors(&owner, PLACES).await).await?;
    let mut process = site.serve(&Manner::default()).await?;
    let address = process.address;
    let mut crowd = Crowd::gather(site.clients(&process, AT_ONCE).await?);

    for kill in 0..kills {
        // At another moment each time, and never before it did something.
        crowd.wait_for_answers(10 + kill * 7 % 60).await?;
        process.kill().await?;
        process = site.serve_at(address, &Manner::default()).await?;
    }
    let mut findings = Findings::of(format!("kill -9, {kind}, times: {kills}"));
    let told = crowd.disperse(&mut findings).await;
    process.move_clock(AFTER_THE_LEASES).await?;
    let evidence = Evidence::of(&site).await?;
    until_sent(&evidence).await?;
    process.stop().await?;

    check_kept(&mut findings, &evidence, &told).await?;
    check_files(&mut findings, &site.folder.join("outbox"), told.len() as u64)?;
    evidence.close().await?;
    site.clear().await?;
    Ok(findings)
}
