//! What a transaction has read already, so that the many writes in it that ask for the same do not ask the database each time.
//!
//! **Invariant:** what was changed is forgotten: a change leaves an entry in the log under the name by which it is remembered here.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

type Known = HashMap<String, Arc<dyn Any + Send + Sync>>;

/// What is known, by name.
#[derive(Default)]
pub(super) struct Memo(Mutex<Known>);

impl Memo {
    /// What is known under a name.
    pub(super) fn get<T: Any + Send + Sync>(&self, name: &str) -> Option<Arc<T>> {
        let known = self.known().get(name).cloned()?;
        known.downcast().ok()
    }

    /// Remembers something.
    pub(super) fn put<T: Any + Send + Sync>(&self, name: String, known: Arc<T>) {
        self.known().insert(name, known);
    }

    /// Forgets what was changed.
    pub(super) fn forget(&self, name: &str) {
        self.known().remove(name);
    }

    /// Forgets everything: some of it may be of a write that was undone.
    pub(super) fn clear(&self) {
        self.known().clear();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
