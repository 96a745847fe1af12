//! Writes about identity documents: put into the vault, taken out for a purpose, destroyed.

use attache_domain::{
    authority::Keeper,
    identity_document::{self, IdentityDocument, Passport},
    resource::{IdentityDocumentId, IdentityDocumentName, Owner, PersonId, PersonName},
};
use chrono::NaiveDate;

use super::{App, AppError, missing};
use crate::{
    ids,
    store::{Opened, Request, WriteTx},
};

/// A passport to be kept.
#[derive(Clone, Debug)]
pub struct Deposit {
    /// Whose it is.
    pub person: PersonId,
    /// What it says.
    pub passport: Passport,
    /// The day to destroy it; in 90 days, when left open.
    pub destroy_date: Option<NaiveDate>,
}

/// Where in the vault a document lies, for a keeper of its person.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Whose it is.
    pub person: PersonId,
    /// What it is known by.
    pub document: IdentityDocumentId,
}

/// Puts a passport into the vault; the one that was there is destroyed.
pub async fn put(
    app: &App,
    keeper: &Keeper,
    deposit: &Deposit,
    request: Request,
) -> Result<IdentityDocument, AppError> {
    let deed = app.deed(keeper, request);
    let person = &PersonName { organization: keeper.organization().clone(), person: deposit.person };
    app.store
        .write(&deed, |tx| async move {
            tx.person(person).await?.ok_or_else(|| missing(person))?;
            let place = Place { person: deposit.person, document: IdentityDocumentId(ids::ordered()) };
            let name = name(keeper, place);
            let document = identity_document::keep(name, &deposit.passport, deposit.destroy_date, tx.now())?;
            for earlier in tx.kept_identity_documents(person).await? {
                destroy_within(&tx, earlier).await?;
            }
            tx.insert_identity_document(&document, &deposit.passport).await?;
            Ok(document)
        })
        .await
}

/// Takes a passport out of the vault for once; the change log keeps who did it, and for what.
pub async fn read(app: &App, keeper: &Keeper, place: Place, purpose: &str) -> Result<Opened, AppError> {
    let deed = app.deed(keeper, Request::default());
    let name = &name(keeper, place);
    app.store
        .write(&deed, |tx| async move {
            let document = tx.identity_document(name).await?.ok_or_else(|| missing(name))?;
            document.require_kept()?;
            let passport = tx.read_identity_document(name, purpose).await?.ok_or_else(|| missing(name))?;
            Ok(Opened { name: name.clone(), passport })
        })
        .await
}

/// Destroys a document's contents. Done twice, it changes nothing.
pub async fn destroy(app: &App, keeper: &Keeper, place: Place, request: Request) -> Result<IdentityDocument, AppError> {
    let deed = app.deed(keeper, request);
    let name = &name(keeper, place);
    app.store
        .write(&deed, |tx| async move {
            let document = tx.identity_document(name).await?.ok_or_else(|| missing(name))?;
            destroy_within(&tx, document).await
        })
        .await
}

/// Destroys a document's contents if their day has come; the server does this by itself.
pub async fn expire(app: &App, name: &IdentityDocumentName) -> Result<IdentityDocument, AppError> {
    let deed = app.own_deed(Owner::Organization(name.organization.clone()));
    app.store
        .write(&deed, |tx| async move {
            let document = tx.identity_document(name).await?.ok_or_else(|| missing(name))?;
            if document.is_due(tx.now().date_naive()) { destroy_within(&tx, document).await } else { Ok(document) }
        })
        .await
}

fn name(keeper: &Keeper, Place { person, document }: Place) -> IdentityDocumentName {
    IdentityDocumentName { organization: keeper.organization().clone(), person, identity_document: document }
}

async fn destroy_within(tx: &WriteTx, before: IdentityDocument) -> Result<IdentityDocument, AppError> {
    let after = before.clone().destroy(tx.now().date_naive());
    if after != before {
        tx.save_destroyed_identity_document(&before, &after).await?;
    }
    Ok(after)
}
