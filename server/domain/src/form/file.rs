//! Files as answers: which are accepted, and what has to be known of one before it is taken.

use std::collections::BTreeMap;

use super::{Flaw as FormFlaw, Part};
use crate::{
    file::{self, File, JPEG, Label, PDF, PNG},
    resource::FileName,
};

/// How many media types a field accepts at most.
pub const MOST_MEDIA_TYPES: usize = 20;

/// How many bytes a file has at most, where nothing else is said.
const USUAL_SIZE: u32 = 10 * 1024 * 1024;

/// What is accepted where nothing else is said: what scanners, cameras and telephones make.
const USUAL_MEDIA_TYPES: [&str; 3] = [PDF, JPEG, PNG];

/// Which files a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Of which media types.
    pub media_types: Vec<String>,
    /// Of how many bytes at most.
    pub largest: u32,
}

impl Default for Accepted {
    fn default() -> Self {
        Self { media_types: USUAL_MEDIA_TYPES.map(str::to_owned).to_vec(), largest: USUAL_SIZE }
    }
}

/// A file that is brought as an answer.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The file.
    pub file: File,
    /// Whether its bytes are what its media type says, as far as that can be told ([`file::agrees`]).
    pub agrees: bool,
}

/// The files that are brought with some answers: those of the event that whoever answers may bring.
pub type Files = BTreeMap<FileName, Brought>;

/// Why a file is not taken as an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is no name of a file, there is none of that name, or somebody else uploaded it.
    #[error("is not a file that was uploaded to the event, written as events/EVENT/files/FILE")]
    Unknown,
    /// Not all of it has arrived.
    #[error("is a file whose upload was not finished")]
    Incomplete,
    /// It is of another kind than those that are accepted.
    #[error("is a file of another kind than {}", .0.join(", "))]
    MediaType(Vec<String>),
    /// It is too large.
    #[error("is a file of more than {0} bytes")]
    TooLarge(u32),
    /// It is not what it says, or is broken off.
    #[error("is a file that does not hold a whole {0}")]
    Disagrees(String),
}

impl Accepted {
    pub(super) fn flaw(&self) -> Option<(Part, FormFlaw)> {
        let Self { media_types, largest } = self;
        let fit = (1..=MOST_MEDIA_TYPES).contains(&media_types.len())
            && media_types.iter().all(|media_type| file::is_media_type(media_type));
        if !fit {
            return Some((Part::MediaTypes, FormFlaw::MediaTypes));
        }
        (!(1..=file::MAX_BYTES).contains(largest)).then_some((Part::Size, FormFlaw::FileSize))
    }

