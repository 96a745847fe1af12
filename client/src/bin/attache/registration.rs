//! Imports a list of people in one go: uploads the file, imports it, waits, and tells everything that is wrong with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use attache_client::v1::ErrorReason;
use attache_client::{Client, Failure, Reason, fresh_request_id, v1};
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::output::{Format, Printer};
use crate::trouble::{Trouble, plain};
use crate::{call, file, globals, output};

/// The RPC that this command stands in the place of.
pub const IMPORT: &str = "attache.v1.RegistrationService.ImportRegistrations";

/// How many errors are told to a person; JSON has them all.
const MOST_LINES: usize = 100;

/// The command that imports.
pub fn import_command() -> Command {
    let option = |id: &'static str, name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(name).value_name(value).help(help)
    };
    let flag = |id: &'static str, name: &'static str, help: &'static str| {
        Arg::new(id).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("import")
        .about("Import a list of people (CSV, TSV, XLSX): upload it, wait for it, and tell what is wrong with it")
        .long_about(
            "Imports a list of people, CSV, TSV or a workbook (XLSX) with headers in English or Chinese: uploads the file, imports it, waits \
             until it is in, and tells everything that is wrong by row and column. Whoever is registered already is changed by what the \
             list says and never doubled, so that the same list can be imported again. Nothing comes in while a row has an error, \
             unless --skip-bad-rows says so. With --invite those who are new are invited instead. Look first with --dry-run. The exit code is 1 when rows did not come in and nobody said to \
             skip them.",
        )
        .arg(Arg::new("parent").value_name("EVENT").required(true).help("The event, `events/{event}`"))
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .help("The file here, or one that was uploaded, `events/{event}/files/{file}`"),
        )
        .arg(option("category", "category", "ID", "The category of those whose row names none, by its id"))
        .args(reading())
        .arg(
            option("date_order", "date-order", "ORDER", "What comes first in days such as 05/06/2026")
                .value_parser(["day-first", "month-first"]),
        )
        .arg(flag("skip_bad_rows", "skip-bad-rows", "Has the rows come in that have no errors, when others have"))
        .arg(flag("notify", "notify", "Writes to everybody who is registered by it"))
        .arg(flag("invite", "invite", "Invites those who are new, by mail, instead of registering them"))
        .args([
            option("expire", "expire", "TIME", "Until when an invitation can be answered, 2026-09-01T12:00:00Z; until registration closes, when left out"),
            option("reserve", "reserve", "TIME", "Until when a place is kept for each guest; none is kept, when left out"),
        ])
        .arg(option("remind", "remind", "TIME", "When to remind whoever has not answered").action(ArgAction::Append))
        .arg(flag("skip_approval", "skip-approval", "Confirms at once whoever accepts and has a place"))
        .arg(flag("transferable", "transferable", "Lets guests pass their invitation on to somebody who registers instead"))
        .after_help(
            "Example:\n  attache registration import events/ciftis-2023 delegates.xlsx --category delegate --date-order day-first --dry-run",
        )
}

/// Does it.
pub async fn import(client: &Client, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let lent = file::lend(client, &text(matches, "parent"), &text(matches, "file")).await?;
    let request = request(matches, lent.name.clone())?;
    let validate_only = request.validate_only;
    let told = found(client, request).await;
    // Whoever it is about, nobody needs a copy of the list once it is in.
    lent.take_back(client).await;
    let job = told?;
    match printer.format {
        Format::Table => output::write(tell(&job, validate_only).as_bytes())?,
        Format::Json | Format::Csv | Format::CsvBom => printer.typed("attache.v1.Job", &job)?,
    }
    call::outcome(&job)
}

fn text(matches: &ArgMatches, id: &str) -> String {
    matches.get_one::<String>(id).cloned().unwrap_or_default()
}

/// What columns of a list say, as far as it is said.
pub fn columns(matches: &ArgMatches) -> Result<Vec<v1::ImportColumn>, Trouble> {
    let column = |column: &String| {
        let (header, field) =
            column.rsplit_once('=').ok_or_else(|| Trouble::Usage(format!("--column {column} has no =")))?;
        Ok(v1::ImportColumn { header: header.to_owned(), field: field.to_owned() })
    };
    matches.get_many("columns").unwrap_or_default().map(column).collect()
}

/// How a list is to be read.
pub fn reading() -> [Arg; 3] {
    let option = |id: &'static str, name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(name).value_name(value).help(help)
    };
    [
        option(
            "columns",
            "column",
            "HEADER=FIELD",
            "What a column says, as `Guest=display_name`; nothing behind the = leaves it out",
        )
        .action(ArgAction::Append),
        option("sheet", "sheet", "NAME", "The sheet of a workbook; the first that is not hidden, when left out"),
        option("language_code", "language-code", "TAG", "The language of those whose row does not say, en or zh"),
    ]
}

