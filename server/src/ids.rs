//! Identifiers and secrets: the only place where randomness becomes a name.

use uuid::Uuid;

/// The letters of codes: Crockford's base 32, in which no two letters are taken for each other.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Makes a random identifier.
pub fn random() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    Uuid::new_v4()
}

/// Makes a code that cannot be guessed, of 26 letters (130 bits): the end of a verify address, the secret of a token.
pub fn code() -> String {
    let bytes = [random().into_bytes(), random().into_bytes()].concat();
    // Version and variant bits of the identifiers are not random: each letter takes five bits that are.
    let random_bytes = bytes.iter().enumerate().filter(|(index, _)| !matches!(index % 16, 6 | 8)).map(|(_, byte)| byte);
    random_bytes.take(26).map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_has_26_letters_and_is_never_the_same() {
        let (one, other) = (code(), code());

        assert_eq!((one.len(), other.len()), (26, 26));
        assert_ne!(one, other);
    }
}
