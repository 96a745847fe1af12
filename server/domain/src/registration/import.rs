//! Lists of people that become registrations: which column says what, what a row says, and whom of those who are there it is about.
//!
//! Everything that is wrong with a list is told at once, by row and column, and without what stands there.
//!
//! **Invariant:** a row makes at most one registration, and changes nobody but whom it names: a shared address alone names nobody.

use std::{fmt, str::FromStr};

use crate::{
    cell::{Damage, DateOrder, DayFlaw},
    email, form,
    invitation::Terms,
    language::LanguageTag,
    name,
    refusal::{self, Violation},
    resource::{CategoryId, FileName},
};

mod columns;
mod deciding;
mod rows;

pub use columns::{Columns, Target, header};
pub(super) use columns::{called, folded};
pub use deciding::{Amending, Candidates, Deed, Sought, Whom, decide, seated};
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

/// One thing about a list that somebody ought to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The row, as a spreadsheet counts.
    pub row: u32,
    /// The column, 1 first; none where it is about the whole row.
    pub column: Option<u32>,
    /// What it is.
    pub issue: Issue,
}

impl Finding {
    /// Whether the row cannot come in for it.
    pub fn is_error(&self) -> bool {
        self.issue.is_error()
    }

    /// The same in a column that nobody reads.
    #[must_use]
    pub fn unread(self) -> Self {
        let issue = if let Issue::Damaged(damage) = self.issue { Issue::Unread(damage) } else { self.issue };
        Self { issue, ..self }
    }

    /// As it is told, under the header of its column.
    pub fn told(&self, columns: &Columns) -> Told {
        let header = self.column.and_then(|column| columns.read.get(usize::try_from(column).ok()?.checked_sub(1)?));
        Told {
            row: self.row,
            column: self.column,
            header: header.map(|(header, _)| header.clone()).unwrap_or_default(),
            is_error: self.is_error(),
            reason: self.issue.reason().to_owned(),
            description: self.issue.to_string(),
        }
    }
}

/// A finding as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The row, as a spreadsheet counts.
    pub row: u32,
    /// The column, 1 first; none where it is about the whole row.
    pub column: Option<u32>,
    /// The header of the column.
    pub header: String,
    /// Whether the row cannot come in for it.
    pub is_error: bool,
    /// The word for it.
    pub reason: String,
    /// The same for a person, in English, without what stands in the list.
    pub description: String,
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