    /// Reads an answer: the name of a file that is brought, and fits.
    pub(super) fn read(&self, value: &str, files: &Files) -> Result<String, Flaw> {
        let name: FileName = value.parse().map_err(|_| Flaw::Unknown)?;
        let Brought { file, agrees } = files.get(&name).ok_or(Flaw::Unknown)?;
        let Label { file_name: _, media_type, size } = &file.label;
        file.require_complete().map_err(|_| Flaw::Incomplete)?;
        if !self.media_types.contains(media_type) {
            return Err(Flaw::MediaType(self.media_types.clone()));
        }
        if *size > self.largest {
            return Err(Flaw::TooLarge(self.largest));
        }
        if *agrees { Ok(name.to_string()) } else { Err(Flaw::Disagrees(media_type.clone())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        authority::Actor,
        form::{Answers, BadAnswers, Field, Form, Given, Key, Kind, Respondent, answers::Flaw as Wrong, tests::asks},
    };

    const NAME: &str = "events/forum/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

    fn file(media_type: &str, size: u32) -> File {
        let label = Label { file_name: "paper.pdf".to_owned(), media_type: media_type.to_owned(), size };
        let begun = File::begin(NAME.parse().unwrap(), label, Actor::Server, "2026-01-31T00:00:00Z".parse().unwrap());
        File { received: size, digest: Some("d".to_owned()), ..begun }
    }

    fn brought(file: File, agrees: bool) -> Files {
        Files::from([(file.name(), Brought { file, agrees })])
    }

    fn form(required: bool) -> Form {
        let accepted = Accepted { media_types: vec![PDF.to_owned(), PNG.to_owned()], largest: 9 };
        Form::new(vec![Field { required, ..asks("paper", Kind::File(accepted)) }]).unwrap()
    }

    fn given(value: &str) -> Vec<Given> {
        vec![Given { field: key(), values: vec![value.to_owned()] }]
    }

    fn key() -> Key {
        "paper".parse().unwrap()
    }

    fn read(value: &str, files: &Files) -> Result<Answers, Wrong> {
        let read = form(false).read(given(value), &Answers::default(), Respondent::Registrant, files);
        read.map_err(|BadAnswers(mut faults)| faults.remove(0).flaw)
    }

    #[test]
    fn file_is_an_answer_when_it_is_there_and_whole_and_of_an_accepted_kind_and_size() {
        let wrong = |flaw: Flaw| Err(Wrong::File(flaw));
        let begun = File { digest: None, ..file(PDF, 9) };

        assert_eq!(read(NAME, &brought(file(PDF, 9), true)).unwrap().to(&key()), Some([NAME.to_owned()].as_slice()));
        assert_eq!(read(NAME, &Files::new()), wrong(Flaw::Unknown));
        assert_eq!(read("paper.pdf", &brought(file(PDF, 9), true)), wrong(Flaw::Unknown));
        assert_eq!(read(NAME, &brought(begun, true)), wrong(Flaw::Incomplete));
        assert_eq!(
            read(NAME, &brought(file("text/html", 9), true)),
            wrong(Flaw::MediaType(vec![PDF.to_owned(), PNG.to_owned()]))
        );
        assert_eq!(read(NAME, &brought(file(PDF, 10), true)), wrong(Flaw::TooLarge(9)));
        assert_eq!(read(NAME, &brought(file(PDF, 9), false)), wrong(Flaw::Disagrees(PDF.to_owned())));
    }

    #[test]
    fn file_that_was_taken_stays_good_when_it_is_not_brought_again() {
        let before = read(NAME, &brought(file(PDF, 9), true)).unwrap();

        assert_eq!(form(false).read(given(NAME), &before, Respondent::Registrant, &Files::new()), Ok(before));
    }

    #[test]
    fn newcomer_brings_a_required_file_later() {
        let form = form(true);
        let files = brought(file(PDF, 9), true);
        let newcomer = form.read_newcomers(Vec::new()).unwrap();
        let missing: Vec<&Key> = form.missing(&newcomer).map(|field| &field.id).collect();

        assert_eq!(missing, [&key()]);
        let early = form.read(given(NAME), &newcomer, Respondent::Newcomer, &files).unwrap_err();
        assert_eq!(early.0.first().map(|fault| &fault.flaw), Some(&Wrong::FileLater));
        let without = form.read(Vec::new(), &newcomer, Respondent::Registrant, &files).unwrap_err();
        assert_eq!(without.0.first().map(|fault| &fault.flaw), Some(&Wrong::Missing));
        let after = form.read(given(NAME), &newcomer, Respondent::Registrant, &files).unwrap();
        assert_eq!(form.missing(&after).count(), 0);
        assert_eq!(after.files().into_iter().collect::<Vec<_>>(), [NAME.parse().unwrap()]);
    }

    #[test]
    fn what_a_field_accepts_is_media_types_and_a_size_that_files_have() {
        let flaws = |media_types: &[&str], largest| {
            let media_types = media_types.iter().map(|&one| one.to_owned()).collect();
            let misfits = Form::new(vec![asks("paper", Kind::File(Accepted { media_types, largest }))]).err();
            misfits.map(|misfits| misfits[0].part)
        };

        assert_eq!(flaws(&["image/png", "application/vnd.oasis.opendocument.text"], file::MAX_BYTES), None);
        assert_eq!(flaws(&[], 1), Some(Part::MediaTypes));
        assert_eq!(flaws(&["png"], 1), Some(Part::MediaTypes));
        assert_eq!(flaws(&["image/png"; MOST_MEDIA_TYPES + 1], 1), Some(Part::MediaTypes));
        assert_eq!(flaws(&["image/png"], 0), Some(Part::Size));
        assert_eq!(flaws(&["image/png"], file::MAX_BYTES + 1), Some(Part::Size));
    }
}
