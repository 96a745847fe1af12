//! Keeps what was sent, so that tests can read it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::SendError;
use crate::mail::message::{self, Outgoing};

/// Takes every message that can be built, unless it was told to fail; clones share one mailbox.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    mailbox: Arc<Mutex<Mailbox>>,
}

#[derive(Debug, Default)]
struct Mailbox {
    sent: Vec<Outgoing>,
    failures: VecDeque<SendError>,
}

impl Memory {
    /// Gives what was sent so far, oldest first; a message that was sent twice is there twice.
    pub fn sent(&self) -> Vec<Outgoing> {
        self.open().sent.clone()
    }

    /// Makes the next `count` messages fail with an error, after any failures asked for before.
    pub fn fail_next(&self, count: usize, error: SendError) {
        self.open().failures.extend(std::iter::repeat_n(error, count));
    }

    pub(super) fn send(&self, outgoing: &Outgoing) -> Result<(), SendError> {
        message::build(outgoing)?;
        let mut mailbox = self.open();
        if let Some(error) = mailbox.failures.pop_front() {
            return Err(error);
        }
        mailbox.sent.push(outgoing.clone());
        Ok(())
    }

    /// A panic elsewhere in a test must not hide what was sent before it.
    fn open(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
