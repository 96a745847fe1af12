//! Files in and out: the few commands that are more than one call.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use attache_client::{Client, fresh_request_id, v1};
use clap::{Arg, ArgMatches, Command, value_parser};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tonic::Streaming;

use crate::output::Printer;
use crate::progress::Progress;
use crate::tree::Rpc;
use crate::trouble::Trouble;
use crate::{accreditation, check_in, delegation, meeting, registration, report, schedule};

/// How many bytes go into one piece; the server takes up to 1 MiB.
const PIECE: usize = 512 * 1024;

/// Whether a command of this file stands in the place of an RPC's own.
pub fn replaces(rpc: &Rpc) -> bool {
    matches!(
        rpc.method.full_name(),
        "attache.v1.FileService.DownloadFile"
            | registration::IMPORT
            | accreditation::EXPORT
            | report::BADGES
            | report::EXPORT
            | schedule::IMPORT
    )
}

/// Whether a command of a noun beyond its RPCs can be tried before it is done.
pub fn can_be_tried(noun: Option<&str>, verb: &str) -> bool {
    matches!((noun, verb), (Some("delegation"), "import") | (Some("check-in"), "attendance" | "joining-links"))
}

/// The commands that a noun has beyond its RPCs.
pub fn commands(noun: &str) -> Vec<Command> {
    match noun {
        "check-in" => vec![check_in::scan_command(), meeting::attendance_command(), meeting::links_command()],
        "delegation" => vec![delegation::status_command(), delegation::import_command()],
        "file" => {
            vec![upload_command(), download_command("Download a file", "The file, `events/{event}/files/{file}`")]
        }
        "letter" => vec![download_command(
            "Download the PDF of a letter",
            "The letter, `events/{event}/letters/{letter}`; it must be issued",
        )],
        "registration" => vec![
            registration::import_command(),
            report::export_command(),
            report::badges_command(),
            accreditation::command(),
        ],
        "report" => {
            vec![
                report::export_command().name("export-registrations"),
                report::badges_command().name("render-badges"),
                accreditation::command().name("export-accreditation"),
            ]
        }
        "schedule" => vec![schedule::import_command()],
        _ => Vec::new(),
    }
}

fn upload_command() -> Command {
    Command::new("upload")
        .about("Upload a file in one go: start, append, finish")
        .arg(
            Arg::new("path")
                .value_name("PATH")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The file here"),
        )
        .arg(
            Arg::new("parent")
                .long("parent")
                .value_name("NAME")
                .required(true)
                .help("Where it belongs, `events/{event}` or `organizations/{organization}`"),
        )
        .arg(
            Arg::new("media_type")
                .long("media-type")
                .value_name("TYPE")
                .help("Its media type; by the ending, when left out"),
        )
        .after_help("Example:\n  attache file upload stamp.png --parent organizations/zbra")
}

fn download_command(about: &'static str, name: &'static str) -> Command {
    Command::new("download").about(about).arg(Arg::new("name").value_name("NAME").required(true).help(name)).arg(
        Arg::new("out")
            .short('o')
            .long("out")
            .value_name("PATH")
            .value_parser(value_parser!(PathBuf))
            .help("Where to put it, - for standard output; under its own name here, when left out"),
    )
}

/// Does one of these commands, if `noun` and `verb` name one.
pub async fn run(
    client: &Client,
    noun: &str,
    verb: &str,
    matches: &ArgMatches,
    printer: &Printer,
) -> Option<Result<(), Trouble>> {
    match (noun, verb) {
        ("check-in", "attendance") => Some(meeting::attendance(client, matches, printer).await),
        ("check-in", "joining-links") => Some(meeting::links(client, matches, printer).await),
        ("check-in", "scan") => Some(check_in::scan(client, matches).await),
        ("delegation", "import") => Some(delegation::import(client, matches, printer).await),
        ("delegation", "status") => Some(delegation::status(client, matches, printer).await),
        ("file", "upload") => Some(upload(client, matches, printer).await),
        ("file", "download") => Some(download(client, &text(matches, "name"), out(matches)).await),
        ("registration", "import") => Some(registration::import(client, matches, printer).await),
        ("registration", "accreditation") | ("report", "export-accreditation") => {
            Some(accreditation::export(client, matches).await)
        }
        ("registration", "badges") | ("report", "render-badges") => Some(report::badges(client, matches).await),
        ("registration", "export") | ("report", "export-registrations") => Some(report::export(client, matches).await),
        ("schedule", "import") => Some(schedule::import(client, matches, printer).await),
        ("letter", "download") => Some(download_letter(client, text(matches, "name"), out(matches)).await),
        _ => None,
    }
}

