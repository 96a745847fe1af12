//! `standby`: the database's primary ends under load, and its synchronous standby takes its place.

use std::time::Instant;

use anyhow::Result;
use attache_tests::site::{Manner, Place, Site};

use crate::{
    cluster::Cluster,
    crowd::{AFTER_THE_LEASES, Crowd, PLACES, check_files, check_kept, until_sent},
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    guests::open_doors,
    relay::Relay,
};

/// How many guests come at once.
const AT_ONCE: usize = 16;

/// A primary with a synchronous standby, reached through a switch.
pub const STANDBY: Scenario = Scenario {
    name: "standby",
    holds: "PostgreSQL's primary is killed while guests register, its synchronous standby is promoted and the switch before them turned: each \
            that was answered is kept once, and the server serves again without a restart",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Findings> {
    let primary = Cluster::found(&ground.folder)?;
    let standby = primary.add_standby(&ground.folder).await?;
    let switch = Relay::open(vec![primary.address()]).await?;
    let url = format!("postgres://attache@{}/postgres", switch.address);
    let place = Place { database: Some(url), ..ground.sqlite() };
    let site = Site::found(place, async |owner| open_doors(&owner, PLACES).await).await?;
    let mut process = site.serve(&Manner::default()).await?;
    let mut crowd = Crowd::gather(site.clients(&process, AT_ONCE).await?);

    crowd.wait_for_answers(ground.of(500, 50)).await?;
    let killed = Instant::now();
    primary.kill()?;
    switch.aim(Vec::new());
    standby.promote()?;
    switch.aim(vec![standby.address()]);
    let promoted = killed.elapsed();
    crowd.wait_for_answers(1).await?;
    let served = killed.elapsed();
    crowd.wait_for_answers(ground.of(500, 50)).await?;

    let mut findings = Findings::of("the primary killed, its synchronous standby promoted");
    findings.tell_time("promoted after", promoted);
    findings.tell_time("next guest answered after", served);
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
