//! `import`: a list of 100,000 people, looked at, imported, and imported again, while somebody registers by themselves.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use attache_client::{Client, fresh_request_id, v1};
use attache_tests::{
    fixtures::{mask, text},
    paperwork::upload,
};

use crate::{
    forums::{FIRST, found_forums, register},
    load::Sample,
    scenario::{Figures, Ground, Measured, Ratio, Reach, Scenario, mebibytes},
    site::{Manner, Site},
};

/// How many people are in the list.
const PEOPLE: u64 = 100_000;
/// Within how many seconds they have to be in, on SQLite.
const WITHIN: f64 = 60.0;
/// The same on PostgreSQL, to which each statement has its way and back.
const WITHIN_ON_POSTGRES: f64 = 180.0;
/// How much memory the server may have, of 10^6 bytes each.
const MEGABYTES: f64 = 300.0;
/// The first guest who registers by themselves: none of the list's.
const BESIDE: u64 = 10_000_000;

/// Every fifth person is Chinese and every seventh has an address with others; all answer a question of the form.
pub const IMPORT: Scenario = Scenario {
    name: "import",
    reaches: "a list of 100,000 people with answers in under 60 s (180 on PostgreSQL), in at most 300 MB",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let site = Site::found(ground, async |owner| {
        found_forums(&owner, 1).await?;
        ask(&owner).await
    })
    .await?;
    let process = site.serve(&Manner::default()).await?;
    let client = site.client(&process).await?;
    let event = format!("events/{FIRST}");
    let file = upload(&client, &event, "list.csv", "text/csv", list().as_bytes()).await;
    let request = |validate_only| v1::ImportRegistrationsRequest {
        parent: event.clone(),
        file: file.clone(),
        category: format!("{event}/categories/delegate"),
        validate_only,
        request_id: fresh_request_id(),
        ..Default::default()
    };

    let looked = timed(&client, request(true), [PEOPLE, 0]).await?;
    let before = process.cpu()?;
    let (imported, mut sample) = beside(&client, timed(&client, request(false), [PEOPLE, 0])).await?;
    sample.lasted = imported;
    sample.cpu = process.cpu()?.saturating_sub(before);
    let again = timed(&client, request(false), [0, PEOPLE]).await?;
    let figures = Figures::of("registering beside".to_owned(), vec![sample], process.peak_memory()?)?;
    let megabytes = mebibytes(process.peak_memory()?) * 1.048_576;
    process.stop().await?;
    site.clear().await?;
    let within = if ground.database.is_some() { WITHIN_ON_POSTGRES } else { WITHIN };
    let ratios = ratios([looked, imported, again], within, megabytes);
    let scenario = format!("import{}, {PEOPLE} people", ground.on());
    Ok(Measured { scenario, figures, limits: Vec::new(), ratios })
}

fn ratios([looked, imported, again]: [Duration; 3], within: f64, megabytes: f64) -> Vec<Ratio> {
    let seconds = |what: &str, took: Duration| {
        let (to, got) = (format!("s to {what}"), took.as_secs_f64());
        Ratio { to, got, reach: Reach::AtMost(within) }
    };
    vec![
        seconds("look at them", looked),
        seconds("import them", imported),
        seconds("import them again", again),
        Ratio { to: "MB at most".to_owned(), got: megabytes, reach: Reach::AtMost(MEGABYTES) },
    ]
}

/// Registers one guest after the other until something is done.
async fn beside(client: &Client, importing: impl Future<Output = Result<Duration>>) -> Result<(Duration, Sample)> {
    let mut importing = std::pin::pin!(importing);
    let mut sample = Sample::nothing()?;
    for guest in BESIDE.. {
        let begun = Instant::now();
        let mut registering = std::pin::pin!(register(client.clone(), guest, 0));
        tokio::select! {
            biased;
            imported = &mut importing => {
                registering.await?;
                return Ok((imported?, sample));
            }
            registered = &mut registering => registered?,
        }
        sample.count(begun.elapsed());
    }
    bail!("there are no more guests")
}

/// Has the category ask something.
async fn ask(owner: &Client) -> Result<()> {
    let label = Some(text("Remark", "备注"));
    let kind = v1::FormFieldKind::LongText.into();
    let form_fields = vec![v1::FormField { id: "remark".to_owned(), label, kind, ..Default::default() }];
    let category =
        v1::Category { name: format!("events/{FIRST}/categories/delegate"), form_fields, ..Default::default() };
    let update_mask = mask(&["form_fields"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    owner.categories().update_category(request).await?;
    Ok(())
}

/// How long it takes until all are in, of whom so many are new and so many as they were.
async fn timed(client: &Client, request: v1::ImportRegistrationsRequest, expected: [u64; 2]) -> Result<Duration> {
    let begun = Instant::now();
    let mut job = client.registrations().import_registrations(request).await?.into_inner();
    while job.state() == v1::JobState::Running {
        let mut states = client.jobs().watch_job(v1::WatchJobRequest { name: job.name.clone() }).await?.into_inner();
        while let Some(state) = states.message().await? {
            job = state;
        }
    }
    let took = begun.elapsed();
    let counts = job.registration_import.unwrap_or_default().registrations.unwrap_or_default();
    let found = [counts.created, counts.unchanged].map(|count| u64::try_from(count).unwrap_or_default());
    ensure!(found == expected, "{found:?} came in of {expected:?}: {:?}", job.failures.first());
    Ok(took)
}

/// The list, as a spreadsheet would write it.
fn list() -> String {
    let mut list = String::from("ID,姓名,English name,Email,Phone,Company,Job title,Country,备注\n");
    for number in 1..=PEOPLE {
        let (native, region) =
            if number % 5 == 0 { (format!("张伟{}", digits(number)), "CN") } else { (String::new(), "PK") };
        let address = if number % 7 == 0 { number / 700 } else { BESIDE * 2 + number };
        // Writing to a string cannot fail.
        let _ = writeln!(
            list,
            "K{number},{native},Delegate {number},guest{address}@example.org,+92 300 {number:07},Special Technology Zones Authority,Director,\
             {region},\"Vegetarian, arrives late\""
        );
    }
    list
}

/// A number in Chinese characters.
fn digits(number: u64) -> String {
    number
        .to_string()
        .chars()
        .filter_map(|digit| "〇一二三四五六七八九".chars().nth(digit.to_digit(10)? as usize))
        .collect()
}
