//! Long work: stopping it. Starting and doing it stands with what it does.

use attache_domain::{authority::Approver, job::Job, resource::JobName};

use super::{App, AppError, missing};
use crate::store::Request;

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
