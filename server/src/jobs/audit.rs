//! The worker that numbers the change log, so that it can be read and watched in order.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    app::{App, chain},
    store::StoreError,
};

/// How long to rest when this server committed nothing; others may have, and watchers here are to hear of it.
const REST: Duration = Duration::from_secs(1);

/// How long to wait after a commit for others that are numbered with it: so many writes do not cost twice as many transactions.
const GATHER: Duration = Duration::from_millis(20);

/// Numbers what was committed until the stop signal comes.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut committed = app.store.watch();
    while !*stop.borrow() {
        tokio::time::sleep(GATHER).await;
        committed.borrow_and_update();
        if let Err(error) = number_due(&app).await {
            tracing::error!(error.chain = chain(&error), "the change log could not be numbered");
            committed.borrow_and_update();
        }
        tokio::select! {
            _ = committed.changed() => {}
            () = tokio::time::sleep(REST) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Numbers every entry that was committed, and rings for what was numbered here and elsewhere.
///
/// It needs no lease: each trail is locked while it is numbered, and what is numbered already is left as it is.
pub async fn number_due(app: &App) -> Result<(), StoreError> {
    for trail in app.store.unnumbered().await? {
        if let Err(error) = app.store.number(&trail).await {
            tracing::error!(%trail, error.chain = chain(&error), "a trail could not be numbered");
        }
    }
    app.store.hear_others().await
}
