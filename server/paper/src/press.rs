//! Typesets a template with its facts and exports the pages as PDF bytes.
//!
//! **Invariant:** no paper leaves anything behind in Typst's global cache, and nothing is exported that shows an empty
//! box for a character.

use chrono::{Datelike, NaiveDate};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst::layout::{Frame, FrameItem};
use typst::text::TextItem;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::PaperError;
use crate::desk::{self, Desk, Job};

/// Makes the PDF of a job.
pub(crate) fn print(job: &Job<'_>) -> Result<Vec<u8>, PaperError> {
    let _sweep = Sweep;
    let desk = Desk::lay(job)?;
    let document = typeset(&desk)?;
    export(&desk, &document, job)
}

/// Typesets a job and throws the pages away.
pub(crate) fn try_out(job: &Job<'_>) -> Result<(), PaperError> {
    let _sweep = Sweep;
    typeset(&Desk::lay(job)?).map(drop)
}

/// Typst memoises every step in a global cache that grows by more than a megabyte a paper; dropping this empties it,
/// after a failure as well.
struct Sweep;

impl Drop for Sweep {
    fn drop(&mut self) {
        comemo::evict(0);
    }
}

/// Lays the pages out; a warning counts as a failure, since a paper that needs one is not the paper that was designed.
pub(crate) fn typeset(desk: &Desk) -> Result<PagedDocument, PaperError> {
    let result = typst::compile::<PagedDocument>(desk);
    let document = result.output.map_err(|errors| template_failure(desk, &errors))?;
    if !result.warnings.is_empty() {
        return Err(template_failure(desk, &result.warnings));
    }
    document.pages().iter().try_for_each(|page| require_shapes(&page.frame))?;
    Ok(document)
}

fn template_failure(desk: &Desk, diagnostics: &[SourceDiagnostic]) -> PaperError {
    let message = diagnostics.first().map_or_else(String::new, |diagnostic| diagnostic.message.to_string());
    PaperError::Template { place: place(desk, diagnostics), message }
}

fn place(desk: &Desk, diagnostics: &[SourceDiagnostic]) -> String {
    let place = diagnostics.first().and_then(|diagnostic| desk.place(diagnostic.span));
    place.unwrap_or_else(|| "an unknown place".to_owned())
}

/// Refuses pages on which a character was set as an empty box.
///
/// The check looks at the glyphs chosen, not at the facts: a font may have a letter and still not the accent on it.
fn require_shapes(frame: &Frame) -> Result<(), PaperError> {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => require_shapes(&group.frame)?,
            FrameItem::Text(text) => require_shape(text)?,
            FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
    Ok(())
}

fn require_shape(text: &TextItem) -> Result<(), PaperError> {
    let Some(empty_box) = text.glyphs.iter().find(|glyph| glyph.id == 0) else {
        return Ok(());
    };
    // Typst may name a neighbour for the box, so a character that no font has at all goes first.
    let cluster = text.text.get(empty_box.range()).unwrap_or(&text.text);
    let character = text.text.chars().find(|character| !is_covered(*character)).or_else(|| cluster.chars().next());
    Err(PaperError::MissingGlyph { character: character.unwrap_or(char::REPLACEMENT_CHARACTER) })
}

fn is_covered(character: char) -> bool {
    desk::fonts().any(|font| font.info().coverage.contains(u32::from(character)))
}

fn export(desk: &Desk, document: &PagedDocument, job: &Job<'_>) -> Result<Vec<u8>, PaperError> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| PaperError::Export { place: error.message().to_string() })?;
    let options = PdfOptions {
        ident: Smart::Custom(job.identity.to_owned()),
        creator: Smart::Custom(Some("Attaché".to_owned())),
        timestamp: midnight(job.date).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options).map_err(|errors| PaperError::Export { place: place(desk, &errors) })
}

fn midnight(date: NaiveDate) -> Option<Datetime> {
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    Datetime::from_ymd_hms(date.year(), month, day, 0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_sees_nothing_but_its_own_files() {
        let failures =
            ["#read(\"/etc/passwd\")", "#import \"@preview/cetz:0.3.0\"", "#include \"other.typ\""].map(|code| {
                let facts = serde_json::Value::Null;
                let date = NaiveDate::default();
                let job = Job {
                    template: ("letter.typ", code),
                    facts: &facts,
                    images: Vec::new(),
                    photos: Vec::new(),
                    identity: "",
                    date,
                };
                print(&job).err()
            });

        let denied = PaperError::Template {
            place: "letter.typ:1".to_owned(),
            message: "failed to load file (access denied)".to_owned(),
        };
        assert_eq!(failures, [(); 3].map(|()| Some(denied.clone())));
    }
}
