//! What is told to many is read once: whoever watches the same follows one channel, which keeps the last of it for a short while.
//!
//! A channel has one reader, which reads what follows whenever its bell rings, however many follow. Each follower goes at the pace of its
//! listener and holds nothing but a position; one that has come behind what the channel keeps has to read for itself.

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::watch;

use crate::{
    app::chain,
    store::{News, StoreError},
};

/// How many entries a channel keeps at most.
const MOST: usize = 1024;
/// How many bytes they have at most; the last is kept however long it is.
const MOST_BYTES: usize = 1024 * 1024;
/// How long those who follow have before a reader goes on with what waits to be read, so that none is slow who reads at all.
const STEP: Duration = Duration::from_millis(10);
/// How long a reader rests after it could not read.
const PAUSE: Duration = Duration::from_secs(1);

/// What is read once and told to many: entries in order, each at a position that is one higher than the one before.
pub(in crate::rpc) trait Source: Send + Sync + 'static {
    /// What is told.
    type Entry: Send + Sync + 'static;

    /// Tells when there may be more to read.
    fn news(&self) -> News;

    /// The position of the last entry there is.
    fn head(&self) -> impl Future<Output = Result<i64, StoreError>> + Send;

    /// Reads some of the entries after a position, from the first, each with its position and its size in bytes.
    fn after(&self, position: i64) -> impl Future<Output = Result<Vec<Placed<Self::Entry>>, StoreError>> + Send;
}

/// An entry in its place.
pub(in crate::rpc) struct Placed<E> {
    pub(in crate::rpc) position: i64,
    /// How much room it takes, in bytes.
    pub(in crate::rpc) size: usize,
    pub(in crate::rpc) entry: E,
}

/// The channels that anybody follows, each by what it tells of.
pub(in crate::rpc) struct FanOut<K, E>(Mutex<HashMap<K, Weak<Channel<E>>>>);

struct Channel<E> {
    /// Nothing, until it is known where the channel begins.
    kept: Mutex<Option<Kept<E>>>,
    bell: watch::Sender<()>,
}

/// The entries after a position, up to another.
struct Kept<E> {
    begin: i64,
    entries: VecDeque<Placed<Arc<E>>>,
    bytes: usize,
}

/// Whoever follows a channel.
pub(in crate::rpc) struct Follower<E> {
    channel: Arc<Channel<E>>,
    heard: watch::Receiver<()>,
}

/// What comes after a position.
pub(in crate::rpc) enum Next<E> {
    /// An entry, and its position.
    Entry(i64, Arc<E>),
    /// Nothing yet.
    Nothing,
    /// What the channel does not keep.
    Missed,
}

impl<K, E> Default for FanOut<K, E> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, E: Send + Sync + 'static> FanOut<K, E> {
    /// Follows a channel, which is opened with its source for the first.
    pub(in crate::rpc) fn follow<S: Source<Entry = E>>(&self, of: K, source: impl FnOnce() -> S) -> Follower<E> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|_, channel| channel.strong_count() > 0);
        let open = channels.get(&of).and_then(Weak::upgrade);
        let channel = open.unwrap_or_else(|| {
            let channel = Arc::new(Channel { kept: Mutex::new(None), bell: watch::Sender::new(()) });
            channels.insert(of, Arc::downgrade(&channel));
            tokio::spawn(feed(source(), Arc::downgrade(&channel), channel.bell.subscribe()));
            channel
        });
        Follower { heard: channel.bell.subscribe(), channel }
    }
}

impl<E> Follower<E> {
    /// Tells what comes after a position.
    pub(in crate::rpc) fn next(&mut self, position: i64) -> Next<E> {
        // What is put in after this rings again.
        self.heard.mark_unchanged();
        self.channel.kept().as_ref().map_or(Next::Missed, |kept| kept.next(position))
    }

    /// Waits until there is more than there was when it was asked last.
    pub(in crate::rpc) async fn news(&mut self) {
        let _ = self.heard.changed().await;
    }
}

impl<E> Channel<E> {
    fn kept(&self) -> MutexGuard<'_, Option<Kept<E>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> Kept<E> {
    fn new(begin: i64) -> Self {
        Self { begin, entries: VecDeque::new(), bytes: 0 }
    }

