//! Crockford's base 32, in which codes are written that people read off paper and out of mails: no two of its letters
//! are taken for each other.

const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Writes a letter for each byte, by five bits of it.
pub fn write(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

/// Gives the five bits of each letter of a code that [`write()`] or [`read`] gave; what is none of its letters has none.
pub fn bits(code: &str) -> impl Iterator<Item = u8> {
    code.bytes().filter_map(|letter| LETTERS.iter().position(|known| *known == letter)?.try_into().ok())
}

/// Reads a code of so many letters as somebody may have typed it: in capitals, with `o` for 0 and `i` or `l` for 1.
/// `None` when it is none.
pub fn read(typed: impl IntoIterator<Item = char>, length: usize) -> Option<String> {
    let letter = |typed: char| match typed.to_ascii_lowercase() {
        'o' => Some('0'),
        'i' | 'l' => Some('1'),
        typed => LETTERS.iter().copied().map(char::from).find(|known| *known == typed),
    };
    let code: String = typed.into_iter().map(letter).collect::<Option<_>>()?;
    (code.len() == length).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_written_five_bits_a_letter_and_read_however_it_is_typed() {
        assert_eq!(write(&[0, 31, 32, 255, 17]), "0z0zh");
        assert_eq!(bits("0z0zh").collect::<Vec<_>>(), [0, 31, 0, 31, 17]);
        assert_eq!(read("OilZ".chars(), 4).as_deref(), Some("011z"));
        assert_eq!([read("0u".chars(), 2), read("0z".chars(), 3), read("零0".chars(), 2)], [None, None, None]);
    }
}
