//! Shows a delegation on one page: where it stands, and what each of its people still lacks; and nominates the people of a list for it.

use std::fmt::Write as _;

use attache_client::{Client, fresh_request_id, v1};
use clap::{Arg, ArgMatches, Command};

use crate::output::{self, Format, Printer};
use crate::table::show_rows;
use crate::trouble::{Trouble, plain};
use crate::{file, globals, registration};

#[cfg(test)]
mod tests;

/// A page that has everybody on it: a delegation has at most 500 seats.
const WHOLE: i32 = 1000;
/// What the names of kinds of items begin with.
const KIND: &str = "READINESS_ITEM_KIND_";

/// The command that shows it.
pub fn status_command() -> Command {
    Command::new("status")
        .about("Show a delegation on one page: where it stands, its deadlines, and what each of its people lacks")
        .long_about(
            "Shows where a delegation stands, how many of its seats are taken, its deadlines, and for each of its people how far form, \
             photo, document, letter, visa, flight, room and clearance are. What is missing or wrong although its deadline has passed is \
             LATE. With --output json or csv it gives the answer of `attache readiness get`.",
        )
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("The delegation, `events/{event}/delegations/{delegation}`"),
        )
        .after_help("Example:\n  attache delegation status events/ciftis-2023/delegations/6f1b7c1e-52b5-4f6e-9a57-6f8f8c1e6a11")
}

/// Does it.
pub async fn status(client: &Client, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let name = matches.get_one::<String>("name").cloned().unwrap_or_default();
    let request = v1::GetDelegationRequest { name: name.clone(), view: v1::DelegationView::Full.into() };
    let delegation = client.delegations().get_delegation(request).await?.into_inner();
    let request = v1::GetReadinessRequest { parent: name, page_size: WHOLE, ..Default::default() };
    let readiness = client.readiness().get_readiness(request).await?.into_inner();
    match printer.format {
        Format::Table => output::write(tell(&delegation, &readiness).as_bytes()),
        Format::Json | Format::Csv | Format::CsvBom => printer.typed("attache.v1.GetReadinessResponse", &readiness),
    }
}

/// The command that nominates the people of a list.
pub fn import_command() -> Command {
    Command::new("import")
        .about("Nominate the people of a list (CSV, TSV, XLSX): upload it, nominate all of them, and tell what is wrong with it")
        .long_about(
            "Nominates the people of a list for an open delegation, CSV, TSV or a workbook (XLSX) with headers in English or Chinese: all of \
             them, or nobody while a row has an error or the seats do not suffice. Whoever has a seat under the same name and address is \
             nominated no second time, and is changed by what the list says if the delegation brought them. Look first with --dry-run.",
        )
        .arg(
            Arg::new("parent")
                .value_name("NAME")
                .required(true)
                .help("The delegation, `events/{event}/delegations/{delegation}`"),
        )
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .help("The file here, or one that was uploaded, `events/{event}/files/{file}`"),
        )
        .args(registration::reading())
        .after_help("Example:\n  attache delegation import events/ciftis-2023/delegations/6f1b7c1e-52b5-4f6e-9a57-6f8f8c1e6a11 delegates.xlsx --dry-run")
}

/// Does it.
pub async fn import(client: &Client, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let text = |id: &str| matches.get_one::<String>(id).cloned().unwrap_or_default();
    let (parent, columns) = (text("parent"), registration::columns(matches)?);
    let event = parent.split_once("/delegations/").map_or(parent.as_str(), |(event, _)| event);
    let lent = file::lend(client, event, &text("file")).await?;
    let request = v1::ImportMembersRequest {
        parent: parent.clone(),
        file: lent.name.clone(),
        columns,
        sheet: text("sheet"),
        language_code: text("language_code"),
        request_id: fresh_request_id(),
        validate_only: globals::is_dry_run(matches),
    };
    let named = client.nominations().import_members(request).await;
    lent.take_back(client).await;
    let named = named?.into_inner();
    match printer.format {
        Format::Table => output::write(tell_named(&named).as_bytes()),
        Format::Json | Format::Csv | Format::CsvBom => printer.typed("attache.v1.ImportMembersResponse", &named),
    }
}

