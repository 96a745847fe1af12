//! Files: stamps, signatures, issued PDFs. They come in pieces, lie encrypted, and are complete once and for all.

use chrono::{DateTime, Utc};

use crate::{
    authority::{Actor, Whose},
    refusal::Kind,
    resource::{FileId, FileName, Owner},
};

/// The largest file, in bytes.
pub const MAX_BYTES: u32 = 32 * 1024 * 1024;

/// How many files somebody who is no organiser has in an event at most: nominating takes a document and a list, a form a few papers, and some are
/// sent twice.
pub const MOST_OF_SENDER: u64 = 20;

/// The largest piece, in bytes.
pub const MAX_PIECE_BYTES: usize = 1024 * 1024;

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Whose it is.
    pub owner: Owner,
    /// What it is known by.
    pub id: FileId,
    /// What it is.
    pub label: Label,
    /// How many bytes have arrived.
    pub received: u32,
    /// BLAKE3 of its bytes, lower-case hex; there once it is complete.
    pub digest: Option<String>,
    /// Who began the upload; the server, when nobody in particular did.
    pub uploader: Actor,
    /// When the upload began.
    pub create_time: DateTime<Utc>,
}

/// What a file is, as its sender says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What it is called, without folders.
    pub file_name: String,
    /// Its media type.
    pub media_type: String,
    /// How many bytes it has, at most [`MAX_BYTES`].
    pub size: u32,
}

/// The media type of PNG images.
pub const PNG: &str = "image/png";

/// The first bytes of every PNG (ISO/IEC 15948 §5.2).
pub const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The media type of JPEG images.
pub const JPEG: &str = "image/jpeg";

/// The first bytes of every JPEG (ITU-T T.81 §B.1.1.3): the image's start, and the beginning of another marker.
const JPEG_SIGNATURE: &[u8] = b"\xff\xd8\xff";

/// The media type of PDF documents.
pub const PDF: &str = "application/pdf";

/// How many bytes at each end of a file [`is_pdf`] and [`agrees`] are asked with.
pub const PDF_END: u32 = 1024;

/// Tells whether a file that begins and ends so is a PDF, and whole: its header comes first (ISO 32000-1 §7.5.2), its end marker last
/// (§7.5.5), or soon before what some scanners write behind it.
pub fn is_pdf(first: &[u8], last: &[u8]) -> bool {
    let marker = b"%%EOF";
    first.starts_with(b"%PDF-") && last.windows(marker.len()).any(|bytes| bytes == marker)
}

/// Tells whether a file that begins and ends so is what its media type says; of other media types than those of PDF, JPEG and PNG that is not known,
/// and taken as said.
pub fn agrees(media_type: &str, first: &[u8], last: &[u8]) -> bool {
    match media_type {
        PDF => is_pdf(first, last),
        JPEG => first.starts_with(JPEG_SIGNATURE),
        PNG => first.starts_with(PNG_SIGNATURE),
        _ => true,
    }
}

/// How many characters the name of a file may have.
const LONGEST_NAME: usize = 200;

/// How many characters each half of a media type may have (RFC 6838 §4.2).
const LONGEST_TYPE: usize = 127;

/// What is wrong with a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The name is empty, too long, one of a folder, or not printable on one line.
    #[error("is 1 to {LONGEST_NAME} printable characters without slashes")]
    FileName,
    /// The media type is not two names with a slash between.
    #[error("is a type and a subtype without parameters, as image/png")]
    MediaType,
    /// The file is empty or too large.
    #[error("is 1 to {MAX_BYTES}")]
    Size,
}

impl Flaw {
    /// The field of a file that it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Self::FileName => "file_name",
            Self::MediaType => "media_type",
            Self::Size => "size_bytes",
        }
    }
}

impl Label {
    /// Tells everything that is wrong with a label.
    pub fn flaws(&self) -> Vec<Flaw> {
        let size_fits = (1..=MAX_BYTES).contains(&self.size);
        let checks = [
            (is_file_name(&self.file_name), Flaw::FileName),
            (is_media_type(&self.media_type), Flaw::MediaType),
            (size_fits, Flaw::Size),
        ];
        checks.into_iter().filter(|(fits, _)| !fits).map(|(_, flaw)| flaw).collect()
    }
}

/// Tells whether a name can be given to a file on any machine that downloads it: no folders, one line, nothing that
/// disguises its ending by turning the direction of writing.
fn is_file_name(name: &str) -> bool {
    let strange = |c: char| {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns || matches!(c, '/' | '\\' | '\u{2028}' | '\u{2029}')
    };
    let blank = name.is_empty() || name.trim() != name;
    !blank && !matches!(name, "." | "..") && name.chars().count() <= LONGEST_NAME && !name.chars().any(strange)
}

/// Tells whether a text is a type and a subtype, in whatever letters, each a restricted name of RFC 6838 §4.2.
pub fn is_media_type(text: &str) -> bool {
    let restricted = |name: &str| {
        name.len() <= LONGEST_TYPE
            && name.starts_with(|first: char| first.is_ascii_alphanumeric())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| restricted(kind) && restricted(subtype))
}

