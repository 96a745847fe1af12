//! Writes each message into a folder as an `.eml` file, which every mail program opens.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Cause, SendError};
use crate::mail::message::{self, Outgoing};

/// Writes `<date>-<message id>.eml` files: a second delivery of a message writes the same file again.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Delivers into a folder, which is made with the first message if it is not there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    pub(super) async fn reach(&self) -> Result<(), Cause> {
        let folder = self.folder.clone();
        let tried = tokio::task::spawn_blocking(move || try_folder(&folder)).await;
        tried.unwrap_or_else(|stopped| Err(io::Error::other(stopped))).map_err(|error| Cause::Disk(error.kind()))
    }

    pub(super) async fn send(&self, outgoing: &Outgoing) -> Result<(), SendError> {
        let bytes = message::build(outgoing)?.bytes;
        let name = format!("{}-{}.eml", outgoing.date.format("%Y%m%dT%H%M%SZ"), outgoing.local_id()?);
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || write_whole(&folder, &name, &bytes)).await;
        written.unwrap_or_else(|stopped| Err(io::Error::other(stopped))).map_err(|error| {
            // A full disk or a folder somebody locked is put right by people, and the message waits for that.
            SendError::Transient(Cause::Disk(error.kind()))
        })
    }
}

/// Writes a file that nobody takes for a message, and takes it away again.
fn try_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let probe = folder.join(".probe.part");
    fs::write(&probe, b"?")?;
    fs::remove_file(probe)
}

/// Puts a file into the folder so that, whatever happens, a reader finds all of it or nothing.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // The leading dot keeps half-written files out of `*.eml`; a leftover of a crash is overwritten by the next attempt.
    let draft = folder.join(format!(".{name}.part"));
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, folder.join(name))?;
    sync_folder(folder)
}

/// Makes the new name itself survive a power failure, which on Unix takes a sync of the folder.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere folders cannot be synced and the file system orders the rename itself.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
