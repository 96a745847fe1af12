//! The master key: from a setting, or from a file beside the database that only its owner may read.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::VaultError;

/// The key that wraps all others. It comes from outside the database.
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Says why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// What was given is not 64 hexadecimal digits.
    #[error("the vault key is not 64 hexadecimal digits")]
    Malformed,
    /// The file cannot be read or made.
    #[error("cannot read or make the vault key file {}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no randomness to make one.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl MasterKey {
    /// Makes a new key.
    pub fn generate() -> Result<Self, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice()).map_err(|_| VaultError::NoRandomness)?;
        Ok(Self(key))
    }

    /// Reads a key written as 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let key = blake3::Hash::from_hex(text.trim()).map_err(|_| MasterKeyError::Malformed)?;
        Ok(Self(Zeroizing::new(*key.as_bytes())))
    }

    /// Reads the key from a file; makes both when there is none, for its owner's eyes only.
    pub fn from_file(path: &Path) -> Result<Self, MasterKeyError> {
        match Self::from_existing(path) {
            Err(MasterKeyError::File { path, source }) if source.kind() == io::ErrorKind::NotFound => {
                let key = Self::generate()?;
                key.write(&path).map_err(|source| MasterKeyError::File { path, source })?;
                Ok(key)
            }
            outcome => outcome,
        }
    }

    /// Reads the key from a file that has to be there.
    pub fn from_existing(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        Self::parse(&Zeroizing::new(fs::read_to_string(path).map_err(failed)?))
    }

    /// Derives the key for one use, so that no two uses share one.
    pub(super) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let context = format!("Attache 2026-11 vault: {purpose}");
        Zeroizing::new(blake3::derive_key(&context, self.0.as_slice()))
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let text = Zeroizing::new(format!("{}\n", blake3::Hash::from_bytes(*self.0).to_hex()));
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}
