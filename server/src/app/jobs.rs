//! Long work: stopping it. Starting and doing it stands with what it does.

use attache_domain::{
    authority::Approver,
    job::{Failure, Job},
    resource::JobName,
};

use super::{App, AppError, missing};
use crate::store::{Request, WriteTx};

/// Stops a job; a worker that has a piece of it in hand finishes that piece, and finds no other.
pub async fn cancel(app: &App, approver: &Approver, name: &JobName, request: Request) -> Result<Job, AppError> {
    let deed = app.deed(approver, request);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.job(name).await?.ok_or_else(|| missing(name))?;
            let after = before.clone().cancel(tx.now())?;
            tx.save_job(&before, &after, "cancelled").await?;
            Ok(after)
        })
        .await
}

/// Ends a job of which nothing more can be done.
pub(super) async fn give_up(app: &App, claimed: &Job, failure: &Failure) -> Result<(), AppError> {
    let deed = app.own_deed(&claimed.event);
    let end = |tx: WriteTx| async move {
        let job = unmoved(&tx, claimed).await?;
        let after = job.clone().give_up(failure.clone(), tx.now());
        tx.save_job(&job, &after, "given_up").await?;
        Ok::<_, AppError>(after)
    };
    app.store.write(&deed, end).await.map(drop)
}

/// Finds a job as it was claimed. One that went on since is another worker's by now, and stays as it is.
pub(super) async fn unmoved(tx: &WriteTx, claimed: &Job) -> Result<Job, AppError> {
    let name = claimed.name();
    let job = tx.job(&name).await?.ok_or_else(|| missing(&name))?;
    if job.done == claimed.done { Ok(job) } else { Err(AppError::Stale(name.to_string())) }
}