/// Why a piece or an end cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The piece does not begin where the file ends.
    #[error("the file has {received} bytes, the piece begins at {offset}")]
    OutOfOrder {
        /// Which file.
        file: FileName,
        /// How many bytes it has.
        received: u32,
        /// Where the piece begins.
        offset: u32,
    },
    /// The piece says something else than what stands at its place.
    #[error("the piece at {offset} is another one than came before")]
    Contradictory {
        /// Which file.
        file: FileName,
        /// Where the piece begins.
        offset: u32,
    },
    /// The file would be larger than was said.
    #[error("the file would be larger than its {size} bytes")]
    TooLarge {
        /// Which file.
        file: FileName,
        /// How large it was said to be.
        size: u32,
    },
    /// Somebody who is no organiser has as many files in the event as they may.
    #[error("a focal point, and whoever came by a personal link, has at most {MOST_OF_SENDER} files in an event")]
    TooMany,
    /// Somebody else began it.
    #[error("somebody else began the upload, and only they go on with it")]
    AnotherUploader {
        /// Which file.
        file: FileName,
    },
    /// The file is not whole, and so cannot be finished, read or referred to.
    #[error("the file has {received} of its {size} bytes, or was not finished")]
    Incomplete {
        /// Which file.
        file: FileName,
        /// How many bytes it has.
        received: u32,
        /// How many it should have.
        size: u32,
    },
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::TooMany => Kind::Exhausted,
            Self::OutOfOrder { .. }
            | Self::Contradictory { .. }
            | Self::TooLarge { .. }
            | Self::AnotherUploader { .. }
            | Self::Incomplete { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::OutOfOrder { .. } | Self::Contradictory { .. } | Self::TooLarge { .. } | Self::Incomplete { .. } => {
                "ERROR_REASON_FILE_INCOMPLETE"
            }
            Self::TooMany => "ERROR_REASON_TOO_MANY_FILES",
            Self::AnotherUploader { .. } => "ERROR_REASON_UPLOAD_OF_ANOTHER",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooMany => vec![("limit", MOST_OF_SENDER.to_string())],
            Self::OutOfOrder { file, .. }
            | Self::Contradictory { file, .. }
            | Self::TooLarge { file, .. }
            | Self::AnotherUploader { file }
            | Self::Incomplete { file, .. } => vec![("resource", file.to_string())],
        }
    }
}

/// What to do with a piece that is not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Keep it: the file goes on with it.
    New,
    /// Nothing: it is there already, sent again.
    Repeated,
}

/// Refuses another file of somebody who has as many as they may; whoever keeps all files has no limit.
pub fn require_room(whose: &Whose, present: u64) -> Result<(), Refusal> {
    match whose {
        Whose::Of(_) | Whose::UploadedBy(_) if present >= MOST_OF_SENDER => Err(Refusal::TooMany),
        Whose::Anybodys | Whose::Of(_) | Whose::UploadedBy(_) => Ok(()),
    }
}

impl File {
    /// Begins a file.
    pub fn begin(name: FileName, label: Label, uploader: Actor, now: DateTime<Utc>) -> Self {
        Self { owner: name.owner, id: name.file, label, received: 0, digest: None, uploader, create_time: now }
    }

    /// Lets whoever began the upload go on with it, and nobody else: what two people bring in turns is the file of neither.
    pub fn require_uploader(&self, actor: &Actor) -> Result<(), Refusal> {
        match &self.uploader {
            Actor::Server => Ok(()),
            uploader if uploader == actor => Ok(()),
            Actor::Member(_) | Actor::Person(_) => Err(Refusal::AnotherUploader { file: self.name() }),
        }
    }

    /// The file's resource name.
    pub fn name(&self) -> FileName {
        FileName { owner: self.owner.clone(), file: self.id }
    }

    /// Decides about a piece of `length` bytes at `offset`.
    pub fn accept(&self, offset: u32, length: u32) -> Result<Piece, Refusal> {
        let end = offset.saturating_add(length);
        if end <= self.received {
            return Ok(Piece::Repeated);
        }
        if offset != self.received {
            return Err(Refusal::OutOfOrder { file: self.name(), received: self.received, offset });
        }
        if end > self.label.size || self.digest.is_some() {
            return Err(Refusal::TooLarge { file: self.name(), size: self.label.size });
        }
        Ok(Piece::New)
    }

    /// Accepts a piece that was there already, if the same bytes were.
    pub fn require_same(&self, offset: u32, same: bool) -> Result<(), Refusal> {
        if same { Ok(()) } else { Err(Refusal::Contradictory { file: self.name(), offset }) }
    }

    /// The file goes on with a piece that was accepted.
    #[must_use]
    pub fn grow(self, length: u32) -> Self {
        Self { received: self.received + length, ..self }
    }

    /// Ends the upload.
    pub fn finish(self, digest: String) -> Result<Self, Refusal> {
        if self.received == self.label.size {
            Ok(Self { digest: Some(digest), ..self })
        } else {
            Err(self.incomplete())
        }
    }

