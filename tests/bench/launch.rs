//! `launch`: the day on which registration opens.
//!
//! Each guest has a browser of their own: a TLS connection, and gRPC-Web over HTTP/2 on it. They come at an even pace, and none waits for
//! another.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use attache_client::v1::{
    self, public_service_client::PublicServiceClient, schedule_service_client::ScheduleServiceClient,
};
use attache_tests::fixtures::{DELEGATES, FORUM, mask, person, text};
use tokio::task::JoinSet;
use tonic::{Response, Status};

use crate::{
    browser::{Authority, open},
    checkin::{confirmed_at_once, open_online},
    inbox::{CODE, Inbox, TICKET},
    load::{Sample, precise},
    scenario::{Figures, Ground, Measured, Ratio, Reach, Scenario},
    schedule::release,
    site::{Manner, Site},
};

/// How many fields of its own the form has.
const FIELDS: usize = 20;
/// How long a guest has the page open.
const STAY: Duration = Duration::from_mins(1);

/// The whole way of a guest.
pub const LAUNCH: Scenario = Scenario {
    name: "launch",
    reaches: "3,000 guests in 60 s (--guests, --within), each over TLS and gRPC-Web: the form of 20 fields that hang on each \
              other, the submission, the code by mail, the confirmation, the schedule, a watch that stays open for a minute, joining online by the ticket; every call answered, p99 at most 500 \
              ms, at most 250 MiB",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let site = Site::found(ground, async |owner| {
        release(&owner).await?;
        let category =
            v1::Category { name: DELEGATES.to_owned(), public: true, form_fields: form(), ..confirmed_at_once() };
        let update_mask = mask(&["public", "form_fields", "confirmation"]);
        let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
        owner.categories().update_category(request).await?;
        open_online(&owner).await
    })
    .await?;
    let (authority, inbox) = (Authority::new()?, Inbox::open().await?);
    let tls = Some(authority.certify(&site.folder)?);
    let manner = Manner { smtp_url: Some(inbox.url()), tls, ..Manner::default() };
    let process = site.serve(&manner).await?;

    let crowd = Arc::new(Crowd {
        address: format!("https://{}", process.address),
        authority,
        inbox,
        calls: Mutex::new(Sample::nothing()?),
        served: AtomicU64::new(0),
    });
    let (begun, cpu) = (Instant::now(), process.cpu()?);
    crowd.come(ground.guests, ground.within).await?;
    let (took, cpu) = (begun.elapsed(), process.cpu()?.saturating_sub(cpu));
    let peak = process.peak_memory()?;
    process.stop().await?;
    site.clear().await?;

    let crowd = Arc::into_inner(crowd).context("a guest goes on")?;
    let served = crowd.served.into_inner();
    let calls = crowd.calls.into_inner().unwrap_or_else(PoisonError::into_inner);
    let figures = Figures::of("calls".to_owned(), vec![Sample { lasted: took, cpu, ..calls }], peak)?;
    let ratio = |to: &str, got: f64, reach| Ratio { to: to.to_owned(), got, reach };
    let ratios = vec![
        ratio("guests served", precise(served), Reach::AtLeast(precise(ground.guests as u64))),
        ratio("calls not answered", precise(figures.errors), Reach::AtMost(0.0)),
        ratio("ms a call, p99", figures.p99_ms, Reach::AtMost(500.0)),
        ratio("MiB at most", figures.peak_mib, Reach::AtMost(250.0)),
    ];
    let scenario = format!("launch{}, {} guests in {:?}", ground.on(), ground.guests, ground.within);
    Ok(Measured { scenario, figures, limits: Vec::new(), ratios })
}

/// A form of fields that are shown, each when the one before it was answered so.
fn form() -> Vec<v1::FormField> {
    let choice = |id: &str| v1::FormChoice { id: id.to_owned(), label: Some(text(id, "")), ..Default::default() };
    let field = |number: usize| v1::FormField {
        id: format!("field-{number}"),
        label: Some(text(&format!("Field {number}"), "")),
        kind: v1::FormFieldKind::Choice.into(),
        choices: vec![choice("yes"), choice("no")],
        required: true,
        condition: (number > 1)
            .then(|| v1::FormCondition { field: format!("field-{}", number - 1), any_of: vec!["yes".to_owned()] }),
        ..Default::default()
    };
    (1..=FIELDS).map(field).collect()
}

/// What a guest answers: yes to each in turn.
fn answers() -> Vec<v1::Answer> {
    (1..=FIELDS).map(|number| v1::Answer { field: format!("field-{number}"), values: vec!["yes".to_owned()] }).collect()
}

/// Everybody who comes, and what their calls came to.
struct Crowd {
    address: String,
    authority: Authority,
    inbox: Inbox,
    calls: Mutex<Sample>,
    served: AtomicU64,
}

impl Crowd {
    /// Lets guests come at an even pace, and waits until the last is done.
    async fn come(self: &Arc<Self>, count: usize, within: Duration) -> Result<()> {
        let begun = tokio::time::Instant::now();
        let mut guests: JoinSet<Result<()>> = JoinSet::new();
        for number in 0..count {
            tokio::time::sleep_until(begun + within.mul_f64(precise(number as u64) / precise(count as u64))).await;
            let crowd = Arc::clone(self);
            guests.spawn(async move { Box::pin(crowd.guest(number)).await });
        }
        while let Some(guest) = guests.join_next().await {
            // Whoever was not served is counted by the call that failed.
            self.served.fetch_add(guest?.is_ok().into(), Ordering::Relaxed);
        }
        Ok(())
    }

    /// The way of one guest, who leaves when they have looked on for a while.
    async fn guest(&self, number: usize) -> Result<()> {
        let leaving = tokio::time::Instant::now() + STAY;
        let browser = self.timed(async { open(&self.address, &self.authority).await }).await?;
        let mut public = PublicServiceClient::new(browser.clone());
        let mut schedules = ScheduleServiceClient::new(browser.clone());
        let email = format!("visitor{number}@example.org");

        self.call(public.get_form(v1::GetFormRequest { name: DELEGATES.to_owned() })).await?;
        let person = Some(person(&format!("Visitor {number}"), &email));
        let request = v1::SubmitRegistrationRequest { parent: DELEGATES.to_owned(), person, answers: answers() };
        let name = self.call(public.submit_registration(request)).await?.name;
        let code = self.inbox.code(&email, CODE).await?;
        self.call(public.confirm_submission(v1::ConfirmSubmissionRequest { name, code })).await?;
        let request = v1::GetScheduleRequest { name: format!("{FORUM}/schedule"), if_none_match: String::new() };
        self.call(schedules.get_schedule(request)).await?;
        let request = v1::WatchScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
        let watch = self.call(schedules.watch_schedule(request)).await?;
        let ticket_code = self.inbox.code(&email, TICKET).await?;
        self.call(public.join_online(v1::JoinOnlineRequest { name: FORUM.to_owned(), ticket_code })).await?;
        tokio::time::sleep_until(leaving).await;
        drop(watch);
        Ok(())
    }

    async fn call<T>(&self, call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T> {
        let call = Box::pin(call);
        self.timed(async { Ok(call.await?.into_inner()) }).await
    }

    async fn timed<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        let begun = Instant::now();
        let outcome = call.await;
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        match &outcome {
            Ok(_) => calls.count(begun.elapsed()),
            Err(error) => {
                calls.errors += 1;
                calls.first_error.get_or_insert_with(|| format!("{error:#}"));
            }
        }
        outcome
    }
}
