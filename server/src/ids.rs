//! Identifiers and secrets: the only place where randomness becomes a name.

use attache_domain::crockford;
use uuid::Uuid;

/// Makes a random identifier.
pub fn random() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    Uuid::new_v4()
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
    let bytes = [random().into_bytes(), random().into_bytes()].concat();
    // The bytes of an identifier that hold its version and variant are not random in every bit.
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
    fn code_has_26_letters_and_is_never_the_same() {
        let (one, other) = (code(), code());

        assert_eq!((one.len(), other.len()), (26, 26));
        assert_ne!(one, other);
    }
}
