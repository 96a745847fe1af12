//! Badges: who somebody is, in the colour of their category, with the code that gates read.
//!
//! **Invariant:** a name is set as large as its badge allows, whole, and never over what stands beside it.

use chrono::NaiveDate;
use serde::Serialize;

pub use crate::Language;
use crate::PaperError;
use crate::code::{self, Code};
use crate::desk::Job;
use crate::facts::plain;
use crate::press;

const TEMPLATE: (&str, &str) = ("badge.typ", include_str!("../templates/badge.typ"));

/// Everything some badges say. Like its parts it has no `Debug`: names must not find a way into a log.
#[derive(Clone)]
pub struct Facts {
    /// What makes these badges themselves, such as the event's resource name. It is not printed.
    pub identity: String,
    /// The event, on every badge.
    pub title: String,
    /// The language of the few fixed words.
    pub language: Language,
    /// The date the PDF says it was made on.
    pub issue_date: NaiveDate,
    /// How they lie on paper.
    pub layout: Layout,
    /// The badges, in the order of printing.
    pub badges: Vec<Badge>,
}

/// How badges of 92 by 66 mm lie on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Eight on a sheet of A4, edge to edge.
    Sheet,
    /// Each on a page of its own size.
    Single,
}

/// A badge. Empty parts are left out.
#[derive(Clone)]
pub struct Badge {
    /// The name in large letters.
    pub display_name: String,
    /// The name in its bearer's own script.
    pub native_name: Option<String>,
    /// The bearer's position.
    pub position: String,
    /// The body they belong to.
    pub affiliation: String,
    /// As what they come.
    pub category: String,
    /// The colour of that: red, green and blue.
    pub color: [u8; 3],
    /// What gates read, drawn as a QR code.
    pub code: String,
    /// A photo of the bearer, a JPEG.
    pub photo: Option<Vec<u8>>,
}

/// Makes the PDF of badges.
///
/// # Errors
///
/// [`PaperError::MissingGlyph`] for a character outside the embedded fonts, and [`PaperError::AddressTooLong`] for a code of more than 200
/// bytes.
pub fn render(facts: &Facts) -> Result<Vec<u8>, PaperError> {
    let data = data(facts)?;
    press::print(&job(facts, &data))
}

pub(crate) fn job<'a>(facts: &'a Facts, data: &'a serde_json::Value) -> Job<'a> {
    let photos = facts.badges.iter().filter_map(|badge| badge.photo.as_deref()).collect();
    Job {
        template: TEMPLATE,
        facts: data,
        images: Vec::new(),
        photos,
        identity: &facts.identity,
        date: facts.issue_date,
    }
}

/// What `templates/badge.typ` reads.
#[derive(Serialize)]
struct Data<'a> {
    title: &'a str,
    language: Language,
    single: bool,
    badges: Vec<Drawn<'a>>,
}

#[derive(Serialize)]
struct Drawn<'a> {
    display_name: &'a str,
    native_name: Option<&'a str>,
    position: &'a str,
    affiliation: &'a str,
    category: &'a str,
    color: String,
    code: Code,
    /// Where in the photos that of the bearer begins and ends.
    photo: Option<(usize, usize)>,
}

pub(crate) fn data(facts: &Facts) -> Result<serde_json::Value, PaperError> {
    let Facts { identity: _, title, language, issue_date: _, layout, badges } = facts;
    let mut end = 0;
    let badges = badges.iter().map(|badge| drawn(badge, &mut end)).collect::<Result<_, _>>()?;
    plain(&Data { title, language: *language, single: *layout == Layout::Single, badges })
}

/// Draws a badge, whose photo stands behind those that end there.
fn drawn<'a>(badge: &'a Badge, end: &mut usize) -> Result<Drawn<'a>, PaperError> {
    let Badge { display_name, native_name, position, affiliation, category, color, code, photo } = badge;
    let [red, green, blue] = color;
    let photo = photo.as_ref().map(|jpeg| {
        let begin = *end;
        *end += jpeg.len();
        (begin, *end)
    });
    Ok(Drawn {
        display_name,
        native_name: native_name.as_deref(),
        position,
        affiliation,
        category,
        color: format!("#{red:02x}{green:02x}{blue:02x}"),
        code: code::draw(code)?,
        photo,
    })
}

#[cfg(test)]
mod tests;
