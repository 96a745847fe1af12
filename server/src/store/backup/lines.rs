//! The lines of a copy, and the proof on the last of them.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::BackupError;
use crate::vault::MasterKey;

/// The last line: a keyed digest of all lines before it.
#[derive(Serialize, Deserialize)]
struct Proof {
    proof: String,
}

fn proof(master: &MasterKey, lines: &blake3::Hasher) -> String {
    master.digest("backups", lines.finalize().as_bytes()).to_hex().to_string()
}

/// Writes lines, and proves them in the end.
pub(super) struct Prover<W> {
    to: W,
    lines: blake3::Hasher,
}

impl<W: Write> Prover<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, lines: blake3::Hasher::new() }
    }

    pub(super) fn line(&mut self, line: &impl Serialize) -> Result<Vec<u8>, BackupError> {
        let mut text = serde_json::to_vec(line).map_err(std::io::Error::from)?;
        text.push(b'\n');
        self.lines.update(&text);
        self.to.write_all(&text)?;
        Ok(text)
    }

    pub(super) fn finish(mut self, master: &MasterKey) -> Result<(), BackupError> {
        let proof = Proof { proof: proof(master, &self.lines) };
        serde_json::to_writer(&mut self.to, &proof).map_err(std::io::Error::from)?;
        self.to.write_all(b"\n")?;
        Ok(self.to.flush()?)
    }
}

/// Reads lines up to the last, which is the proof of the others.
pub(super) struct Proven<R> {
    from: R,
    lines: blake3::Hasher,
    proof: Option<String>,
}

impl<R: BufRead> Proven<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, lines: blake3::Hasher::new(), proof: None }
    }

    /// Gives the next line but the proof, with its end.
    pub(super) fn next_line(&mut self) -> Result<Option<String>, BackupError> {
        let mut line = String::new();
        if self.proof.is_some() || self.from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if let Ok(Proof { proof }) = serde_json::from_str(&line) {
            self.proof = Some(proof);
            return Ok(None);
        }
        self.lines.update(line.as_bytes());
        Ok(Some(line))
    }

    /// Refuses lines that the proof is not of, and a proof that is not the end.
    pub(super) fn finish(mut self, master: &MasterKey) -> Result<(), BackupError> {
        let given = self.proof.take().ok_or(BackupError::NotOne)?;
        if !self.from.fill_buf()?.is_empty() {
            return Err(BackupError::Unproven);
        }
        let is_proven: bool = given.as_bytes().ct_eq(proof(master, &self.lines).as_bytes()).into();
        is_proven.then_some(()).ok_or(BackupError::Unproven)
    }
}
