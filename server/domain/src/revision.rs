//! How often something was changed, and when.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use crate::resource::Malformed;

/// How often something was changed: the etag (AIP-154) that keeps two people from overwriting each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(pub i64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}

impl FromStr for Revision {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let number = text.strip_prefix('r').and_then(|digits| digits.parse().ok());
        number.map(Self).ok_or(Malformed { pattern: "an etag as it was received" })
    }
}

/// When something was created and last changed, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// When it was created.
    pub create_time: DateTime<Utc>,
    /// When it was last changed.
    pub update_time: DateTime<Utc>,
    /// How often.
    pub revision: Revision,
}

impl History {
    /// Begins with a creation.
    pub fn begin(now: DateTime<Utc>) -> Self {
        Self { create_time: now, update_time: now, revision: Revision(1) }
    }

    /// Goes on with a change.
    #[must_use]
    pub fn next(self, now: DateTime<Utc>) -> Self {
        Self { update_time: now, revision: Revision(self.revision.0 + 1), ..self }
    }
}
