//! Who called lately, so that a token is not looked up in the database at every call.
//!
//! Whatever changes members, tokens or events themselves makes all of it be read again, before that change is answered. Another server on the same
//! database hears of it by looking again after a second.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use attache_domain::{access::Token, authority::Grant, resource::TokenId};

/// How long one server believes what another may have changed.
const BELIEVED: Duration = Duration::from_secs(1);
/// How many tokens are remembered; with more, all are forgotten.
const MOST: usize = 10_000;

/// The tokens that were looked up lately.
pub(super) struct Callers {
    generation: Arc<AtomicU64>,
    believed: Option<Duration>,
    known: Mutex<HashMap<TokenId, Remembered>>,
}

/// A token as it was found.
#[derive(Clone)]
pub(super) struct Found {
    /// The token.
    pub(super) token: Token,
    /// The digest of its secret.
    pub(super) digest: String,
    /// What its member may do.
    pub(super) grants: Vec<Grant>,
}

struct Remembered {
    found: Arc<Found>,
    generation: u64,
    read: Instant,
}

impl Callers {
    /// Knows nobody yet; `shared`, when other servers may change what is known.
    pub(super) fn new(shared: bool) -> Self {
        Self { generation: Arc::default(), believed: shared.then_some(BELIEVED), known: Mutex::default() }
    }

    /// What makes everything be read again when it grows.
    pub(super) fn generation(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.generation)
    }

    /// The generation before something is read, to remember it under.
    pub(super) fn now(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// What is known of a token, unless it may have changed.
    pub(super) fn get(&self, token: TokenId) -> Option<Arc<Found>> {
        let known = self.known();
        let remembered = known.get(&token)?;
        let fresh = self.believed.is_none_or(|believed| remembered.read.elapsed() < believed);
        (fresh && remembered.generation == self.now()).then(|| Arc::clone(&remembered.found))
    }

    /// Remembers what was read since a generation.
    pub(super) fn put(&self, found: &Arc<Found>, generation: u64) {
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        let remembered = Remembered { found: Arc::clone(found), generation, read: Instant::now() };
        known.insert(found.token.id, remembered);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<TokenId, Remembered>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
