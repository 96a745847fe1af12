//! Writes about organisations.

use attache_domain::{
    authority::{Convener, Keeper},
    organization::{self, Organization, Profile},
    resource::{OrganizationId, OrganizationName},
};

use super::{App, AppError, Edit, missing, unchanged};
use crate::store::Request;

/// Creates an organisation.
pub async fn create(
    app: &App,
    convener: &Convener,
    (id, profile): &(OrganizationId, Profile),
    request: Option<Request>,
) -> Result<Organization, AppError> {
    let deed = app.deed(convener.actor(), request);
    app.store
        .write(&deed, |tx| async move {
            let organization = organization::create(id.clone(), profile.clone(), tx.now());
            tx.insert_organization(&organization).await?;
            Ok(organization)
        })
        .await
}

/// Changes what an organisation says of itself.
pub async fn update(
    app: &App,
    keeper: &Keeper,
    edit: &Edit<OrganizationName, Profile>,
    request: Option<Request>,
) -> Result<Organization, AppError> {
    let deed = app.deed(keeper.actor(), request);
    app.store
        .write(&deed, |tx| async move {
            let found = tx.organization(keeper.organization()).await?;
            let before = found.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            let after = before.clone().revise(edit.content.clone(), tx.now());
            tx.save_organization(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}