    fn end(&self) -> i64 {
        self.entries.back().map_or(self.begin, |last| last.position)
    }

    fn next(&self, position: i64) -> Next<E> {
        if position < self.begin {
            return Next::Missed;
        }
        let index = self.entries.partition_point(|placed| placed.position <= position);
        self.entries.get(index).map_or(Next::Nothing, |placed| Next::Entry(placed.position, Arc::clone(&placed.entry)))
    }

    fn put(&mut self, Placed { position, size, entry }: Placed<E>) {
        self.bytes += size;
        self.entries.push_back(Placed { position, size, entry: Arc::new(entry) });
        while self.entries.len() > MOST || (self.bytes > MOST_BYTES && self.entries.len() > 1) {
            let Some(first) = self.entries.pop_front() else { return };
            self.bytes -= first.size;
            self.begin = first.position;
        }
    }
}

/// Reads into a channel what its source tells, until nobody follows it any more. What cannot be read is read again later: those who follow
/// wait for it meanwhile.
async fn feed<S: Source>(source: S, channel: Weak<Channel<S::Entry>>, mut heard: watch::Receiver<()>) {
    let mut news = source.news();
    loop {
        news.catch_up();
        let Some(open) = channel.upgrade() else { return };
        let read = read(&source, &open).await;
        drop(open);
        let rest = async {
            match &read {
                Ok(Read::More) => tokio::time::sleep(STEP).await,
                Ok(Read::All) => news.wait().await,
                Err(error) => {
                    tracing::error!(error.chain = chain(error), "what is watched could not be read");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        tokio::select! {
            () = rest => {}
            () = closed(&mut heard) => return,
        }
    }
}

/// Whether there may be more to read at once.
enum Read {
    More,
    All,
}

async fn read<S: Source>(source: &S, channel: &Channel<S::Entry>) -> Result<Read, StoreError> {
    let end = channel.kept().as_ref().map(Kept::end);
    let Some(end) = end else {
        let begin = source.head().await?;
        *channel.kept() = Some(Kept::new(begin));
        channel.bell.send_replace(());
        return Ok(Read::More);
    };
    let entries = source.after(end).await?;
    if entries.is_empty() {
        return Ok(Read::All);
    }
    if let Some(kept) = channel.kept().as_mut() {
        for placed in entries {
            kept.put(placed);
        }
    }
    channel.bell.send_replace(());
    Ok(Read::More)
}

/// Waits until the last follower has gone, and the channel with them.
async fn closed(heard: &mut watch::Receiver<()>) {
    while heard.changed().await.is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kept: &Kept<&'static str>, position: i64) -> Result<Option<&'static str>, ()> {
        match kept.next(position) {
            Next::Entry(_, entry) => Ok(Some(*entry)),
            Next::Nothing => Ok(None),
            Next::Missed => Err(()),
        }
    }

    fn put(kept: &mut Kept<&'static str>, position: i64, size: usize, entry: &'static str) {
        kept.put(Placed { position, size, entry });
    }

    #[test]
    fn entries_are_told_in_order_from_any_position_that_is_kept() {
        let mut kept = Kept::new(3);

        put(&mut kept, 4, 1, "fourth");
        put(&mut kept, 5, 1, "fifth");

        let all = [2, 3, 4, 5, 9].map(|position| told(&kept, position));
        assert_eq!(all, [Err(()), Ok(Some("fourth")), Ok(Some("fifth")), Ok(None), Ok(None)]);
    }

    #[test]
    fn oldest_entries_are_dropped_when_there_are_too_many_or_they_are_too_long() {
        let mut many = Kept::new(0);
        let mut long = Kept::new(0);

        for position in 1..=1100 {
            put(&mut many, position, 1, "short");
        }
        for position in 1..=3 {
            put(&mut long, position, MOST_BYTES - 1, "long");
        }

        assert_eq!((many.entries.len(), many.begin, many.bytes), (MOST, 76, MOST));
        assert_eq!((long.entries.len(), long.begin, long.bytes), (1, 2, MOST_BYTES - 1));
    }
}
