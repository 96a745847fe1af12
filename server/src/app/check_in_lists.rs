//! Writes about check-in lists.

use attache_domain::{
    authority::Organizer,
    check_in_list::{self, CheckInList, Kind, Plan},
    resource::{CategoryName, CheckInListId, CheckInListName, EventId, ResourceName, SessionName},
};

use super::{App, AppError, Edit, events, missing, unchanged};
use crate::store::{Request, WriteTx};

/// Creates a list.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    (id, plan): &(CheckInListId, Plan),
    request: Request,
) -> Result<CheckInList, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            require_known(&tx, &event.id, plan).await?;
            let name = CheckInListName { event: event.id, check_in_list: id.clone() };
            let list = check_in_list::create(name, plan.clone(), tx.now());
            tx.insert_check_in_list(&list).await?;
            Ok(list)
        })
        .await
}

/// Changes what organisers say of a list; who is on it stays on it.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<CheckInListName, Plan>,
    request: Request,
) -> Result<CheckInList, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = tx.check_in_list(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &before.history, before.name())?;
            require_known(&tx, &before.event, &edit.content).await?;
            let after = before.clone().revise(edit.content.clone(), tx.now());
            tx.save_check_in_list(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Deletes a list on which nobody was checked in.
pub async fn delete(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<CheckInListName, ()>,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let list = tx.check_in_list(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &list.history, list.name())?;
            if tx.check_in_list_is_used(&list).await? {
                return Err(AppError::InUse { resource: list.name().to_string(), referrer: "check-ins" });
            }
            tx.delete_check_in_list(&list).await?;
            Ok(())
        })
        .await
}

/// Refuses a list for what its event does not have.
async fn require_known(tx: &WriteTx, event: &EventId, plan: &Plan) -> Result<(), AppError> {
    match &plan.kind {
        Kind::Session(session) => {
            let found = tx.session(event, *session).await?;
            found.ok_or_else(|| missing(SessionName { event: event.clone(), session: *session }))?;
        }
        Kind::Vehicle(Some(resource)) => {
            let name = ResourceName { event: event.clone(), resource: *resource };
            tx.resource(&name).await?.ok_or_else(|| missing(&name))?;
        }
        Kind::Day(_) | Kind::Meal(_) | Kind::Vehicle(None) | Kind::Area => {}
    }
    for category in &plan.categories {
        let found = tx.category(event, category).await?;
        found.ok_or_else(|| missing(CategoryName { event: event.clone(), category: category.clone() }))?;
    }
    Ok(())
}
