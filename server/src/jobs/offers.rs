//! The worker that ends what is kept for a while: offers nobody answered in time, and the places that invitations keep.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::app::{self, App, chain};

/// How long to rest when nothing was committed; offers expire by time alone.
const REST: Duration = Duration::from_secs(5);

/// Ends what expired until the stop signal comes.
///
/// It needs no lease: an offer ends once, whoever looks at it.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut committed = app.store.watch();
    while !*stop.borrow() {
        committed.borrow_and_update();
        if let Err(error) = app::waitlists::lapse_due(&app).await {
            tracing::error!(error.chain = chain(&error), "offers that expired could not be found");
            committed.borrow_and_update();
        }
        if let Err(error) = app::invitations::let_go_due(&app).await {
            tracing::error!(error.chain = chain(&error), "places that were kept long enough could not be found");
            committed.borrow_and_update();
        }
        tokio::select! {
            _ = committed.changed() => {}
            () = tokio::time::sleep(REST) => {}
            _ = stop.changed() => {}
        }
    }
}
