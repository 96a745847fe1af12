//! `clock`: the machine's clock is set forward and back under load.

use anyhow::Result;
use attache_tests::site::{Manner, Site};

use crate::{
    crowd::{AFTER_THE_LEASES, Crowd, PLACES, check_files, check_kept, until_sent},
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    guests::open_doors,
};

/// How many guests come at once.
const AT_ONCE: usize = 8;
/// How far the clock jumps, in seconds: an hour of a zone set wrongly, a day, and back beyond the beginning.
const JUMPS: [i64; 6] = [3600, -3600, 90_000, -180_000, 1, -1];

/// A server whose clock jumps.
pub const CLOCK: Scenario = Scenario {
    name: "clock",
    holds: "the server's clock jumps forward and back by up to two days while guests register: each that was answered is kept once, every mail \
            goes out, and the change log has no gap",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Findings> {
    let site = Site::found(ground.sqlite(), async |owner| open_doors(&owner, PLACES).await).await?;
    let mut process = site.serve(&Manner::default()).await?;
    let mut crowd = Crowd::gather(site.clients(&process, AT_ONCE).await?);
    for jump in JUMPS {
        crowd.wait_for_answers(ground.of(200, 20)).await?;
        process.move_clock(jump).await?;
    }
    crowd.wait_for_answers(ground.of(200, 20)).await?;
    let mut findings = Findings::of(format!("jumps of the clock: {}", JUMPS.len()));
    let told = crowd.disperse(&mut findings).await;
    // What was written on a day to come is sent when that has come.
    let ahead: i64 = JUMPS.iter().map(|jump| jump.abs()).sum();
    process.move_clock(ahead + AFTER_THE_LEASES).await?;
    let evidence = Evidence::of(&site).await?;
    until_sent(&evidence).await?;
    process.stop().await?;

    check_kept(&mut findings, &evidence, &told).await?;
    check_files(&mut findings, &site.folder.join("outbox"), told.len() as u64)?;
    let gaps = "SELECT count(*) FROM (SELECT max(position) - count(*) AS gap FROM changes WHERE position IS NOT NULL GROUP BY owner) AS trails \
                WHERE gap <> 0";
    findings.check("change logs with a gap", evidence.count(gaps).await?, 0);
    evidence.close().await?;
    site.clear().await?;
    Ok(findings)
}
