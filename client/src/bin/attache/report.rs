//! Writes registrations and their badges into files.

use std::path::{Path, PathBuf};

use attache_client::{Client, v1};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::file;
use crate::trouble::Trouble;

/// The RPCs that these commands stand in the place of.
pub const EXPORT: &str = "attache.v1.ReportService.ExportRegistrations";
/// See [`EXPORT`].
pub const BADGES: &str = "attache.v1.ReportService.RenderBadges";

/// The command that exports.
pub fn export_command() -> Command {
    let option = |id: &'static str, name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(name).value_name(value).help(help)
    };
    Command::new("export")
        .about("Export an event's registrations with their people and answers, as .csv, .xlsx or .jsonl")
        .long_about(
            "Exports an event's registrations with their people and answers: .csv for spreadsheets and other programs, .xlsx for \
             spreadsheets, .jsonl for programs. What was exported as .csv or .xlsx can be imported again.",
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
            option("columns", "columns", "NAMES", "Which columns, with commas between them; all, when left out")
                .action(ArgAction::Append)
                .value_delimiter(','),
        )
        .arg(option("filter", "filter", "FILTER", "AIP-160, as `attache registration list` takes it"))
        .arg(option("order_by", "order-by", "FIELDS", "AIP-132, as `attache registration list` takes it"))
        .arg(option("query", "query", "TEXT", "What is looked for in names, addresses and affiliations"))
        .arg(option("language_code", "language-code", "TAG", "The language of headers and choices, en or zh"))
        .after_help(
            "Example:\n  attache registration export events/ciftis-2023 confirmed.xlsx --filter 'state = CONFIRMED' --language-code zh",
        )
}

/// Does it.
pub async fn export(client: &Client, matches: &ArgMatches) -> Result<(), Trouble> {
    let path = matches.get_one::<PathBuf>("path").cloned().unwrap_or_default();
    let request = request(matches, &path)?;
    let size = file::beside(&path, async |to| {
        let pieces = client.reports().export_registrations(request).await?.into_inner();
        file::pour(pieces, to, |piece| piece.data).await
    })
    .await?;
    eprintln!("{}: {size} bytes", path.display());
    Ok(())
}

/// How a table is written, by the ending of its file.
pub fn format_of(path: &Path) -> Result<v1::TableFormat, Trouble> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(v1::TableFormat::Csv),
        Some("xlsx") => Ok(v1::TableFormat::Xlsx),
        Some("jsonl") => Ok(v1::TableFormat::JsonLines),
        Some(_) | None => Err(Trouble::Usage(format!("{} ends neither in .csv, .xlsx nor .jsonl", path.display()))),
    }
}

fn request(matches: &ArgMatches, path: &Path) -> Result<v1::ExportRegistrationsRequest, Trouble> {
    let text = |id: &str| matches.get_one::<String>(id).cloned().unwrap_or_default();
    Ok(v1::ExportRegistrationsRequest {
        parent: text("parent"),
        format: format_of(path)?.into(),
        columns: matches.get_many::<String>("columns").unwrap_or_default().cloned().collect(),
        filter: text("filter"),
        order_by: text("order_by"),
        query: text("query"),
        language_code: text("language_code"),
    })
}

/// The command that makes badges.
pub fn badges_command() -> Command {
    let option = |id: &'static str, name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(name).value_name(value).help(help)
    };
    Command::new("badges")
        .about("Make the badges of an event's registrations, as PDF")
        .long_about(
            "Makes the badges of an event's confirmed registrations as PDF, in the colours of their categories and with the QR codes \
             that gates read: two hundred in a file, those that follow in files numbered from 2.",
        )
        .arg(Arg::new("parent").value_name("EVENT").required(true).help("The event, `events/{event}`"))
        .arg(
            Arg::new("path")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The file to write, badges.pdf"),
        )
        .arg(option("filter", "filter", "FILTER", "AIP-160, as `attache registration list` takes it; the confirmed, when left out"))
        .arg(option("query", "query", "TEXT", "What is looked for in names, addresses and affiliations"))
        .arg(
            option("layout", "layout", "LAYOUT", "Eight on a sheet of A4, or each on a page of its own size")
                .value_parser(["sheet", "single"])
                .default_value("sheet"),
        )
        .arg(option("language_code", "language-code", "TAG", "The language of the titles, en or zh"))
        .arg(
            Arg::new("photos")
                .long("photos")
                .action(ArgAction::SetTrue)
                .help("With photos, of those who have one in the vault; each is read for that, and logged"),
        )
        .after_help("Example:\n  attache registration badges events/ciftis-2023 badges.pdf --query Weiming --layout single")
}

/// Makes them.
pub async fn badges(client: &Client, matches: &ArgMatches) -> Result<(), Trouble> {
    let text = |id: &str| matches.get_one::<String>(id).cloned().unwrap_or_default();
    let first = matches.get_one::<PathBuf>("path").cloned().unwrap_or_default();
    let layout = if text("layout") == "single" { v1::BadgeLayout::Single } else { v1::BadgeLayout::Sheet };
    let mut request = v1::RenderBadgesRequest {
        parent: text("parent"),
        filter: text("filter"),
        query: text("query"),
        layout: layout.into(),
        language_code: text("language_code"),
        page_size: 0,
        page_token: String::new(),
        photos: matches.get_flag("photos"),
    };
    for number in 1_u32.. {
        let path = numbered(&first, number);
        let asked = request.clone();
        let mut next = String::new();
        let size = file::beside(&path, async |to| {
            let pieces = client.reports().render_badges(asked).await?.into_inner();
            file::pour(pieces, to, |v1::RenderBadgesResponse { data, next_page_token }| {
                next = next_page_token;
                data
            })
            .await
        })
        .await?;
        eprintln!("{}: {size} bytes", path.display());
        if next.is_empty() {
            break;
        }
        request.page_token = next;
    }
    Ok(())
}

/// The first file as it was called, and the others with a number behind their names.
fn numbered(first: &Path, number: u32) -> PathBuf {
    let stem = first.file_stem().unwrap_or_default().to_string_lossy();
    match (number, first.extension()) {
        (1, _) => first.to_owned(),
        (_, Some(ending)) => first.with_file_name(format!("{stem}-{number}.{}", ending.to_string_lossy())),
        (_, None) => first.with_file_name(format!("{stem}-{number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_beyond_the_first_are_numbered() {
        let names = [1, 2].map(|number| numbered(Path::new("out/badges.pdf"), number));

        assert_eq!(names, ["out/badges.pdf", "out/badges-2.pdf"].map(PathBuf::from));
    }

    #[test]
    fn ending_says_how_it_is_written() {
        let asked = |path: &'static str| {
            let words = ["export", "events/e", path, "--columns=name,email", "--columns", "answers.diet"];
            let matches = export_command().get_matches_from(words);
            request(&matches, Path::new(path)).map(|request| (request.format(), request.columns))
        };

        let columns = ["name", "email", "answers.diet"].map(str::to_owned).to_vec();
        assert_eq!(asked("a.csv").unwrap(), (v1::TableFormat::Csv, columns.clone()));
        assert_eq!(asked("a.xlsx").unwrap(), (v1::TableFormat::Xlsx, columns.clone()));
        assert_eq!(asked("a.jsonl").unwrap(), (v1::TableFormat::JsonLines, columns));
        assert!(asked("a.txt").is_err());
    }
}
