//! Why a document is not put into the vault, or not taken out.

use super::{Kind, passport::zone_code, photo};
use crate::{
    passport::Finding,
    refusal::{self, Violation},
    resource::IdentityDocumentName,
};

/// Why a document is not put into the vault, or not taken out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Days stand where they cannot.
    #[error("the days of the document cannot be so")]
    Misdated(Kind, Vec<Misdating>),
    /// The machine-readable zone or the number contradicts itself, or what was typed.
    #[error("the machine-readable zone or the number contradicts itself or what was typed")]
    Contradictory(Vec<Contradiction>),
    /// A picture cannot be taken as a photo.
    #[error("the picture cannot be taken as a photo")]
    Unfit(#[from] photo::Flaw),
    /// Its contents are gone.
    #[error("the contents of the document were destroyed")]
    Destroyed(IdentityDocumentName),
}

/// One day that stands where it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misdating {
    /// The holder is not born yet.
    #[error("is after today")]
    Birth,
    /// It was issued after it expires.
    #[error("is after the last day of validity")]
    Issue,
    /// Its contents would be gone at once.
    #[error("is not after today")]
    Destruction,
    /// Its contents would be there long after the event that they are for.
    #[error("is more than 90 days after the event")]
    LateDestruction,
}

impl Misdating {
    /// What is wrong with the request for a document of a kind.
    fn violation(self, kind: Kind) -> Violation {
        let subject = match self {
            Self::Birth => format!("{}.birth_date", kind.field()),
            Self::Issue => format!("{}.issue_date", kind.field()),
            Self::Destruction | Self::LateDestruction => "destroy_date".to_owned(),
        };
        Violation { code: "misdated".to_owned(), subject, description: self.to_string() }
    }
}

/// One way in which a document contradicts itself, or what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The machine-readable zone itself is wrong.
    #[error("{0}")]
    Zone(Finding),
    /// A field says something else than the zone.
    #[error("the zone says otherwise")]
    Field(&'static str),
    /// A field says something else than a card's number.
    #[error("the number says otherwise")]
    Number(&'static str),
}

impl From<&Contradiction> for Violation {
    fn from(contradiction: &Contradiction) -> Self {
        let (code, subject) = match contradiction {
            Contradiction::Zone(finding) => (zone_code(*finding), "passport.machine_readable_zone".to_owned()),
            Contradiction::Field(field) => ("zone_says_otherwise", format!("passport.{field}")),
            Contradiction::Number(field) => ("number_says_otherwise", format!("identity_card.{field}")),
        };
        Self { code: code.to_owned(), subject, description: contradiction.to_string() }
    }
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> refusal::Kind {
        match self {
            Self::Misdated(..) | Self::Unfit(_) => refusal::Kind::Invalid,
            Self::Contradictory(_) | Self::Destroyed(_) => refusal::Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Misdated(..) | Self::Unfit(_) => "ERROR_REASON_INVALID_FIELDS",
            Self::Contradictory(_) => "ERROR_REASON_DOCUMENT_CONTRADICTORY",
            Self::Destroyed(_) => "ERROR_REASON_DOCUMENT_DESTROYED",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Misdated(..) | Self::Unfit(_) | Self::Contradictory(_) => Vec::new(),
            Self::Destroyed(document) => vec![("resource", document.to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Misdated(kind, misdatings) => misdatings.iter().map(|day| day.violation(*kind)).collect(),
            Self::Contradictory(contradictions) => contradictions.iter().map(Violation::from).collect(),
            Self::Unfit(flaw) => {
                let (code, subject) = ("unfit".to_owned(), "photo.data".to_owned());
                vec![Violation { code, subject, description: flaw.to_string() }]
            }
            Self::Destroyed(_) => Vec::new(),
        }
    }
}
