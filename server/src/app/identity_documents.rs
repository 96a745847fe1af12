//! Writes about identity documents: put into the vault, taken out for a purpose, destroyed.

use std::collections::{BTreeMap, BTreeSet};

use attache_domain::{
    authority::{Depositor, DepositorStanding, Keeper, Organizer},
    identity_document::{self, Contents, IdentityDocument, Kind},
    resource::{IdentityDocumentId, IdentityDocumentName, Owner, PersonName},
};
use chrono::NaiveDate;
use tokio::sync::Semaphore;

use super::{App, AppError, missing};
use crate::{
    exchange::photo,
    ids,
    store::{Documents, Occasion, Opened, Request, WriteTx},
};

/// Pictures are unpacked one at a time: a large one takes more than a hundred megabytes for a moment.
static UNPACKING: Semaphore = Semaphore::const_new(1);

/// How many documents are taken out in one transaction: others that write wait for it.
const MOST_TAKEN: usize = 100;

/// A document to be kept.
#[derive(Clone, Debug)]
pub struct Deposit {
    /// What it says.
    pub sent: Sent,
    /// The day to destroy it; in 90 days, when left open.
    pub destroy_date: Option<NaiveDate>,
}

/// What a document says, as it was sent.
#[derive(Clone, Debug)]
pub enum Sent {
    /// What was typed.
    Typed(Contents),
    /// A picture, of which a photo is to be made.
    Picture(Vec<u8>),
}

/// Puts a document into the vault; the one of its kind that was there is destroyed.
pub async fn put(
    app: &App,
    depositor: &Depositor,
    deposit: Deposit,
    request: Request,
) -> Result<IdentityDocument, AppError> {
    let deed = app.deed(depositor, request);
    let Deposit { sent, destroy_date } = deposit;
    if let Sent::Picture(_) = &sent {
        if let Some(document) = app.store.repeated(&deed).await? {
            return Ok(document);
        }
        // Nothing is unpacked for nobody.
        let occasion = app.store.occasion(depositor, app.clock.now()).await?;
        occasion.ok_or_else(|| missing(depositor.person()))?;
    }
    let contents = &read_sent(sent).await?;
    app.store
        .write(&deed, |tx| async move {
            let Occasion(event) = require_occasion(&tx, depositor).await?;
            let name = name(depositor.person(), IdentityDocumentId(ids::ordered()));
            let document = identity_document::keep(name, contents, (destroy_date, event.as_ref()), tx.now())?;
            require_free(&tx, depositor, document.kind).await?;
            for earlier in tx.kept_identity_documents(depositor.person(), document.kind).await? {
                destroy_within(&tx, earlier).await?;
            }
            tx.insert_identity_document(&document, contents).await?;
            Ok(document)
        })
        .await
}

/// Takes a document's contents out of the vault for once; the change log keeps who did it, and for what.
pub async fn read(app: &App, keeper: &Keeper, name: &IdentityDocumentName, purpose: &str) -> Result<Opened, AppError> {
    let deed = app.deed(keeper, Request::default());
    app.store
        .write(&deed, |tx| async move {
            let document = tx.identity_document(name).await?.ok_or_else(|| missing(name))?;
            document.require_kept()?;
            let contents = tx.read_identity_document(name, purpose).await?.ok_or_else(|| missing(name))?;
            Ok(Opened { name: name.clone(), contents })
        })
        .await
}

/// Takes documents of an event's people out of the vault for once, of each the newest of the first of some kinds that they have; the change log
/// keeps of each who did it, and for what.
pub async fn take(
    app: &App,
    organizer: &Organizer,
    people: &BTreeSet<PersonName>,
    (kinds, purpose): (&[Kind], &str),
) -> Result<BTreeMap<PersonName, Contents>, AppError> {
    let (mut taken, people) = (BTreeMap::new(), people.iter().cloned().collect::<Vec<_>>());
    for some in people.chunks(MOST_TAKEN) {
        let deed = app.deed(organizer, Request::default());
        let some = &some.iter().cloned().collect();
        let read =
            app.store.write(&deed, |tx| async move { Ok::<_, AppError>(tx.documents(some, kinds, purpose).await?) });
        let Documents(documents) = read.await?;
        taken.extend(documents);
    }
    Ok(taken)
}

/// Destroys a document's contents. Done twice, it changes nothing.
pub async fn destroy(
    app: &App,
    depositor: &Depositor,
    document: IdentityDocumentId,
    request: Request,
) -> Result<IdentityDocument, AppError> {
    let deed = app.deed(depositor, request);
    let name = &name(depositor.person(), document);
    app.store
        .write(&deed, |tx| async move {
            require_occasion(&tx, depositor).await?;
            let document = tx.identity_document(name).await?.ok_or_else(|| missing(name))?;
            require_free(&tx, depositor, document.kind).await?;
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

fn name(person: &PersonName, document: IdentityDocumentId) -> IdentityDocumentName {
    let PersonName { organization, person } = person.clone();
    IdentityDocumentName { organization, person, identity_document: document }
}

/// Refuses documents of somebody who is not there; for a focal point nobody is who has no seat in their delegation.
async fn require_occasion(tx: &WriteTx, depositor: &Depositor) -> Result<Occasion, AppError> {
    tx.occasion(depositor).await?.ok_or_else(|| missing(depositor.person()))
}

/// Lets nobody but those who keep people bring or take away a passport while a letter that was approved is not issued yet: no other one is printed
/// than was looked at, also where that has gone meanwhile.
async fn require_free(tx: &WriteTx, depositor: &Depositor, kind: Kind) -> Result<(), AppError> {
    if kind != Kind::Passport || *depositor.standing() == DepositorStanding::Keeper {
        return Ok(());
    }
    match tx.letter_on_passport(depositor.person()).await? {
        Some(_) => Err(AppError::InUse { resource: depositor.person().to_string(), referrer: "letters" }),
        None => Ok(()),
    }
}

/// Makes of what was sent what is kept, a picture beside the threads that answer calls.
async fn read_sent(sent: Sent) -> Result<Contents, AppError> {
    let picture = match sent {
        Sent::Typed(contents) => return Ok(contents),
        Sent::Picture(picture) => picture,
    };
    let turn = UNPACKING.acquire().await;
    let unpack = move || {
        // Whoever sent it may be gone: the next is unpacked when this one has been.
        let _turn = turn;
        photo::read(&picture)
    };
    let photo = tokio::task::spawn_blocking(unpack).await.map_err(AppError::BrokenOff)?;
    Ok(Contents::Photo(photo.map_err(identity_document::Refusal::from)?))
}

async fn destroy_within(tx: &WriteTx, before: IdentityDocument) -> Result<IdentityDocument, AppError> {
    let after = before.clone().destroy(tx.now().date_naive());
    if after != before {
        tx.save_destroyed_identity_document(&before, &after).await?;
    }
    Ok(after)
}
