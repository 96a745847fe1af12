//! Guests who come all the while something goes wrong, and what must be kept of them.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result};
use attache_client::Client;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    evidence::Evidence,
    finding::Findings,
    guests::{Delays, POOL, Told, register},
};

/// How many places there are.
pub const PLACES: i32 = 200;
/// Longer than any lease that a server leaves behind, in seconds.
pub const AFTER_THE_LEASES: i64 = 600;
/// How long the mail that was left may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// Guests who come one after the other until they are told to stop.
pub struct Crowd {
    coming: JoinSet<Result<()>>,
    told: Arc<Mutex<Vec<Told>>>,
    /// What they were told before they were answered.
    pub delays: Arc<Delays>,
    stop: Arc<AtomicBool>,
    answers: watch::Receiver<u64>,
}

impl Crowd {
    /// Lets them come, as many at once as there are clients.
    pub fn gather(clients: Vec<Client>) -> Self {
        let (delays, stop, next) =
            (Arc::<Delays>::default(), Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let told = Arc::<Mutex<Vec<Told>>>::default();
        let (count, answers) = watch::channel(0);
        let count = Arc::new(count);
        let mut coming = JoinSet::new();
        for client in clients {
            let (delays, stop, told) = (Arc::clone(&delays), Arc::clone(&stop), Arc::clone(&told));
            let (next, count) = (Arc::clone(&next), Arc::clone(&count));
            coming.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let answer = register(&client, next.fetch_add(1, Ordering::Relaxed), &delays).await?;
                    told.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
                    count.send_modify(|answers| *answers += 1);
                }
                Ok(())
            });
        }
        Self { coming, told, delays, stop, answers }
    }

    /// What was told to those who were answered so far.
    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many more were answered.
    pub async fn wait_for_answers(&mut self, count: u64) -> Result<()> {
        let before = *self.answers.borrow();
        self.wait_for_total(before + count).await
    }

    /// Waits until so many were answered in all.
    pub async fn wait_for_total(&mut self, count: u64) -> Result<()> {
        self.answers.wait_for(|answers| *answers >= count).await.context("no guest comes any more")?;
        Ok(())
    }

    /// Lets those who have come be answered and no others come; gives what all were told.
    pub async fn disperse(self, findings: &mut Findings) -> Vec<Told> {
        self.stop.store(true, Ordering::Relaxed);
        let Self { coming, told, delays, stop: _, answers: _ } = self;
        let mut unanswered = 0;
        for error in coming.join_all().await.into_iter().filter_map(Result::err) {
            eprintln!("{error:#}");
            unanswered += 1;
        }
        let told = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        findings.tell("guests answered", told.len());
        findings.tell("told to come again", delays.line());
        findings.check("guests never answered", unanswered, 0);
        told
    }
}

/// Waits until no mail waits any more.
pub async fn until_sent(evidence: &Evidence) -> Result<()> {
    let drained = async {
        while evidence.count("SELECT count(*) FROM notices WHERE state = 'QUEUED'").await? > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, drained).await.context("mail still waits")?
}

/// Compares what guests were told with what the database holds: each once, and nothing else.
pub async fn check_kept(findings: &mut Findings, evidence: &Evidence, told: &[Told]) -> Result<()> {
    let guests = told.len() as u64;
    let kept: HashSet<_> = evidence.texts("SELECT id FROM registrations").await?.into_iter().collect();
    let lost = told.iter().filter(|told| !kept.contains(told.id())).count();
    findings.check("answered and lost", lost as u64, 0);
    let created = "SELECT count(*) FROM changes WHERE verb = 'created' AND resource LIKE '%/registrations/%'";
    let in_ledger = format!(
        "SELECT (SELECT count(*) FROM holds WHERE pool = '{POOL}') + (SELECT count(*) FROM waits WHERE pool = '{POOL}')"
    );
    for (what, query) in [
        ("registrations", "SELECT count(*) FROM registrations"),
        ("people", "SELECT count(*) FROM persons"),
        ("registrations made in the change log", created),
        ("holding a place or waiting for one", &in_ledger),
        ("mails in the outbox", "SELECT count(*) FROM notices"),
        ("mails sent", "SELECT count(*) FROM notices WHERE state = 'SENT'"),
    ] {
        findings.check(what, evidence.count(query).await?, guests);
    }
    let places = u64::try_from(PLACES)?.min(guests);
    findings.check(
        "places counted as held",
        evidence.count(&format!("SELECT held FROM pools WHERE id = '{POOL}'")).await?,
        places,
    );
    Ok(())
}

/// Looks into the folder that mail was written to: a file a mail.
pub fn check_files(findings: &mut Findings, outbox: &Path, mails: u64) -> Result<()> {
    let mut ids = HashSet::new();
    let mut files = 0;
    for entry in fs::read_dir(outbox)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            files += 1;
            let text = fs::read_to_string(&path)?;
            ids.extend(text.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned));
        }
    }
    findings.check("files of mail", files, mails);
    findings.check("Message-IDs in them", ids.len() as u64, mails);
    Ok(())
}