fn request(matches: &ArgMatches, file: String) -> Result<v1::ImportRegistrationsRequest, Trouble> {
    let parent = text(matches, "parent");
    let category = text(matches, "category");
    let is_id = !category.is_empty() && !category.contains('/');
    let date_order = match text(matches, "date_order").as_str() {
        "day-first" => v1::DateOrder::DayFirst,
        "month-first" => v1::DateOrder::MonthFirst,
        _ => v1::DateOrder::Unspecified,
    };
    Ok(v1::ImportRegistrationsRequest {
        invitation_terms: terms(matches)?,
        category: if is_id { format!("{parent}/categories/{category}") } else { category },
        parent,
        file,
        columns: columns(matches)?,
        sheet: text(matches, "sheet"),
        date_order: date_order.into(),
        language_code: text(matches, "language_code"),
        skip_bad_rows: matches.get_flag("skip_bad_rows"),
        notify: matches.get_flag("notify"),
        validate_only: globals::is_dry_run(matches),
        request_id: fresh_request_id(),
    })
}

/// On what terms those who are new are invited, when they are.
fn terms(matches: &ArgMatches) -> Result<Option<v1::InvitationTerms>, Trouble> {
    let time = |text: &String| {
        text.parse::<prost_types::Timestamp>()
            .map_err(|_| Trouble::Usage(format!("{text} is no time written like 2026-09-01T12:00:00Z")))
    };
    let terms = v1::InvitationTerms {
        expire_time: matches.get_one("expire").map(time).transpose()?,
        reserve_time: matches.get_one("reserve").map(time).transpose()?,
        remind_times: matches.get_many("remind").unwrap_or_default().map(time).collect::<Result<_, _>>()?,
        skip_approval: matches.get_flag("skip_approval"),
        transferable: matches.get_flag("transferable"),
    };
    if !matches.get_flag("invite") && terms != v1::InvitationTerms::default() {
        return Err(Trouble::Usage("the terms of invitations are given, and --invite is not".to_owned()));
    }
    Ok(matches.get_flag("invite").then_some(terms))
}

