//! What the workers that send have in common: so many mails are under way at once, and the next are claimed meanwhile.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{
    app::{App, AppError, chain},
    mail::transport::SEND_LIMIT,
    store::MAIL_LEASE,
};

/// How many mails of a kind are under way at once: as many as there are conversations with a relay.
const AT_ONCE: usize = 16;
/// How many are claimed at once, so that a claim costs each of them little; as many again may wait to be begun.
const CLAIMED: usize = 64;
/// How long what was claimed may still be begun once the server was told to stop, which a relay that answers needs no tenth of.
const DRAIN: Duration = Duration::from_secs(5);
/// How long to rest when nothing was committed; what is tried again comes due by time alone.
const REST: Duration = Duration::from_secs(5);

/// Mails of one kind that wait to be sent.
pub(super) trait Queue: Send + Sync + 'static {
    /// One of them.
    type Due: Send + 'static;

    /// The house.
    fn app(&self) -> &App;

    /// What time it is.
    fn now(&self) -> DateTime<Utc> {
        self.app().clock.now()
    }

    /// Claims up to `limit` of those that are due, for as long as [`MAIL_LEASE`].
    fn claim(&self, now: DateTime<Utc>, limit: usize) -> impl Future<Output = Result<Vec<Self::Due>, AppError>> + Send;

    /// Since when one is this server's alone: since it was claimed, or claimed anew while it waited here.
    fn held_since(&self, _: &Self::Due, claimed: DateTime<Utc>) -> DateTime<Utc> {
        claimed
    }

    /// Sends one, and has it noted what became of it.
    fn send(&self, due: Self::Due) -> impl Future<Output = ()> + Send;
}

/// A mail, and when it was claimed.
type Claimed<T> = (DateTime<Utc>, T);
/// The mails that were claimed and not begun.
type Waiting<T> = mpsc::Receiver<Claimed<T>>;

/// Sends what is due until the stop signal comes; what was claimed then is sent if the relay is quick about it, and else left to its lease.
pub(super) async fn run<Q: Queue>(queue: Q, stop: watch::Receiver<bool>) {
    let queue = Arc::new(queue);
    let (claimed, waiting) = mpsc::channel(2 * CLAIMED);
    tokio::join!(claim(&*queue, claimed, stop.clone()), send(&queue, waiting, overdue(stop)));
}

/// Claims what is due, whenever there is room for it.
async fn claim<Q: Queue>(queue: &Q, claimed: mpsc::Sender<Claimed<Q::Due>>, mut stop: watch::Receiver<bool>) {
    let app = queue.app();
    let mut committed = app.store.watch();
    while let Ok(room) = claimed.reserve_many(CLAIMED).await
        && !*stop.borrow()
    {
        committed.borrow_and_update();
        let now = queue.now();
        match queue.claim(now, CLAIMED).await {
            Ok(due) => {
                let is_all = due.len() < CLAIMED;
                room.zip(due).for_each(|(place, due)| place.send((now, due)));
                if !is_all {
                    continue;
                }
            }
            Err(error) => {
                tracing::error!(error.chain = chain(&error), "mail that is due could not be claimed");
                // What failed is not mended by the next commit.
                committed.borrow_and_update();
            }
        }
        tokio::select! {
            _ = committed.changed() => {}
            () = tokio::time::sleep(REST) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn overdue(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopping| *stopping).await;
    tokio::time::sleep(DRAIN).await;
}

/// Sends what was claimed, until no more comes or it is overdue to stop; ends when what was begun has.
async fn send<Q: Queue>(queue: &Arc<Q>, waiting: Waiting<Q::Due>, overdue: impl Future<Output = ()>) {
    let mut sending = JoinSet::new();
    tokio::select! {
        () = begin(queue, waiting, &mut sending) => {}
        () = overdue => {}
    }
    while sending.join_next().await.is_some() {}
}

async fn begin<Q: Queue>(queue: &Arc<Q>, mut waiting: Waiting<Q::Due>, sending: &mut JoinSet<()>) {
    while let Some((claimed, due)) = waiting.recv().await {
        if sending.len() >= AT_ONCE {
            sending.join_next().await;
        }
        // What waited so long that another server might try it beside this one is left to its lease.
        if queue.now() + SEND_LIMIT < queue.held_since(&due, claimed) + MAIL_LEASE {
            let queue = Arc::clone(queue);
            sending.spawn(async move { queue.send(due).await });
        }
    }
}

#[cfg(test)]
mod tests;
