//! Decisions about several registrations in one call.
//!
//! Each is a transaction of its own. In one for all, five hundred registrations with their promotions and mails would keep every other
//! write waiting (a gate's scans among them), a conflict over one pool would undo and repeat them all, and one that fails would take the
//! rest with it. What one transaction would give is given otherwise: each decision is remembered under an id that is made of the request's
//! and the registration's, so that a call that broke off is sent again and finishes what it began.

use attache_domain::{
    authority::Organizer,
    registration::Registration,
    resource::{RegistrationId, RegistrationName},
};

use super::{
    super::{App, AppError, Edit, events},
    confirm, reject, withdraw,
};
use crate::store::Request;

/// What organisers decide about registrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// To confirm them.
    Confirm,
    /// To reject them.
    Reject,
    /// To withdraw them.
    Withdraw,
}

/// Registrations of one event, and what is decided about each.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Which, each once.
    pub registrations: Vec<RegistrationId>,
    /// What is decided.
    pub decision: Decision,
}

/// Decides about registrations one after the other; tells of each what became of it, in their order.
pub async fn decide(
    app: &App,
    organizer: &Organizer,
    batch: &Batch,
    request: Request,
) -> Result<Vec<(RegistrationName, Result<Registration, AppError>)>, AppError> {
    begin(app, organizer, request.clone()).await?;
    let mut decided = Vec::new();
    for registration in &batch.registrations {
        let name = RegistrationName { event: organizer.event().clone(), registration: *registration };
        let part = request.part(&name.to_string());
        let edit = Edit { name, content: (), expected: None };
        let outcome = match batch.decision {
            Decision::Confirm => confirm(app, organizer, &edit, part).await,
            Decision::Reject => reject(app, organizer, &edit, part).await,
            Decision::Withdraw => withdraw(app, &organizer.responder(), &edit, part).await,
        };
        decided.push((edit.name, outcome));
    }
    Ok(decided)
}

/// Takes the request's id, so that it is good for no other request, and finds that the event is there.
async fn begin(app: &App, organizer: &Organizer, request: Request) -> Result<(), AppError> {
    let deed = app.deed(organizer, request);
    app.store.write(&deed, |tx| async move { events::find(&tx, organizer).await.map(drop) }).await
}
