//! `smtp`: a relay that says nothing, puts off, refuses, and hangs up after it took a mail.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use attache_tests::{
    mailbox::Mailbox,
    process::Process,
    site::{Manner, Site},
    smtp::SmtpServer,
};

use crate::{
    evidence::Evidence,
    finding::{Findings, Ground, Scenario},
    guests::{Delays, address_of, open_doors, register},
    relay::Relay,
};

/// How many recipients the relay does not know.
const UNKNOWN: u64 = 5;
/// How many it puts off.
const PUT_OFF: usize = 12;
/// How many mails it takes and hangs up.
const HUNG_UP: usize = 7;
/// How long a relay that says nothing is left alone with: longer than a mail may take.
const SILENCE: Duration = Duration::from_secs(130);
/// How far the clock is moved at a time, so that what was put off comes due.
const STEP: i64 = 3600;
/// How long all of it may take, beside the silence.
const PATIENCE: Duration = Duration::from_mins(2);

/// A relay with bad manners.
pub const SMTP: Scenario = Scenario {
    name: "smtp",
    holds: "the mail relay stalls, answers 4xx and 5xx, and hangs up after it took a mail: each recipient is told once, or the outbox says why \
            not; a mail that was taken without a word may come twice, under one Message-ID",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Findings> {
    let guests: u64 = ground.of(200, 60);
    let site = Site::found(ground.sqlite(), async |owner| open_doors(&owner, 50).await).await?;
    let (smtp, silent) = (SmtpServer::start().await, Mailbox::silent().await?);
    let relay = Relay::open(vec![silent.address()]).await?;
    let manner = Manner { smtp_url: Some(format!("smtp://{}", relay.address)), ..Manner::default() };
    let mut process = site.serve(&manner).await?;
    for guest in 0..UNKNOWN {
        smtp.refuse(&address_of(guest));
    }
    smtp.defer_next(PUT_OFF);
    smtp.hang_up_after_next(HUNG_UP);
    let client = site.client(&process).await?;
    for guest in 0..guests {
        register(&client, guest, &Delays::default()).await?;
    }

    // In a small run the silence is cut short, by a connection that breaks.
    tokio::time::sleep(ground.of(SILENCE, Duration::from_secs(1))).await;
    relay.aim(vec![smtp.address()]);
    let evidence = Evidence::of(&site).await?;
    until_settled(&evidence, &mut process).await?;
    process.stop().await?;

    let mut findings = Findings::of(format!("a relay with bad manners, mails: {guests}"));
    judge(&mut findings, &evidence, &smtp, guests).await?;
    evidence.close().await?;
    site.clear().await?;
    Ok(findings)
}

/// Lets time pass until no mail waits any more.
async fn until_settled(evidence: &Evidence, process: &mut Process) -> Result<()> {
    let begun = Instant::now();
    while evidence.count("SELECT count(*) FROM notices WHERE state = 'QUEUED'").await? > 0 {
        ensure!(begun.elapsed() < PATIENCE, "mail still waits");
        process.move_clock(STEP).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// Compares what the relay took with what the outbox says.
async fn judge(findings: &mut Findings, evidence: &Evidence, smtp: &SmtpServer, guests: u64) -> Result<()> {
    let received = smtp.received();
    let taken = |address: &str, acknowledged: bool| {
        received.iter().filter(|mail| mail.to == [address] && mail.acknowledged == acknowledged).count()
    };
    let addresses: Vec<_> = (0..guests).map(address_of).collect();
    let (unknown, known) = addresses.split_at(usize::try_from(UNKNOWN)?);
    let once = known.iter().filter(|address| taken(address, true) == 1).count();
    let never = unknown.iter().filter(|address| taken(address, true) + taken(address, false) == 0).count();
    let unasked = received.iter().filter(|mail| !mail.acknowledged).count();
    findings.check("taken with a word once, of those the relay knows", once as u64, guests - UNKNOWN);
    findings.check("never taken, of those it does not", never as u64, UNKNOWN);
    findings.check("taken without a word, and then again", unasked as u64, HUNG_UP as u64);
    for (what, query, must_be) in [
        (
            "sent, by the outbox",
            "SELECT count(*) FROM notices WHERE state = 'SENT' AND last_error IS NULL",
            guests - UNKNOWN,
        ),
        (
            "given up with the relay's words",
            "SELECT count(*) FROM notices WHERE state = 'FAILED' AND last_error LIKE '%550%'",
            UNKNOWN,
        ),
    ] {
        findings.check(what, evidence.count(query).await?, must_be);
    }
    Ok(())
}
