//! Writes about registration categories.

use attache_domain::{
    authority::Organizer,
    category::{self, Category, Plan},
    pool::Level,
    resource::{CategoryId, CategoryName, EventId},
};

use super::{App, AppError, Edit, events, missing, registrations, unchanged};
use crate::store::{Request, WriteTx, pool_of};

/// Creates a category and its pool.
pub async fn create(
    app: &App,
    organizer: &Organizer,
    (id, plan): &(CategoryId, Plan),
    request: Request,
) -> Result<Category, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            let name = CategoryName { event: event.id, category: id.clone() };
            let category = category::create(name, plan.clone(), tx.now());
            tx.insert_category(&category).await?;
            Ok(category)
        })
        .await
}

/// Changes what organisers say of a category; places that come free go to whoever waits.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<CategoryId, Plan>,
    request: Request,
) -> Result<Category, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, organizer, &edit.name).await?;
            unchanged(edit.expected, &before.history, before.name())?;
            let pool = pool_of(&before.event, &before.id);
            level(&tx, &before).await?.resize(&pool, edit.content.capacity)?;
            if before.plan.form != edit.content.form && tx.category_has_registrations(&before).await? {
                before.require_answers_kept(&edit.content.form)?;
            }
            let after = before.clone().revise(edit.content.clone(), tx.now());
            registrations::require_places(&tx, &before, &after).await?;
            tx.save_category(&before, &after, "updated").await?;
            registrations::limit(&tx, &before, &after).await?;
            registrations::promote(&tx, &after).await?;
            Ok(after)
        })
        .await
}

/// Deletes a category that nobody registered in, of which no delegation has seats, and that shares no pool.
pub async fn delete(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<CategoryId, ()>,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let category = find(&tx, organizer, &edit.name).await?;
            unchanged(edit.expected, &category.history, category.name())?;
            if tx.category_has_registrations(&category).await? {
                return Err(AppError::InUse { resource: category.name().to_string(), referrer: "registrations" });
            }
            if tx.category_has_invitations(&category.event, &category.id).await? {
                return Err(AppError::InUse { resource: category.name().to_string(), referrer: "invitations" });
            }
            if events::find(&tx, organizer).await?.shared_by(&category.id).next().is_some() {
                return Err(AppError::InUse { resource: category.name().to_string(), referrer: "shared pools" });
            }
            if tx.category_has_seats(&category.event, &category.id).await? {
                return Err(AppError::InUse { resource: category.name().to_string(), referrer: "delegations" });
            }
            if level(&tx, &category).await?.held > 0 {
                return Err(AppError::InUse { resource: category.name().to_string(), referrer: "submissions" });
            }
            tx.delete_category(&category).await?;
            Ok(())
        })
        .await
}

/// Finds a category of the event that an organiser organises.
pub(super) async fn find(tx: &WriteTx, organizer: &Organizer, id: &CategoryId) -> Result<Category, AppError> {
    of(tx, organizer.event(), id).await
}

/// Finds a category of an event.
pub(super) async fn of(tx: &WriteTx, event: &EventId, id: &CategoryId) -> Result<Category, AppError> {
    let name = || CategoryName { event: event.clone(), category: id.clone() };
    tx.category(event, id).await?.ok_or_else(|| missing(name()))
}

async fn level(tx: &WriteTx, category: &Category) -> Result<Level, AppError> {
    tx.level(&pool_of(&category.event, &category.id)).await?.ok_or_else(|| missing(category.name()))
}