fn text(matches: &ArgMatches, id: &str) -> String {
    matches.get_one::<String>(id).cloned().unwrap_or_default()
}

fn out(matches: &ArgMatches) -> Option<&Path> {
    matches.get_one::<PathBuf>("out").map(PathBuf::as_path)
}

async fn upload(client: &Client, matches: &ArgMatches, printer: &Printer) -> Result<(), Trouble> {
    let path = matches.get_one::<PathBuf>("path").cloned().unwrap_or_default();
    let file = send(client, &path, text(matches, "parent"), matches.get_one("media_type").cloned()).await?;
    printer.typed("attache.v1.File", &file)
}

/// Uploads a file from its first piece to its last; its media type is that of its ending, when none is given.
pub async fn send(
    client: &Client,
    path: &Path,
    parent: String,
    media_type: Option<String>,
) -> Result<v1::File, Trouble> {
    let bytes = tokio::fs::read(path).await.with_context(|| path.display().to_string())?;
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let media_type = media_type.unwrap_or_else(|| self::media_type(path).to_owned());
    let size_bytes = i32::try_from(bytes.len()).map_err(|_| Trouble::Usage(format!("{file_name} is too large")))?;

    let file = v1::File { file_name, media_type, size_bytes, ..Default::default() };
    let start =
        v1::StartUploadRequest { parent, file: Some(file), request_id: fresh_request_id(), validate_only: false };
    let v1::File { name, .. } = client.files().start_upload(start).await?.into_inner();
    let progress = Progress::of_bytes(size_bytes);
    let mut offset = 0;
    for piece in bytes.chunks(PIECE) {
        let append = v1::AppendUploadRequest { name: name.clone(), offset, data: piece.to_vec() };
        offset = client.files().append_upload(append).await?.into_inner().received_bytes;
        progress.reach(offset);
    }
    let finish = v1::FinishUploadRequest { name, request_id: fresh_request_id(), validate_only: false };
    Ok(client.files().finish_upload(finish).await?.into_inner())
}

/// A file to import: one that was uploaded before, or one here that is uploaded for this alone.
pub struct Lent {
    /// What it is called there.
    pub name: String,
    is_for_this_alone: bool,
}

/// Gives a file that is there already, or uploads the one here.
pub async fn lend(client: &Client, parent: &str, wanted: &str) -> Result<Lent, Trouble> {
    let path = PathBuf::from(wanted);
    let is_here = tokio::fs::try_exists(&path).await.unwrap_or(false);
    if !is_here && wanted.starts_with("events/") {
        return Ok(Lent { name: wanted.to_owned(), is_for_this_alone: false });
    }
    let v1::File { name, .. } = send(client, &path, parent.to_owned(), None).await?;
    Ok(Lent { name, is_for_this_alone: true })
}

impl Lent {
    /// Deletes it where it was uploaded for this alone; whether it went is not what was asked.
    pub async fn take_back(self, client: &Client) {
        if self.is_for_this_alone {
            let request =
                v1::DeleteFileRequest { name: self.name, request_id: fresh_request_id(), validate_only: false };
            let _ = client.files().delete_file(request).await;
        }
    }
}

/// The media type by a file's ending, for those that letters, registrations and schedules are made of.
fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => "text/csv",
        Some("ics") => "text/calendar",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("json") => "application/json",
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("tsv") => "text/tab-separated-values",
        Some("txt") => "text/plain",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("xml") => "application/xml",
        Some(_) | None => "application/octet-stream",
    }
}

