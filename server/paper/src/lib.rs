//! Makes the papers of an event: visa letters, itinerary booklets and badges, as PDF files.
//!
//! [`letter::render`], [`itinerary::render`] and [`badge::render`] take plain facts and give the bytes of a PDF. The facts travel into the
//! templates under `templates/` as one JSON file, so that whatever a delegate typed is data there and never template
//! text. `facts` prepares the JSON, `code` draws the QR code, `desk` lays
//! out what a template may see, and `press` typesets and exports. [`line::set`] tries the fonts.
//! PDF/A-2a and PDF/UA-1 are asked of every paper: it stays readable for decades, and to a screen reader.
//!
//! **Invariant:** the same facts give the same bytes, and every character of them has a shape on the page or the paper
//! is refused. Nothing here reads a file, the network, the clock or a font that is not in the binary.

pub mod badge;
mod code;
mod desk;
mod facts;
pub mod itinerary;
pub mod letter;
pub mod line;
mod press;
#[cfg(test)]
mod proof;

use serde::Serialize;

/// Says in which language the fixed words, dates and typography of a paper are.
///
/// The facts themselves may mix scripts freely in either language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Language {
    /// English, by British habits: `22 November 2026`.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese: `2026年11月22日`.
    #[serde(rename = "zh")]
    Chinese,
}

/// Says why a paper could not be made.
///
/// The texts name no person and quote no fact beyond a single character, so that they may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// A character of the facts has no shape in the embedded fonts, and an empty box on a letter costs a visa.
    #[error("no embedded font has a shape for {character:?} (U+{:04X})", u32::from(*.character))]
    MissingGlyph {
        /// The first such character in reading order.
        character: char,
    },
    /// An image is not a PNG that can be decoded, or is larger than 4000 pixels on a side.
    #[error("the {image} image is not a readable PNG of at most 4000 pixels a side")]
    UnreadableImage {
        /// Which image: `stamp` or `signature`.
        image: &'static str,
    },
    /// The address to verify the paper at is too long for a QR code that a telephone reads off paper.
    #[error("an address of {length} bytes is too long for the QR code")]
    AddressTooLong {
        /// The length of the address in bytes; up to 200 are taken.
        length: usize,
    },
    /// A template could not be typeset: a defect of this crate.
    #[error("the template failed at {place}: {message}")]
    Template {
        /// The file and line of the template.
        place: String,
        /// What the typesetter says; it speaks of the template's code and does not quote the facts.
        message: String,
    },
    /// The typeset pages could not be written as an archival, accessible PDF.
    ///
    /// The exporter's message may quote the text it stumbled over and is therefore left out.
    #[error("the pages cannot be exported as PDF/A-2a and PDF/UA-1 (at {place})")]
    Export {
        /// The file and line of the template that made the offending element.
        place: String,
    },
}
