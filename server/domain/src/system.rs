//! The health of an installation: what is found of each part of it, and what whoever runs it can do.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};

#[cfg(test)]
mod tests;

/// How long the database may take for a look at one row.
const SLOW: TimeDelta = TimeDelta::seconds(1);
/// How long an entry of the change log may wait for its number, and a notice that is due for its worker.
const LATE: TimeDelta = TimeDelta::minutes(5);
/// How long a job may wait while nobody works on any.
const STUCK: TimeDelta = TimeDelta::minutes(10);
/// How far the clock may be behind what was written last, on servers whose clocks are not quite one.
const BACKWARDS: TimeDelta = TimeDelta::seconds(5);
/// After how many years governments have changed enough of their clocks that the data should be looked at.
const ZONE_YEARS: i32 = 2;

/// What was found of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// How long the database took for a look at one row.
    pub latency: TimeDelta,
    /// Whether its schema is that of this version.
    pub schema: Schema,
    /// The change log.
    pub log: Log,
    /// Whether the vault's key opens what was sealed under it.
    pub vault: Vault,
    /// What waits to be sent.
    pub outbox: Outbox,
    /// Long work.
    pub jobs: Jobs,
    /// The scripts that papers are written in, and what became of a line in each.
    pub scripts: Vec<Script>,
    /// The clock.
    pub clock: Clock,
    /// The way mail leaves.
    pub mail: Mail,
}

/// Whether the database's schema is that of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// It is.
    Current(String),
    /// So many changes were not made to it.
    Behind(usize),
    /// A newer version made this change to it.
    Newer(String),
}

/// The change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Under how many names there is one.
    pub trails: usize,
    /// How many of them were followed from end to end; the others were left for want of time.
    pub followed: usize,
    /// The names whose chain breaks, each with the position of the entry at which it does.
    pub broken: Vec<(String, i64)>,
    /// When the oldest entry without a number was written.
    pub unnumbered_since: Option<DateTime<Utc>>,
}

/// Whether the vault's key opens what was sealed under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vault {
    /// Nothing was sealed yet.
    Empty,
    /// It does.
    Opens,
    /// It does not: it is another key.
    Closed,
}

/// What waits to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outbox {
    /// How many notices wait, for the first try or another.
    pub queued: u64,
    /// Since when the one that waits longest is due.
    pub due_since: Option<DateTime<Utc>>,
    /// How many were given up.
    pub failed: u64,
}

/// Long work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jobs {
    /// How many go on.
    pub running: usize,
    /// When the oldest of them was asked for, if nobody works on any.
    pub idle_since: Option<DateTime<Utc>>,
}

/// A script, and what became of a line in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Which.
    pub name: &'static str,
    /// Why the line could not be set.
    pub fault: Option<String>,
}

/// The clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What it shows.
    pub now: DateTime<Utc>,
    /// When the change that was written last says it was made.
    pub last_change: Option<DateTime<Utc>>,
    /// The version of the time-zone data, `2025b`.
    pub time_zone_version: &'static str,
}

/// The way mail leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// In one word: `smtp`, `files`.
    pub way: &'static str,
    /// Why it cannot be used now.
    pub fault: Option<String>,
}

/// How a part of the installation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not do what it is there for.
    Problem,
}

/// What a look at one part of the installation came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, in a word.
    pub kind: &'static str,
    /// How it is.
    pub status: Status,
    /// The same for a person, in English; no secrets and nobody's data.
    pub description: String,
    /// What to do; empty when nothing is.
    pub advice: &'static str,
}

/// Says of each part of an installation how it is.
pub fn examine(facts: &Facts) -> Vec<Check> {
    let Facts { latency, schema, log, vault, outbox, jobs, scripts, clock, mail } = facts;
    let Clock { now, .. } = *clock;
    vec![
        database(*latency),
        schema_check(schema),
        change_log(log, now),
        vault_check(*vault),
        outbox_check(*outbox, now),
        jobs_check(*jobs, now),
        fonts(scripts),
        clock_check(clock),
        time_zones(clock),
        mail_check(mail),
    ]
}

fn found(kind: &'static str, description: String) -> Check {
    Check { kind, status: Status::Ok, description, advice: "" }
}

fn warning(kind: &'static str, description: String, advice: &'static str) -> Check {
    Check { kind, status: Status::Warning, description, advice }
}

fn problem(kind: &'static str, description: String, advice: &'static str) -> Check {
    Check { kind, status: Status::Problem, description, advice }
}

fn database(latency: TimeDelta) -> Check {
    let description = format!("The database answers, in {} ms.", latency.num_milliseconds());
    if latency < SLOW {
        found("database", description)
    } else {
        warning("database", description, "Look at the load of the machine it runs on, and at the way to it.")
    }
}

fn schema_check(schema: &Schema) -> Check {
    let kind = "schema";
    match schema {
        Schema::Current(version) => found(kind, format!("The schema is that of this version, {version}.")),
        Schema::Behind(changes) => problem(
            kind,
            format!("The schema lacks {changes} changes that this version makes."),
            "Start attache-server again, without no_migrate.",
        ),
        Schema::Newer(change) => problem(
            kind,
            format!("A newer version changed the schema ({change})."),
            "Run that version on every server of this database.",
        ),
    }
}