/// Imports, or looks; a list with bad rows is looked at, since a refusal has no room for all of them.
async fn found(client: &Client, request: v1::ImportRegistrationsRequest) -> Result<v1::Job, Trouble> {
    let look =
        v1::ImportRegistrationsRequest { validate_only: true, request_id: fresh_request_id(), ..request.clone() };
    let answer = client.registrations().import_registrations(request).await.map_err(Failure::from);
    match answer {
        Ok(job) if job.get_ref().name.is_empty() => Ok(job.into_inner()),
        Ok(job) => Ok(call::ended(client, job.into_inner()).await?),
        Err(failure) if failure.reason == Some(Reason::Known(ErrorReason::RowsInvalid)) => {
            Ok(client.registrations().import_registrations(look).await?.into_inner())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Tells a person what an import did, or would do.
fn tell(job: &v1::Job, validate_only: bool) -> String {
    let mut told = String::new();
    let mut line = |text: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(told, "{}", plain(&text));
    };
    let import = job.registration_import.clone().unwrap_or_default();
    let is_done = !job.name.is_empty();
    line(format!("{} of {} rows {}", job.done, job.total, if is_done { "read" } else { "looked at" }));
    let v1::ImportCount { created, updated, unchanged } = import.registrations.unwrap_or_default();
    line(format!(
        "  {created:>6} new {updated:>6} changed {unchanged:>6} as before {:>6} left out",
        import.skipped_count
    ));
    if !is_done && !validate_only {
        line("nothing came in: correct the rows, or have the others come in with --skip-bad-rows".to_owned());
    }
    for v1::ImportColumn { header, field } in &import.columns {
        line(format!("  {header} → {}", if field.is_empty() { "not read" } else { field }));
    }
    for v1::JobFailure { resource, description, .. } in job.failures.iter().take(MOST_LINES) {
        line(format!("{resource}: {description}"));
    }
    told + &findings(&import.findings)
}

/// Tells what is wrong with a list, each in a line as far as they are read, and what ought to be known of it.
pub fn findings(findings: &[v1::ImportFinding]) -> String {
    let is_error = |finding: &&v1::ImportFinding| finding.severity() == v1::FindingSeverity::Error;
    let errors: Vec<_> = findings.iter().filter(is_error).collect();
    let mut told = String::new();
    for v1::ImportFinding { row, header, description, .. } in errors.iter().take(MOST_LINES) {
        let place = if header.is_empty() { format!("row {row}") } else { format!("row {row}, {header}") };
        // Writing to a string cannot fail.
        let _ = writeln!(told, "{}", plain(&format!("{place}: {description}")));
    }
    if errors.len() > MOST_LINES {
        let _ = writeln!(told, "and {} more errors, which --output json tells", errors.len() - MOST_LINES);
    }
    told + &warnings(findings.iter().filter(|finding| !is_error(finding)))
}

/// Tells what ought to be known of a list, each kind of it in a line.
pub fn warnings<'a>(findings: impl Iterator<Item = &'a v1::ImportFinding>) -> String {
    let mut warnings: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for finding in findings {
        warnings.entry(finding.reason.as_str()).or_default().push(finding.row);
    }
    let line =
        |(reason, rows): (&str, Vec<i32>)| format!("{} × {}, first in row {}\n", rows.len(), plain(reason), rows[0]);
    warnings.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(row: i32, header: &str, reason: &str, severity: v1::FindingSeverity) -> v1::ImportFinding {
        v1::ImportFinding {
            row,
            header: header.to_owned(),
            reason: reason.to_owned(),
            severity: severity.into(),
            description: "is odd\u{1b}[2J".to_owned(),
            ..Default::default()
        }
    }

    #[test]
    fn import_is_told_with_its_columns_and_all_that_was_found() {
        let findings = vec![
            finding(3, "邮箱", "invalid", v1::FindingSeverity::Error),
            finding(4, "", "no_name", v1::FindingSeverity::Error),
            finding(5, "邮箱", "shared_address", v1::FindingSeverity::Warning),
            finding(6, "邮箱", "shared_address", v1::FindingSeverity::Warning),
        ];
        let column =
            |header: &str, field: &str| v1::ImportColumn { header: header.to_owned(), field: field.to_owned() };
        let import = v1::RegistrationImport {
            registrations: Some(v1::ImportCount { created: 4, updated: 1, unchanged: 0 }),
            skipped_count: 2,
            columns: vec![column("邮箱", "email"), column("护照号", "")],
            finding_count: 4,
            findings,
            ..Default::default()
        };
        let job = v1::Job { total: 7, done: 7, registration_import: Some(import), ..Default::default() };

        assert_eq!(
            tell(&job, true),
            "7 of 7 rows looked at\n       \
             4 new      1 changed      0 as before      2 left out\n  \
             邮箱 → email\n  \
             护照号 → not read\n\
             row 3, 邮箱: is odd\u{fffd}[2J\n\
             row 4: is odd\u{fffd}[2J\n\
             2 × shared_address, first in row 5\n"
        );
        assert!(tell(&job, false).contains("nothing came in"));
    }

    #[test]
    fn command_says_what_is_asked_for() {
        let words = [
            "attache",
            "import",
            "events/e",
            "list.csv",
            "--category=delegate",
            "--column=Guest=display_name",
            "--column=Note=",
            "--date-order=day-first",
            "--skip-bad-rows",
        ];
        let matches = globals::command().subcommand(import_command()).get_matches_from(words);
        let (_, arguments) = matches.subcommand().unwrap();
        let request = request(arguments, "events/e/files/f".to_owned()).unwrap();

        let columns: Vec<_> =
            request.columns.iter().map(|column| (column.header.as_str(), column.field.as_str())).collect();
        assert_eq!(columns, [("Guest", "display_name"), ("Note", "")]);
        assert_eq!(
            (request.category.as_str(), request.date_order()),
            ("events/e/categories/delegate", v1::DateOrder::DayFirst)
        );
        assert_eq!((request.skip_bad_rows, request.notify, request.validate_only), (true, false, false));
        assert_eq!(request.invitation_terms, None);
    }

    #[test]
    fn guests_are_invited_on_the_terms_that_are_said() {
        let said = |more: &[&str]| {
            let words = ["attache", "import", "events/e", "list.csv"].into_iter().chain(more.iter().copied());
            let matches = globals::command().subcommand(import_command()).get_matches_from(words);
            terms(matches.subcommand().unwrap().1)
        };

        let invited = said(&["--invite", "--reserve=2026-09-01T12:00:00Z", "--skip-approval"]).unwrap().unwrap();
        assert_eq!(invited.reserve_time, Some(prost_types::Timestamp { seconds: 1_788_264_000, nanos: 0 }));
        assert!(invited.skip_approval);
        assert!(matches!(said(&["--skip-approval"]), Err(Trouble::Usage(_))));
        assert!(matches!(said(&["--invite", "--remind=tomorrow"]), Err(Trouble::Usage(_))));
    }
}
