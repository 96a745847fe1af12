//! Writes the table by which somebody else accredits an event's people.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use attache_client::{Client, v1};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::file;
use crate::report;
use crate::trouble::Trouble;

/// The RPC that the command stands in the place of.
pub const EXPORT: &str = "attache.v1.ReportService.ExportAccreditation";

/// What begins a text that stands in every row.
const TEXT: &str = "text:";

/// The kinds of documents that a table may be of, as they are typed.
const KINDS: [(&str, v1::IdentityDocumentKind); 5] = [
    ("passport", v1::IdentityDocumentKind::Passport),
    ("pakistani-identity-card", v1::IdentityDocumentKind::PakistaniIdentityCard),
    ("chinese-identity-card", v1::IdentityDocumentKind::ChineseIdentityCard),
    ("hong-kong-macau-permit", v1::IdentityDocumentKind::HongKongMacauPermit),
    ("taiwan-permit", v1::IdentityDocumentKind::TaiwanPermit),
];

/// The command.
pub fn command() -> Command {
    let option = |id: &'static str, name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(name).value_name(value).help(help)
    };
    Command::new("accreditation")
        .about("Write the table by which a fair accredits an event's people, with its own headers and what documents say")
        .long_about(
            "Writes a table of an event's confirmed people for somebody else's accreditation, as .csv, .xlsx or .jsonl. Each column has their \
             header and our value: a column of `attache registration export`, or of the document, as document_number. Each document is read \
             for the purpose that you state, and logged. Spreadsheets round long numbers in .csv: .xlsx keeps them.",
        )
        .arg(Arg::new("parent").value_name("EVENT").required(true).help("The event, `events/{event}`"))
        .arg(
            Arg::new("path")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The file to write, ending in .csv, .xlsx or .jsonl"),
        )
        .arg(
            option("column", "column", "HEADER=VALUE", "A column, HEADER=text:WORDS for the same in each row; @FILE has one a line")
                .action(ArgAction::Append)
                .required(true),
        )
        .arg(option("purpose", "purpose", "TEXT", "What the documents are needed for; it is logged"))
        .arg(
            option("document_kinds", "document-kinds", "KINDS", "Which document is taken, the first of these; a passport, when left out")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .value_parser(KINDS.map(|(typed, _)| typed)),
        )
        .arg(option("filter", "filter", "FILTER", "AIP-160, as `attache registration list` takes it; the confirmed, when left out"))
        .arg(option("order_by", "order-by", "FIELDS", "AIP-132, as `attache registration list` takes it"))
        .arg(option("query", "query", "TEXT", "What is looked for in names, addresses and affiliations"))
        .arg(option("language_code", "language-code", "TAG", "The language of choices, en or zh"))
        .after_help(
            "Example:\n  attache registration accreditation events/ciftis-2023 fair.xlsx --purpose 'accreditation at the fair' \\\n    \
             --column '姓名=native_name' --column '证件号码=document_number' --column '展会=text:CIFTIS 2023'",
        )
}

/// Writes it.
pub async fn export(client: &Client, matches: &ArgMatches) -> Result<(), Trouble> {
    let path = matches.get_one::<PathBuf>("path").cloned().unwrap_or_default();
    let request = request(matches, &path)?;
    let size = file::beside(&path, async |to| {
        let pieces = client.reports().export_accreditation(request).await?.into_inner();
        file::pour(pieces, to, |piece| piece.data).await
    })
    .await?;
    eprintln!("{}: {size} bytes", path.display());
    Ok(())
}

fn request(matches: &ArgMatches, path: &std::path::Path) -> Result<v1::ExportAccreditationRequest, Trouble> {
    let text = |id: &str| matches.get_one::<String>(id).cloned().unwrap_or_default();
    let kind = |typed: &String| KINDS.iter().find(|(known, _)| known == typed).map(|(_, kind)| i32::from(*kind));
    Ok(v1::ExportAccreditationRequest {
        parent: text("parent"),
        format: report::format_of(path)?.into(),
        columns: columns(matches.get_many("column").unwrap_or_default())?,
        purpose: text("purpose"),
        document_kinds: matches.get_many("document_kinds").unwrap_or_default().filter_map(kind).collect(),
        filter: text("filter"),
        query: text("query"),
        order_by: text("order_by"),
        language_code: text("language_code"),
    })
}

/// Reads columns as they are typed, or from files that have one a line.
fn columns<'a>(typed: impl Iterator<Item = &'a String>) -> Result<Vec<v1::AccreditationColumn>, Trouble> {
    let mut columns = Vec::new();
    for text in typed {
        match text.strip_prefix('@') {
            None => columns.push(column(text)?),
            Some(path) => {
                let lines = fs::read_to_string(path).with_context(|| path.to_owned())?;
                let lines = lines.trim_start_matches('\u{feff}').lines().map(str::trim);
                for line in lines.filter(|line| !line.is_empty()) {
                    columns.push(column(line)?);
                }
            }
        }
    }
    Ok(columns)
}

fn column(text: &str) -> Result<v1::AccreditationColumn, Trouble> {
    let words = text.match_indices('=').find_map(|(at, _)| {
        let (header, rest) = (text.get(..at)?, text.get(at + 1..)?);
        Some((header, "", rest.trim_start().strip_prefix(TEXT)?))
    });
    let split = words.or_else(|| text.rsplit_once('=').map(|(header, value)| (header, value, "")));
    let (header, value, text) = split.ok_or_else(|| Trouble::Usage(format!("{text} is not HEADER=VALUE")))?;
    let [header, value, text] = [header, value, text].map(|part| part.trim().to_owned());
    Ok(v1::AccreditationColumn { header, value, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_is_a_header_and_a_value_or_words() {
        let read =
            |text: &str| column(text).map(|v1::AccreditationColumn { header, value, text }| [header, value, text]);
        let three = |parts: [&str; 3]| parts.map(str::to_owned);

        assert_eq!(read("证件号码=document_number").unwrap(), three(["证件号码", "document_number", ""]));
        assert_eq!(read("Fair = text:CIFTIS = Beijing").unwrap(), three(["Fair", "", "CIFTIS = Beijing"]));
        assert_eq!(read("Context: fair=text:a=text:b").unwrap(), three(["Context: fair", "", "a=text:b"]));
        assert_eq!(read("a=b=state").unwrap(), three(["a=b", "state", ""]));
        assert_eq!(read("Remarks=").unwrap(), three(["Remarks", "", ""]));
        assert!(read("Remarks").is_err());
    }

    #[test]
    fn kinds_are_typed_by_their_names() {
        let words =
            ["accreditation", "events/e", "fair.csv", "--column=a=state", "--document-kinds=taiwan-permit,passport"];
        let matches = command().try_get_matches_from(words).unwrap();

        let request = request(&matches, std::path::Path::new("fair.csv")).unwrap();

        let kinds = [v1::IdentityDocumentKind::TaiwanPermit, v1::IdentityDocumentKind::Passport].map(i32::from);
        assert_eq!((request.format(), request.document_kinds), (v1::TableFormat::Csv, kinds.to_vec()));
    }
}
