//! The worker that does long work: it claims a job, has its next piece done, and goes on with whatever is due then.

use std::{sync::Arc, time::Duration};

use attache_domain::job::Work;
use tokio::sync::watch;

use crate::app::{self, App, AppError, chain, registrations::Kept};

/// How long to rest when nothing was committed; a lease that a dead worker left behind ends by time alone.
const REST: Duration = Duration::from_secs(5);

/// Does what is due until the stop signal comes; the piece that is being done then is finished.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut committed = app.store.watch();
    let mut kept = Kept::default();
    while !*stop.borrow() {
        committed.borrow_and_update();
        match do_due(&app, &mut kept).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(error.chain = chain(&error), "a piece of a job is to be tried again");
                // What failed is under its lease for a while, and no commit makes it better.
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

/// Does the next piece of the oldest job; tells whether there was one. What was read for it is kept for its next.
pub async fn do_due(app: &App, kept: &mut Kept) -> Result<bool, AppError> {
    let Some(job) = app.store.claim_job(app.clock.now()).await? else {
        kept.forget();
        return Ok(false);
    };
    match &job.work {
        Work::IssueLetters(_) => app::letters::issue_next(app, &job).await?,
        Work::ImportSchedule(import) => app::schedules::go_on(app, &job, import).await?,
        Work::ImportRegistrations(import) => app::registrations::go_on(app, &job, import, kept).await?,
    }
    Ok(true)
}
