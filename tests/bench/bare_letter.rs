//! The letter by Typst alone: the same template, facts and fonts, compiled and exported, with nothing checked.

use std::sync::LazyLock;

use anyhow::{Result, anyhow};
use attache_paper::letter::{self, Facts};
use typst::{
    Feature, Library, LibraryExt as _, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    LazyHash::new(Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build())
});

static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let files: [&'static [u8]; 4] = [
        include_bytes!("../../server/paper/fonts/NotoSerif-Regular.ttf"),
        include_bytes!("../../server/paper/fonts/NotoSerif-Bold.ttf"),
        include_bytes!("../../server/paper/fonts/NotoSerifSC-Regular.ttf"),
        include_bytes!("../../server/paper/fonts/NotoNastaliqUrdu-Regular.ttf"),
    ];
    files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect()
});

static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(&*FONTS)));

/// Makes a letter. What Typst remembers of it is forgotten afterwards, as one letter has nothing to do with the next.
pub fn make(facts: &Facts) -> Result<Vec<u8>> {
    let sheet = include_str!("../../server/paper/templates/sheet.typ");
    let template = include_str!("../../server/paper/templates/letter.typ");
    let world = Bare {
        template: Source::new(file("letter.typ")?, template.to_owned()),
        sheet: Source::new(file("sheet.typ")?, sheet.to_owned()),
        data: (file("data.json")?, Bytes::from_string(letter::data(facts)?.to_string())),
    };
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|errors| anyhow!("{errors:?}"))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).map_err(|error| anyhow!("{error:?}"))?;
    let timestamp = Datetime::from_ymd_hms(2036, 8, 14, 0, 0, 0).map(typst_pdf::Timestamp::new_utc);
    let options = PdfOptions { standards, timestamp, ..PdfOptions::default() };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| anyhow!("{errors:?}"));
    comemo::evict(0);
    pdf
}

fn file(name: &str) -> Result<FileId> {
    let path = VirtualPath::new(name).map_err(|error| anyhow!("{error}"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

struct Bare {
    template: Source,
    sheet: Source,
    data: (FileId, Bytes),
}

impl World for Bare {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = [&self.template, &self.sheet].into_iter().find(|source| source.id() == id);
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
