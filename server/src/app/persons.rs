//! Writes about people.

use attache_domain::{
    authority::{Keeper, Reviser},
    letter::wording,
    link,
    person::{self, Person, Profile},
    resource::{EventId, OrganizationId, OrganizationName, PersonId, PersonName},
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

/// Changes what is known of a person. Whoever came by a personal link changes it while they take part in the event, and nothing that a letter of theirs
/// was approved by.
pub async fn update(
    app: &App,
    reviser: &Reviser,
    edit: &Edit<PersonName, Profile>,
    request: Request,
) -> Result<Person, AppError> {
    let deed = app.deed(reviser, request);
    app.store
        .write(&deed, |tx| async move {
            if !reviser.covers(&edit.name) {
                return Err(missing(&edit.name));
            }
            let before = find(&tx, &edit.name).await?;
            if let Some(event) = reviser.came_to() {
                require_taking_part(&tx, event, &edit.name).await?;
            }
            unchanged(edit.expected, &before.history, &edit.name)?;
            let after = before.clone().revise(edit.content.clone(), tx.now());
            if reviser.came_to().is_some() {
                require_free(&tx, &before, &after).await?;
            }
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

/// Lets nobody change what is known of them by an event that was cancelled, or that they take part in no more.
async fn require_taking_part(tx: &WriteTx, event: &EventId, name: &PersonName) -> Result<(), AppError> {
    tx.event(event).await?.ok_or_else(|| missing(name))?.require_active()?;
    if tx.takes_part(event, name).await? { Ok(()) } else { Err(link::Refusal::NotTakingPart(name.clone()).into()) }
}

/// Lets nobody change of themselves what a letter says that was approved and is not issued yet: it is issued as it was looked at.
async fn require_free(tx: &WriteTx, before: &Person, after: &Person) -> Result<(), AppError> {
    if wording::says_the_same(&before.profile, &after.profile) {
        return Ok(());
    }
    match tx.letter_on_passport(&before.name()).await? {
        Some(_) => Err(AppError::InUse { resource: before.name().to_string(), referrer: "letters" }),
        None => Ok(()),
    }
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
