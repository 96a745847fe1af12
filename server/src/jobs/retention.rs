//! The worker that destroys identity documents whose day has come.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::app::{self, App, AppError};

/// How many documents are destroyed at one look, more than a day brings.
const BATCH: u64 = 10_000;
/// How long to rest between two looks; what is due is due by the day.
const REST: Duration = Duration::from_mins(10);

/// Destroys what is due until the stop signal comes.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match destroy_due(&app).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(documents = count, "identity documents were destroyed on their day"),
            Err(error) => tracing::error!(error = %error, "identity documents that are due could not be found"),
        }
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Destroys a batch of what is due, the most overdue first; tells how many documents it was.
///
/// It needs no lease: destroying twice changes nothing. What could not be destroyed is tried again at the next look.
pub async fn destroy_due(app: &App) -> Result<usize, AppError> {
    let due = app.store.due_identity_documents(app.clock.now().date_naive(), BATCH).await?;
    let mut destroyed = 0;
    for name in due {
        match app::identity_documents::expire(app, &name).await {
            Ok(_) => destroyed += 1,
            Err(error) => tracing::error!(document = %name, error = %error, "a document could not be destroyed"),
        }
    }
    Ok(destroyed)
}
