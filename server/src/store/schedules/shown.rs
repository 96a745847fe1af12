//! What a released schedule shows: releases, and what the people in them are called. Who keeps schedules in memory asks here whether any of it
//! was written since.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use super::super::{Store, WriteTx};

/// How often something was written that a released schedule shows.
#[derive(Default)]
pub(in crate::store) struct Shown(AtomicU64);

/// Whether one write writes something that a released schedule shows; clones are of the same write.
#[derive(Clone, Default)]
pub(in crate::store) struct Shows(Arc<AtomicBool>);

impl Shown {
    /// Counts a write that was committed.
    pub(in crate::store) fn committed(&self, write: &Shows) {
        if write.0.load(Ordering::Acquire) {
            self.0.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Store {
    /// Tells how often this server wrote something that a released schedule shows. Who read a schedule after it was told a number has what
    /// is shown for as long as the number is the same, but for what others write in the same database.
    pub fn shown(&self) -> u64 {
        self.shown.0.load(Ordering::Acquire)
    }
}

impl WriteTx {
    /// Takes note that the write changes what released schedules show.
    pub(in crate::store) fn show(&self) {
        self.shows().0.store(true, Ordering::Release);
    }
}
