//! Identifiers and secrets: the only place where randomness becomes a name.

use attache_domain::crockford;
use uuid::Uuid;

/// Makes an identifier (RFC 9562, version 7): the millisecond in which it was made, and 74 bits that are random.
///
/// Rows that are made after one another so lie beside each other in every index that begins with an identifier, however many there are.
pub fn random() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    Uuid::now_v7()
}

/// Makes the identifier of a part of something that has one: always the same, and of no other part of anything.
pub fn derived(whole: Uuid, part: &str) -> Uuid {
    let mut hasher = blake3::Hasher::new();
    hasher.update(whole.as_bytes());
    hasher.update(part.as_bytes());
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Makes 26 bytes of which every bit is random.
pub fn random_bytes() -> [u8; 26] {
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    let bytes = [Uuid::new_v4(), Uuid::new_v4()].map(Uuid::into_bytes).concat();
    // The bytes that hold its version and variant are not random in every bit.
    let mut random_bytes = bytes.into_iter().enumerate().filter(|(index, _)| !matches!(index % 16, 6 | 8));
    std::array::from_fn(|_| random_bytes.next().map_or(0, |(_, byte)| byte))
}

/// Makes a code that cannot be guessed, of 26 letters (130 bits): the secret of a token.
pub fn code() -> String {
    crockford::write(&random_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifier_comes_after_those_made_before() {
        let made: Vec<Uuid> = (0..1_000).map(|_| random()).collect();

        assert!(made.is_sorted());
    }

    #[test]
    fn code_has_26_letters_and_is_never_the_same() {
        let (one, other) = (code(), code());

        assert_eq!((one.len(), other.len()), (26, 26));
        assert_ne!(one, other);
    }
}
