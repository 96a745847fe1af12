//! A gate at the command line: reads the codes that a hand scanner types, and lets in by them, with a network or without.

mod journal;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use attache_client::badges::{Gate, Verdict};
use attache_client::v1::ErrorReason;
use attache_client::v1::scan_result::Outcome;
use attache_client::{Client, Code, Failure, fresh_request_id, v1};
use clap::{Arg, ArgMatches, Command, value_parser};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::output;
use crate::trouble::{Trouble, plain};
use journal::{Journal, Kept};

/// How long somebody stands at the gate until it is taken to have no network.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a gate does without a network before it looks again.
const APART: Duration = Duration::from_secs(20);
/// How old what a gate knows of revoked badges becomes while it has a network.
const FRESH: Duration = Duration::from_mins(2);
/// How many scans are brought in one call.
const TOGETHER: usize = 500;
/// How many characters a gate's name has at most.
const LONGEST_GATE: usize = 60;

/// The command that scans.
pub fn scan_command() -> Command {
    let option = |id: &'static str, name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(name).value_name(value).help(help)
    };
    Command::new("scan")
        .about("Be a gate: check in by the codes that a scanner types, a line each, with a network or without")
        .long_about(
            "Reads the codes of tickets and badges from standard input, a line each, as hand scanners type them, and tells of each who is let \
             in. While the server cannot be reached, badges are verified by the event's key and by what was revoked up to some minutes \
             before; whom a list is for is not looked at then. Each such scan is kept in a file first, and brought with its time when the \
             server is reached again, also by the next run; what it refuses then is put into a file beside. Tickets cannot be verified \
             without a network, and are kept as unverified. The gate has to be opened with one. The exit code is 1 when scans are still \
             to be brought.",
        )
        .arg(Arg::new("parent").value_name("EVENT").required(true).help("The event, `events/{event}`"))
        .arg(option("list", "list", "LIST", "The check-in list, by its id or name; the event itself, when left out"))
        .arg(option("gate", "gate", "TEXT", "What the gate calls itself, at most 60 characters"))
        .arg(
            option("journal", "journal", "PATH", "Where scans are kept until they are brought; ./scans-{event}.jsonl, when left out")
                .value_parser(value_parser!(PathBuf)),
        )
        .after_help("Example:\n  attache checkin scan events/ciftis-2023 --list lunch --gate north")
}

/// A gate that is open.
struct Desk<'a> {
    client: &'a Client,
    event: String,
    list: String,
    gate: String,
    /// What it looks at without a network, and since when it knows that.
    known: (Gate, Instant),
    /// Who was let in without one.
    let_in: BTreeSet<String>,
    journal: Journal,
    /// Until when it does without a network.
    apart: Option<Instant>,
}

/// Opens a gate until there are no more lines.
pub async fn scan(client: &Client, matches: &ArgMatches) -> Result<(), Trouble> {
    let text = |id: &str| matches.get_one::<String>(id).cloned().unwrap_or_default();
    let (event, list, gate) = (text("parent"), text("list"), text("gate"));
    if gate.chars().count() > LONGEST_GATE {
        return Err(Trouble::Usage(format!("--gate has more than {LONGEST_GATE} characters")));
    }
    let is_id = !list.is_empty() && !list.contains('/');
    let list = if is_id { format!("{event}/checkInLists/{list}") } else { list };
    if !list.is_empty() {
        client.check_in_lists().get_check_in_list(v1::GetCheckInListRequest { name: list.clone() }).await?;
    }
    let journal = matches.get_one::<PathBuf>("journal").cloned();
    let journal = journal.unwrap_or_else(|| format!("scans-{}.jsonl", event.replace('/', "-")).into());
    let journal = Journal::open(journal, &event)?;
    let known = (Gate::fetch(client, &event).await?, Instant::now());
    let let_in = BTreeSet::new();
    let mut desk = Desk { client, event, list, gate, known, let_in, journal, apart: None };
    desk.bring().await?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await.context("standard input cannot be read")? {
        let code = line.trim();
        if !code.is_empty() {
            tell(&desk.look(code).await?)?;
        }
    }
    desk.bring().await?;
    match desk.journal.waiting().len() {
        0 => Ok(()),
        waiting => Err(Trouble::Local(anyhow::anyhow!(
            "{waiting} scans wait in {}: run this again when the server can be reached",
            desk.journal.path().display()
        ))),
    }
}

fn tell(line: &str) -> Result<(), Trouble> {
    output::write(format!("{}\n", plain(line)).as_bytes())
}

