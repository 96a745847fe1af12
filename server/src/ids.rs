//! Identifiers and secrets: the only place where randomness becomes a name.

use attache_domain::crockford;
use uuid::Uuid;

/// Makes an identifier that tells nothing, of 122 random bits: of what strangers name and what lets somebody in, and of requests.
pub fn random() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    Uuid::new_v4()
}

/// Makes an identifier that begins with the millisecond it was made in and comes after those that this server made before (RFC 9562,
/// version 7): a counter with a random beginning follows, and 32 random bits.
///
/// Rows that are written together so lie together in every index that holds them, however many others there are. Such an identifier is no
/// secret, and its beginning is shared by all that were made at the time.
pub fn ordered() -> Uuid {
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
    use std::collections::BTreeSet;

    use attache_domain::{resource::RegistrationId, ticket};

    use super::*;

    #[test]
    fn tickets_of_those_who_register_at_once_begin_differently() {
        let parts: BTreeSet<String> =
            (0..1_000).map(|_| ticket::Part::of(RegistrationId(ordered())).to_string()).collect();

        assert_eq!(parts.len(), 1_000);
    }

    #[test]
    fn ordered_identifier_comes_after_those_made_before() {
        let made: Vec<Uuid> = (0..1_000).map(|_| ordered()).collect();

        assert!(made.is_sorted());
    }

    #[test]
    fn code_has_26_letters_and_is_never_the_same() {
        let (one, other) = (code(), code());

        assert_eq!((one.len(), other.len()), (26, 26));
        assert_ne!(one, other);
    }
}
