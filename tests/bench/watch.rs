//! `watch`: guests who wait for the schedule to be released.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use attache_client::{Client, v1};
use attache_tests::fixtures::FORUM;
use tokio::task::{JoinError, JoinSet};
use tonic::{Response, Status, Streaming};

use crate::{
    load::{Sample, precise},
    mailbox::Mailbox,
    process::Process,
    register::served,
    scenario::{Figures, Ground, Measured, Ratio, Reach, Scenario, mebibytes},
    schedule::release,
    site::{Manner, Site, connections},
    turns::{Side as _, compare},
};

/// How many streams there are in the one trial and in the other.
const STREAMS: [usize; 2] = [3_000, 10_000];
/// How many streams share a connection, which is fewer than a server allows on one.
const SHARED: usize = 100;
/// How many streams are opened at once.
const OPENING: usize = 256;
/// How long it may take until all were told, before those who were not count as errors.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many guests register at once while others wait.
const WRITERS: usize = 16;

/// Each stream is one guest's, who has no token.
pub const WATCH: Scenario = Scenario {
    name: "watch",
    reaches: "3,000 and then 10,000 streams that wait for a release; all told within 1 s (p99), at most 40 KiB a \
              stream, and writers at most 5 % slower than without them",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let (mut sides, mut ratios) = (Vec::new(), Vec::new());
    for streams in STREAMS {
        let (figures, told) = release_to(ground, streams).await?;
        sides.push(figures);
        ratios.extend(told);
    }
    let (writers, ratio) = write_beside(ground, STREAMS[0]).await?;
    sides.extend(writers);
    ratios.push(ratio);
    let figures = sides.remove(0);
    Ok(Measured { scenario: format!("watch{}", ground.on()), figures, limits: sides, ratios })
}

/// Guests who wait.
struct Watchers {
    waiting: JoinSet<Result<Instant>>,
    refused: u64,
    first_error: Option<String>,
}

impl Watchers {
    /// Opens the streams, some at once, and waits until the server has taken or refused every one.
    async fn open(process: &Process, count: usize) -> Result<Self> {
        let clients = connections(process, None, count.div_ceil(SHARED)).await?;
        let mut watchers = Self { waiting: JoinSet::new(), refused: 0, first_error: None };
        let mut opening = JoinSet::new();
        for number in 0..count {
            if opening.len() >= OPENING {
                watchers.take(opening.join_next().await);
            }
            let client = clients[number / SHARED].clone();
            opening.spawn(async move {
                let request = v1::WatchScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
                client.schedules().watch_schedule(request).await.map(Response::into_inner)
            });
        }
        while let Some(opened) = opening.join_next().await {
            watchers.take(Some(opened));
        }
        Ok(watchers)
    }

    /// Lets a stream that was opened wait, and counts one that was not.
    fn take(&mut self, opened: Option<Result<Result<Stream, Status>, JoinError>>) {
        match opened {
            Some(Ok(Ok(stream))) => drop(self.waiting.spawn(wait(stream))),
            Some(Ok(Err(status))) => self.refuse(status.to_string()),
            Some(Err(panicked)) => self.refuse(panicked.to_string()),
            None => {}
        }
    }

    fn refuse(&mut self, why: String) {
        self.refused += 1;
        self.first_error.get_or_insert(why);
    }

    /// Waits until all were told of what was done at a moment.
    async fn told(mut self, since: Instant) -> Result<Sample> {
        let mut sample = Sample::nothing()?;
        let expected = self.waiting.len() as u64 + self.refused;
        let end = tokio::time::Instant::now() + PATIENCE;
        while let Ok(Some(told)) = tokio::time::timeout_at(end, self.waiting.join_next()).await {
            match told? {
                Ok(at) => sample.count(at.saturating_duration_since(since)),
                Err(error) => self.refuse(error.to_string()),
            }
        }
        sample.errors = expected - sample.latencies.len();
        sample.first_error = self.first_error;
        sample.lasted = since.elapsed();
        Ok(sample)
    }
}

type Stream = Streaming<v1::WatchScheduleResponse>;

/// Waits for a release.
async fn wait(mut stream: Stream) -> Result<Instant> {
    while let Some(message) = stream.message().await? {
        if message.release.is_some() {
            return Ok(Instant::now());
        }
    }
    bail!("a stream ended")
}

async fn release_to(ground: &Ground, streams: usize) -> Result<(Figures, [Ratio; 3])> {
    let site = Site::found(ground, async |owner| release(&owner).await).await?;
    let process = site.serve(&Manner::default()).await?;
    let owner = site.client(&process).await?;
    let before = process.memory_now()?;
    let watchers = Watchers::open(&process, streams).await?;
    let each = process.memory_now()?.saturating_sub(before) / streams as u64;
    let cpu = process.cpu()?;
    let since = move_and_release(&owner).await?;
    let mut sample = watchers.told(since).await?;
    sample.cpu = process.cpu()?.saturating_sub(cpu);
    let figures = Figures::of(format!("{streams} streams told"), vec![sample], process.peak_memory()?)?;
    process.stop().await?;
    site.clear().await?;
    let ratio = |to: &str, got: f64, most: f64| Ratio {
        to: format!("{streams} streams: {to}"),
        got,
        reach: Reach::AtMost(most),
    };
    let ratios = [
        ratio("ms until told, p99", figures.p99_ms, 1000.0),
        ratio("streams refused or not told", precise(figures.errors), 0.0),
        ratio("KiB of memory for each", mebibytes(each) * 1024.0, 40.0),
    ];
    Ok((figures, ratios))
}

/// Changes a session, since a release says what is new, and releases; gives the moment at which the release was asked for.
async fn move_and_release(owner: &Client) -> Result<Instant> {
    let request = v1::ListSessionsRequest { parent: FORUM.to_owned(), page_size: 1, ..Default::default() };
    let session = owner.sessions().list_sessions(request).await?.into_inner().sessions.pop().context("a session")?;
    let title = Some(v1::LocalizedText { en: "Another title".to_owned(), zh: String::new() });
    let session = v1::Session { title, ..session };
    let request = v1::UpdateSessionRequest { session: Some(session), ..Default::default() };
    owner.sessions().update_session(request).await?;
    let since = Instant::now();
    let request = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
    owner.schedules().release_schedule(request).await?;
    Ok(since)
}

/// Lets guests register beside those who wait, and where nobody waits.
async fn write_beside(ground: &Ground, streams: usize) -> Result<(Vec<Figures>, Ratio)> {
    let mailbox = Mailbox::silent().await?;
    let manner = Manner { smtp_url: Some(mailbox.url()), ..Manner::default() };
    let (watched, alone) = (site(ground).await?, site(ground).await?);
    let mut beside = served(&format!("writers beside {streams} streams"), &watched, &manner, WRITERS, 1).await?;
    let mut without = served("writers alone", &alone, &manner, WRITERS, 1).await?;
    let watchers = Watchers::open(beside.process(), streams).await?;
    let compared = compare(&mut [&mut beside, &mut without], ground.turns, ground.lasting).await?;
    drop((watchers, mailbox));
    for (side, site) in [(beside, watched), (without, alone)] {
        Box::new(side).clear().await?;
        site.clear().await?;
    }
    let ratio = compared.ratio_of(0, 1, 0.95);
    Ok((compared.sides, ratio))
}

async fn site(ground: &Ground) -> Result<Site> {
    Site::found(ground, async |owner| release(&owner).await).await
}
