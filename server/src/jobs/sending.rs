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
/// How long to rest when nothing was committed; what is tried again comes due by time alone.
const REST: Duration = Duration::from_secs(5);

/// Mails of one kind that wait to be sent.
pub(super) trait Queue: Send + Sync + 'static {
    /// One of them.
    type Due: Send + 'static;

    /// The house.
    fn app(&self) -> &App;

    /// Claims up to `limit` of those that are due, for as long as [`MAIL_LEASE`].
    fn claim(&self, now: DateTime<Utc>, limit: usize) -> impl Future<Output = Result<Vec<Self::Due>, AppError>> + Send;

    /// Sends one, and has it noted what became of it.
    fn send(&self, due: Self::Due) -> impl Future<Output = ()> + Send;
}

/// Sends what is due until the stop signal comes; what was claimed then is still sent.
pub(super) async fn run<Q: Queue>(queue: Q, stop: watch::Receiver<bool>) {
    let queue = Arc::new(queue);
    let (claimed, waiting) = mpsc::channel(2 * CLAIMED);
    tokio::join!(claim(&*queue, claimed, stop), send(&queue, waiting));
}

/// Claims what is due, whenever there is room for it.
async fn claim<Q: Queue>(queue: &Q, claimed: mpsc::Sender<(DateTime<Utc>, Q::Due)>, mut stop: watch::Receiver<bool>) {
    let app = queue.app();
    let mut committed = app.store.watch();
    while let Ok(room) = claimed.reserve_many(CLAIMED).await
        && !*stop.borrow()
    {
        committed.borrow_and_update();
        let now = app.clock.now();
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

/// Sends what was claimed, until no more comes.
async fn send<Q: Queue>(queue: &Arc<Q>, mut waiting: mpsc::Receiver<(DateTime<Utc>, Q::Due)>) {
    let mut sending = JoinSet::new();
    while let Some((claimed, due)) = waiting.recv().await {
        if sending.len() >= AT_ONCE {
            sending.join_next().await;
        }
        // What waited so long that another server might try it beside this one is left to its lease.
        if queue.app().clock.now() + SEND_LIMIT < claimed + MAIL_LEASE {
            let queue = Arc::clone(queue);
            sending.spawn(async move { queue.send(due).await });
        }
    }
    while sending.join_next().await.is_some() {}
}
