//! Copies of the whole database, taken while it serves and put into an empty one of either kind.
//!
//! A copy is text, a line for each row, between a first line that says what it is and a last one that proves that the
//! holder of the vault's key made it and nobody changed it since. It holds what the database holds: what is sealed stays
//! sealed, and the key is not in it.
//!
//! **Invariant:** nothing of a copy is put anywhere before all of it is proven.

use std::io::{self, BufRead, Write};

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};
use crate::vault::MasterKey;

mod cells;
mod lines;
mod tables;

use lines::{Proven, Prover};
pub use tables::Tally;

/// Says why a copy could not be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file failed.
    #[error("the file of the backup failed")]
    File(#[from] io::Error),
    /// It is none, or was cut short.
    #[error("this is not a whole backup of Attaché")]
    NotOne,
    /// It was changed, or made under another key.
    #[error("the backup was changed since it was made, or was made under another vault key")]
    Unproven,
    /// It was made by another version.
    #[error(
        "the backup was made with the schema {theirs}, and this program has {ours}: restore it with the version that made it"
    )]
    OtherSchema {
        /// The schema it was made with.
        theirs: String,
        /// The schema of this program.
        ours: String,
    },
    /// There is something in the database already.
    #[error("the database is not empty (it has rows in {0}): a backup is restored into an empty one")]
    NotEmpty(&'static str),
    /// What came back is not what was put in.
    #[error("the table {0} does not come back as it is in the backup")]
    Differs(String),
}

impl From<sea_orm::DbErr> for BackupError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// The first line of a copy.
#[derive(Serialize, Deserialize)]
struct Heading {
    attache_backup: u32,
    schema: String,
    make_time: DateTime<Utc>,
}

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;

impl Store {
    /// Writes a copy of everything as it is at one moment, while the database serves; tells how many rows there are of
    /// which table.
    pub async fn back_up(&self, now: DateTime<Utc>, to: impl Write + Send) -> Result<Vec<Tally>, BackupError> {
        let moment = self.dialect.begin_read(&self.read).await?;
        let mut prover = Prover::new(to);
        let heading = Heading { attache_backup: FORMAT, schema: Self::schema_version(), make_time: now };
        prover.line(&heading)?;
        let tallies = tables::dump_all(&moment, &mut prover).await?;
        moment.rollback().await?;
        prover.finish(&self.master)?;
        Ok(tallies)
    }

    /// Puts a copy into the database, which must be empty and of the same schema; all of it, or nothing.
    ///
    /// `copy` is read twice: proven first, then put in.
    pub async fn restore(
        &self,
        mut copy: impl FnMut() -> io::Result<Box<dyn BufRead + Send>>,
    ) -> Result<Vec<Tally>, BackupError> {
        let Heading { attache_backup: _, schema: theirs, make_time: _ } = prove(copy()?, &self.master)?;
        let ours = Self::schema_version();
        if theirs != ours {
            return Err(BackupError::OtherSchema { theirs, ours });
        }
        let tx = self.dialect.begin_write(&self.write).await?;
        let tallies = fill(&tx, copy()?).await?;
        self.dialect.continue_write_numbers(&tx).await?;
        tx.commit().await?;
        Ok(tallies)
    }

    /// Reads everything back and compares it with what was put in, row by row.
    pub async fn require_same(&self, restored: &[Tally]) -> Result<(), BackupError> {
        let moment = self.dialect.begin_read(&self.read).await?;
        let found = tables::dump_all(&moment, &mut Prover::new(io::sink())).await?;
        moment.rollback().await?;
        let differs = restored.iter().zip(&found).find(|(restored, found)| restored != found);
        match differs {
            Some((restored, _)) => Err(BackupError::Differs(restored.table.clone())),
            None => Ok(()),
        }
    }
}

/// Reads a whole copy, and tells its heading when nobody changed it.
fn prove(copy: impl BufRead, master: &MasterKey) -> Result<Heading, BackupError> {
    let mut lines = Proven::new(copy);
    let heading = lines.next_line()?.ok_or(BackupError::NotOne)?;
    let heading: Heading = serde_json::from_str(&heading).map_err(|_| BackupError::NotOne)?;
    if heading.attache_backup != FORMAT {
        return Err(BackupError::NotOne);
    }
    while lines.next_line()?.is_some() {}
    lines.finish(master)?;
    Ok(heading)
}

async fn fill(tx: &DatabaseTransaction, copy: impl BufRead) -> Result<Vec<Tally>, BackupError> {
    tables::require_empty(tx).await?;
    let mut lines = Proven::new(copy);
    lines.next_line()?;
    tables::fill_all(tx, &mut lines).await
}
