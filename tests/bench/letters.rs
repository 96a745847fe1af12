//! `letters`: what the house adds to what typesetting a letter takes.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use attache_paper::letter::{self, Facts, Labels, Language, Letterhead, Page, Signatory};
use chrono::NaiveDate;
use tokio::task::JoinSet;

use crate::{
    bare_letter,
    load::Sample,
    process::own_cpu,
    scenario::{Ground, Measured, Ratio, Reach, Scenario},
    turns::{Cleared, Side, Turn, compare},
};

/// Over how many letters memory must stay flat.
const MANY: usize = 5_000;
/// After how many of them memory is looked at first, when everything was loaded that will be.
const SETTLED: usize = 500;

/// Every letter has a number, a name and an address of its own.
pub const LETTERS: Scenario = Scenario {
    name: "letters",
    reaches: "a one-page letter in English and Chinese with a QR code to PDF, in this process; at least 0.85 of bare \
              Typst with the same document, fonts and threads, and memory flat over 5,000",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let mut paper = Typesetter { name: "letters", make: paper, made: 0, peak: 0 };
    let mut bare = Typesetter { name: "bare Typst", make: bare_letter::make, made: 0, peak: 0 };
    let compared = compare(&mut [&mut paper, &mut bare], ground.turns, ground.lasting).await?;
    let settled = grow(&mut paper, SETTLED).await?;
    let at_last = grow(&mut paper, MANY).await?;
    let flat = Ratio {
        to: format!("memory after {MANY} letters to after {SETTLED}"),
        got: crate::load::precise(at_last) / crate::load::precise(settled),
        reach: Reach::AtMost(1.1),
    };
    let threads = threads()?;
    Ok(Measured::of(format!("letters, {threads} threads"), compared, |compared| vec![compared.ratio(0, 1, 0.85), flat]))
}

/// Makes letters until there are so many, and tells how much memory there is then.
async fn grow(typesetter: &mut Typesetter, count: usize) -> Result<u64> {
    while typesetter.made < count {
        typesetter.turn(Duration::from_secs(2)).await?;
    }
    resident()
}

/// This program's memory, in bytes.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the kernel tells no memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

fn threads() -> Result<usize> {
    Ok(std::thread::available_parallelism()?.get())
}

fn paper(facts: &Facts) -> Result<Vec<u8>> {
    Ok(letter::render(facts)?)
}

/// One way to make a letter, on every core.
struct Typesetter {
    name: &'static str,
    make: fn(&Facts) -> Result<Vec<u8>>,
    made: usize,
    peak: u64,
}

impl Typesetter {
    async fn work(&mut self, lasting: Duration) -> Result<Sample> {
        let mut threads_at_work = JoinSet::new();
        let (begun, cpu, make) = (Instant::now(), own_cpu()?, self.make);
        for thread in 0..threads()? {
            let first = self.made + thread * 1_000_000;
            threads_at_work.spawn_blocking(move || typeset(make, first, begun + lasting));
        }
        let mut sample = Sample::nothing()?;
        while let Some(own) = threads_at_work.join_next().await {
            sample.add(own??)?;
        }
        self.made += usize::try_from(sample.latencies.len())?;
        self.peak = self.peak.max(resident()?);
        Ok(Sample { lasted: begun.elapsed(), cpu: own_cpu()?.saturating_sub(cpu), ..sample })
    }
}

fn typeset(make: fn(&Facts) -> Result<Vec<u8>>, first: usize, end: Instant) -> Result<Sample> {
    let mut sample = Sample::nothing()?;
    let mut number = first;
    while Instant::now() < end {
        let begun = Instant::now();
        let pdf = make(&facts(number)?)?;
        sample.count(begun.elapsed());
        anyhow::ensure!(pdf.starts_with(b"%PDF"), "a letter is no PDF");
        number += 1;
    }
    Ok(sample)
}

impl Side for Typesetter {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn turn(&mut self, lasting: Duration) -> Turn<'_> {
        Box::pin(self.work(lasting))
    }

    fn peak_memory(&self) -> Result<u64> {
        Ok(self.peak)
    }

    fn clear(self: Box<Self>) -> Cleared {
        Box::pin(async { Ok(()) })
    }
}

/// A letter to one guest.
fn facts(number: usize) -> Result<Facts> {
    Ok(Facts {
        identity: format!("events/lotus-forum/letters/{number}"),
        number: format!("LF-2036-{number:06}"),
        issue_date: NaiveDate::from_ymd_opt(2036, 8, 14).context("a date")?,
        verify_url: format!("https://attache.example.org/verify/{number:016}"),
        specimen: true,
        stamp: None,
        signature: None,
        pages: vec![page(number)],
    })
}

fn page(number: usize) -> Page {
    let row = |label: &str, value: String| (label.to_owned(), value);
    Page {
        language: Language::English,
        letterhead: Letterhead {
            name: "Lotus Harbour People’s Trade Office".to_owned(),
            second_name: Some("莲港人民贸易促进办公室".to_owned()),
            address: vec!["18 Lighthouse Road, Lotus Harbour 266100".to_owned()],
            telephone: "+86 532 5550 0142".to_owned(),
            email: "invitations@lotus-harbour.example".to_owned(),
            registration: "Unified Social Credit Code 12370200MB0000000X".to_owned(),
        },
        addressee: vec!["The Visa Section".to_owned(), "Karachi".to_owned()],
        title: "Invitation to the Lotus Forum 2036".to_owned(),
        salutation: "Dear Sir or Madam,".to_owned(),
        paragraphs: vec![
            "We invite the person named below to the Lotus Forum on cold-chain logistics, held in Lotus Harbour from 9 \
             to 12 September 2036."
                .to_owned(),
            "我办诚邀下列人员于2036年9月9日至12日赴莲港市出席莲花论坛冷链物流专题会议。".to_owned(),
        ],
        table: vec![
            row("Full name · 姓名", format!("SPECIMEN, GUEST {number}")),
            row("Nationality · 国籍", "Pakistan · 巴基斯坦".to_owned()),
            row("Passport · 护照号码", format!("ZZ{number:07}")),
        ],
        closing: vec!["We ask you to grant a visa. 请贵馆予以办理签证为盼。".to_owned()],
        signatory: Signatory { name: "Liang Wenbo 梁文博".to_owned(), position: "Deputy Director".to_owned() },
        labels: Labels {
            reference: "Ref.".to_owned(),
            date: "Date:".to_owned(),
            verification: "Verify this letter at".to_owned(),
        },
    }
}