fn change_log(log: &Log, now: DateTime<Utc>) -> Check {
    let kind = "change_log";
    let Log { trails, followed, broken, unnumbered_since } = log;
    if let Some((name, position)) = broken.first() {
        return problem(
            kind,
            format!("The chain of {} of {followed} trails breaks; that of {name} at entry {position}.", broken.len()),
            "Somebody changed the database past the server: find out who can write to it, and compare it with a backup.",
        );
    }
    if let Some(minutes) = late(*unnumbered_since, now, LATE) {
        return warning(
            kind,
            format!("Entries wait for their number for {minutes} minutes."),
            "See in the server's log why they cannot be numbered; what is written meanwhile is not lost.",
        );
    }
    found(kind, format!("{followed} of {trails} trails were followed from end to end, without a break."))
}

fn vault_check(vault: Vault) -> Check {
    let kind = "vault";
    match vault {
        Vault::Empty => found(kind, "Nothing was sealed yet.".to_owned()),
        Vault::Opens => found(kind, "The vault's key opens what was sealed under it.".to_owned()),
        Vault::Closed => problem(
            kind,
            "The vault's key does not open what was sealed.".to_owned(),
            "Put back the key that the database was filled under; no other opens it.",
        ),
    }
}

fn outbox_check(outbox: Outbox, now: DateTime<Utc>) -> Check {
    let kind = "outbox";
    let Outbox { queued, due_since, failed } = outbox;
    if let Some(minutes) = late(due_since, now, LATE) {
        return problem(
            kind,
            format!("{queued} notices wait, and the first of them is due for {minutes} minutes."),
            "See in the server's log why they are not sent; nothing is lost meanwhile.",
        );
    }
    if failed > 0 {
        return warning(
            kind,
            format!("{queued} notices wait, and {failed} were given up."),
            "`attache notice list EVENT --filter 'state = FAILED'` says why; mend that, and `attache notice retry` them.",
        );
    }
    found(kind, format!("{queued} notices wait, none of them too long, and none was given up."))
}

fn jobs_check(jobs: Jobs, now: DateTime<Utc>) -> Check {
    let kind = "jobs";
    let Jobs { running, idle_since } = jobs;
    match late(idle_since, now, STUCK) {
        Some(minutes) => problem(
            kind,
            format!("{running} jobs go on, and nobody works on any; the first was asked for {minutes} minutes ago."),
            "See in the server's log why its next piece fails; `attache job cancel` stops it.",
        ),
        None => found(kind, format!("{running} jobs go on.")),
    }
}

fn fonts(scripts: &[Script]) -> Check {
    let kind = "fonts";
    let fault = |script: &Script| script.fault.as_ref().map(|fault| format!("{}: {fault}", script.name));
    let faults: Vec<String> = scripts.iter().filter_map(fault).collect();
    if faults.is_empty() {
        let names: Vec<&str> = scripts.iter().map(|script| script.name).collect();
        return found(kind, format!("A line in each of {} was set.", names.join(", ")));
    }
    let description = format!("Not every script can be set. {}.", faults.join("; "));
    problem(kind, description, "The program is damaged: install it anew.")
}

fn clock_check(clock: &Clock) -> Check {
    let kind = "clock";
    let Clock { now, last_change, time_zone_version: _ } = clock;
    let behind = last_change.map(|last| last - now).filter(|behind| *behind > BACKWARDS);
    match behind {
        Some(behind) => problem(
            kind,
            format!("The clock is {} s behind what was written last.", behind.num_seconds()),
            "Set the clocks of all servers by the network's time.",
        ),
        None => found(kind, format!("The clock shows {}.", now.format("%Y-%m-%dT%H:%M:%SZ"))),
    }
}

fn time_zones(clock: &Clock) -> Check {
    let kind = "time_zones";
    let Clock { now, last_change: _, time_zone_version } = clock;
    let description = format!("The time-zone data is of {time_zone_version}.");
    let year = time_zone_version.get(..4).and_then(|year| year.parse::<i32>().ok());
    match year {
        Some(year) if now.year() - year < ZONE_YEARS => found(kind, description),
        Some(_) | None => warning(
            kind,
            description,
            "Governments change their clocks: install a newer version before planning across zones.",
        ),
    }
}

fn mail_check(mail: &Mail) -> Check {
    let kind = "mail";
    let Mail { way, fault } = mail;
    match fault {
        None => found(kind, format!("The way mail leaves ({way}) is open.")),
        Some(fault) => problem(
            kind,
            format!("The way mail leaves ({way}) is closed: {fault}."),
            "Look at smtp_url and at the mail server; without smtp_url, at the data folder. Notices wait meanwhile.",
        ),
    }
}

/// How many minutes something waits by now, if that is too long.
fn late(since: Option<DateTime<Utc>>, now: DateTime<Utc>, patience: TimeDelta) -> Option<i64> {
    since.map(|since| now - since).filter(|waited| *waited > patience).map(|waited| waited.num_minutes())
}
