//! The demo's folder: whose it is, how far the job in it has come, and the token that opens it.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Stopped, beginning_time};

/// What makes a folder a demo's.
const MARKER: &str = "demo.json";
const TOKEN: &str = "token";

/// The folder that a demo keeps everything in.
pub(super) struct Folder {
    path: PathBuf,
}

/// Where a run of the demo begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// At nothing: the job is to be done.
    Afresh,
    /// At a job that was done before.
    Again {
        /// What the demo's clock showed last.
        clock_time: DateTime<Utc>,
    },
}

impl Beginning {
    /// What the demo's clock shows first.
    pub(super) fn clock_time(&self) -> DateTime<Utc> {
        match self {
            Self::Afresh => beginning_time(),
            Self::Again { clock_time } => *clock_time,
        }
    }
}

/// What the marker says.
#[derive(Serialize, Deserialize)]
struct Marker {
    /// Whether the job was done.
    done: bool,
    /// What the demo's clock showed last, RFC 3339.
    clock_time: String,
}

/// What is found in the place of the folder.
enum Found {
    Nothing,
    Foreign,
    Unfinished,
    Done(DateTime<Utc>),
}

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where something in the folder is.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder as it is written to its user.
    pub(super) fn display(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// Finds where to begin, and makes the folder when that is at nothing. Only a demo's own folder is ever removed.
    pub(super) fn prepare(&self, fresh: bool) -> Result<Beginning, Stopped> {
        match self.look().map_err(|source| Stopped::Disk { what: "the demo's folder", source })? {
            Found::Foreign => return Err(Stopped::Foreign(self.path.clone())),
            Found::Unfinished if !fresh => return Err(Stopped::Unfinished(self.path.clone())),
            Found::Done(clock_time) if !fresh => return Ok(Beginning::Again { clock_time }),
            Found::Nothing => {}
            Found::Unfinished | Found::Done(_) => {
                fs::remove_dir_all(&self.path)
                    .map_err(|source| Stopped::Disk { what: "the folder of the earlier demo", source })?;
            }
        }
        fs::create_dir_all(&self.path).map_err(|source| Stopped::Disk { what: "the demo's folder", source })?;
        self.mark(false, beginning_time())?;
        Ok(Beginning::Afresh)
    }

    fn look(&self) -> io::Result<Found> {
        match fs::read(self.join(MARKER)) {
            Ok(text) => Ok(match serde_json::from_slice::<Marker>(&text) {
                Ok(Marker { done: true, clock_time }) => DateTime::parse_from_rfc3339(&clock_time)
                    .map_or(Found::Unfinished, |time| Found::Done(time.to_utc())),
                Ok(Marker { done: false, .. }) | Err(_) => Found::Unfinished,
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_dir(&self.path) {
                Ok(mut entries) => Ok(if entries.next().is_none() { Found::Nothing } else { Found::Foreign }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// Notes that the job is done, and what the demo's clock shows, from where the next run goes on.
    pub(super) fn mark_done(&self, now: DateTime<Utc>) -> Result<(), Stopped> {
        self.mark(true, now)
    }

    fn mark(&self, done: bool, now: DateTime<Utc>) -> Result<(), Stopped> {
        let marker = Marker { done, clock_time: now.to_rfc3339() };
        let draft = self.join(".demo.json.part");
        let write = || {
            fs::write(&draft, serde_json::to_vec(&marker)?)?;
            fs::rename(&draft, self.join(MARKER))
        };
        write().map_err(|source| Stopped::Disk { what: "the marker of the demo", source })
    }

    /// Keeps the owner's token, for its owner's eyes only.
    pub(super) fn keep_token(&self, token: &str) -> Result<(), Stopped> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(self.join(TOKEN)).and_then(|mut file| writeln!(file, "{token}"));
        written.map_err(|source| Stopped::Disk { what: "the file of the token", source })
    }

    /// The owner's token.
    pub(super) fn token(&self) -> Result<String, Stopped> {
        let text = fs::read_to_string(self.join(TOKEN));
        let text = text.map_err(|source| Stopped::Disk { what: "the file of the token", source })?;
        Ok(text.trim().to_owned())
    }
}
