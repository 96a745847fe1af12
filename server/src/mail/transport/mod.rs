//! Hands messages over: to a mail relay, to a folder, or to a test.
//!
//! Delivery is at least once. A lost answer makes the outbox try again with the same Message-ID, date and bytes: a receiving mailbox
//! can drop the copy, and the folder holds one file.
//!
//! **Invariant:** `send` returns `Ok` only after somebody else has promised to keep the message: the relay by its 250, the folder
//! by a synced file; and a [`SendError`] repeats nothing that a server or an address said beyond status numbers.

mod files;
mod memory;
mod smtp;

use std::fmt;

pub use files::Files;
pub use memory::Memory;
pub use smtp::{BadUrl, SEND_LIMIT, Smtp};

use super::message::{Fault, Outgoing};

/// Names the ways out of the house.
#[derive(Debug)]
pub enum Transport {
    /// To a relay by SMTP.
    Smtp(Box<Smtp>),
    /// Into a folder, one `.eml` file a message; for installations without a relay, and for demonstrations.
    Files(Files),
    /// Into memory, for tests.
    Memory(Memory),
}

impl Transport {
    /// The word for the way mail leaves.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Smtp(_) => "smtp",
            Self::Files(_) => "files",
            Self::Memory(_) => "memory",
        }
    }

    /// Looks whether a message could be handed over now; none is.
    pub async fn reach(&self) -> Result<(), Cause> {
        match self {
            Self::Smtp(smtp) => smtp.reach().await,
            Self::Files(files) => files.reach().await,
            Self::Memory(_) => Ok(()),
        }
    }

    /// Delivers one message, and returns once it is safe elsewhere.
    pub async fn send(&self, outgoing: &Outgoing) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(outgoing).await,
            Self::Files(files) => files.send(outgoing).await,
            Self::Memory(memory) => memory.send(outgoing),
        }
    }
}

/// Says what became of a message that was not delivered, and so what the outbox does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may go through later.
    #[error("the message could not be handed over now: {0}")]
    Transient(Cause),
    /// It will be refused again; the organisers have to look at it.
    #[error("the message was refused for good: {0}")]
    Permanent(Cause),
    /// There is no message to hand over.
    #[error("the message cannot be built: {0}")]
    Unbuildable(#[from] Fault),
}

/// Says why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The server answered so.
    Reply(Reply),
    /// The server did not answer in time, or every connection stayed busy.
    Timeout,
    /// The server could not be reached, or the connection broke.
    Connection,
    /// The connection could not be secured, or not as the settings demand.
    Tls,
    /// The server offers none of the ways to sign in that are known here.
    SignIn,
    /// The server's answers broke off, perhaps after the message was taken, or were not SMTP.
    Protocol,
    /// The address needs internationalised mail (RFC 6531), which the server does not do.
    NoInternationalMail,
    /// The folder could not be written.
    Disk(std::io::ErrorKind),
}

/// Holds an SMTP answer without its words, which often quote the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The reply code: 451, 550.
    pub code: u16,
    /// The enhanced status code where the server gave one (RFC 3463): class, subject, detail.
    pub status: Option<(u8, u16, u16)>,
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(Reply { code, status: None }) => write!(formatter, "SMTP {code}"),
            Self::Reply(Reply { code, status: Some((class, subject, detail)) }) => {
                write!(formatter, "SMTP {code} {class}.{subject}.{detail}")
            }
            Self::Timeout => formatter.write_str("no answer in time"),
            Self::Connection => formatter.write_str("no connection"),
            Self::Tls => formatter.write_str("no secure connection"),
            Self::SignIn => formatter.write_str("no common way to sign in"),
            Self::Protocol => formatter.write_str("the answers broke off or were not SMTP"),
            Self::NoInternationalMail => formatter.write_str("the server takes no internationalised addresses"),
            Self::Disk(kind) => write!(formatter, "the folder cannot be written: {kind}"),
        }
    }
}

#[cfg(test)]
mod tests;
