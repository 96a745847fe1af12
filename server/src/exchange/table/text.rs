//! The encoding of a text that does not say which it has.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// How many bytes are looked at to tell UTF-16 without a mark.
const SAMPLE: usize = 4096;
/// Of how many characters beyond ASCII one may be broken, so that a text is taken for UTF-8 that was damaged.
const SOUND: usize = 10;

/// Reads a text in the encoding that it says it has, or that it has by all signs; characters that are none are replaced (U+FFFD).
pub(super) fn decode(bytes: &[u8]) -> (&'static Encoding, Cow<'_, str>) {
    let encoding = encoding_of(bytes);
    let (text, encoding, _) = encoding.decode(bytes);
    (encoding, text)
}

fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf_16(bytes) {
        return encoding;
    }
    if is_utf_8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    match detector.guess(None, Utf8Detection::Deny) {
        // The larger of the two, which reads the other as well.
        guess if guess == GBK => GB18030,
        guess => guess,
    }
}

/// UTF-16 without a mark: of two bytes, the same one is NUL nearly always in texts that have Latin letters.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let pairs = sample.len() / 2;
    let nuls = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    match pairs / 3 {
        0 => None,
        least if odd > least && even * 10 < odd => Some(UTF_16LE),
        least if even > least && odd * 10 < even => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether it is UTF-8, or was before it was damaged.
fn is_utf_8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken == 0 || sound / SOUND >= broken
}
