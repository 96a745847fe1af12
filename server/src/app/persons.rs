//! Writes about people.

use attache_domain::{
    authority::Keeper,
    person::{self, Person, Profile},
    resource::{OrganizationId, OrganizationName, PersonId, PersonName},
};

use super::{App, AppError, Edit, missing, unchanged};
use crate::{
    ids,
    store::{Request, WriteTx},
};

mod duplicates;
mod undoing;

pub use duplicates::{Duplicates, Merging, find_duplicates, merge};
pub use undoing::undo_merge;

/// Creates a person, kept by an organisation.
pub async fn create(app: &App, keeper: &Keeper, profile: &Profile, request: Request) -> Result<Person, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let organization = keeper.organization();
            if tx.organization(organization).await?.is_none() {
                return Err(missing(OrganizationName { organization: organization.clone() }));
            }
            insert(&tx, organization, profile).await
        })
        .await
}

/// Changes what is known of a person.
pub async fn update(
    app: &App,
    keeper: &Keeper,
    edit: &Edit<PersonName, Profile>,
    request: Request,
) -> Result<Person, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            let after = before.clone().revise(edit.content.clone(), tx.now());
            tx.save_person(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Makes a person within another write.
pub(super) async fn insert(tx: &WriteTx, organization: &OrganizationId, profile: &Profile) -> Result<Person, AppError> {
    let person = make(tx, organization, profile);
    tx.insert_person(&person).await?;
    Ok(person)
}

/// Makes a person who is yet to be inserted.
pub(super) fn make(tx: &WriteTx, organization: &OrganizationId, profile: &Profile) -> Person {
    let name = PersonName { organization: organization.clone(), person: PersonId(ids::ordered()) };
    person::create(name, profile.clone(), tx.now())
}

/// Finds a person, or says whom they were merged into.
async fn find(tx: &WriteTx, name: &PersonName) -> Result<Person, AppError> {
    if let Some(person) = tx.person(name).await? {
        return Ok(person);
    }
    Err(match tx.successor(name).await? {
        Some(successor) => AppError::Merged { resource: name.to_string(), successor: successor.to_string() },
        None => missing(name),
    })
}
