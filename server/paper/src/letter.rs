//! The letter with which a delegate asks a consulate for a visa.
//!
//! One letter has one page per language, each complete in itself, all under one reference number.
//!
//! **Invariant:** every sheet carries the reference number, and every first sheet of a language the address and QR code
//! under which the letter can be verified.

use chrono::NaiveDate;
use serde::Serialize;

pub use crate::Language;
use crate::PaperError;
use crate::code::{self, Code};
use crate::desk::Job;
use crate::facts::{date_text, plain};
use crate::press;

const TEMPLATE: (&str, &str) = ("letter.typ", include_str!("../templates/letter.typ"));

/// Everything a letter says. Like its parts it has no `Debug`: passport data must not find a way into a log.
#[derive(Clone)]
pub struct Facts {
    /// What makes this letter itself, such as its resource name. It is hashed into the PDF's identifier, not printed.
    pub identity: String,
    /// The reference number, printed on every sheet. Not empty.
    pub number: String,
    /// The date on the letter, and the date the PDF says it was made on.
    pub issue_date: NaiveDate,
    /// The address that tells a consulate whether the letter is genuine: not empty, up to 200 bytes.
    pub verify_url: String,
    /// Whether SPECIMEN stands across each sheet.
    pub specimen: bool,
    /// The issuer's stamp, a PNG of at most 4000 pixels a side. Printed within a square of 38 mm, behind the
    /// signatory's name.
    pub stamp: Option<Vec<u8>>,
    /// The signatory's signature, a PNG of at most 4000 pixels a side. Printed within 68 by 16 mm.
    pub signature: Option<Vec<u8>>,
    /// The letter in each of its languages, in the order of printing.
    pub pages: Vec<Page>,
}

/// The whole letter in one language. It starts on a new sheet and runs on to further ones where it must.
#[derive(Clone, Serialize)]
pub struct Page {
    /// The language of the page's date, page numbers and typography.
    pub language: Language,
    /// Who writes.
    pub letterhead: Letterhead,
    /// To whom, line by line; none when the letter addresses nobody in particular.
    pub addressee: Vec<String>,
    /// The subject line; not empty.
    pub title: String,
    /// The opening, such as "Dear Sir or Madam,"; left out when empty.
    pub salutation: String,
    /// What stands before the table.
    pub paragraphs: Vec<String>,
    /// The applicant's data as label and value; left out when empty.
    pub table: Vec<(String, String)>,
    /// What stands after the table.
    pub closing: Vec<String>,
    /// Who signs.
    pub signatory: Signatory,
    /// The fixed words of the page.
    pub labels: Labels,
}

/// The issuer as printed at the head of a page. Empty parts are left out.
#[derive(Clone, Serialize)]
pub struct Letterhead {
    /// The issuer's name in the language of the page.
    pub name: String,
    /// The issuer's name in its other script.
    pub second_name: Option<String>,
    /// The postal address, line by line.
    pub address: Vec<String>,
    /// The telephone number a consular officer may call.
    pub telephone: String,
    /// The e-mail address.
    pub email: String,
    /// The line about registration, such as "Registration No. 123456".
    pub registration: String,
}

/// The person who signs for the issuer.
#[derive(Clone, Serialize)]
pub struct Signatory {
    /// The name below the signature.
    pub name: String,
    /// The position, below the name; left out when empty.
    pub position: String,
}

/// The words beside the number, the date and the QR code.
#[derive(Clone, Serialize)]
pub struct Labels {
    /// Before the reference number, such as "Ref."
    pub reference: String,
    /// Before the date, such as "Date".
    pub date: String,
    /// Beside the QR code and above the address, such as "Verify this letter at".
    pub verification: String,
}

/// Makes the PDF of a letter.
///
/// # Errors
///
/// [`PaperError::MissingGlyph`] for a character outside the embedded fonts, [`PaperError::UnreadableImage`] for a stamp
/// or signature that is no PNG, and [`PaperError::AddressTooLong`] for the verify address.
pub fn render(facts: &Facts) -> Result<Vec<u8>, PaperError> {
    let data = data(facts)?;
    press::print(&job(facts, &data))
}

pub(crate) fn job<'a>(facts: &'a Facts, data: &'a serde_json::Value) -> Job<'a> {
    let images = [("stamp", &facts.stamp), ("signature", &facts.signature)];
    Job {
        template: TEMPLATE,
        facts: data,
        images: images.into_iter().filter_map(|(image, png)| Some((image, png.as_deref()?))).collect(),
        photos: Vec::new(),
        identity: &facts.identity,
        date: facts.issue_date,
    }
}

/// What `templates/letter.typ` reads.
#[derive(Serialize)]
struct Data<'a> {
    number: &'a str,
    verify_url: &'a str,
    code: Code,
    specimen: bool,
    stamp: bool,
    signature: bool,
    pages: Vec<DatedPage<'a>>,
}

#[derive(Serialize)]
struct DatedPage<'a> {
    date: String,
    #[serde(flatten)]
    page: &'a Page,
}

/// Prepares what the letter's template reads as `data.json`; for whoever lays it out by other means than [`render`].
///
/// # Errors
///
/// [`PaperError::AddressTooLong`] for the verify address.
pub fn data(facts: &Facts) -> Result<serde_json::Value, PaperError> {
    let Facts { identity: _, number, issue_date, verify_url, specimen, stamp, signature, pages } = facts;
    plain(&Data {
        number,
        verify_url,
        code: code::draw(verify_url)?,
        specimen: *specimen,
        stamp: stamp.is_some(),
        signature: signature.is_some(),
        pages: pages.iter().map(|page| DatedPage { date: date_text(*issue_date, page.language), page }).collect(),
    })
}

#[cfg(test)]
mod tests;
