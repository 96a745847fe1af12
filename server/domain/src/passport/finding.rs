//! What can be wrong with a machine-readable zone.

use std::fmt;

/// Names one of the two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// The line with the name.
    Upper,
    /// The line with the number and the dates.
    Lower,
}

/// Names a field of the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Upper line, 1–2.
    DocumentCode,
    /// Upper line, 3–5.
    IssuingState,
    /// Upper line, 6–44.
    Name,
    /// Lower line, 1–9, its check digit at 10.
    Number,
    /// Lower line, 11–13.
    Nationality,
    /// Lower line, 14–19, its check digit at 20.
    BirthDate,
    /// Lower line, 21.
    Sex,
    /// Lower line, 22–27, its check digit at 28.
    ExpiryDate,
    /// Lower line, 29–42, its check digit at 43.
    PersonalNumber,
    /// Lower line, 44: the check digit over the others.
    Composite,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upper => "upper line",
            Self::Lower => "lower line",
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentCode => "document code",
            Self::IssuingState => "issuing state",
            Self::Name => "name",
            Self::Number => "passport number",
            Self::Nationality => "nationality",
            Self::BirthDate => "date of birth",
            Self::Sex => "sex",
            Self::ExpiryDate => "date of expiry",
            Self::PersonalNumber => "personal number",
            Self::Composite => "whole lower line",
        })
    }
}

/// Says one thing that is wrong with a zone, and where, but never what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Finding {
    /// The line does not have 44 characters (9303-4 §4.2.1); its fields were not looked at.
    #[error("the {line} has {length} characters instead of 44")]
    Length {
        /// The line.
        line: Line,
        /// How many characters it has.
        length: usize,
    },
    /// A character is none of `A`–`Z`, `0`–`9` and `<` (9303-3 §4.3); the fields of its line were not looked at.
    #[error("character {position} of the {line} is none of A to Z, 0 to 9 and <")]
    Character {
        /// The line.
        line: Line,
        /// Where it stands, counted from 1.
        position: usize,
    },
    /// The code is not `P` followed by a letter or `<` (9303-4 §4.4).
    #[error("the document code is not that of a passport")]
    NotAPassport,
    /// The three characters are no code of 9303-3 §5.
    #[error("the {field} is not a code that passports use")]
    UnknownState {
        /// The issuing state or the nationality.
        field: Field,
    },
    /// The name field has no primary identifier.
    #[error("there is no name")]
    NameMissing,
    /// A digit or another character that no name may have stands in a name (9303-3 §4.6).
    #[error("the name has a character that the machine-readable zone cannot show")]
    NameCharacter,
    /// The name has more than the one gap between primary and secondary identifier (9303-3 §4.6).
    #[error("the name is divided more than once")]
    NameLayout,
    /// The field that must be filled, from its first character, is empty, indented or too long for its place.
    #[error("the {field} is empty, indented or too long")]
    Layout {
        /// The number or the personal number.
        field: Field,
    },
    /// The date is no day of the calendar, or one that this field cannot hold (9303-3 §4.8).
    #[error("the {field} is not a date")]
    NotADate {
        /// The date of birth or the date of expiry.
        field: Field,
    },
    /// The sex is none of `F`, `M` and `<`.
    #[error("the sex is none of F, M and <")]
    NotASex,
    /// The check digit does not follow from what it covers (9303-3 §4.9): something in it, or the digit itself, is
    /// misread.
    #[error("the check digit of the {field} does not fit")]
    CheckDigit {
        /// What the digit covers.
        field: Field,
    },
}