/// Tells whom a list names.
fn tell_named(named: &v1::ImportMembersResponse) -> String {
    let row = |member: &v1::DelegationMember| {
        let v1::Person { display_name, native_name, email, .. } = member.embedded_person.clone().unwrap_or_default();
        vec![display_name, native_name, email, member.category.clone()]
    };
    let rows: Vec<Vec<String>> = named.members.iter().map(row).collect();
    show_rows(&["name", "native name", "e-mail", "category"], &rows) + &registration::warnings(named.findings.iter())
}

/// Lays it out for people.
fn tell(delegation: &v1::Delegation, readiness: &v1::GetReadinessResponse) -> String {
    let v1::GetReadinessResponse { people, .. } = readiness;
    let mut page = format!(
        "{}\n{}: {} of {} seats\n",
        title(delegation.title.as_ref()),
        word(delegation.state().as_str_name(), "DELEGATION_STATE_"),
        people.len(),
        delegation.seats
    );
    let sender = delegation.embedded_sender.as_ref().and_then(|sender| sender.title.as_ref());
    let head = people.iter().find(|person| !delegation.head.is_empty() && person.person == delegation.head);
    let v1::DelegationDeadlines { nomination_time, document_time, letter_time, travel_time } =
        delegation.deadlines.unwrap_or_default();
    let until = |time: Option<prost_types::Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let document = match (&delegation.nomination_file, delegation.needs_nomination_file) {
        (file, true) if file.is_empty() => "missing".to_owned(),
        (file, _) => file.clone(),
    };
    let facts = [
        ("sender", title(sender)),
        ("head", head.map_or_else(|| "nobody yet".to_owned(), |head| head.display_name.clone())),
        ("nomination document", document),
        ("returned", delegation.return_reason.clone()),
        ("members until", until(nomination_time)),
        ("documents until", until(document_time)),
        ("letters until", until(letter_time)),
        ("travel until", until(travel_time)),
    ];
    for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        // A text of its own cannot fail to be written to.
        let _ = writeln!(page, "{name}: {}", plain(fact));
    }
    if people.is_empty() {
        return page;
    }
    let header: Vec<String> = people[0].items.iter().map(|item| word(item.kind().as_str_name(), KIND)).collect();
    let header: Vec<&str> = std::iter::once("person").chain(header.iter().map(String::as_str)).collect();
    let row = |person: &v1::PersonReadiness| {
        std::iter::once(person.display_name.clone()).chain(person.items.iter().map(cell)).collect()
    };
    let rows: Vec<Vec<String>> = people.iter().map(row).collect();
    page + "\n" + &show_rows(&header, &rows)
}

fn title(title: Option<&v1::LocalizedText>) -> String {
    let Some(v1::LocalizedText { en, zh }) = title else { return String::new() };
    let both: Vec<String> = [en, zh].into_iter().filter(|text| !text.is_empty()).map(|text| plain(text)).collect();
    both.join(" / ")
}

fn cell(item: &v1::ReadinessItem) -> String {
    match item.status() {
        v1::ReadinessStatus::Ready => "ready".to_owned(),
        v1::ReadinessStatus::NotNeeded => "not needed".to_owned(),
        v1::ReadinessStatus::NotTracked | v1::ReadinessStatus::Unspecified => "-".to_owned(),
        v1::ReadinessStatus::Missing | v1::ReadinessStatus::InProgress | v1::ReadinessStatus::Problem => {
            let reason = item.reason.replace('_', " ");
            if item.late { format!("LATE: {reason}") } else { reason }
        }
    }
}

/// A value of an enumeration as a word: `not needed` for `READINESS_STATUS_NOT_NEEDED`.
fn word(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).replace('_', " ").to_lowercase()
}
