//! The scans that a gate has still to bring, in a file: each is on the disk before somebody is let in by it.
//!
//! **Invariant:** what was kept is in the file until the server has taken it, whenever the program ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use attache_client::v1;
use serde::{Deserialize, Serialize};

/// A scan that was made without a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is known by, a UUID.
    pub scan_id: String,
    /// What was read.
    pub code: String,
    /// When, in seconds since 1970.
    pub time: i64,
    /// At which gate.
    pub gate: String,
    /// On which list.
    pub list: String,
}

impl Kept {
    /// The scan as it is brought.
    pub fn scan(&self) -> v1::Scan {
        let Self { scan_id, code, time, gate, list } = self.clone();
        v1::Scan {
            scan_id,
            ticket_code: code,
            check_in_time: Some(prost_types::Timestamp { seconds: time, nanos: 0 }),
            gate,
            list,
            ..Default::default()
        }
    }
}

/// A file of scans, a line each.
pub struct Journal {
    path: PathBuf,
    waiting: Vec<Kept>,
}

impl Journal {
    /// Opens a file, which need not be there, with the scans that wait in it. A last line that was cut off as it was written let nobody in.
    pub fn open(path: PathBuf) -> anyhow::Result<Self> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let mut journal = Self { path, waiting: Vec::new() };
        let mut lines = text.lines().enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            match serde_json::from_str(line) {
                Ok(kept) => journal.waiting.push(kept),
                Err(_) if lines.peek().is_none() && !text.ends_with('\n') => journal.write()?,
                Err(error) => {
                    let place = format!("{}, line {}, is no scan", journal.path.display(), index + 1);
                    return Err(error).context(place);
                }
            }
        }
        Ok(journal)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The scans that wait, the first first.
    pub fn waiting(&self) -> &[Kept] {
        &self.waiting
    }

    /// Keeps a scan.
    pub fn keep(&mut self, kept: Kept) -> anyhow::Result<()> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        let mut file = owners_own(&mut options).open(&self.path).with_context(|| self.path.display().to_string())?;
        append(&mut file, &kept).with_context(|| self.path.display().to_string())?;
        self.waiting.push(kept);
        Ok(())
    }

    /// Forgets the first so many, which the server has taken.
    pub fn brought(&mut self, count: usize) -> anyhow::Result<()> {
        self.waiting.drain(..count.min(self.waiting.len()));
        self.write()
    }

    /// Puts the scans that wait in the place of the file.
    fn write(&self) -> anyhow::Result<()> {
        let written = || {
            if self.waiting.is_empty() {
                return fs::remove_file(&self.path);
            }
            let beside = self.path.with_extension("part");
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            let mut file = owners_own(&mut options).open(&beside)?;
            self.waiting.iter().try_for_each(|kept| append(&mut file, kept))?;
            fs::rename(&beside, &self.path)
        };
        written().with_context(|| self.path.display().to_string())
    }
}

/// A code lets its bearer in: the file is for nobody else's eyes.
fn owners_own(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn append(file: &mut File, kept: &Kept) -> io::Result<()> {
    let line = format!("{}\n", serde_json::to_string(kept)?);
    file.write_all(line.as_bytes())?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(number: i64) -> Kept {
        let scan_id = format!("7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b{number:04}");
        Kept { scan_id, code: "K7M2".to_owned(), time: number, gate: "北门".to_owned(), list: String::new() }
    }

    /// A file of its own, gone before the test.
    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("attache-journal-{}-{name}.jsonl", std::process::id()));
        let _ = fs::remove_file(&path);
        path
    }

    #[test]
    fn scans_wait_in_the_file_until_they_were_brought() {
        let path = path("waits");
        let mut journal = Journal::open(path.clone()).unwrap();
        for number in 1..=3 {
            journal.keep(kept(number)).unwrap();
        }
        let mut again = Journal::open(path.clone()).unwrap();
        assert_eq!(again.waiting(), [kept(1), kept(2), kept(3)]);

        again.brought(2).unwrap();
        let mut last = Journal::open(path.clone()).unwrap();
        assert_eq!(last.waiting(), [kept(3)]);
        last.brought(1).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn line_that_was_cut_off_is_no_scan_and_any_other_is_not_passed_over() {
        let path = path("cut");
        let mut journal = Journal::open(path.clone()).unwrap();
        journal.keep(kept(1)).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}{}", &whole[..20])).unwrap();

        let mut cut = Journal::open(path.clone()).unwrap();
        cut.keep(kept(2)).unwrap();
        assert_eq!(Journal::open(path.clone()).unwrap().waiting(), [kept(1), kept(2)]);

        fs::write(&path, format!("{}\n{whole}", &whole[..20])).unwrap();
        let told = format!("{:#}", Journal::open(path.clone()).err().unwrap());
        assert!(told.contains("line 1, is no scan"), "{told}");
        fs::remove_file(&path).unwrap();
    }
}
