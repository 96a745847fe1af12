//! Lists of people that become registrations: which column says what, what a row says, and whom of those who are there it is about.
//!
//! Everything that is wrong with a list is told at once, by row and column, and without what stands there.
//!
//! **Invariant:** a row makes at most one registration, and changes nobody but whom it names: a shared address alone names nobody.

use std::{fmt, str::FromStr};

use crate::{
    cell::DateOrder,
    invitation::Terms,
    language::LanguageTag,
    refusal::{self, Violation},
    resource::{CategoryId, FileName},
};

mod columns;
mod deciding;
mod finding;
mod rows;

pub(super) use columns::called;
pub(crate) use columns::folded;
pub use columns::{Columns, Target, header};
pub(crate) use deciding::forms;
pub use deciding::{Amending, Candidates, Deed, Sought, Whom, decide, seated};
pub use finding::{Finding, Issue, Told};
pub use rows::{Doubles, Entrant, Reader, Roll};

/// How many errors are told of one list; one that has more is not the kind of list it was taken for.
pub const MOST_FINDINGS: usize = 10_000;
/// How much else is told that ought to be known.
pub const MOST_WARNINGS: usize = 1000;
/// How many of them a refusal tells at most; it has room for fewer.
const MOST_TOLD: usize = 100;
/// How many people of one list may share an address; of more, it names nobody.
pub const MOST_SHARING: usize = 500;
/// How many characters an external id has at most.
const LONGEST_ID: usize = 100;

/// What another system knows a registration by; it is told from all others of the event by it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalId(String);

/// Says that a text is no external id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not 1 to {LONGEST_ID} characters without control characters or blanks around them")]
pub struct NoExternalId;

impl ExternalId {
    /// The id as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalId {
    type Err = NoExternalId;

    fn from_str(text: &str) -> Result<Self, NoExternalId> {
        let good = (1..=LONGEST_ID).contains(&text.chars().count())
            && text.trim() == text
            && !text.chars().any(char::is_control);
        if good { Ok(Self(text.to_owned())) } else { Err(NoExternalId) }
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExternalId(..)")
    }
}

/// How a list is to be read, and what is to be done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file.
    pub file: FileName,
    /// The sheet of a workbook; the first that is shown, when left out.
    pub sheet: Option<String>,
    /// As what those are registered whose row does not say.
    pub category: Option<CategoryId>,
    /// What columns say, by their headers, where it is not to be told from the header itself; nothing, for columns to leave out.
    pub columns: Vec<(String, Option<Target>)>,
    /// Which comes first in days that are written with digits alone and the year last.
    pub date_order: Option<DateOrder>,
    /// The language that people are written to in whose row does not say.
    pub language: LanguageTag,
    /// Whether the rows come in that have no errors, when others have; none does otherwise.
    pub skip_bad_rows: bool,
    /// Whether those who are registered are told.
    pub notify: bool,
    /// On what terms those who are new are invited, when they are not to be registered.
    pub invitation: Option<Terms>,
}

/// What the import of a list did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Registrations that are new.
    pub created: u32,
    /// Registrations of which something was changed, or of the person.
    pub updated: u32,
    /// Registrations that are as they were.
    pub unchanged: u32,
    /// Rows that were left out, for what is wrong with them.
    pub skipped: u32,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn plus(self, more: Self) -> Self {
        let Self { created, updated, unchanged, skipped } = more;
        Self {
            created: self.created.saturating_add(created),
            updated: self.updated.saturating_add(updated),
            unchanged: self.unchanged.saturating_add(unchanged),
            skipped: self.skipped.saturating_add(skipped),
        }
    }
}

/// How a list was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// The encoding of its text; none for a workbook.
    pub encoding: Option<String>,
    /// What stands between its cells; nothing in a workbook.
    pub delimiter: Option<char>,
    /// The sheet of the workbook.
    pub sheet: Option<String>,
    /// What its columns say.
    pub columns: Columns,
}

/// Why nothing of a list is taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not a file of this event, whether it is another's or nobody's.
    #[error("is not a file of this event")]
    ForeignFile,
    /// It is no table, or none that can be read.
    #[error("the file cannot be read as a table: it {flaw}")]
    Unreadable {
        /// Which file.
        file: FileName,
        /// Why.
        flaw: String,
    },
    /// No row of it names columns that say who somebody is.
    #[error("the file has no row that names its columns")]
    NoHeader {
        /// Which file.
        file: FileName,
        /// What is damaged in it.
        damaged: Vec<Finding>,
    },
    /// It is larger than it may be.
    #[error("is larger than {most} bytes")]
    TooLarge {
        /// How many bytes it may have.
        most: u32,
    },
    /// It has no rows, or more than it may.
    #[error("has {rows} rows, and needs 1 to {most}")]
    RowCount {
        /// How many.
        rows: usize,
        /// How many there may be.
        most: usize,
    },
    /// Some of its rows cannot come in, and so none does.
    #[error("{rows} rows have errors, and nobody came in")]
    BadRows {
        /// Which file.
        file: FileName,
        /// How many rows.
        rows: u32,
        /// Everything that is wrong with them, the first of it.
        findings: Vec<Finding>,
    },
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> refusal::Kind {
        match self {
            Self::ForeignFile | Self::TooLarge { .. } | Self::RowCount { .. } => refusal::Kind::Invalid,
            Self::Unreadable { .. } | Self::NoHeader { .. } | Self::BadRows { .. } => refusal::Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::ForeignFile | Self::TooLarge { .. } | Self::RowCount { .. } => "ERROR_REASON_INVALID_FIELDS",
            Self::Unreadable { .. } | Self::NoHeader { .. } => "ERROR_REASON_TABLE_UNREADABLE",
            Self::BadRows { .. } => "ERROR_REASON_ROWS_INVALID",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::ForeignFile | Self::TooLarge { .. } | Self::RowCount { .. } => Vec::new(),
            Self::Unreadable { file, .. } | Self::NoHeader { file, .. } => vec![("resource", file.to_string())],
            Self::BadRows { file, rows, .. } => vec![("resource", file.to_string()), ("rows", rows.to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let violation = |code: &str, subject: String, description: String| Violation {
            code: code.to_owned(),
            subject,
            description,
        };
        let of = |finding: &Finding| violation(finding.issue.reason(), finding.place(), finding.issue.to_string());
        match self {
            Self::ForeignFile | Self::TooLarge { .. } | Self::RowCount { .. } => {
                vec![violation("file", "file".to_owned(), self.to_string())]
            }
            Self::Unreadable { flaw, .. } => vec![violation("unreadable", "file".to_owned(), flaw.clone())],
            Self::NoHeader { damaged, .. } => {
                let missing = "names no column that says who somebody is, as `Name` or `姓名`; say which columns do";
                let missing = violation("no_header", "file".to_owned(), missing.to_owned());
                std::iter::once(missing).chain(damaged.iter().take(MOST_TOLD).map(of)).collect()
            }
            Self::BadRows { findings, .. } => {
                findings.iter().filter(|finding| finding.is_error()).take(MOST_TOLD).map(of).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
