//! What the demo tells: what it made in how long, and what to try next.

use std::{fmt::Write as _, time::Instant};

use attache_client::{Client, v1};

use super::{Stopped, folder::Folder, stopped::Step as _};

/// Where the command line looks for the server when nothing else is said.
const USUAL: &str = "http://127.0.0.1:50051";

/// What the job leaves in the folder for its user to open.
const OUTPUTS: [&str; 5] = [
    "programmes/*.{json,xml,ics}",
    "schedule.{json,xml,ics}",
    "letters/*.pdf",
    "itineraries/*.{pdf,ics}",
    "outbox/*.eml",
];

/// So many of something that a part of the job made.
pub(super) struct Made {
    what: String,
    count: usize,
    /// Whether it was counted in the line above already.
    part: bool,
}

impl Made {
    pub(super) fn new(what: impl Into<String>, count: usize) -> Self {
        Self { what: what.into(), count, part: false }
    }

    /// Some of those in the line above.
    pub(super) fn part(what: impl Into<String>, count: usize) -> Self {
        Self { part: true, ..Self::new(what, count) }
    }
}

/// What the job made so far.
pub(super) struct Report {
    began: Instant,
    /// When the last part of the job ended.
    noted: Instant,
    lines: Vec<String>,
}

impl Report {
    /// Begins to count the time.
    pub(super) fn begin() -> Self {
        let now = Instant::now();
        Self { began: now, noted: now, lines: Vec::new() }
    }

    /// Notes what the part of the job that just ended made.
    pub(super) fn add(&mut self, made: Vec<Made>) {
        let mut seconds = format!("{:8.1} s", self.noted.elapsed().as_secs_f64());
        self.noted = Instant::now();
        for Made { what, count, part } in made {
            let what = if part { format!("  {what}") } else { what };
            self.lines.push(format!("  {what:<38}{count:>6}{}", std::mem::take(&mut seconds)));
        }
    }

    /// The table of what was made, and where it lies.
    pub(super) fn table(self, folder: &Folder) -> String {
        let seconds = self.began.elapsed().as_secs_f64();
        let outputs = OUTPUTS.map(|output| format!("  {}/{output}\n", folder.display())).concat();
        format!("The job is done, in {seconds:.1} s:\n\n{}\n\n{outputs}", self.lines.join("\n"))
    }
}

/// What a later run says first.
pub(super) fn found_done(folder: &Folder) -> String {
    format!("The job was done before, and lies in {}; --fresh begins again.\n", folder.display())
}

/// What is said last when nothing is served.
pub(super) const fn served_later() -> &'static str {
    "Without --exit the demo goes on serving, and tells what to try.\n"
}

/// Commands to copy, of what the sample events are good for.
pub(super) async fn to_try(client: &Client, url: &str, token: &str) -> Result<String, Stopped> {
    let forum = "events/ciftis-2023";
    let mut text = format!("Serving on {url} until interrupted. To try, in another terminal:\n\n");
    let mut line = |words: &str| {
        let _ = writeln!(text, "  {words}");
    };
    line("alias attache='cargo run --release --quiet --package attache-client --'");
    line(&format!("export ATTACHE_TOKEN={token}"));
    if url != USUAL {
        line(&format!("export ATTACHE_ADDRESS={url}"));
    }
    line("attache event list");
    line(&format!("attache registration list {forum} --filter 'state = WAITING'"));
    if let Some(name) = waiting_to_be_confirmed(client, forum).await? {
        line(&format!("attache registration confirm {name}"));
    }
    line(&format!("attache delegation list {forum}"));
    line(&format!("attache letter list {forum}"));
    line(&format!("attache notice list {forum} --filter 'state = SENT'"));
    if let Some(uri) = issued_letter(client, forum).await? {
        let _ = write!(text, "\nWhoever holds this letter finds out whether it is good:\n\n  {uri}\n");
    }
    Ok(text)
}

async fn waiting_to_be_confirmed(client: &Client, parent: &str) -> Result<Option<String>, Stopped> {
    let request = v1::ListRegistrationsRequest {
        parent: parent.to_owned(),
        page_size: 1,
        filter: "state = SUBMITTED".to_owned(),
        ..v1::ListRegistrationsRequest::default()
    };
    let listed = client.registrations().list_registrations(request).await.at("listing registrations")?;
    Ok(listed.registrations.into_iter().next().map(|registration| registration.name))
}

async fn issued_letter(client: &Client, parent: &str) -> Result<Option<String>, Stopped> {
    let request = v1::ListLettersRequest {
        parent: parent.to_owned(),
        page_size: 1,
        filter: "state = ISSUED".to_owned(),
        ..v1::ListLettersRequest::default()
    };
    let listed = client.letters().list_letters(request).await.at("listing letters")?;
    Ok(listed.letters.into_iter().next().map(|letter| letter.verify_uri))
}
