//! `replicas`: several servers of one PostgreSQL database behind a plain TCP balancer, whose connections to it are cut under load.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use attache_client::{Client, fresh_request_id, v1};
use attache_tests::{
    fixtures::FORUM,
    process::Process,
    site::{Manner, Place, Site, connect_to},
    smtp::SmtpServer,
};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use tokio::task::JoinSet;

use crate::{
    crowd::{AFTER_THE_LEASES, Crowd, PLACES, check_kept, until_sent},
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    guests::{Delays, OFFER_HOURS, POOL, open_doors, until_answered},
    relay::Relay,
};

/// How many guests give their places back.
const LEAVING: u64 = 20;
/// How many guests come at once.
const AT_ONCE: usize = 24;
/// How long no mail must have come before the rest is taken to wait for a lease to end.
const QUIET: Duration = Duration::from_secs(3);

/// Two servers.
pub const TWO: Scenario = Scenario {
    name: "replicas-2",
    holds: "two servers of one PostgreSQL database behind a TCP balancer do the same work while their connections to it are cut: every answer \
            is kept once, no mail goes out twice, no place is offered twice, and none is sold twice",
    run: |ground| Box::pin(run(ground, 2)),
};

/// Three servers.
pub const THREE: Scenario =
    Scenario { name: "replicas-3", holds: "the same with three servers", run: |ground| Box::pin(run(ground, 3)) };

async fn run(ground: &Ground, servers: usize) -> Result<Findings> {
    let cuts: u64 = ground.of(20, 3);
    let Place { folder, database, log } = ground.postgres().await?;
    let (url, marked) = (database.context("PostgreSQL")?, format!("attache-{}", fresh_request_id()));
    let place = Place { folder, database: Some(format!("{url}?application_name={marked}")), log };
    let site = Site::found(place, async |owner| open_doors(&owner, PLACES).await).await?;
    let smtp = SmtpServer::start().await;
    let manner = Manner { smtp_url: Some(smtp.url()), ..Manner::default() };
    let mut processes = Vec::new();
    for _ in 0..servers {
        processes.push(site.serve(&manner).await?);
    }
    let relay = Relay::open(processes.iter().map(|process| process.address).collect()).await?;
    let mut clients = Vec::new();
    for _ in 0..AT_ONCE {
        clients.push(connect_to(relay.address, Some(&site.token)).await?);
    }

    let mut findings =
        Findings::of(format!("replicas, PostgreSQL, servers: {servers}, times all connections were cut: {cuts}"));
    let database = Database::connect(&url).await?;
    let begun = Instant::now();
    let mut crowd = Crowd::gather(clients.clone());
    for _ in 0..cuts {
        crowd.wait_for_answers(40).await?;
        cut(&database, &marked).await?;
    }
    // Some must wait, so that places can be offered.
    crowd.wait_for_total(u64::try_from(PLACES)? + 3 * LEAVING).await?;
    let told = crowd.disperse(&mut findings).await;
    findings.tell("answered a second", told.len() as u64 / begun.elapsed().as_secs().max(1));
    database.close().await?;
    let evidence = Evidence::of(&site).await?;
    settle(&evidence, &smtp, &mut processes).await?;
    check_kept(&mut findings, &evidence, &told).await?;

    offer(&mut findings, &evidence, &clients, &mut processes).await?;
    settle(&evidence, &smtp, &mut processes).await?;
    let received = smtp.received();
    let distinct: HashSet<_> = received.iter().filter_map(|mail| message_id(&mail.bytes)).collect();
    let mails = evidence.count("SELECT count(*) FROM notices WHERE state = 'SENT'").await?;
    findings.check("mails that the relay took", received.len() as u64, mails);
    findings.check("Message-IDs of them", distinct.len() as u64, mails);
    evidence.close().await?;
    for process in processes {
        process.stop().await?;
    }
    site.clear().await?;
    Ok(findings)
}

/// Ends every connection of the servers in the midst of whatever it does.
async fn cut(database: &DatabaseConnection, marked: &str) -> Result<()> {
    let statement =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{marked}'");
    database.execute_unprepared(&statement).await?;
    Ok(())
}

/// Waits until all mail was sent; what a cut connection left under its lease is sent when that has ended.
async fn settle(evidence: &Evidence, smtp: &SmtpServer, processes: &mut [Process]) -> Result<()> {
    let mut received = usize::MAX;
    while received != smtp.received().len()
        && evidence.count("SELECT count(*) FROM notices WHERE state = 'QUEUED'").await? > 0
    {
        received = smtp.received().len();
        tokio::time::sleep(QUIET).await;
    }
    for process in processes {
        process.move_clock(AFTER_THE_LEASES).await?;
    }
    until_sent(evidence).await
}

/// Gives places back, which are offered to who waits; nobody answers, and so they are offered to who waits next.
async fn offer(
    findings: &mut Findings,
    evidence: &Evidence,
    clients: &[Client],
    processes: &mut [Process],
) -> Result<()> {
    let confirmed = format!("SELECT id FROM registrations WHERE state = 'CONFIRMED' ORDER BY id LIMIT {LEAVING}");
    let leaving = evidence.texts(&confirmed).await?;
    let delays = Arc::<Delays>::default();
    let mut withdrawing = JoinSet::new();
    for (id, client) in leaving.into_iter().zip(clients.iter().cycle().cloned()) {
        let delays = Arc::clone(&delays);
        withdrawing.spawn(async move { withdraw(&client, &id, &delays).await });
    }
    for outcome in withdrawing.join_all().await {
        outcome?;
    }
    until_sent(evidence).await?;
    for process in processes {
        process.move_clock(i64::from(OFFER_HOURS) * 3600 + 1).await?;
    }
    let of_state = |state: &str| format!("SELECT count(*) FROM offers WHERE state = '{state}'");
    let lapsed = async {
        while evidence.count(&of_state("LAPSED")).await? < LEAVING {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok::<_, anyhow::Error>(())
    };
    tokio::time::timeout(Duration::from_mins(1), lapsed).await.context("offers do not lapse")??;
    let places = u64::try_from(PLACES)?;
    for (what, query, must_be) in [
        ("offers that lapsed", of_state("LAPSED"), LEAVING),
        ("offers that wait for an answer", of_state("PENDING"), LEAVING),
        ("registrations with an offer", "SELECT count(DISTINCT registration) FROM offers".to_owned(), 2 * LEAVING),
        ("places held by or for somebody", format!("SELECT count(*) FROM holds WHERE pool = '{POOL}'"), places),
        ("places counted as held", format!("SELECT held FROM pools WHERE id = '{POOL}'"), places),
    ] {
        findings.check(what, evidence.count(&query).await?, must_be);
    }
    Ok(())
}

async fn withdraw(client: &Client, id: &str, delays: &Delays) -> Result<()> {
    let name = format!("{FORUM}/registrations/{id}");
    let request = v1::WithdrawRegistrationRequest { name, request_id: fresh_request_id(), ..Default::default() };
    let ask = || {
        let (mut service, request) = (client.registrations(), request.clone());
        async move { service.withdraw_registration(request).await }
    };
    until_answered(delays, ask).await.map(drop)
}

fn message_id(mail: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(mail);
    text.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned)
}
