//! The vault: what is personal or secret is sealed here before it reaches the database, and opened here after.
//!
//! Envelope encryption with XChaCha20-Poly1305. A master key from outside the database wraps one key per person and per file; what is sealed is
//! bound to the place it lies in, so that a ciphertext moved to another row does not open. Erasing a person's key erases what lies under it.
//!
//! **Invariant:** a key never leaves this room in clear, and nothing here knows what it seals.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

mod master;
mod signing;

pub use master::{MasterKey, MasterKeyError};
pub use signing::SigningKey;

const NONCE_BYTES: usize = 24;

/// Says that something could not be sealed or opened; what it was is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The key, the place or the ciphertext is not the one it was sealed with.
    #[error("the sealed data does not open with this key at this place")]
    DoesNotOpen,
    /// The operating system gave no randomness.
    #[error("the operating system gives no randomness")]
    NoRandomness,
    /// No signing key comes of the master key; none is known that does so.
    #[error("no signing key comes of the master key")]
    NoKey,
}

/// A key for one person's or one file's data.
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// Makes a new key.
    pub fn generate() -> Result<Self, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice()).map_err(|_| VaultError::NoRandomness)?;
        Ok(Self(key))
    }

    /// Seals bytes for a place, such as `persons/{id}/contents`.
    pub fn seal(&self, place: &str, clear: &[u8]) -> Result<Vec<u8>, VaultError> {
        seal(&self.0, place, clear)
    }

    /// Opens what was sealed for a place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        open(&self.0, place, sealed)
    }
}

impl MasterKey {
    /// Wraps a data key for a place, so that the database can keep it.
    pub fn wrap(&self, place: &str, key: &DataKey) -> Result<Vec<u8>, VaultError> {
        seal(&self.derive("key wrapping"), place, key.0.as_slice())
    }

    /// Unwraps a data key that was wrapped for a place.
    pub fn unwrap(&self, place: &str, wrapped: &[u8]) -> Result<DataKey, VaultError> {
        let clear = open(&self.derive("key wrapping"), place, wrapped)?;
        let key: [u8; 32] = clear.as_slice().try_into().map_err(|_| VaultError::DoesNotOpen)?;
        Ok(DataKey(Zeroizing::new(key)))
    }

    /// Writes a keyed digest of a secret for a use, so that the secret can be compared without being kept.
    pub fn digest(&self, purpose: &str, secret: &[u8]) -> blake3::Hash {
        blake3::keyed_hash(&self.derive(purpose), secret)
    }
}

fn seal(key: &[u8; 32], place: &str, clear: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
    let payload = Payload { msg: clear, aad: place.as_bytes() };
    let ciphertext = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| VaultError::DoesNotOpen)?;
    Ok([nonce.as_slice(), &ciphertext].concat())
}

fn open(key: &[u8; 32], place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (nonce, ciphertext) = sealed.split_at_checked(NONCE_BYTES).ok_or(VaultError::DoesNotOpen)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| VaultError::DoesNotOpen)?;
    let payload = Payload { msg: ciphertext, aad: place.as_bytes() };
    let clear = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), payload);
    clear.map(Zeroizing::new).map_err(|_| VaultError::DoesNotOpen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_data_opens_only_with_its_key_at_its_place() {
        let (key, other) = (DataKey::generate().unwrap(), DataKey::generate().unwrap());
        let sealed = key.seal("persons/a", b"secret").unwrap();

        assert_eq!(key.open("persons/a", &sealed).as_deref().map(Vec::as_slice), Ok(b"secret".as_slice()));
        assert_eq!(key.open("persons/b", &sealed), Err(VaultError::DoesNotOpen));
        assert_eq!(other.open("persons/a", &sealed), Err(VaultError::DoesNotOpen));
        assert_eq!(key.open("persons/a", &sealed[..20]), Err(VaultError::DoesNotOpen));
    }

    #[test]
    fn wrapped_key_opens_what_it_sealed() {
        let master = MasterKey::generate().unwrap();
        let key = DataKey::generate().unwrap();
        let sealed = key.seal("persons/a", b"secret").unwrap();
        let wrapped = master.wrap("keys/a", &key).unwrap();

        let unwrapped = master.unwrap("keys/a", &wrapped).unwrap();

        assert_eq!(unwrapped.open("persons/a", &sealed).as_deref().map(Vec::as_slice), Ok(b"secret".as_slice()));
        assert!(MasterKey::generate().unwrap().unwrap("keys/a", &wrapped).is_err());
    }
}
