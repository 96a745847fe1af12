//! `checkin`: the minutes in which everybody comes, online by themselves and at gates that were without a network.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use attache_client::{Client, fresh_request_id, pages, v1};
use attache_tests::fixtures::{DELEGATES, FORUM, beijing, mask, text};
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;

use crate::{
    browser::{Authority, open},
    forums::{found_forums, register},
    inbox::{Inbox, TICKET},
    load::{Sample, precise},
    scenario::{Figures, Ground, Measured, Ratio, Reach, Scenario},
    site::{Manner, Site},
};

/// How many register at once before they come.
const REGISTERING: usize = 64;
/// How many gates bring their scans at once.
const GATES: usize = 8;
/// How many scans a gate brings in one call.
const TOGETHER: usize = 500;

/// Everybody comes online, and then to the gates, each to two of them.
pub const CHECKIN: Scenario = Scenario {
    name: "checkin",
    reaches: "3,000 guests (--guests) join online in two minutes (twice --within), each over TLS and gRPC-Web by the ticket that was mailed: \
              every call answered, p99 at most 500 ms, each noted once, at most 250 MiB; and 8 gates bring two scans of each, 500 in a call, made \
              without a network: a call in at most 5 s, each on the list once",
    run: |ground| Box::pin(run(ground)),
};

/// What an online forum's category is: whoever registers has a ticket at once.
pub fn confirmed_at_once() -> v1::Category {
    v1::Category { confirmation: v1::ConfirmationPolicy::AtOnce.into(), ..Default::default() }
}

/// Has the forum begun, and be attended online.
pub async fn open_online(owner: &Client) -> Result<()> {
    let event = v1::Event {
        name: FORUM.to_owned(),
        start_time: Some(beijing("2023-09-05T09:00")),
        online_uri: "https://meet.example.org/forum".to_owned(),
        ..Default::default()
    };
    let update_mask = mask(&["start_time", "online_uri"]);
    let request = v1::UpdateEventRequest { event: Some(event), update_mask, ..Default::default() };
    owner.events().update_event(request).await?;
    Ok(())
}

async fn run(ground: &Ground) -> Result<Measured> {
    let site = Site::found(ground, async |owner| furnish(&owner).await).await?;
    let inbox = Inbox::open().await?;
    let plain = site.serve(&Manner { smtp_url: Some(inbox.url()), ..Manner::default() }).await?;
    let tickets = tickets(&site.client(&plain).await?, &inbox, ground.guests).await?;
    plain.stop().await?;

    let authority = Authority::new()?;
    let tls = Some(authority.certify(&site.folder)?);
    let process = site.serve(&Manner { smtp_url: Some(inbox.url()), tls, ..Manner::default() }).await?;
    let crowd = Arc::new(Crowd {
        address: format!("https://{}", process.address),
        authority,
        calls: Mutex::new(Sample::nothing()?),
        served: AtomicU64::new(0),
    });
    let (begun, cpu) = (Instant::now(), process.cpu()?);
    crowd.come(&tickets, 2 * ground.within).await?;
    let (took, cpu) = (begun.elapsed(), process.cpu()?.saturating_sub(cpu));
    let peak = process.peak_memory()?;
    process.stop().await?;

    let gates = site.serve(&Manner::default()).await?;
    let owner = site.client(&gates).await?;
    let online = noted(&owner, "mode = ONLINE").await?;
    let (slowest, scans) = bring(&owner, &tickets).await?;
    let at_lunch = noted(&owner, &format!("list = \"{FORUM}/checkInLists/lunch\"")).await?;
    gates.stop().await?;
    site.clear().await?;

    let crowd = Arc::into_inner(crowd).context("a guest goes on")?;
    let calls = crowd.calls.into_inner().unwrap_or_else(PoisonError::into_inner);
    let joining = Figures::of("joining".to_owned(), vec![Sample { lasted: took, cpu, ..calls }], peak)?;
    let guests = precise(tickets.len() as u64);
    let ratio = |to: &str, got: f64, reach| Ratio { to: to.to_owned(), got, reach };
    let ratios = vec![
        ratio("guests led to the meeting", precise(crowd.served.into_inner()), Reach::AtLeast(guests)),
        ratio("calls not answered", precise(joining.errors), Reach::AtMost(0.0)),
        ratio("ms a call, p99", joining.p99_ms, Reach::AtMost(500.0)),
        ratio("MiB at most", joining.peak_mib, Reach::AtMost(250.0)),
        ratio("noted online for each guest", precise(online) / guests, Reach::AtMost(1.0)),
        ratio("noted at lunch for each guest", precise(at_lunch) / guests, Reach::AtMost(1.0)),
        ratio("s to bring 500 scans, the slowest", slowest.as_secs_f64(), Reach::AtMost(5.0)),
    ];
    ensure!([online, at_lunch] == [tickets.len() as u64; 2], "{online} were noted online and {at_lunch} at lunch");
    let scans = Figures::of("scans that gates bring".to_owned(), vec![scans], 0)?;
    let scenario = format!("checkin{}, {} guests in {:?}", ground.on(), ground.guests, 2 * ground.within);
    Ok(Measured { scenario, figures: joining, limits: vec![scans], ratios })
}

