//! The change log as it is read: who did what, when, and what it said before and after.

use chrono::{DateTime, Utc};

use crate::resource::{ChangeName, MemberId};

/// One thing that was done.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is known by.
    pub name: ChangeName,
    /// Who did it; nobody but the server itself, when there is none.
    pub actor: Option<MemberId>,
    /// What was changed, a resource name.
    pub resource: String,
    /// What was done, a verb in the past.
    pub verb: String,
    /// The state before, as JSON; `None` when there was none, it is not the reader's to see, or its person was erased.
    pub before: Option<String>,
    /// The state after, likewise.
    pub after: Option<String>,
    /// When.
    pub create_time: DateTime<Utc>,
}

/// The states may hold personal data, and so are not shown.
impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change").field("name", &self.name).field("verb", &self.verb).finish_non_exhaustive()
    }
}
