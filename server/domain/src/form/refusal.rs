//! Why fields do not make a form, and why one form cannot become another.

use super::{Key, MOST_CHOICES, MOST_COMPANIONS, MOST_FIELDS, MOST_VIEWERS, Pick, file::MOST_MEDIA_TYPES};
use crate::{
    file,
    refusal::{self, Violation},
    resource::CategoryName,
};

/// Which field of a form is wrong, in which part of it, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The field, by its place in the form.
    pub index: usize,
    /// The part.
    pub part: Part,
    /// Why.
    pub flaw: Flaw,
}

/// A part of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What it is known by.
    Id,
    /// What is typed or chosen, and how much of it.
    Kind,
    /// The choices.
    Choices,
    /// When it is shown.
    Condition,
    /// The media types of files.
    MediaTypes,
    /// How large files are.
    Size,
}

/// Why fields do not make a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// There are too many.
    #[error("is beyond the {MOST_FIELDS} fields that a form may have")]
    TooManyFields,
    /// Another field is known by the same id.
    #[error("is the id of another field too")]
    SameId,
    /// It takes fewer or more characters than a text can have.
    #[error("takes no or too many characters")]
    Length,
    /// Its least is more than its most.
    #[error("has a least value above its greatest")]
    Bounds,
    /// There is nothing to choose, or too much.
    #[error("needs 1 to {MOST_CHOICES} choices")]
    Choices,
    /// Two choices are known by the same id.
    #[error("has two choices of the same id")]
    SameChoice,
    /// It is shown when a field was answered that does not stand before it.
    #[error("names no field that stands before it")]
    UnknownField,
    /// It is shown when a choice was taken that there is not.
    #[error("names a choice that there is not")]
    UnknownChoice,
    /// It takes no companions, or too many.
    #[error("takes 1 to {MOST_COMPANIONS} companions")]
    Companions,
    /// It takes no viewers, or too many.
    #[error("takes 1 to {MOST_VIEWERS} viewers")]
    Viewers,
    /// Another field asks for companions or viewers.
    #[error("asks for companions or viewers, as another field does")]
    SecondParty,
    /// What it takes is no media type, or there are too many.
    #[error("needs 1 to {MOST_MEDIA_TYPES} media types, each a type and a subtype, as image/png")]
    MediaTypes,
    /// It takes no file, or larger ones than there can be.
    #[error("takes files of 1 to {} bytes", file::MAX_BYTES)]
    FileSize,
}

/// Why a form cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// People answered a field that would be gone, or would take other answers.
    #[error("people registered, and the field {field} or a choice of it would be gone or of another kind")]
    FieldLost {
        /// Of which category.
        category: CategoryName,
        /// Which field.
        field: Key,
    },
    /// Some choices that were made have no free places.
    #[error("no free places are left of {}", listed(picks))]
    ChoiceFull {
        /// Of which category.
        category: CategoryName,
        /// Which choices.
        picks: Vec<Pick>,
    },
}

fn listed(picks: &[Pick]) -> String {
    let listed: Vec<String> = picks.iter().map(|Pick { field, choice }| format!("{choice} ({field})")).collect();
    listed.join(", ")
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> refusal::Kind {
        refusal::Kind::Precondition
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::FieldLost { .. } => "ERROR_REASON_FORM_FIELD_LOST",
            Self::ChoiceFull { .. } => "ERROR_REASON_CHOICE_FULL",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::FieldLost { category, field } => {
                vec![("resource", category.to_string()), ("field", field.to_string())]
            }
            Self::ChoiceFull { category, .. } => vec![("resource", category.to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let full = |Pick { field, choice }: &Pick| Violation {
            code: "choice_full".to_owned(),
            subject: format!("answers.{field}/{choice}"),
            description: "has no free places".to_owned(),
        };
        match self {
            Self::FieldLost { .. } => Vec::new(),
            Self::ChoiceFull { picks, .. } => picks.iter().map(full).collect(),
        }
    }
}
