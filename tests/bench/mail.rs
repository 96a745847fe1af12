//! `mail`: what waits in the outbox, to a mail server on this machine.
//!
//! Each turn registers guests while the mail server keeps its answers back, and counts from when it gives them until it has every mail. The
//! limit sends the same bytes over as many connections, and neither writes them nor takes note of them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use attache_client::Client;
use attache_tests::smtp::{Received, SmtpServer};
use lettre::{
    Address,
    address::Envelope,
    transport::smtp::{client::AsyncSmtpConnection, extension::ClientId},
};
use tokio::{net::TcpStream, task::JoinSet};

use crate::{
    forums::{found_forums, register},
    load::{Sample, precise},
    process::{Process, own_cpu},
    scenario::{Ground, Measured, Scenario},
    site::{Manner, Site},
    turns::{Cleared, Side, Turn, compare},
};

/// How many mails are in a turn.
const MAILS: usize = 2_000;
/// How many conversations the server has at once, and so the limit has too.
const CONNECTIONS: usize = 16;
/// How many guests register at once to make the mails.
const REGISTERING: usize = 64;

/// A mail of the outbox is claimed, written, sent and noted as sent.
pub const MAIL: Scenario = Scenario {
    name: "mail",
    reaches: "2,000 mails from the outbox to a mail server on this machine; at least 0.8 of lettre straight to it over \
              as many connections",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let site = Site::found(ground, async |owner| found_forums(&owner, 1).await).await?;
    let relay = SmtpServer::start().await;
    let manner = Manner { smtp_url: Some(relay.url()), ..Manner::default() };
    let process = site.serve(&manner).await?;
    let client = site.client(&process).await?;
    let mut outbox = Outbox { process, client, relay, registered: 0 };
    let mails = outbox.first().await?;
    let mut straight = Straight { relay: SmtpServer::start().await, mails: Arc::new(mails), sent: 0 };
    let compared = compare(&mut [&mut outbox, &mut straight], ground.turns, ground.lasting).await?;
    Box::new(outbox).clear().await?;
    site.clear().await?;
    let title = format!("mail{}, {CONNECTIONS} connections", ground.on());
    Ok(Measured::of(title, compared, |compared| vec![compared.ratio(0, 1, 0.8)]))
}

/// A turn of so many mails, of which only the whole is timed.
fn sample(mails: usize, took: Duration, cpu: Duration) -> Result<Sample> {
    let mut sample = Sample::nothing()?;
    let each = took.div_f64(precise(mails as u64));
    (0..mails).for_each(|_| sample.count(each));
    Ok(Sample { lasted: took, cpu, ..sample })
}

/// The server and its outbox.
struct Outbox {
    process: Process,
    client: Client,
    relay: SmtpServer,
    registered: u64,
}

impl Outbox {
    /// One mail of the kind, so that there is something to send straight.
    async fn first(&mut self) -> Result<Received> {
        self.register(1).await?;
        self.relay.wait_for(1).await.pop().context("a mail")
    }

    async fn register(&mut self, count: u64) -> Result<()> {
        let mut guests = JoinSet::new();
        for _ in 0..count {
            if guests.len() >= REGISTERING {
                guests.join_next().await.context("a guest")???;
            }
            guests.spawn(register(self.client.clone(), self.registered, 0));
            self.registered += 1;
        }
        while let Some(registered) = guests.join_next().await {
            registered??;
        }
        Ok(())
    }

    async fn empty(&mut self) -> Result<Sample> {
        let held = self.relay.hold();
        self.register(MAILS as u64).await?;
        let before = self.relay.received().len();
        let (begun, cpu) = (Instant::now(), self.process.cpu()?);
        drop(held);
        let all = usize::try_from(self.registered)?;
        let received = self.relay.wait_for(all).await.len();
        let took = begun.elapsed();
        ensure!(received == all, "{received} mails of {all}");
        sample(all - before, took, self.process.cpu()?.saturating_sub(cpu))
    }
}

impl Side for Outbox {
    fn name(&self) -> String {
        "outbox".to_owned()
    }

    fn turn(&mut self, _: Duration) -> Turn<'_> {
        Box::pin(self.empty())
    }

    fn peak_memory(&self) -> Result<u64> {
        self.process.peak_memory()
    }

    fn clear(self: Box<Self>) -> Cleared {
        Box::pin(self.process.stop())
    }
}

/// lettre, with what the outbox sent.
struct Straight {
    relay: SmtpServer,
    mails: Arc<Received>,
    sent: usize,
}

impl Straight {
    async fn send(&mut self) -> Result<Sample> {
        let (begun, cpu) = (Instant::now(), own_cpu()?);
        let mut conversations = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let address = self.relay.url().trim_start_matches("smtp://").to_owned();
            conversations.spawn(converse(address, Arc::clone(&self.mails), MAILS / CONNECTIONS));
        }
        while let Some(ended) = conversations.join_next().await {
            ended??;
        }
        self.sent += MAILS;
        self.relay.wait_for(self.sent).await;
        sample(MAILS, begun.elapsed(), own_cpu()?.saturating_sub(cpu))
    }
}

/// Sends so many mails over one connection, set up as the server sets up its own.
async fn converse(address: String, mail: Arc<Received>, count: usize) -> Result<()> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &ClientId::default()).await?;
    let to = mail.to.iter().map(|to| to.parse::<Address>()).collect::<Result<_, _>>()?;
    let envelope = Envelope::new(Some(mail.from.parse()?), to)?;
    for _ in 0..count {
        connection.send(&envelope, &mail.bytes).await?;
    }
    connection.quit().await?;
    Ok(())
}

impl Side for Straight {
    fn name(&self) -> String {
        "lettre straight".to_owned()
    }

    fn turn(&mut self, _: Duration) -> Turn<'_> {
        Box::pin(self.send())
    }

    fn peak_memory(&self) -> Result<u64> {
        Ok(0)
    }

    fn clear(self: Box<Self>) -> Cleared {
        Box::pin(async { Ok(()) })
    }
}