/// Founds a forum that has begun, is attended online, and has a lunch.
async fn furnish(owner: &Client) -> Result<()> {
    found_forums(owner, 1).await?;
    let category = v1::Category { name: DELEGATES.to_owned(), ..confirmed_at_once() };
    let update_mask = mask(&["confirmation"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    owner.categories().update_category(request).await?;
    let meal = v1::CheckInList {
        title: Some(text("Lunch", "午餐")),
        kind: v1::CheckInListKind::Meal.into(),
        ..Default::default()
    };
    let (parent, check_in_list_id) = (FORUM.to_owned(), "lunch".to_owned());
    let request =
        v1::CreateCheckInListRequest { parent, check_in_list: Some(meal), check_in_list_id, ..Default::default() };
    owner.check_in_lists().create_check_in_list(request).await?;
    open_online(owner).await
}

/// Registers everybody; their tickets, as they were mailed.
async fn tickets(client: &Client, inbox: &Inbox, guests: usize) -> Result<Vec<String>> {
    let mut registering = JoinSet::new();
    for guest in 0..guests {
        if registering.len() >= REGISTERING {
            registering.join_next().await.context("nobody registers")???;
        }
        registering.spawn(register(client.clone(), guest as u64, 0));
    }
    while let Some(registered) = registering.join_next().await {
        registered??;
    }
    let mut tickets = Vec::new();
    for guest in 0..guests {
        tickets.push(inbox.code(&format!("guest{guest}@example.org"), TICKET).await?);
    }
    Ok(tickets)
}

/// How many check-ins a filter leaves that stand.
async fn noted(owner: &Client, filter: &str) -> Result<u64> {
    let mut noted = 0;
    let mut listed = pages(|page_token| {
        let (parent, filter) = (FORUM.to_owned(), format!("{filter} AND state = STANDING"));
        let request = v1::ListCheckInsRequest { parent, page_size: 1000, page_token, filter, ..Default::default() };
        async move { owner.check_ins().list_check_ins(request).await }
    });
    while let Some(one) = listed.next().await {
        one?;
        noted += 1;
    }
    Ok(noted)
}

/// Has gates bring two scans of each ticket for lunch, in an order that has both at other gates; how long the slowest call took.
async fn bring(owner: &Client, tickets: &[String]) -> Result<(Duration, Sample)> {
    let scan = |ticket: &String| v1::Scan {
        scan_id: fresh_request_id(),
        ticket_code: ticket.clone(),
        list: format!("{FORUM}/checkInLists/lunch"),
        ..Default::default()
    };
    let all: Vec<v1::Scan> = tickets.iter().chain(tickets.iter().rev()).map(scan).collect();
    let (begun, mut calls) = (Instant::now(), Vec::new());
    let mut gates = JoinSet::new();
    for gate in 0..GATES {
        let batches: Vec<Vec<v1::Scan>> = all.chunks(TOGETHER).skip(gate).step_by(GATES).map(<[_]>::to_vec).collect();
        let client = owner.clone();
        gates.spawn(async move {
            let mut took = Vec::new();
            for scans in batches {
                let (begun, count) = (Instant::now(), scans.len());
                let request = v1::SyncCheckInsRequest { parent: FORUM.to_owned(), scans };
                let results = client.check_ins().sync_check_ins(request).await?.into_inner().results;
                let is_in =
                    |result: &v1::ScanResult| matches!(result.outcome, Some(v1::scan_result::Outcome::CheckIn(_)));
                ensure!(results.len() == count && results.iter().all(is_in), "a scan was refused");
                took.push((begun.elapsed(), count));
            }
            Ok(took)
        });
    }
    while let Some(took) = gates.join_next().await {
        calls.append(&mut took??);
    }
    let mut sample = Sample::nothing()?;
    for (took, count) in &calls {
        for _ in 0..*count {
            sample.count(*took / u32::try_from(*count)?);
        }
    }
    sample.lasted = begun.elapsed();
    let slowest = calls.into_iter().map(|(took, _)| took).max().context("no scans")?;
    Ok((slowest, sample))
}

/// Everybody who comes online, and what their calls came to.
struct Crowd {
    address: String,
    authority: Authority,
    calls: Mutex<Sample>,
    served: AtomicU64,
}

impl Crowd {
    /// Lets guests come at an even pace, none waiting for another, and waits until the last is in.
    async fn come(self: &Arc<Self>, tickets: &[String], within: Duration) -> Result<()> {
        let begun = tokio::time::Instant::now();
        let mut guests: JoinSet<()> = JoinSet::new();
        for (number, ticket) in tickets.iter().enumerate() {
            let share = precise(number as u64) / precise(tickets.len() as u64);
            tokio::time::sleep_until(begun + within.mul_f64(share)).await;
            let (crowd, ticket) = (Arc::clone(self), ticket.clone());
            guests.spawn(async move { Box::pin(crowd.guest(ticket)).await });
        }
        while let Some(guest) = guests.join_next().await {
            guest?;
        }
        Ok(())
    }

    async fn guest(&self, ticket: String) {
        let begun = Instant::now();
        let outcome = self.join(ticket).await;
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(()) => {
                calls.count(begun.elapsed());
                self.served.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                calls.errors += 1;
                calls.first_error.get_or_insert_with(|| format!("{error:#}"));
            }
        }
    }

    /// Opens a connection and joins by it.
    async fn join(&self, ticket_code: String) -> Result<()> {
        let browser = open(&self.address, &self.authority).await?;
        let mut public = v1::public_service_client::PublicServiceClient::new(browser);
        let request = v1::JoinOnlineRequest { name: FORUM.to_owned(), ticket_code };
        let joined = public.join_online(request).await?.into_inner();
        ensure!(!joined.uri.is_empty() && !joined.already, "somebody came twice");
        Ok(())
    }
}
