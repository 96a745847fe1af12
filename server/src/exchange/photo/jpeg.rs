//! Whether a JPEG is whole. Whoever unpacks one fills what is missing with grey, so that half a face would be taken for one.

/// Tells whether a JPEG comes to its end: from marker to marker (ITU-T T.81 Annex B), over the segments that say how long they are, to an end of
/// image outside of them. What stands behind that is no part of it.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(marker) = next_marker(bytes, &mut at) {
        match marker {
            END_OF_IMAGE => return true,
            // These stand alone.
            0x01 | 0xd0..=0xd8 => {}
            _ => {
                let length = bytes.get(at..at + 2).map(|length| u16::from_be_bytes([length[0], length[1]]));
                let Some(length) = length else { return false };
                at += usize::from(length);
            }
        }
    }
    false
}

/// The marker that ends an image.
const END_OF_IMAGE: u8 = 0xd9;

/// Finds the next marker, over the data of a scan, in which a zero follows each byte that looks like the beginning of one.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    let rest = bytes.get(*at..)?;
    let found = rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff))?;
    *at += found + 2;
    rest.get(found + 1).copied()
}
