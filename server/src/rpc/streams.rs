//! Streams that go on until somebody ends them: the caller, the server, or the time.
//!
//! Something is told at least every 20 seconds, so that neither a proxy nor a caller takes the stream for dead. After a few minutes it is
//! closed as planned, without an error, so that rights are looked at again and callers spread over the servers there are by then.
//! A server that stops ends its streams at once, rather than wait for them.

use std::{future::Future, time::Duration};

use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Response, Status};

use super::status::status;
use crate::{clock::Clock, store::StoreError};

/// How long a listener hears nothing at most: less than what proxies take for a dead connection, and than the 20 seconds that are promised.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stream goes on at most.
const LONGEST: Duration = Duration::from_mins(5);
/// How many messages wait for a listener who reads slowly; while they do, the stream waits too.
const AHEAD: usize = 16;

/// What a handler answers with.
pub(super) type Stream<T> = ReceiverStream<Result<T, Status>>;

/// Begins streams.
#[derive(Clone)]
pub(super) struct Streams {
    pub(super) clock: Clock,
    pub(super) stopping: watch::Receiver<bool>,
}

/// Whoever listens to a stream.
pub(super) struct Listener<T> {
    told: mpsc::Sender<Result<T, Status>>,
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

/// What ends a stream before its time.
pub(super) enum End {
    /// Nobody listens any more, or nobody has until the time was over.
    Gone,
    /// The listener is told why.
    Failed(Status),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Streams {
    /// Begins a stream; what tells it runs beside the call.
    pub(super) fn begin<T, F>(&self, tell: impl FnOnce(Listener<T>) -> F) -> Response<Stream<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<(), End>> + Send + 'static,
    {
        let (told, stream) = mpsc::channel(AHEAD);
        let running = self.clock.running();
        let telling = tell(Listener {
            told: told.clone(),
            clock: self.clock.clone(),
            stopping: self.stopping.clone(),
            heartbeat: running + HEARTBEAT,
            close: running + LONGEST,
        });
        tokio::spawn(async move {
            if let Err(End::Failed(status)) = telling.await {
                // A listener who has gone needs no reason.
                let _ = told.send(Err(status)).await;
            }
        });
        Response::new(ReceiverStream::new(stream))
    }
}

impl<T> Listener<T> {
    /// Tells something, when the listener has room for it.
    pub(super) async fn tell(&mut self, message: T) -> Result<(), End> {
        tokio::select! {
            biased;
            sent = self.told.send(Ok(message)) => sent.map_err(|_| End::Gone)?,
            _ = self.stopping.wait_for(|stopping| *stopping) => return Err(End::Failed(stopped())),
            () = self.clock.until_running(self.close) => return Err(End::Gone),
        }
        self.heartbeat = self.clock.running() + HEARTBEAT;
        Ok(())
    }

    /// Waits for news, for the time to say something, or for the end.
    pub(super) async fn rest(&mut self, news: impl Future<Output = ()>) -> Result<Rest, End> {
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => Err(End::Failed(stopped())),
            () = self.told.closed() => Err(End::Gone),
            () = self.clock.until_running(self.close) => Ok(Rest::Close),
            () = self.clock.until_running(self.heartbeat) => Ok(Rest::Heartbeat),
            () = news => Ok(Rest::News),
        }
    }
}

fn stopped() -> Status {
    status(Code::Unavailable, "the server is stopping", "ERROR_REASON_UNAVAILABLE", Vec::new())
}
