//! What there is to tell of a list: what is wrong with it and what ought to be known, where, and in which words.

use super::{Columns, MOST_SHARING, NoExternalId};
use crate::{
    cell::{Damage, DayFlaw},
    email, form, name,
    registration::State,
};

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

    /// Where it is, as a spreadsheet calls it: `row 7` or `row 7, column B`.
    pub fn place(&self) -> String {
        match self.column {
            Some(column) => format!("row {}, column {}", self.row, letters(column)),
            None => format!("row {}", self.row),
        }
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

/// What a spreadsheet calls a column, 1 first: A, B, …, Z, AA.
pub(super) fn letters(column: u32) -> String {
    let mut left = column;
    let mut letters = Vec::new();
    while left > 0 {
        letters.push(char::from_digit((left - 1) % 26 + 10, 36).unwrap_or('?').to_ascii_uppercase());
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
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
    /// The event has no such category, or the delegation no seats of it; which of the two is no matter of whoever sends its list.
    #[error("is none of the categories that people of the list can have")]
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
    /// The person is registered in another category, or has a seat of another or of none, and stays there.
    #[error("is about somebody who is not in that category, and is not moved to it")]
    OtherCategory,
    /// The person was registered, and is out; an import brings nobody back.
    #[error("is about somebody who is {0}, and stays so; reinstate them by hand")]
    Out(State),
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
