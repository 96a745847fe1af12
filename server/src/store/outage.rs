//! What keeps the database from taking writes for a while: it cannot be reached, its disk is full or fails, or it is only to be read.
//!
//! Whoever finds it so has it noted, and the installation is unhealthy until a write for no other purpose succeeds.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbErr, RuntimeErr, Statement, sqlx::Error as DriverError};
use tokio::sync::watch;

use super::{Store, StoreError};

/// How much is written to see whether the database takes writes, in bytes: about as much as a commit of a busy server. On a full disk a little
/// often still fits, in the slack of what is there, and health would go up and down while nobody can register.
const PROBE: usize = 1 << 20;

/// What keeps the database from taking writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// It cannot be reached, or ended the connection.
    Absent,
    /// Its disk is full.
    DiskFull,
    /// Its disk fails, or refuses.
    DiskFailing,
    /// It is only to be read.
    ReadOnly,
}

impl std::fmt::Display for Outage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Absent => "ABSENT",
            Self::DiskFull => "DISK_FULL",
            Self::DiskFailing => "DISK_FAILING",
            Self::ReadOnly => "READ_ONLY",
        })
    }
}

impl Outage {
    /// Tells what an error of the database says of it, if it says that.
    pub(super) fn of(error: &DbErr) -> Option<Self> {
        if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
            return Some(Self::Absent);
        }
        let error = from_driver(error)?;
        // Where a connection breaks off in the midst of what it says, that makes no sense any more.
        if matches!(error, DriverError::Io(_) | DriverError::Protocol(_)) {
            return Some(Self::Absent);
        }
        let code = error.as_database_error()?.code()?;
        // SQLite's have four digits at most.
        if code.len() == 5 { Self::of_postgres(&code) } else { Self::of_sqlite(code.parse().ok()?) }
    }

    /// By SQLite's extended codes, whose last byte is the kind.
    fn of_sqlite(code: i32) -> Option<Self> {
        match code & 0xff {
            8 => Some(Self::ReadOnly),
            10 | 14 => Some(Self::DiskFailing),
            13 => Some(Self::DiskFull),
            _ => None,
        }
    }

    /// By PostgreSQL's codes of five signs, of which the first two are the class.
    fn of_postgres(code: &str) -> Option<Self> {
        match code {
            // Shut down, crashed, not yet up, or with no connection to spare.
            "57P01" | "57P02" | "57P03" | "53300" => Some(Self::Absent),
            "53100" => Some(Self::DiskFull),
            "58030" => Some(Self::DiskFailing),
            "25006" => Some(Self::ReadOnly),
            code if code.starts_with("08") => Some(Self::Absent),
            _ => None,
        }
    }
}

/// Whether an error came of a connection that could not be made or that broke: of what was sent over it last nothing else is known.
///
/// When none can be had for as long as the pool waits, all that wait have waited long enough.
pub(super) fn is_lost(error: &DbErr) -> bool {
    !matches!(error, DbErr::ConnectionAcquire(_)) && Outage::of(error) == Some(Outage::Absent)
}

/// What the driver said.
pub(super) fn from_driver(error: &DbErr) -> Option<&DriverError> {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    Some(error)
}

/// Makes a text that is as long as a probe, and that no database makes shorter.
fn much(seed: &str) -> String {
    let mut bytes = vec![0; PROBE / 2];
    blake3::Hasher::new().update(seed.as_bytes()).finalize_xof().fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(PROBE), |text, byte| text + &format!("{byte:02x}"))
}

impl Store {
    /// Tells what keeps the database from taking writes, whenever that becomes something else.
    pub fn outage(&self) -> watch::Receiver<Option<Outage>> {
        self.outage.subscribe()
    }

    /// Takes note that a write met an outage.
    pub(super) fn note(&self, outage: Outage) {
        self.outage.send_if_modified(|noted| noted.replace(outage) != Some(outage));
    }

    /// Writes something of no meaning, much and then little in its place, and takes note of whether that succeeds.
    pub async fn probe(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let time = now.to_rfc3339();
        for since in [much(&time), time] {
            let probed = Statement::from_sql_and_values(
                self.write.get_database_backend(),
                // Nobody's lock: those who change the schema take the first.
                "INSERT INTO schema_lock (id, since) VALUES (2, $1) \
                 ON CONFLICT (id) DO UPDATE SET since = excluded.since",
                [since.into()],
            );
            if let Err(error) = self.write.execute_raw(probed).await {
                if let Some(outage) = Outage::of(&error) {
                    self.note(outage);
                }
                return Err(error.into());
            }
        }
        self.outage.send_if_modified(|noted| noted.take().is_some());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_say_what_keeps_them_from_writing() {
        let sqlite = [8, 778, 13, 14, 19, 2067].map(Outage::of_sqlite);
        let postgres = ["57P01", "08006", "53100", "25006", "40001", "23505", "22008"].map(Outage::of_postgres);

        let (absent, full, failing) = (Some(Outage::Absent), Some(Outage::DiskFull), Some(Outage::DiskFailing));
        let read_only = Some(Outage::ReadOnly);
        assert_eq!(sqlite, [read_only, failing, full, failing, None, None]);
        assert_eq!(postgres, [absent, absent, full, read_only, None, None, None]);
    }

    #[test]
    fn probe_is_much_and_no_two_are_alike() {
        let [one, other] = ["2026-11-23T16:00:00Z", "2026-11-23T16:00:01Z"].map(much);

        assert_eq!((one.len(), other.len()), (PROBE, PROBE));
        assert_ne!(one, other);
    }
}
