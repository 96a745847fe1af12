//! Files: stamps, signatures, issued PDFs. They come in pieces, lie encrypted, and are complete once and for all.

use chrono::{DateTime, Utc};

use crate::{
    refusal::Kind,
    resource::{FileId, FileName, Owner},
};

/// The largest file, in bytes.
pub const MAX_BYTES: u32 = 32 * 1024 * 1024;

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
    /// The file would be larger than was said.
    #[error("the file would be larger than its {size} bytes")]
    TooLarge {
        /// Which file.
        file: FileName,
        /// How large it was said to be.
        size: u32,
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
            Self::OutOfOrder { .. } | Self::TooLarge { .. } | Self::Incomplete { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::OutOfOrder { .. } | Self::TooLarge { .. } | Self::Incomplete { .. } => "ERROR_REASON_FILE_INCOMPLETE",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OutOfOrder { file, .. } | Self::TooLarge { file, .. } | Self::Incomplete { file, .. } => {
                vec![("resource", file.to_string())]
            }
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

impl File {
    /// Begins a file.
    pub fn begin(name: FileName, label: Label, now: DateTime<Utc>) -> Self {
        Self { owner: name.owner, id: name.file, label, received: 0, digest: None, create_time: now }
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
        File { received, ..File::begin(name, label, "2023-08-01T00:00:00Z".parse().unwrap()) }
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
}
