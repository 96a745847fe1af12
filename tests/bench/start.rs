//! `start`: how soon a server answers, and how much memory it keeps when nobody asks.

use std::time::{Duration, Instant};

use anyhow::Result;
use attache_client::v1;

use crate::{
    load::Sample,
    scenario::{Figures, Ground, Measured, Ratio, Reach, Scenario, mebibytes},
    site::Manner,
};

/// How many registrations there are.
const REGISTRATIONS: u64 = 10_000;
/// How often it is started.
const STARTS: usize = 9;
/// How long it is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(3);

/// What is served is this program as a server, and so the time includes what it takes to load it.
pub const START: Scenario = Scenario {
    name: "start",
    reaches: "from exec to the first answered RPC on a database with 10,000 registrations, at most 200 ms; at most 80 \
              MiB resident when idle",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let site = ground.filled.with(ground, REGISTRATIONS).await?;
    let (mut sample, mut idle) = (Sample::nothing()?, 0);
    for start in 0..STARTS {
        let begun = Instant::now();
        let process = site.serve(&Manner::default()).await?;
        site.client(&process).await?.system().get_info(v1::GetInfoRequest {}).await?;
        sample.count(begun.elapsed());
        sample.cpu += process.cpu()?;
        if start + 1 == STARTS {
            tokio::time::sleep(IDLE).await;
            idle = process.memory_now()?;
        }
        process.stop().await?;
    }
    sample.lasted = Duration::from_secs(1);
    let figures = Figures::of("server".to_owned(), vec![sample], idle)?;
    let figures = Figures { throughput: 0.0, ..figures };
    let ratios = vec![
        Ratio { to: "ms to the first answer".to_owned(), got: figures.p50_ms, reach: Reach::AtMost(200.0) },
        Ratio { to: "MiB resident when idle".to_owned(), got: mebibytes(idle), reach: Reach::AtMost(80.0) },
    ];
    Ok(Measured { scenario: format!("start{}", ground.on()), figures, limits: Vec::new(), ratios })
}