    /// Refuses what only a complete file can do; gives its digest.
    pub fn require_complete(&self) -> Result<&str, Refusal> {
        self.digest.as_deref().ok_or_else(|| self.incomplete())
    }

    fn incomplete(&self) -> Refusal {
        Refusal::Incomplete { file: self.name(), received: self.received, size: self.label.size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(received: u32) -> File {
        let name = "organizations/zbra/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap();
        let label = Label { file_name: "stamp.png".to_owned(), media_type: "image/png".to_owned(), size: 10 };
        File { received, ..File::begin(name, label, member(1), "2023-08-01T00:00:00Z".parse().unwrap()) }
    }

    fn member(digit: u8) -> Actor {
        Actor::Member(format!("7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5{digit}").parse().unwrap())
    }

    #[test]
    fn upload_is_gone_on_with_by_whoever_began_it() {
        let nobodys = File { uploader: Actor::Server, ..file(5) };

        assert_eq!(file(5).require_uploader(&member(1)), Ok(()));
        assert_eq!(file(5).require_uploader(&member(2)), Err(Refusal::AnotherUploader { file: file(5).name() }));
        assert_eq!(nobodys.require_uploader(&member(2)), Ok(()));
    }

    #[test]
    fn piece_is_taken_in_order_once_and_not_beyond_the_size() {
        let half = file(5);

        assert_eq!(
            [half.accept(5, 5), half.accept(0, 5), half.accept(6, 2), half.accept(4, 2), half.accept(5, 6)],
            [
                Ok(Piece::New),
                Ok(Piece::Repeated),
                Err(Refusal::OutOfOrder { file: half.name(), received: 5, offset: 6 }),
                Err(Refusal::OutOfOrder { file: half.name(), received: 5, offset: 4 }),
                Err(Refusal::TooLarge { file: half.name(), size: 10 }),
            ]
        );
    }

    #[test]
    fn file_short_of_its_size_is_not_finished() {
        let refusal = Refusal::Incomplete { file: file(9).name(), received: 9, size: 10 };

        assert_eq!(file(9).finish("d".to_owned()), Err(refusal));
        assert_eq!(file(10).finish("d".to_owned()).unwrap().require_complete(), Ok("d"));
    }

    #[test]
    fn label_tells_all_its_flaws() {
        let label = |file_name: &str, media_type: &str, size| {
            Label { file_name: file_name.to_owned(), media_type: media_type.to_owned(), size }.flaws()
        };

        assert_eq!(label("邀请函 2023.pdf", "application/pdf", 1), []);
        assert_eq!(label("a", "application/vnd.oasis.opendocument.text", MAX_BYTES), []);
        assert_eq!(label("", "png", 0), [Flaw::FileName, Flaw::MediaType, Flaw::Size]);
        assert_eq!(label("a", "image/png", MAX_BYTES + 1), [Flaw::Size]);
        let long = "x".repeat(201);
        for name in [".", "..", "a/b", "a\\b", "a\nb", " a", "a\u{202e}gnp.exe", &long] {
            assert_eq!(label(name, "image/png", 1), [Flaw::FileName], "{name:?}");
        }
        for media_type in ["", "/", "image/", "/png", "image/png; a=b", "image/png/x", "-image/png", "image/p ng"] {
            assert_eq!(label("a", media_type, 1), [Flaw::MediaType], "{media_type:?}");
        }
    }

    #[test]
    fn pdf_begins_with_its_header_and_ends_with_its_marker() {
        assert!(is_pdf(b"%PDF-1.7\n1 0 obj", b"startxref\n9\n%%EOF\r\n"));
        assert!(!is_pdf(b"\x89PNG\r\n", b"%%EOF"));
        assert!(!is_pdf(b"%PDF-1.7\n1 0 obj", b"startxref\n9\n"));
    }

    #[test]
    fn bytes_of_another_kind_than_the_media_type_says_do_not_agree() {
        let pdf = (b"%PDF-1.7\n".as_slice(), b"%%EOF".as_slice());
        let jpeg = (b"\xff\xd8\xff\xe0".as_slice(), b"\xff\xd9".as_slice());
        let png = (PNG_SIGNATURE, b"IEND".as_slice());
        let kinds = |(first, last): (&[u8], &[u8])| [PDF, JPEG, PNG].map(|kind| agrees(kind, first, last));

        assert_eq!(kinds(pdf), [true, false, false]);
        assert_eq!(kinds(jpeg), [false, true, false]);
        assert_eq!(kinds(png), [false, false, true]);
        assert!(agrees("text/plain", b"%PDF-1.7", b""));
    }

    #[test]
    fn repeated_piece_is_accepted_with_the_same_bytes_only() {
        let half = file(5);

        assert_eq!(half.require_same(0, true), Ok(()));
        assert_eq!(half.require_same(0, false), Err(Refusal::Contradictory { file: half.name(), offset: 0 }));
    }
}
