//! The scans that a gate has still to bring, in a file: each is on the disk before somebody is let in by it.
//!
//! **Invariant:** what was kept is in the file until the server has taken it, whenever the program ends, and one gate alone writes it.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use attache_client::v1;
use serde::{Deserialize, Serialize};

/// A scan that was made without a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// At which event, `events/{event}`.
    pub event: String,
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
        let Self { event: _, scan_id, code, time, gate, list } = self.clone();
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
    /// Is held for as long as this is the only gate that writes the file.
    _lock: File,
}

impl Journal {
    /// Opens a file, which need not be there, with the scans of an event that wait in it. A last line that was cut off as it was written let
    /// nobody in.
    pub fn open(path: PathBuf, event: &str) -> anyhow::Result<Self> {
        let lock = lock(&path)?;
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (whole, cut) = bytes.split_at(whole);
        let mut waiting = Vec::new();
        for (index, line) in whole.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            let place = || format!("{}, line {}, is no scan", path.display(), index + 1);
            let kept: Kept = serde_json::from_slice(line).with_context(place)?;
            ensure!(kept.event == event, "{} has scans of {}: bring those first", path.display(), kept.event);
            waiting.push(kept);
        }
        // Whole but for the end of its line, it is a scan.
        waiting.extend(serde_json::from_slice::<Kept>(cut).ok().filter(|kept| kept.event == event));
        let journal = Self { path, waiting, _lock: lock };
        if !cut.is_empty() {
            journal.write()?;
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
        append(&self.path, &kept).with_context(|| self.path.display().to_string())?;
        self.waiting.push(kept);
        Ok(())
    }

    /// Forgets those that the server has taken.
    pub fn brought(&mut self, taken: &BTreeSet<String>) -> anyhow::Result<()> {
        self.waiting.retain(|kept| !taken.contains(&kept.scan_id));
        self.write()
    }

    /// Puts a scan that the server refused into a file beside, for somebody to look at.
    pub fn put_aside(&self, kept: &Kept) -> anyhow::Result<()> {
        let path = self.path.with_extension("refused");
        append(&path, kept).with_context(|| path.display().to_string())
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
            self.waiting.iter().try_for_each(|kept| write_line(&mut file, kept))?;
            file.sync_data()?;
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

/// Takes the file for this gate alone, until it ends.
fn lock(path: &Path) -> anyhow::Result<File> {
    let beside = path.with_extension("lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file = owners_own(&mut options).open(&beside).with_context(|| beside.display().to_string())?;
    let taken = || format!("another gate keeps its scans in {}; --journal names another file", path.display());
    file.try_lock().with_context(taken)?;
    Ok(file)
}

/// Adds a scan to a file; it is on the disk then.
fn append(path: &Path, kept: &Kept) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    let mut file = owners_own(&mut options).open(path)?;
    write_line(&mut file, kept)?;
    file.sync_data()
}

fn write_line(file: &mut File, kept: &Kept) -> io::Result<()> {
    file.write_all(format!("{}\n", serde_json::to_string(kept)?).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = "events/forum";

    fn kept(number: i64) -> Kept {
        let scan_id = format!("7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b{number:04}");
        let (event, code, gate, list) = (EVENT.to_owned(), "K7M2".to_owned(), "北门".to_owned(), String::new());
        Kept { event, scan_id, code, time: number, gate, list }
    }

    /// A file of its own, gone before the test.
    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("attache-journal-{}-{name}.jsonl", std::process::id()));
        let _ = fs::remove_file(&path);
        path
    }

    fn waiting(path: &Path) -> Vec<Kept> {
        Journal::open(path.to_owned(), EVENT).unwrap().waiting().to_vec()
    }

    fn ids(numbers: &[i64]) -> BTreeSet<String> {
        numbers.iter().map(|number| kept(*number).scan_id).collect()
    }

    #[test]
    fn scans_wait_in_the_file_until_they_were_brought() {
        let path = path("waits");
        let mut journal = Journal::open(path.clone(), EVENT).unwrap();
        for number in 1..=3 {
            journal.keep(kept(number)).unwrap();
        }
        drop(journal);
        assert_eq!(waiting(&path), [kept(1), kept(2), kept(3)]);

        Journal::open(path.clone(), EVENT).unwrap().brought(&ids(&[1, 3])).unwrap();
        assert_eq!(waiting(&path), [kept(2)]);
        Journal::open(path.clone(), EVENT).unwrap().brought(&ids(&[2])).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn last_line_may_be_cut_off_anywhere_and_no_other_is_passed_over() {
        let path = path("cut");
        let line = |number| format!("{}\n", serde_json::to_string(&kept(number)).unwrap());
        let second = line(2);

        for cut in 0..second.len() {
            fs::write(&path, [line(1).as_bytes(), &second.as_bytes()[..cut]].concat()).unwrap();
            let mut journal = Journal::open(path.clone(), EVENT).unwrap();
            journal.keep(kept(3)).unwrap();
            drop(journal);
            // But for the end of its line the second is whole.
            let expected = if cut + 1 == second.len() { vec![1, 2, 3] } else { vec![1, 3] };
            assert_eq!(waiting(&path), expected.into_iter().map(kept).collect::<Vec<_>>(), "cut at {cut}");
        }

        fs::write(&path, format!("{}\n{}", &line(1)[..20], line(2))).unwrap();
        let told = format!("{:#}", Journal::open(path.clone(), EVENT).err().unwrap());
        assert!(told.contains("line 1, is no scan"), "{told}");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn file_is_one_gates_and_one_events() {
        let path = path("own");
        let mut journal = Journal::open(path.clone(), EVENT).unwrap();
        journal.keep(kept(1)).unwrap();

        let beside = format!("{:#}", Journal::open(path.clone(), EVENT).err().unwrap());
        drop(journal);
        let other = format!("{:#}", Journal::open(path.clone(), "events/other").err().unwrap());

        assert!(beside.contains("another gate"), "{beside}");
        assert!(other.contains("scans of events/forum"), "{other}");
        assert_eq!(waiting(&path), [kept(1)]);
        fs::remove_file(&path).unwrap();
    }
}
