//! How a rule says no.

use std::fmt::Display;

use chrono::TimeDelta;

/// What a caller can do about a refusal; each becomes one code on the wire (AIP-193).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is wrong and will be wrong tomorrow.
    Invalid,
    /// The request is right, but not in this state of things.
    Precondition,
    /// It is there already.
    Exists,
    /// There is not enough of something.
    Exhausted,
}

/// One of several things that stand in the way, told together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What kind of thing, as a word: `passport_number_missing`.
    pub code: String,
    /// What it is about: a field's path or a resource name.
    pub subject: String,
    /// The same for a person, in English, without personal data.
    pub description: String,
}

/// A rule's typed no: a variant with facts, never a string.
///
/// Its text never holds personal data, since it reaches logs and screens.
pub trait Refusal: Display + Send + Sync + 'static {
    /// What a caller can do about it.
    fn kind(&self) -> Kind;

    /// The name of its value in `error_reason.proto`, `ERROR_REASON_…`.
    fn reason(&self) -> &'static str;

    /// Its facts, by the keys that `error_reason.proto` documents.
    fn facts(&self) -> Vec<(&'static str, String)>;

    /// How long to wait before the same is asked again, where waiting helps.
    fn wait(&self) -> Option<TimeDelta> {
        None
    }

    /// Everything that stands in the way, when it is more than one thing.
    fn violations(&self) -> Vec<Violation> {
        Vec::new()
    }
}
