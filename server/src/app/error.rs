//! What can keep a write from being done.

use attache_domain::refusal::Refusal;

use crate::store::{Conflict, Outage, StoreError};

/// Says why a write was not done. Nothing of it was kept.
#[derive(thiserror::Error)]
pub enum AppError {
    /// A rule says no.
    #[error("{0}")]
    Refused(Box<dyn Refusal>),
    /// What the request names does not exist.
    #[error("{0} does not exist")]
    NotFound(String),
    /// The person was merged into another.
    #[error("{resource} was merged into {successor}")]
    Merged {
        /// Who was.
        resource: String,
        /// Whom they are found as now.
        successor: String,
    },
    /// Somebody changed it since the caller saw it.
    #[error("{0} was changed meanwhile")]
    Stale(String),
    /// Something still refers to it.
    #[error("{resource} is in use")]
    InUse {
        /// What.
        resource: String,
        /// By what kind of thing.
        referrer: &'static str,
    },
    /// The text of a mail could not be made.
    #[error("a mail could not be written")]
    Mail(#[from] crate::mail::compose::ComposeError),
    /// A paper could not be made, for a reason that nobody outside can mend.
    #[error("a paper could not be made")]
    Paper(#[source] attache_paper::PaperError),
    /// A table could not be written.
    #[error("a table could not be written")]
    Table(#[source] std::io::Error),
    /// Work beside the calls ended before its end.
    #[error("work was broken off")]
    BrokenOff(#[source] tokio::task::JoinError),
    /// The store failed, or refused by itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<R: Refusal> From<R> for AppError {
    fn from(refusal: R) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl Conflict for AppError {
    fn is_conflict(&self) -> bool {
        match self {
            Self::Store(error) => error.is_conflict(),
            Self::Refused(_)
            | Self::NotFound(_)
            | Self::Merged { .. }
            | Self::Stale(_)
            | Self::InUse { .. }
            | Self::Mail(_)
            | Self::Paper(_)
            | Self::Table(_)
            | Self::BrokenOff(_) => false,
        }
    }

    fn outage(&self) -> Option<Outage> {
        match self {
            Self::Store(error) => error.outage(),
            Self::Refused(_)
            | Self::NotFound(_)
            | Self::Merged { .. }
            | Self::Stale(_)
            | Self::InUse { .. }
            | Self::Mail(_)
            | Self::Paper(_)
            | Self::Table(_)
            | Self::BrokenOff(_) => None,
        }
    }
}

impl std::fmt::Debug for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// Writes an error with all that led to it, for the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    chain
}
