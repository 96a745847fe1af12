//! Writes about events.

use attache_domain::{
    authority::{Convener, Organizer},
    event::{self, Event, Plan},
    resource::{EventId, EventName, OrganizationName},
};

use super::{App, AppError, Edit, missing, registrations, unchanged};
use crate::store::{Request, WriteTx};

/// Creates an event; its hosts and the event that it is part of must exist.
pub async fn create(
    app: &App,
    convener: &Convener,
    (id, plan): &(EventId, Plan),
    request: Request,
) -> Result<Event, AppError> {
    let deed = app.deed(convener, request);
    app.store
        .write(&deed, |tx| async move {
            let event = event::create(id.clone(), plan.clone(), tx.now())?;
            require_hosts(&tx, &event).await?;
            require_parent(&tx, &event).await?;
            tx.insert_event(&event).await?;
            Ok(event)
        })
        .await
}

/// Changes what organisers say of an event.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<EventId, Plan>,
    request: Request,
) -> Result<Event, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, organizer).await?;
            unchanged(edit.expected, &before.history, before.name())?;
            let after = before.clone().revise(edit.content.clone(), tx.now())?;
            require_hosts(&tx, &after).await?;
            require_parent(&tx, &after).await?;
            tx.save_event(&before, &after, "updated").await?;
            registrations::share(&tx, &before, &after).await?;
            Ok(after)
        })
        .await
}

/// Cancels an event.
pub async fn cancel(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<EventId, ()>,
    request: Request,
) -> Result<Event, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, organizer).await?;
            unchanged(edit.expected, &before.history, before.name())?;
            let after = before.clone().cancel(tx.now())?;
            tx.save_event(&before, &after, "cancelled").await?;
            Ok(after)
        })
        .await
}

/// Finds the event that an organiser organises.
pub(super) async fn find(tx: &WriteTx, organizer: &Organizer) -> Result<Event, AppError> {
    let event = organizer.event();
    tx.event(event).await?.ok_or_else(|| missing(EventName { event: event.clone() }))
}

async fn require_hosts(tx: &WriteTx, event: &Event) -> Result<(), AppError> {
    for host in &event.plan.hosts {
        let organization = &host.organization;
        if tx.organization(organization).await?.is_none() {
            return Err(missing(OrganizationName { organization: organization.clone() }));
        }
    }
    Ok(())
}

/// Refuses to make an event part of one that does not exist, or of itself.
async fn require_parent(tx: &WriteTx, event: &Event) -> Result<(), AppError> {
    let mut line = Vec::new();
    let mut next = event.plan.parent.clone();
    while let Some(parent) = next {
        line.push(parent.clone());
        event.require_part_of(&line)?;
        // Every write asks this, so that the line has an end.
        let found = tx.event(&parent).await?;
        next = found.ok_or_else(|| missing(EventName { event: parent }))?.plan.parent;
    }
    Ok(())
}