/// What there may be to tell of a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Issue {
    /// The cell was damaged before it came here.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// The row does not say who it is.
    #[error("does not say who it is: no name")]
    Nameless,
    /// A name is none.
    #[error(transparent)]
    Name(#[from] name::Refusal),
    /// An address is none.
    #[error(transparent)]
    Email(#[from] email::Refusal),
    /// A text is too long for its field.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A text of one line has several.
    #[error("has more than one line, or control characters")]
    Lines,
    /// It is no region.
    #[error("is not a region: write its ISO 3166-1 code, like CN or PK")]
    Region,
    /// It is no language that people are written to in.
    #[error("is no language that people are written to in: write en or zh")]
    Language,
    /// It is no time zone.
    #[error("is not a time zone: write it as Asia/Karachi")]
    TimeZone,
    /// It is no external id.
    #[error(transparent)]
    ExternalId(#[from] NoExternalId),
    /// The event has no such category.
    #[error("is not a category of the event")]
    UnknownCategory,
    /// The row does not say as what, and nobody else does.
    #[error("does not say as what: no category")]
    NoCategory,
    /// It is no day, or none that is certain.
    #[error(transparent)]
    Day(#[from] DayFlaw),
    /// It is no answer to a field of the form.
    #[error(transparent)]
    Answer(#[from] form::AnswerFlaw),
    /// It is neither a yes nor a no.
    #[error("is neither a yes nor a no")]
    YesOrNo,
    /// It stands beyond the last column that has a header.
    #[error("stands in a column without a header")]
    Headless,
    /// Another row of the list is about the same person.
    #[error("is about the same person as row {0}")]
    SameAsRow(u32),
    /// Another row of the list has the same external id.
    #[error("has the external id of row {0} too")]
    SameIdAsRow(u32),
    /// Too many rows share the address.
    #[error("is the address of more than {MOST_SHARING} rows; leave it empty where it is not the person's own")]
    Overshared,
    /// What is known by the external id is somebody of another name, whose address tells nobody apart either.
    #[error("is the external id of somebody of another name")]
    IdOfAnother,
    /// The person is registered, and known by another external id.
    #[error("is about somebody who is registered under another external id")]
    OtherId,
    /// Somebody of that name has a seat, and another address.
    #[error("is called as somebody who has a seat and another address")]
    OtherAddress,
    /// Somebody is known otherwise than by their delegation, and stays as they are.
    #[error("is about somebody whom the organisers know, and changes nothing of them")]
    Kept,
    /// What is known of somebody is changed.
    #[error("changes what is known of somebody")]
    Changed,
    /// Several people are meant by the name and the address.
    #[error("may be about one of {0} people of this name and address")]
    Ambiguous(usize),
    /// Two columns say the same thing, and the first is read.
    #[error("is not read: it says the same as column {0}")]
    SameColumn(u32),
    /// The column is not read.
    #[error("is not read: nothing that is registered is called so")]
    Ignored,
    /// Another row has the same address, and another name.
    #[error("is the address of row {0} too, which is about somebody else")]
    SharedAddress(u32),
    /// The telephone number lacks the country's code.
    #[error("has no country's code")]
    NationalPhone,
    /// The person is registered in another category, and stays there.
    #[error("is about somebody who is registered in another category, and stays there")]
    OtherCategory,
    /// The person was registered, and is out; an import brings nobody back.
    #[error("is about somebody who is {0}, and stays so; reinstate them by hand")]
    Out(super::State),
    /// The cell was damaged, and its column is not read.
    #[error("{0}; its column is not read")]
    Unread(Damage),
    /// Somebody gets another name.
    #[error("gives somebody another name")]
    Renamed,
    /// Somebody is to be invited, and there is nowhere to mail it to.
    #[error("is to be invited, and has no address")]
    Unreachable,
    /// The display name was put together of two columns.
    #[error("is put together with the family name, the given name first, as its display name")]
    Composed,
}

impl Issue {
    /// Whether the row cannot come in for it.
    pub const fn is_error(&self) -> bool {
        match self {
            Self::Ignored
            | Self::SharedAddress(_)
            | Self::NationalPhone
            | Self::OtherCategory
            | Self::Out(_)
            | Self::SameColumn(_)
            | Self::Unread(_)
            | Self::Renamed
            | Self::Kept
            | Self::Changed
            | Self::Composed => false,
            Self::Damaged(_)
            | Self::Nameless
            | Self::Name(_)
            | Self::Email(_)
            | Self::TooLong(_)
            | Self::Lines
            | Self::Region
            | Self::Language
            | Self::TimeZone
            | Self::ExternalId(_)
            | Self::UnknownCategory
            | Self::NoCategory
            | Self::Day(_)
            | Self::Answer(_)
            | Self::YesOrNo
            | Self::Headless
            | Self::SameAsRow(_)
            | Self::SameIdAsRow(_)
            | Self::Overshared
            | Self::IdOfAnother
            | Self::OtherId
            | Self::Unreachable
            | Self::OtherAddress
            | Self::Ambiguous(_) => true,
        }
    }

    /// The word for it.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Damaged(_) | Self::Unread(_) => "damaged",
            Self::Nameless => "no_name",
            Self::Name(_)
            | Self::Email(_)
            | Self::TooLong(_)
            | Self::Lines
            | Self::Region
            | Self::Language
            | Self::TimeZone
            | Self::ExternalId(_)
            | Self::Day(_)
            | Self::Answer(_)
            | Self::YesOrNo => "invalid",
            Self::UnknownCategory => "unknown_category",
            Self::NoCategory => "no_category",
            Self::Headless => "no_header",
            Self::SameAsRow(_) => "same_person_twice",
            Self::SameIdAsRow(_) => "same_external_id_twice",
            Self::Overshared => "address_of_too_many",
            Self::IdOfAnother => "external_id_of_another",
            Self::OtherId => "other_external_id",
            Self::Unreachable => "no_address",
            Self::Ambiguous(_) => "ambiguous",
            Self::SameColumn(_) => "same_column_twice",
            Self::Ignored => "not_read",
            Self::SharedAddress(_) => "shared_address",
            Self::NationalPhone => "national_phone_number",
            Self::OtherCategory => "other_category",
            Self::Out(_) => "out",
            Self::Renamed => "renamed",
            Self::OtherAddress => "other_address",
            Self::Kept => "kept",
            Self::Changed => "changed",
            Self::Composed => "composed_name",
        }
    }
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

impl Finding {
    /// Where it is, as a spreadsheet calls it: `row 7` or `row 7, column B`.
    pub fn place(&self) -> String {
        match self.column {
            Some(column) => format!("row {}, column {}", self.row, letters(column)),
            None => format!("row {}", self.row),
        }
    }
}

/// What a spreadsheet calls a column, 1 first: A, B, …, Z, AA.
fn letters(column: u32) -> String {
    let mut left = column;
    let mut letters = Vec::new();
    while left > 0 {
        letters.push(char::from_digit((left - 1) % 26 + 10, 36).unwrap_or('?').to_ascii_uppercase());
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests;
