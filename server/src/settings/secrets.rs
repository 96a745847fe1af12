//! Secrets: given themselves, or by a file that whoever keeps secrets puts beside the server.

use std::path::PathBuf;

use super::{SettingsError, read};

/// A secret as one of the places for settings gives it.
pub(super) struct Secret {
    /// Itself.
    pub text: Option<String>,
    /// The file that holds it.
    pub file: Option<PathBuf>,
}

impl Secret {
    /// Keeps what this place gives, in either way, or takes what the next one does.
    pub fn or(self, next: Self) -> Self {
        if self.text.is_none() && self.file.is_none() { next } else { self }
    }

    /// Reads it; the setting's names are all that an error says of it.
    pub fn read(self, setting: &'static str, file_setting: &'static str) -> Result<Option<String>, SettingsError> {
        let path = match (self.text, self.file) {
            (text, None) => return Ok(text),
            (Some(_), Some(_)) => return Err(SettingsError::GivenTwice { setting, file_setting }),
            (None, Some(path)) => path,
        };
        let bytes = read(file_setting, &path)?;
        let refused = |problem| SettingsError::Secret { setting: file_setting, path: path.clone(), problem };
        let text = std::str::from_utf8(&bytes).map_err(|_| refused("is not text"))?;
        // Editors and `echo` end a file with a line break, which is no part of the secret.
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(refused("is empty")),
            secret => Ok(Some(secret.to_owned())),
        }
    }
}
