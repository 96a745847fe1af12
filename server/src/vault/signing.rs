//! Keys that sign what is verified without asking: Ed25519 (RFC 8032), each derived from the master key for one use.

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::{MasterKey, VaultError};

/// A key that signs.
pub struct SigningKey(Ed25519KeyPair);

impl MasterKey {
    /// Derives the key that signs for one use; it is the same each time.
    pub fn signing_key(&self, purpose: &str) -> Result<SigningKey, VaultError> {
        let seed = self.derive(&format!("signing {purpose}"));
        Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map(SigningKey).map_err(|_| VaultError::NoKey)
    }
}

impl SigningKey {
    /// Signs a message; the signature is the same each time.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature = self.0.sign(message);
        std::array::from_fn(|index| signature.as_ref()[index])
    }

    /// Whether it signed a message so.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public()).verify(message, signature).is_ok()
    }

    /// The key by which whoever has it verifies what this one signs.
    pub fn public(&self) -> [u8; 32] {
        let key = self.0.public_key().as_ref();
        std::array::from_fn(|index| key[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_for_one_use_is_verified_for_it_alone() {
        let master = MasterKey::generate().unwrap();
        let [forum, same, launch] = ["forum", "forum", "launch"].map(|event| master.signing_key(event).unwrap());

        let signature = forum.sign(b"badge");

        assert!(same.verifies(b"badge", &signature) && same.public() == forum.public());
        assert!(!same.verifies(b"badgf", &signature) && !launch.verifies(b"badge", &signature));
    }
}
