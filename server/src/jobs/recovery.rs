//! The worker that looks whether the database takes writes again, after one met an outage.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::app::{App, chain};

/// How long to wait before it is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Tries the database after each outage until it takes writes, or the stop signal comes.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut outage = app.store.outage();
    while !*stop.borrow() {
        let noted = *outage.borrow_and_update();
        let Some(cause) = noted else {
            tokio::select! {
                _ = outage.changed() => {}
                _ = stop.changed() => {}
            }
            continue;
        };
        tracing::error!(outage.cause = %cause, "the database takes no writes");
        until_over(&app, &mut stop).await;
    }
}

async fn until_over(app: &App, stop: &mut watch::Receiver<bool>) {
    while !*stop.borrow() {
        match app.store.probe(app.clock.now()).await {
            Ok(()) => {
                tracing::info!("the database takes writes again");
                return;
            }
            Err(error) => tracing::debug!(error.chain = chain(&error), "the database takes no writes yet"),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = stop.changed() => {}
        }
    }
}
