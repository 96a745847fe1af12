//! Imports a schedule in one go: uploads the file, imports it, waits, and tells what was found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use attache_client::{Client, fresh_request_id, v1};
use clap::{Arg, ArgMatches, Command};

use crate::output::{Format, Printer};
use crate::trouble::{Trouble, plain};
use crate::{call, file, globals, output};

/// The RPC that this command stands in the place of.
pub const IMPORT: &str = "attache.v1.ScheduleService.ImportSchedule";

/// How many lines of a kind are told to a person; JSON has them all.
const MOST_LINES: usize = 40;

/// The command that imports.
pub fn import_command() -> Command {
    let option = |id: &'static str, name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(name).value_name(value).help(help)
    };
    Command::new("import")
        .about("Import a schedule.xml, a schedule.json or a calendar: upload it, wait for it, and tell what was found")
        .long_about(
            "Imports a schedule.xml, a schedule.json or a calendar (.ics): uploads the file, imports it, waits until it is in, and tells \
             what was found, everything that stands in the way of the schedule included. What came before is updated, so that the \
             same file can be imported again. The exit code is 1 when a part of the file did not come in.",
        )
        .arg(Arg::new("parent").value_name("EVENT").required(true).help("The event, `events/{event}`"))
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .help("The file here, or one that was uploaded, `events/{event}/files/{file}`"),
        )
        .arg(option("language_code", "language-code", "TAG", "The language of its texts, en or zh; en, when left out"))
        .arg(option(
            "time_zone",
            "time-zone",
            "ZONE",
            "What its clocks show where it does not say; the event's zone, when left out",
        ))
        .after_help("Example:\n  attache schedule import events/fosdem-2021 fosdem_2021.xml --time-zone Europe/Brussels")
}

/// Does it.
pub async fn import(client: &Client, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let text = |id: &str| matches.get_one::<String>(id).cloned().unwrap_or_default();
    let parent = text("parent");
    let lent = file::lend(client, &parent, &text("file")).await?;
    let validate_only = globals::is_dry_run(matches);
    let request = v1::ImportScheduleRequest {
        parent,
        file: lent.name.clone(),
        language_code: text("language_code"),
        time_zone: text("time_zone"),
        validate_only,
        request_id: fresh_request_id(),
    };
    let told = found(client, request).await;
    if validate_only || told.is_err() {
        lent.take_back(client).await;
    }
    let job = told?;
    match printer.format {
        Format::Table => output::write(tell(&job, validate_only).as_bytes())?,
        Format::Json | Format::Csv | Format::CsvBom => printer.typed("attache.v1.Job", &job)?,
    }
    call::outcome(&job)
}

/// Imports, or looks, and gives the job with everything that stands in the way of the schedule.
async fn found(client: &Client, request: v1::ImportScheduleRequest) -> Result<v1::Job, Trouble> {
    let parent = request.parent.clone();
    let validate_only = request.validate_only;
    let job = client.schedules().import_schedule(request).await?.into_inner();
    if validate_only {
        return Ok(job);
    }
    let mut job = call::ended(client, job).await?;
    let check = client.schedules().check_schedule(v1::CheckScheduleRequest { parent }).await?.into_inner();
    if let Some(import) = &mut job.schedule_import {
        import.finding_count = i32::try_from(check.findings.len()).unwrap_or(i32::MAX);
        import.findings = check.findings;
    }
    Ok(job)
}

/// Tells a person what an import did, or would do.
fn tell(job: &v1::Job, validate_only: bool) -> String {
    let mut told = String::new();
    let mut line = |text: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(told, "{}", plain(&text));
    };
    let import = job.schedule_import.clone().unwrap_or_default();
    line(format!("{} of {} items {}", job.done, job.total, if validate_only { "looked at" } else { "read" }));
    for (what, count) in [("sessions", import.sessions), ("rooms", import.rooms), ("people", import.persons)] {
        let v1::ImportCount { created, updated, unchanged } = count.unwrap_or_default();
        line(format!("  {what:<9}{created:>5} new {updated:>5} changed {unchanged:>5} as before"));
    }
    line(format!("{} not imported", job.failures.len()));
    for v1::JobFailure { resource, description, .. } in job.failures.iter().take(MOST_LINES) {
        line(format!("  {resource}: {description}"));
    }
    let is_error = |finding: &&v1::ScheduleFinding| finding.severity() == v1::FindingSeverity::Error;
    let errors: Vec<_> = import.findings.iter().filter(is_error).collect();
    line(format!("{} in the way of the schedule, {} of them to be dealt with", import.finding_count, errors.len()));
    for v1::ScheduleFinding { reason, description, .. } in errors.iter().take(MOST_LINES) {
        line(format!("  {reason}: {description}"));
    }
    if errors.len() > MOST_LINES {
        line(format!("  and {} more", errors.len() - MOST_LINES));
    }
    let mut warnings: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in import.findings.iter().filter(|finding| !is_error(finding)) {
        *warnings.entry(finding.reason.as_str()).or_default() += 1;
    }
    for (reason, count) in warnings {
        line(format!("  {count} × {reason}"));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_is_told_with_all_that_was_found() {
        let finding = |reason: &str, severity: v1::FindingSeverity| v1::ScheduleFinding {
            reason: reason.to_owned(),
            severity: severity.into(),
            description: "two sessions\u{1b}[2J".to_owned(),
            ..Default::default()
        };
        let findings = vec![
            finding("room_double_booked", v1::FindingSeverity::Error),
            finding("without_speaker", v1::FindingSeverity::Warning),
            finding("without_speaker", v1::FindingSeverity::Warning),
        ];
        let sessions = Some(v1::ImportCount { created: 2, updated: 1, unchanged: 0 });
        let import = v1::ScheduleImport { sessions, finding_count: 3, findings, ..Default::default() };
        let failure = v1::JobFailure {
            resource: "line 12".to_owned(),
            reason: "ERROR_REASON_INVALID_FIELDS".to_owned(),
            description: "has no title".to_owned(),
        };
        let job =
            v1::Job { total: 4, done: 4, failures: vec![failure], schedule_import: Some(import), ..Default::default() };

        assert_eq!(
            tell(&job, false),
            "4 of 4 items read\n  \
             sessions     2 new     1 changed     0 as before\n  \
             rooms        0 new     0 changed     0 as before\n  \
             people       0 new     0 changed     0 as before\n\
             1 not imported\n  \
             line 12: has no title\n\
             3 in the way of the schedule, 1 of them to be dealt with\n  \
             room_double_booked: two sessions\u{fffd}[2J\n  \
             2 × without_speaker\n"
        );
    }
}
