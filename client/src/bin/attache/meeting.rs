//! Brings the lists that a meeting service wrote: who joined and when, and by which link of their own each joins.

use attache_client::{Client, fresh_request_id, v1};
use clap::{Arg, ArgMatches, Command};

use crate::output::{self, Format, Printer};
use crate::trouble::Trouble;
use crate::{file, globals, registration};

/// The command that brings who joined.
pub fn attendance_command() -> Command {
    let about = "Check in who joined a meeting, by the attendance list that its service wrote (CSV, XLSX)";
    let example = "Example:\n  attache checkin attendance events/ciftis-2023 participants.csv --time-zone Asia/Shanghai --gate Zoom --dry-run";
    command("attendance", about, example)
        .arg(option(
            "time_zone",
            "time-zone",
            "ZONE",
            "By whose clocks it tells times, IANA; the event's, when left out",
        ))
        .arg(
            option("date_order", "date-order", "ORDER", "Which comes first in days like 05/06/2026")
                .value_parser(["day-first", "month-first"]),
        )
        .arg(option("gate", "gate", "TEXT", "What the check-ins call the meeting, at most 60 characters"))
}

/// The command that brings links.
pub fn links_command() -> Command {
    let about = "Have each join a meeting by the link of their own that its service wrote (CSV, XLSX)";
    command("joining-links", about, "Example:\n  attache checkin joining-links events/ciftis-2023 registrants.csv")
}

fn command(name: &'static str, about: &'static str, example: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .long_about(format!(
            "{about}. People are found by their address, and by their name where that does not tell. Lines about nobody who is registered are \
             told, and keep no other out; the same list again changes nothing. Look first with --dry-run."
        ))
        .arg(Arg::new("parent").value_name("EVENT").required(true).help("The event, `events/{event}`"))
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .help("The file here, or one that was uploaded, `events/{event}/files/{file}`"),
        )
        .arg(option("list", "list", "LIST", "The check-in list, by its name; the event itself, when left out"))
        .arg(option("sheet", "sheet", "NAME", "The sheet of a workbook; the first that is not hidden, when left out"))
        .after_help(example)
}

fn option(id: &'static str, name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(name).value_name(value).help(help)
}

fn text(matches: &ArgMatches, id: &str) -> String {
    matches.get_one::<String>(id).cloned().unwrap_or_default()
}

/// Brings who joined.
pub async fn attendance(client: &Client, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let date_order = match text(matches, "date_order").as_str() {
        "day-first" => v1::DateOrder::DayFirst,
        "month-first" => v1::DateOrder::MonthFirst,
        _ => v1::DateOrder::Unspecified,
    };
    let lent = file::lend(client, &text(matches, "parent"), &text(matches, "file")).await?;
    let request = v1::ImportAttendanceRequest {
        parent: text(matches, "parent"),
        file: lent.name.clone(),
        list: text(matches, "list"),
        time_zone: text(matches, "time_zone"),
        date_order: date_order.into(),
        sheet: text(matches, "sheet"),
        gate: text(matches, "gate"),
        request_id: fresh_request_id(),
        validate_only: globals::is_dry_run(matches),
    };
    let answered = client.check_ins().import_attendance(request).await;
    lent.take_back(client).await;
    let answer = answered?.into_inner();
    let v1::ImportAttendanceResponse { row_count, checked_in_count, already_count, left_out_count, findings } = &answer;
    let counts = format!(
        "{row_count} lines: {checked_in_count} people checked in, {already_count} were before, {left_out_count} lines left out\n"
    );
    match printer.format {
        Format::Table => output::write((counts + &registration::findings(findings)).as_bytes()),
        Format::Json | Format::Csv | Format::CsvBom => printer.typed("attache.v1.ImportAttendanceResponse", &answer),
    }
}

/// Brings links.
pub async fn links(client: &Client, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let lent = file::lend(client, &text(matches, "parent"), &text(matches, "file")).await?;
    let request = v1::ImportJoiningLinksRequest {
        parent: text(matches, "parent"),
        file: lent.name.clone(),
        list: text(matches, "list"),
        sheet: text(matches, "sheet"),
        request_id: fresh_request_id(),
        validate_only: globals::is_dry_run(matches),
    };
    let answered = client.check_ins().import_joining_links(request).await;
    lent.take_back(client).await;
    let answer = answered?.into_inner();
    let v1::ImportJoiningLinksResponse { row_count, linked_count, replaced_count, left_out_count, findings } = &answer;
    let counts = format!(
        "{row_count} lines: {linked_count} people have links, {replaced_count} of them had others, {left_out_count} lines left out\n"
    );
    match printer.format {
        Format::Table => output::write((counts + &registration::findings(findings)).as_bytes()),
        Format::Json | Format::Csv | Format::CsvBom => printer.typed("attache.v1.ImportJoiningLinksResponse", &answer),
    }
}
