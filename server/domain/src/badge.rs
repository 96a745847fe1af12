//! Badges: the code on them, and why they cannot be printed.

mod code;

pub use code::{BadgeCode, Issue, PAYLOAD, Payload, SIGNATURE};

use crate::{
    refusal::{self, Kind, Violation},
    resource::RegistrationName,
};

/// Why badges are not printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A character of somebody's badge is in none of the fonts.
    #[error("no font has a shape for a character of the badge (U+{:04X})", u32::from(*.character))]
    GlyphMissing {
        /// Whose badge.
        registration: RegistrationName,
        /// Which character.
        character: char,
    },
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        Kind::Precondition
    }

    fn reason(&self) -> &'static str {
        "ERROR_REASON_GLYPH_MISSING"
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let Self::GlyphMissing { registration: _, character } = self;
        vec![("character", format!("U+{:04X}", u32::from(*character)))]
    }

    fn violations(&self) -> Vec<Violation> {
        let Self::GlyphMissing { registration, character: _ } = self;
        let (code, subject) = ("glyph_missing".to_owned(), registration.to_string());
        vec![Violation { code, subject, description: self.to_string() }]
    }
}
