//! Writes about organisations.

use attache_domain::{
    authority::{Convener, Keeper},
    file::PNG_SIGNATURE,
    organization::{self, Organization, Profile},
    resource::{OrganizationId, OrganizationName, Owner},
};

use super::{App, AppError, Edit, missing, unchanged};
use crate::store::{Request, WriteTx};

/// Creates an organisation.
pub async fn create(
    app: &App,
    convener: &Convener,
    (id, profile): &(OrganizationId, Profile),
    request: Request,
) -> Result<Organization, AppError> {
    let deed = app.deed(convener, request);
    app.store
        .write(&deed, |tx| async move {
            require_images(&tx, id, profile).await?;
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
    request: Request,
) -> Result<Organization, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let found = tx.organization(keeper.organization()).await?;
            let before = found.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            require_images(&tx, &before.id, &edit.content).await?;
            let after = before.clone().revise(edit.content.clone(), tx.now());
            tx.save_organization(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Refuses a stamp or a signature that cannot be put on a letter: it is a complete PNG of the organisation's own.
async fn require_images(tx: &WriteTx, organization: &OrganizationId, profile: &Profile) -> Result<(), AppError> {
    for (image, name) in profile.images() {
        // Another owner's file is no file to this organisation.
        if name.owner != Owner::Organization(organization.clone()) {
            return Err(missing(name));
        }
        let file = tx.file(name).await?.ok_or_else(|| missing(name))?;
        file.require_complete()?;
        let is_png = tx.file_holds(&file, 0, PNG_SIGNATURE).await?;
        image.require_png(&file, is_png)?;
    }
    Ok(())
}
