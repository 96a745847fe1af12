//! Streams that go on until somebody ends them: the caller, the server, or the time.
//!
//! Something is told at least every 20 seconds, so that neither a proxy nor a caller takes the stream for dead. After a few minutes it is
//! closed as planned, without an error, so that rights are looked at again and callers spread over the servers there are by then.
//! A server that stops ends its streams at once, rather than wait for them.
//!
//! A stream goes on when its listener takes what was told, and not before: nothing is queued for a listener who reads slowly, and a stream that
//! waits costs neither a task nor a channel.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::sync::watch;
use tonic::{Code, Response, Status};

use super::status::{exhausted, status};
use crate::clock::Clock;

mod fan_out;
mod following;

pub(super) use fan_out::{FanOut, Follower, Placed, Source};
pub(super) use following::{Watch, follow};

/// How long a listener hears nothing at most: less than what proxies take for a dead connection, and than the 20 seconds that are promised.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stream goes on at most.
const LONGEST: Duration = Duration::from_mins(5);
/// How long a listener who was too slow is to wait before they come back.
const BREATH: Duration = Duration::from_secs(1);

/// What a handler answers with: what tells a stream, run as far as its listener has taken what it told.
pub struct Stream<T> {
    telling: Option<Telling>,
    told: Told<T>,
}

/// What tells a stream.
type Telling = Pin<Box<dyn Future<Output = Result<(), Status>> + Send>>;

/// What was told and not taken yet.
struct Told<T>(Arc<Mutex<Option<T>>>);

impl<T> Told<T> {
    fn message(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> tokio_stream::Stream for Stream<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(telling) = &mut self.telling else { return Poll::Ready(None) };
        let end = telling.as_mut().poll(context);
        if let Some(message) = self.told.message().take() {
            return Poll::Ready(Some(Ok(message)));
        }
        let Poll::Ready(end) = end else { return Poll::Pending };
        self.telling = None;
        Poll::Ready(end.err().map(Err))
    }
}

/// Begins streams.
#[derive(Clone)]
pub(super) struct Streams {
    pub(super) clock: Clock,
    pub(super) stopping: watch::Receiver<bool>,
}

/// Whoever listens to a stream.
pub(super) struct Listener<T> {
    told: Told<T>,
    clock: Clock,
    stopping: watch::Receiver<bool>,
    /// When something is to be told again, and when the stream is to be closed, both as the clock has run.
    heartbeat: Duration,
    close: Duration,
}

/// What ended a rest.
pub(super) enum Rest {
    /// There may be more to tell.
    News,
    /// It is time to say that the stream is alive.
    Heartbeat,
    /// The time of the stream is over: one last word.
    Close,
}

impl Streams {
    /// Begins a stream; what tells it is dropped with it.
    pub(super) fn begin<T, F>(&self, tell: impl FnOnce(Listener<T>) -> F) -> Response<Stream<T>>
    where
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let told = Arc::new(Mutex::new(None));
        let running = self.clock.running();
        let telling = tell(Listener {
            told: Told(Arc::clone(&told)),
            clock: self.clock.clone(),
            stopping: self.stopping.clone(),
            heartbeat: running + HEARTBEAT,
            close: running + LONGEST,
        });
        Response::new(Stream { telling: Some(Box::pin(telling)), told: Told(told) })
    }
}

impl<T> Listener<T> {
    /// Tells something, and goes on when it was taken.
    pub(super) async fn tell(&mut self, message: T) {
        *self.told.message() = Some(message);
        // Whoever takes it asks for more at once, and need not be woken.
        poll_fn(|_| if self.told.message().is_none() { Poll::Ready(()) } else { Poll::Pending }).await;
        self.heartbeat = self.clock.running() + HEARTBEAT;
    }

    /// Waits for news, for the time to say something, or for the end.
    pub(super) async fn rest(&mut self, news: impl Future<Output = ()>) -> Result<Rest, Status> {
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => Err(stopped()),
            () = self.clock.until_running(self.close.min(self.heartbeat)) => {
                Ok(if self.clock.running() >= self.close { Rest::Close } else { Rest::Heartbeat })
            }
            () = news => Ok(Rest::News),
        }
    }
}

fn stopped() -> Status {
    status(Code::Unavailable, "the server is stopping", "ERROR_REASON_UNAVAILABLE", Vec::new())
}

/// Cuts a listener off who reads more slowly than things happen; what they missed is found from their last cursor on.
fn too_slow() -> Status {
    exhausted("the watch is read too slowly", "ERROR_REASON_WATCH_TOO_SLOW", BREATH)
}
