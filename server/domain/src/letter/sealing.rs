//! The scan of an issued letter as somebody signed and sealed it by hand.

use chrono::{DateTime, Utc};

use super::{Letter, Proof, Refusal, State};
use crate::{
    file::{File, PDF},
    refusal::Violation,
    resource::FileName,
};

/// The largest scan, in bytes: as large as mail servers let a mail be that carries it.
pub const LARGEST_SCAN: u32 = 10 * 1024 * 1024;

/// A letter as it was signed and sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedCopy {
    /// The PDF.
    pub file: FileName,
    /// BLAKE3 of the PDF, lower-case hex.
    pub digest: String,
    /// When it was attached.
    pub attach_time: DateTime<Utc>,
}

/// What is known of a file that is to be the sealed copy of a letter.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// The file, which is complete.
    pub file: &'a File,
    /// BLAKE3 of it, lower-case hex.
    pub digest: &'a str,
    /// Whether its bytes begin and end as those of a PDF.
    pub reads_as_pdf: bool,
    /// Whether another letter has it, as issued or as sealed.
    pub is_anothers: bool,
}

/// Why a file is not the sealed copy of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is not a PDF.
    NotAPdf,
    /// It is too large to be mailed.
    TooLarge,
    /// It is the letter as it was issued, without anybody's hand on it.
    AsIssued,
    /// It belongs to another letter.
    Anothers,
}

impl Flaw {
    pub(super) fn violation(self) -> Violation {
        let (code, description) = match self {
            Self::NotAPdf => ("not_a_pdf", "is not a PDF by its media type, its first and its last bytes".to_owned()),
            Self::TooLarge => ("too_large", format!("is larger than {LARGEST_SCAN} bytes")),
            Self::AsIssued => ("as_issued", "is the letter as it was issued, not a scan of it".to_owned()),
            Self::Anothers => ("of_another_letter", "belongs to another letter".to_owned()),
        };
        Violation { code: code.to_owned(), subject: "file".to_owned(), description }
    }
}

impl Scan<'_> {
    /// Everything that keeps it from being the sealed copy of a letter that was issued so.
    fn flaws(&self, proof: &Proof) -> Vec<Flaw> {
        let is_pdf = self.file.label.media_type == PDF && self.reads_as_pdf;
        let flaws = [
            (!is_pdf, Flaw::NotAPdf),
            (self.file.label.size > LARGEST_SCAN, Flaw::TooLarge),
            (self.digest == proof.digest, Flaw::AsIssued),
            (self.is_anothers, Flaw::Anothers),
        ];
        flaws.into_iter().filter_map(|(is_so, flaw)| is_so.then_some(flaw)).collect()
    }
}

impl Letter {
    /// The scan of it is attached, in place of the one it had.
    pub fn attach(self, scan: &Scan<'_>, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match &self.state {
            State::Issued(imprint, proof) => {
                let flaws = scan.flaws(proof);
                if !flaws.is_empty() {
                    return Err(Refusal::NoSealedCopy { flaws });
                }
                let copy = SealedCopy { file: scan.file.name(), digest: scan.digest.to_owned(), attach_time: now };
                let state = State::Issued(imprint.clone(), Proof { sealed_copy: Some(copy), ..proof.clone() });
                Ok(self.turn(state, now))
            }
            State::Requested | State::Approved | State::Issuing(_) | State::Rejected(_) | State::Revoked(..) => {
                Err(self.must_be("ISSUED"))
            }
        }
    }
}