async fn download_letter(client: &Client, name: String, out: Option<&Path>) -> Result<(), Trouble> {
    let letter = client.letters().get_letter(v1::GetLetterRequest { name, view: 0 }).await?.into_inner();
    if letter.file.is_empty() {
        return Err(Trouble::Local(anyhow::anyhow!("the letter has no PDF: it is {}", letter.state().as_str_name())));
    }
    download(client, &letter.file, out).await
}

async fn download(client: &Client, name: &str, out: Option<&Path>) -> Result<(), Trouble> {
    let file = client.files().get_file(v1::GetFileRequest { name: name.to_owned() }).await?.into_inner();
    match out {
        Some(path) if path == Path::new("-") => {
            receive(client, &file, &mut tokio::io::stdout()).await?;
        }
        Some(path) => {
            receive_at(client, &file, path).await?;
        }
        None => {
            let path = own_name(&file)?;
            if tokio::fs::try_exists(&path).await.unwrap_or(true) {
                return Err(Trouble::Usage(format!(
                    "{} is there already; --out says where else to put it",
                    path.display()
                )));
            }
            receive_at(client, &file, &path).await?;
        }
    }
    Ok(())
}

/// The name the file goes by, in this folder and no other, whatever its uploader called it.
fn own_name(file: &v1::File) -> Result<PathBuf, Trouble> {
    let last = Path::new(&file.file_name).file_name().map(PathBuf::from);
    last.ok_or_else(|| Trouble::Usage("the file has no name of its own; --out gives it one".to_owned()))
}

async fn receive_at(client: &Client, file: &v1::File, path: &Path) -> Result<(), Trouble> {
    beside(path, async |to| receive(client, file, to).await).await?;
    eprintln!("{}: {} bytes", path.display(), file.size_bytes);
    Ok(())
}

/// Receives something beside its place and moves it there when it is whole, so that nobody takes a part for it.
pub async fn beside<T>(
    path: &Path,
    receive: impl AsyncFnOnce(&mut tokio::fs::File) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let mut to = tokio::fs::File::create(&part).await.with_context(|| part.display().to_string())?;
    let received = receive(&mut to).await;
    drop(to);
    match received {
        Err(trouble) => {
            // What is left of it is of no use; why it failed is told, not that it could not be removed.
            let _ = tokio::fs::remove_file(&part).await;
            Err(trouble)
        }
        Ok(received) => {
            tokio::fs::rename(&part, path).await.with_context(|| path.display().to_string())?;
            Ok(received)
        }
    }
}

/// Writes the pieces of a file as they come; tells how many bytes they were.
pub async fn pour<T>(
    mut pieces: Streaming<T>,
    to: &mut (impl AsyncWrite + Unpin),
    mut data: impl FnMut(T) -> Vec<u8>,
) -> Result<usize, Trouble> {
    let mut received = 0;
    while let Some(piece) = pieces.message().await? {
        let data = data(piece);
        received += data.len();
        to.write_all(&data).await.context("the file cannot be written")?;
    }
    to.flush().await.context("the file cannot be written")?;
    Ok(received)
}

async fn receive(client: &Client, file: &v1::File, to: &mut (impl AsyncWrite + Unpin)) -> Result<(), Trouble> {
    let request = v1::DownloadFileRequest { name: file.name.clone() };
    let pieces = client.files().download_file(request).await?.into_inner();
    let progress = Progress::of_bytes(file.size_bytes);
    let mut reached = 0;
    let received = pour(pieces, to, |v1::DownloadFileResponse { data }| {
        reached += data.len();
        progress.reach(i32::try_from(reached).unwrap_or(i32::MAX));
        data
    })
    .await?;
    if i32::try_from(received) != Ok(file.size_bytes) {
        return Err(Trouble::Local(anyhow::anyhow!("{received} of {} bytes came", file.size_bytes)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_to_this_folder_whatever_it_is_called() {
        let named = |file_name: &str| own_name(&v1::File { file_name: file_name.to_owned(), ..Default::default() });

        assert_eq!(named("../../etc/passwd").unwrap(), Path::new("passwd"));
        assert_eq!(named("letter.pdf").unwrap(), Path::new("letter.pdf"));
        assert!(named("..").is_err());
    }
}
