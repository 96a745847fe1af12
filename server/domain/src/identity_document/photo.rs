//! Photos of faces: how large one may come, and how it is kept.

use std::fmt;

/// The largest photo that is taken, in bytes.
pub const MAX_BYTES: usize = 3 * 1024 * 1024;

/// The most pixels of a photo that is taken: what cameras of telephones make, and what can be unpacked without harm.
pub const MAX_PIXELS: u64 = 16_000_000;

/// How many times as long as the other a side may be.
const MOST_SLENDER: u32 = 3;

/// The least pixels on each side: a badge's photo in print.
pub const MIN_SIDE: u32 = 240;

/// The most pixels of a photo as it is kept, wide and high: sharp at 35 by 45 mm.
pub const KEPT: (u32, u32) = (600, 800);

/// A photo as it is kept: a JPEG that is upright and says nothing beside what it shows. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo(pub Vec<u8>);

impl fmt::Debug for Photo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Photo(..)")
    }
}

/// Why a picture is not taken as a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is none, of another format, or damaged.
    #[error("is a whole PNG or JPEG")]
    Format,
    /// It has too many bytes.
    #[error("is at most {MAX_BYTES} bytes")]
    Bytes,
    /// It has too many pixels.
    #[error("is at most {MAX_PIXELS} pixels")]
    Pixels,
    /// It takes too much once it is unpacked: each pixel of several parts, or of more than 8 bits.
    #[error("takes at most 64000000 bytes once it is unpacked")]
    Deep,
    /// It has too few.
    #[error("is at least {MIN_SIDE} pixels wide and high")]
    Small,
    /// It is a strip.
    #[error("is at most {MOST_SLENDER} times as long as it is wide, or as wide as it is long")]
    Slender,
}

/// Tells whether a picture of so many pixels is taken.
pub fn check(width: u32, height: u32) -> Result<(), Flaw> {
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Flaw::Pixels);
    }
    let (short, long) = (width.min(height), width.max(height));
    if short < MIN_SIDE {
        return Err(Flaw::Small);
    }
    if long > short.saturating_mul(MOST_SLENDER) { Err(Flaw::Slender) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_is_taken_between_the_least_and_the_most_pixels() {
        assert_eq!([check(240, 240), check(4000, 4000), check(240, 720)], [Ok(()), Ok(()), Ok(())]);
        assert_eq!([check(239, 400), check(400, 239)], [Err(Flaw::Small), Err(Flaw::Small)]);
        assert_eq!([check(240, 721), check(50_000, 300)], [Err(Flaw::Slender), Err(Flaw::Slender)]);
        assert_eq!([check(4001, 4000), check(u32::MAX, u32::MAX)], [Err(Flaw::Pixels), Err(Flaw::Pixels)]);
    }
}
