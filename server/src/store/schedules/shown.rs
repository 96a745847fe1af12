//! What a released schedule shows: releases, and what the people in them are called. Who keeps schedules in memory asks here whether any of it
//! was written since.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::Store;

/// How often something was written that a released schedule may show.
#[derive(Default)]
pub(in crate::store) struct Shown(AtomicU64);

impl Shown {
    /// Counts a commit, before anybody is told of it.
    pub(in crate::store) fn count(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl Store {
    /// Takes note that another server wrote what a released schedule shows, so that whoever is told of it is shown it too.
    pub fn show_anew(&self) {
        self.bells.shown.count();
    }

    /// Tells how often this server wrote something that a released schedule may show. Who read a schedule after it was told a number has what
    /// is shown for as long as the number is the same, but for what others write in the same database.
    pub fn shown(&self) -> u64 {
        self.bells.shown.0.load(Ordering::Acquire)
    }
}