impl Desk<'_> {
    /// Looks at a code, and says who is let in.
    async fn look(&mut self, code: &str) -> Result<String, Trouble> {
        let id = fresh_request_id();
        if self.apart.is_none_or(|until| Instant::now() >= until) {
            match tokio::time::timeout(PATIENCE, self.ask(&id, code)).await {
                Ok(Ok(admitted)) => {
                    self.reached().await?;
                    return Ok(words(&admitted));
                }
                Ok(Err(failure)) if !is_absence(&failure) => return Ok(format!("refused   {}", failure.message)),
                Ok(Err(_)) | Err(_) => self.apart = Some(Instant::now() + APART),
            }
        }
        match self.known.0.verify(code) {
            Verdict::Revoked(badge) => Ok(format!("refused   the badge of {} is not good", badge.registration)),
            Verdict::Good(badge) => {
                self.keep(id, code)?;
                let word = if self.let_in.insert(badge.registration.clone()) { "in     " } else { "already" };
                Ok(format!("{word}   {} (without a network)", badge.registration))
            }
            Verdict::Unknown => {
                self.keep(id, code)?;
                Ok("unverified: no badge of this event; a ticket can be verified with a network only".to_owned())
            }
        }
    }

    fn keep(&mut self, scan_id: String, code: &str) -> Result<(), Trouble> {
        let (event, gate, list) = (self.event.clone(), self.gate.clone(), self.list.clone());
        Ok(self.journal.keep(Kept { event, scan_id, code: code.to_owned(), time: seconds(), gate, list })?)
    }

    /// Asks the server to let somebody in.
    async fn ask(&self, id: &str, code: &str) -> Result<v1::CheckInResponse, Failure> {
        let request = v1::CheckInRequest {
            parent: self.event.clone(),
            ticket_code: code.to_owned(),
            gate: self.gate.clone(),
            list: self.list.clone(),
            request_id: id.to_owned(),
            ..Default::default()
        };
        Ok(self.client.check_ins().check_in(request).await?.into_inner())
    }

    /// Does what waited for the server, now that it was reached again; and asks it now and then whose badges are not good.
    async fn reached(&mut self) -> Result<(), Trouble> {
        let was_apart = self.apart.take().is_some();
        if was_apart {
            self.bring().await?;
        }
        if (was_apart || self.known.1.elapsed() > FRESH)
            && let Ok(Ok(known)) = tokio::time::timeout(PATIENCE, Gate::fetch(self.client, &self.event)).await
        {
            self.known = (known, Instant::now());
        }
        Ok(())
    }

    /// Brings the scans that wait, and tells who should not have been let in.
    async fn bring(&mut self) -> Result<(), Trouble> {
        while !self.journal.waiting().is_empty() {
            let together: Vec<Kept> = self.journal.waiting().iter().take(TOGETHER).cloned().collect();
            let scans = together.iter().map(Kept::scan).collect();
            let request = v1::SyncCheckInsRequest { parent: self.event.clone(), scans };
            let answer = match self.client.check_ins().sync_check_ins(request).await.map_err(Failure::from) {
                Ok(answer) => answer.into_inner(),
                Err(failure) if is_absence(&failure) => return Ok(()),
                Err(failure) => return Err(failure.into()),
            };
            let taken = self.sort(&together, answer.results)?;
            self.journal.brought(&taken)?;
            eprintln!("{} scans brought", taken.len());
            if taken.len() < together.len() {
                // The server could not do some of them just now.
                return Ok(());
            }
        }
        Ok(())
    }

    /// Tells which scans need not be brought again: those that let somebody in, and those that never will, which are put aside.
    fn sort(&self, together: &[Kept], results: Vec<v1::ScanResult>) -> Result<BTreeSet<String>, Trouble> {
        let mut taken = BTreeSet::new();
        for (kept, result) in together.iter().zip(results) {
            if let Some(Outcome::Refusal(refusal)) = &result.outcome {
                if is_passing(refusal.reason()) {
                    continue;
                }
                self.journal.put_aside(kept)?;
                let ago = seconds().saturating_sub(kept.time);
                tell(&format!("refused   a scan of {ago} s ago: {}", refusal.message))?;
            }
            taken.insert(kept.scan_id.clone());
        }
        Ok(taken)
    }
}

/// Whether a refusal says that the server cannot do something just now, and nothing about who stood at the gate.
fn is_passing(reason: ErrorReason) -> bool {
    matches!(
        reason,
        ErrorReason::Unspecified
            | ErrorReason::Unavailable
            | ErrorReason::Overloaded
            | ErrorReason::NotWritable
            | ErrorReason::OutcomeUnknown
            | ErrorReason::DeadlineExceeded
            | ErrorReason::Internal
    )
}

/// Whether a failure says that the server cannot be reached, and nothing about who stands at the gate.
fn is_absence(failure: &Failure) -> bool {
    matches!(failure.code, Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted | Code::Unknown)
}

fn words(admitted: &v1::CheckInResponse) -> String {
    let person = admitted.registration.as_ref().and_then(|registration| registration.embedded_person.as_ref());
    let name = person.map(|person| person.display_name.as_str()).unwrap_or_default();
    if !admitted.already {
        return format!("in        {name}");
    }
    let since = admitted.check_in.as_ref().and_then(|check_in| check_in.check_in_time);
    match since {
        Some(since) => format!("already   {name}, since {since}"),
        None => format!("already   {name}"),
    }
}

/// What time it is, in seconds since 1970.
fn seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|age| i64::try_from(age.as_secs()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_let_in_is_told_by_name_and_whether_they_were_before() {
        let person = v1::Person { display_name: "Zarmina\u{1b}[2J".to_owned(), ..Default::default() };
        let registration = v1::Registration { embedded_person: Some(person), ..Default::default() };
        let check_in =
            v1::CheckIn { check_in_time: Some(prost_types::Timestamp { seconds: 0, nanos: 0 }), ..Default::default() };
        let admitted = |already| v1::CheckInResponse {
            check_in: Some(check_in.clone()),
            already,
            registration: Some(registration.clone()),
        };

        assert_eq!(plain(&words(&admitted(false))), "in        Zarmina\u{fffd}[2J");
        assert_eq!(plain(&words(&admitted(true))), "already   Zarmina\u{fffd}[2J, since 1970-01-01T00:00:00Z");
    }
}
