//! Released schedules as they are answered: read, encoded and compressed once, and kept for whoever asks next.
//!
//! A schedule that is kept is good for as long as this server wrote nothing that a released schedule shows, and for two seconds at most: that is
//! how long what another server of the same database wrote can go unseen. To ask whether it is good costs no statement. Those who ask for one
//! that is not wait for the first of them, who reads it.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use attache_domain::schedule::ScheduleName;
use attache_proto::v1 as pb;
use prost::Message as _;
use tonic::Response;

use super::messages::encode_schedule;
use crate::{app::App, rpc::ready::Ready, store::StoreError};

/// How long a schedule is kept at most.
const LONGEST: Duration = Duration::from_secs(2);
/// How many schedules are kept at most.
const MOST: usize = 256;
/// How many bytes all of them have at most, uncompressed; one that is longer by itself is not kept.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// How many schedules are read at once, at most.
const READERS: usize = 8;
/// How many hexadecimal digits of a digest an etag has.
const ETAG_DIGITS: usize = 32;

/// The schedules that are kept; which was asked for the longest ago goes first, when there are too many.
#[derive(Default)]
pub(super) struct Kept {
    shelf: Mutex<Shelf>,
    /// Whoever reads a schedule holds one of these, which one is a matter of its name.
    readers: [tokio::sync::Mutex<()>; READERS],
}

#[derive(Default)]
struct Shelf {
    schedules: HashMap<ScheduleName, Place>,
    bytes: usize,
    /// How often any of them was asked for.
    asked: u64,
}

struct Place {
    schedule: Arc<Schedule>,
    /// When it was asked for last, in the count of the shelf.
    asked: u64,
}

/// A schedule as it is answered.
pub(super) struct Schedule {
    etag: String,
    whole: Ready,
    not_modified: Ready,
    /// What the store had counted, and how long the clock had run, when it was about to be read.
    shown: u64,
    read: Duration,
}

impl Schedule {
    fn new(mut message: pb::Schedule, shown: u64, read: Duration) -> Self {
        let etag = blake3::hash(&message.encode_to_vec()).to_hex()[..ETAG_DIGITS].to_owned();
        message.etag.clone_from(&etag);
        let whole = Ready::new(&message);
        let pb::Schedule { name, version, create_time: _, entries: _, etag, not_modified: _ } = message;
        let not_modified = pb::Schedule {
            name,
            version,
            create_time: None,
            entries: Vec::new(),
            etag: etag.clone(),
            not_modified: true,
        };
        Self { etag, whole, not_modified: Ready::new(&not_modified), shown, read }
    }

    /// Answers somebody who has the schedule with an etag, or none.
    pub(super) fn answer(&self, known: &str) -> Response<pb::Schedule> {
        if self.etag == known { self.not_modified.answer() } else { self.whole.answer() }
    }

    fn is_good(&self, app: &App) -> bool {
        self.shown == app.store.shown() && app.clock.running().saturating_sub(self.read) < LONGEST
    }

    fn size(&self) -> usize {
        self.whole.size() + self.not_modified.size()
    }
}

impl Kept {
    /// Gives a released schedule as it is now; nothing, when there is no such release.
    pub(super) async fn schedule(&self, app: &App, name: &ScheduleName) -> Result<Option<Arc<Schedule>>, StoreError> {
        let good = || self.shelf().take(name).filter(|schedule| schedule.is_good(app));
        if let Some(schedule) = good() {
            return Ok(Some(schedule));
        }
        let _reading = self.readers[reader(name)].lock().await;
        if let Some(schedule) = good() {
            return Ok(Some(schedule));
        }
        let read = read(app, name).await?.map(Arc::new);
        self.shelf().put(name, read.clone());
        Ok(read)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn take(&mut self, name: &ScheduleName) -> Option<Arc<Schedule>> {
        let Place { schedule, asked } = self.schedules.get_mut(name)?;
        self.asked += 1;
        *asked = self.asked;
        Some(Arc::clone(schedule))
    }

    /// Puts what was read in the place of what was there.
    fn put(&mut self, name: &ScheduleName, read: Option<Arc<Schedule>>) {
        self.remove(name);
        let Some(schedule) = read.filter(|schedule| schedule.size() <= MOST_BYTES) else { return };
        while self.schedules.len() >= MOST || self.bytes + schedule.size() > MOST_BYTES {
            let oldest = self.schedules.iter().min_by_key(|(_, place)| place.asked);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else { break };
            self.remove(&oldest);
        }
        self.bytes += schedule.size();
        self.asked += 1;
        self.schedules.insert(name.clone(), Place { schedule, asked: self.asked });
    }

    fn remove(&mut self, name: &ScheduleName) {
        if let Some(Place { schedule, asked: _ }) = self.schedules.remove(name) {
            self.bytes -= schedule.size();
        }
    }
}

fn reader(name: &ScheduleName) -> usize {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    usize::try_from(hasher.finish() % READERS as u64).unwrap_or_default()
}

/// Reads a released schedule. What is written meanwhile is not taken for read: the count and the clock were looked at before.
async fn read(app: &App, name: &ScheduleName) -> Result<Option<Schedule>, StoreError> {
    let (shown, begun) = (app.store.shown(), app.clock.running());
    let Some(release) = app.store.release(&name.event, name.edition).await? else { return Ok(None) };
    let called = app.store.appearing(&release.programme).await?;
    Ok(Some(Schedule::new(encode_schedule(&release, &called), shown, begun)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(event: &str) -> ScheduleName {
        format!("events/{event}/schedule").parse().unwrap()
    }

    fn schedule(bytes: usize) -> Arc<Schedule> {
        let message = pb::Schedule { name: "x".repeat(bytes), ..pb::Schedule::default() };
        Arc::new(Schedule::new(message, 0, Duration::ZERO))
    }

    #[test]
    fn shelf_that_is_full_gives_up_what_was_asked_for_the_longest_ago() {
        let mut shelf = Shelf::default();
        let size = MOST_BYTES / 7;
        for event in ["forum", "launch", "seminar"] {
            shelf.put(&name(event), Some(schedule(size)));
        }

        shelf.take(&name("forum"));
        shelf.put(&name("visit"), Some(schedule(size)));

        let mut kept: Vec<_> = shelf.schedules.keys().map(ToString::to_string).collect();
        kept.sort();
        assert_eq!(kept, [name("forum"), name("seminar"), name("visit")].map(|name| name.to_string()));
        assert!(shelf.bytes <= MOST_BYTES);
    }

    #[test]
    fn shelf_keeps_so_many_and_forgets_what_is_gone() {
        let mut shelf = Shelf::default();
        for event in 0..=MOST {
            shelf.put(&name(&format!("event-{event}")), Some(schedule(1)));
        }

        let (all, first) = (shelf.schedules.len(), shelf.schedules.contains_key(&name("event-0")));
        for event in 0..=MOST {
            shelf.put(&name(&format!("event-{event}")), None);
        }

        assert_eq!((all, first, shelf.schedules.len(), shelf.bytes), (MOST, false, 0, 0));
    }
}
