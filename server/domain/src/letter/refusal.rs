//! Why a letter cannot be, or cannot become so.

use super::{Flaw, Lack, Stage};
use crate::{
    event,
    refusal::{Kind, Violation},
    resource::{LetterName, OrganizationId, OrganizationName},
};

/// Why a letter cannot be, or cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The event was cancelled.
    #[error(transparent)]
    Event(#[from] event::Refusal),
    /// Whoever is to invite is not a host of the event.
    #[error("the issuer is not a host of the event")]
    IssuerNotHost {
        /// Who.
        issuer: OrganizationId,
    },
    /// The person has a live one for this event and destination.
    #[error("the person has a letter for this event and destination already")]
    Exists {
        /// Which.
        existing: LetterName,
    },
    /// Facts that its template asks for are missing or wrong.
    #[error("the letter lacks facts that its destination asks for")]
    Incomplete {
        /// Which letter.
        letter: LetterName,
        /// All of them.
        lacks: Vec<Lack>,
    },
    /// The member approved it already; others have to.
    #[error("the member approved the letter already; its issuer asks for {required} approvals, and {given} were given")]
    AlreadyApproved {
        /// Which letter.
        letter: LetterName,
        /// How many members approved it.
        given: u32,
        /// How many have to.
        required: u32,
    },
    /// Its issuer does not let whoever asked for it approve it.
    #[error("whoever requested the letter may not approve it, by its issuer's policy")]
    SelfApproval {
        /// Which letter.
        letter: LetterName,
    },
    /// A file is not its sealed copy.
    #[error("the file is not the letter as it was signed and sealed")]
    NoSealedCopy {
        /// Why not, all of it.
        flaws: Vec<Flaw>,
    },
    /// Its state does not allow it.
    #[error("the letter is {stage}, and has to be {wanted}")]
    WrongState {
        /// Which letter.
        letter: LetterName,
        /// Where it stands.
        stage: Stage,
        /// Where it would have to stand.
        wanted: &'static str,
    },
    /// A character of it is in none of the fonts.
    #[error("no font has the character U+{:04X}", *character as u32)]
    GlyphMissing {
        /// Which character.
        character: char,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Event(refusal) => refusal.kind(),
            Self::IssuerNotHost { .. } | Self::NoSealedCopy { .. } => Kind::Invalid,
            Self::Exists { .. } => Kind::Exists,
            Self::Incomplete { .. }
            | Self::AlreadyApproved { .. }
            | Self::SelfApproval { .. }
            | Self::WrongState { .. }
            | Self::GlyphMissing { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Event(refusal) => refusal.reason(),
            Self::IssuerNotHost { .. } | Self::NoSealedCopy { .. } => "ERROR_REASON_INVALID_FIELDS",
            Self::Exists { .. } => "ERROR_REASON_LETTER_EXISTS",
            Self::Incomplete { .. } => "ERROR_REASON_LETTER_INCOMPLETE",
            Self::AlreadyApproved { .. } => "ERROR_REASON_LETTER_ALREADY_APPROVED",
            Self::SelfApproval { .. } => "ERROR_REASON_SELF_APPROVAL",
            Self::WrongState { .. } => "ERROR_REASON_WRONG_STATE",
            Self::GlyphMissing { .. } => "ERROR_REASON_GLYPH_MISSING",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Event(refusal) => refusal.facts(),
            Self::IssuerNotHost { .. } | Self::NoSealedCopy { .. } => Vec::new(),
            Self::Exists { existing } => vec![("existing", existing.to_string())],
            Self::Incomplete { letter, lacks: _ } | Self::SelfApproval { letter } => {
                vec![("letter", letter.to_string())]
            }
            Self::AlreadyApproved { letter, given, required } => {
                vec![("letter", letter.to_string()), ("given", given.to_string()), ("required", required.to_string())]
            }
            Self::WrongState { letter, stage, wanted } => {
                vec![("resource", letter.to_string()), ("state", stage.to_string()), ("wanted", (*wanted).to_owned())]
            }
            Self::GlyphMissing { character } => vec![("character", format!("U+{:04X}", *character as u32))],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Event(refusal) => refusal.violations(),
            Self::IssuerNotHost { issuer } => {
                let issuer = OrganizationName { organization: issuer.clone() };
                vec![Violation {
                    code: "issuer_not_host".to_owned(),
                    subject: "letter.issuer".to_owned(),
                    description: format!("{issuer} is not a host of the event"),
                }]
            }
            Self::NoSealedCopy { flaws } => flaws.iter().map(|flaw| flaw.violation()).collect(),
            Self::Incomplete { letter, lacks } => lacks.iter().map(|lack| lack.violation(letter)).collect(),
            Self::Exists { .. }
            | Self::AlreadyApproved { .. }
            | Self::SelfApproval { .. }
            | Self::WrongState { .. }
            | Self::GlyphMissing { .. } => Vec::new(),
        }
    }
}
