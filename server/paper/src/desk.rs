//! The world as a template sees it while one paper is typeset.
//!
//! **Invariant:** a template sees the two template files, `data.json`, and the images and photos it was given, all under fixed
//! names, and the embedded fonts. There is no disk, no network, no package and no clock to see.

use std::sync::LazyLock;

use chrono::NaiveDate;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::visualize::{ExchangeFormat, RasterImage};
use typst::{Feature, Library, LibraryExt, World, WorldExt};

use crate::PaperError;

/// No edge of a stamp or signature is longer, so that a small file cannot unpack to gigabytes.
const LONGEST_EDGE: u32 = 4000;

/// What both templates share: the page furniture and the handling of scripts.
const SHEET: (&str, &str) = ("sheet.typ", include_str!("../templates/sheet.typ"));

/// The fonts in the binary: Latin regular and bold, Chinese, Urdu. Their licences lie beside them.
static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let files: [&'static [u8]; 4] = [
        include_bytes!("../fonts/NotoSerif-Regular.ttf"),
        include_bytes!("../fonts/NotoSerif-Bold.ttf"),
        include_bytes!("../fonts/NotoSerifSC-Regular.ttf"),
        include_bytes!("../fonts/NotoNastaliqUrdu-Regular.ttf"),
    ];
    let fonts: Vec<Font> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

/// Typst's standard library, with header cells for table rows, which PDF/UA-1 wants and Typst keeps behind this switch.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    LazyHash::new(Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build())
});

struct Fonts {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

/// Gives the embedded fonts.
pub(crate) fn fonts() -> impl Iterator<Item = &'static Font> {
    FONTS.fonts.iter()
}

/// One paper to be made.
pub(crate) struct Job<'a> {
    /// File name and text of the template.
    pub(crate) template: (&'static str, &'static str),
    /// The plain facts, which the template reads as `data.json`.
    pub(crate) facts: &'a serde_json::Value,
    /// PNG images by what they show; the template reads `stamp` as `stamp.png`.
    pub(crate) images: Vec<(&'static str, &'a [u8])>,
    /// JPEG images, which the template reads one behind the other as `photos`, and parts by what the facts say of each.
    pub(crate) photos: Vec<&'a [u8]>,
    /// What makes this document the same document when it is made again.
    pub(crate) identity: &'a str,
    /// The date the PDF says it was made on.
    pub(crate) date: NaiveDate,
}

/// Everything a template can see while one paper is typeset.
pub(crate) struct Desk {
    template: Source,
    sheet: Source,
    files: Vec<(FileId, Bytes)>,
}

impl Desk {
    /// Lays out the files of a job, refusing images that cannot be printed.
    pub(crate) fn lay(job: &Job<'_>) -> Result<Self, PaperError> {
        let mut files = vec![(file_id("data.json")?, Bytes::from_string(job.facts.to_string()))];
        for (image, bytes) in &job.images {
            files.push((file_id(&format!("{image}.png"))?, readable_png(image, bytes)?));
        }
        if !job.photos.is_empty() {
            files.push((file_id("photos")?, Bytes::new(job.photos.concat())));
        }
        Ok(Self { template: source(job.template)?, sheet: source(SHEET)?, files })
    }

    /// Gives the file and line of a template that a diagnostic points at.
    pub(crate) fn place(&self, span: DiagSpan) -> Option<String> {
        let source = self.source(span.id()?).ok()?;
        let line = source.lines().byte_to_line(self.range(span)?.start)?;
        Some(format!("{}:{}", source.id().vpath().get_without_slash(), line + 1))
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.template, &self.sheet]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let file = self.files.iter().find(|(name, _)| *name == id);
        file.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    /// There is no today: every date on a paper is a fact.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn source((name, text): (&str, &str)) -> Result<Source, PaperError> {
    Ok(Source::new(file_id(name)?, text.to_owned()))
}

/// Gives the identifier of a virtual file. Typst keeps each name for ever, so names are few and fixed.
fn file_id(name: &str) -> Result<FileId, PaperError> {
    let path = VirtualPath::new(name)
        .map_err(|error| PaperError::Template { place: name.to_owned(), message: error.to_string() })?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn readable_png(image: &'static str, bytes: &[u8]) -> Result<Bytes, PaperError> {
    let unreadable = PaperError::UnreadableImage { image };
    let edge = |at: usize| bytes.get(at..at + 4).and_then(|edge| edge.try_into().ok()).map(u32::from_be_bytes);
    // A PNG opens with an 8-byte signature and the IHDR chunk, whose width and height stand at bytes 16 and 20.
    let edges = [edge(16), edge(20)];
    if !edges.into_iter().all(|edge| edge.is_some_and(|edge| edge <= LONGEST_EDGE)) {
        return Err(unreadable);
    }
    let bytes = Bytes::new(bytes.to_vec());
    RasterImage::plain(bytes.clone(), ExchangeFormat::Png).map_err(|_| unreadable)?;
    Ok(bytes)
}
