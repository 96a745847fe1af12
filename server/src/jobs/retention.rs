//! The worker that destroys passports whose day has come.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::app::{self, App, AppError};

/// How many documents are looked up at once.
const BATCH: u64 = 100;
/// How long to rest between two looks; what is due is due by the day.
const REST: Duration = Duration::from_mins(10);

/// Destroys what is due until the stop signal comes.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match destroy_due(&app).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(documents = count, "identity documents were destroyed on their day"),
            Err(error) => tracing::error!(error = %error, "identity documents could not be destroyed on their day"),
        }
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Destroys everything that is due; tells how much it was.
///
/// It needs no lease: destroying twice changes nothing. It ends with the first failure, and the next look tries again.
pub async fn destroy_due(app: &App) -> Result<usize, AppError> {
    let mut destroyed = 0;
    loop {
        let due = app.store.due_identity_documents(app.clock.now().date_naive(), BATCH).await?;
        if due.is_empty() {
            return Ok(destroyed);
        }
        for name in due {
            app::identity_documents::expire(app, &name).await?;
            destroyed += 1;
        }
    }
}
