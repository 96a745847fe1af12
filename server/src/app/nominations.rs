//! Writes about nominations: by which document a delegation's sender nominates, that they named all, who does not come after all, and what
//! passes to whoever comes instead.

use attache_domain::{
    authority::{DelegationKeeper, Organizer, Standing},
    delegation::{self, Delegation, Legacy, Member},
    event::Event,
    file::File,
    letter::{self, Letter},
    resource::{DelegationMemberName, DelegationName, FileName, Owner},
};

use super::{
    App, AppError, Edit,
    delegations::{event_of, find, leave},
    letters, missing, unchanged,
};
use crate::store::{Request, WriteTx};

/// Withdraws a member; their seat is free.
pub async fn withdraw(
    app: &App,
    keeper: &DelegationKeeper,
    edit: &Edit<DelegationMemberName, ()>,
    request: Request,
) -> Result<Member, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, keeper.delegation()).await?;
            let member = tx.delegation_member(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &member.history, &edit.name)?;
            before.require_changeable(keeper.standing(), tx.now())?;
            member.require_seated()?;
            let left = member.clone().withdraw(tx.now());
            leave(&tx, &member, left.clone(), "withdrawn").await?;
            tx.save_delegation(&before, &before.clone().shrink(&member, tx.now())?, "shrunk").await?;
            Ok(left)
        })
        .await
}

/// Gives a delegation the document by which its sender nominates.
pub async fn document(
    app: &App,
    keeper: &DelegationKeeper,
    edit: &Edit<DelegationName, FileName>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            before.require_open(keeper.standing(), tx.now())?;
            require_document(&tx, keeper, &edit.content).await?;
            let after = before.clone().document(edit.content.clone(), tx.now());
            tx.save_delegation(&before, &after, "documented").await?;
            Ok(after)
        })
        .await
}

/// Refuses a file that is none of the event, or is not complete; one that somebody else uploaded is none to a focal point.
async fn require_document(tx: &WriteTx, keeper: &DelegationKeeper, name: &FileName) -> Result<(), AppError> {
    let of_event = name.owner == Owner::Event(keeper.delegation().event.clone());
    let file = if of_event { tx.file(name).await? } else { None };
    let may_see = |file: &File| keeper.standing() == Standing::Organizer || file.uploader == keeper.actor();
    let file = file.filter(may_see).ok_or_else(|| missing(name))?;
    file.require_complete()?;
    Ok(())
}

/// Submits a delegation with the members it has.
pub async fn submit(
    app: &App,
    keeper: &DelegationKeeper,
    edit: &Edit<DelegationName, ()>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            event_of(&tx, &edit.name).await?.require_active()?;
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            before.require_open(keeper.standing(), tx.now())?;
            let after = before.clone().submit(&tx.seated_members(&edit.name).await?, tx.now())?;
            tx.save_delegation(&before, &after, "submitted").await?;
            Ok(after)
        })
        .await
}

/// Returns a delegation to its sender.
pub async fn send_back(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<DelegationName, String>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find(&tx, &edit.name).await?;
            unchanged(edit.expected, &before.history, &edit.name)?;
            let after = before.clone().send_back(edit.content.clone(), tx.now())?;
            tx.save_delegation(&before, &after, "returned").await?;
            Ok(after)
        })
        .await
}

/// Passes to whoever has the seat of somebody who was replaced what they left, as far as it is named.
pub async fn hand_over(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<DelegationMemberName, Vec<String>>,
    request: Request,
) -> Result<Member, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = event_of(&tx, &edit.name.delegation()).await?;
            event.require_active()?;
            let left = tx.delegation_member(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &left.history, &edit.name)?;
            left.require_replaced()?;
            let heir = left.successor.map(|successor| left.delegation.member(successor));
            let heir = heir.ok_or_else(|| missing(&edit.name))?;
            let heir = tx.delegation_member(&heir).await?.ok_or_else(|| missing(&heir))?;
            heir.require_seated()?;
            let legacy = tx.legacy(&left).await?;
            for resource in &edit.content {
                let item = legacy.iter().find(|item| item.resource() == *resource).ok_or_else(|| missing(resource))?;
                pass(&tx, (&event, organizer), item, (&left, &heir)).await?;
            }
            Ok(heir)
        })
        .await
}

async fn pass(
    tx: &WriteTx,
    (event, organizer): (&Event, &Organizer),
    item: &Legacy,
    (left, heir): (&Member, &Member),
) -> Result<(), AppError> {
    match item {
        Legacy::Letter(before) => {
            let after = delegation::end(Letter::clone(before), tx.now())?;
            tx.save_letter(before, &after, "handed_over").await?;
            let wanted = letter::Request { person: heir.person.clone(), ..after.request };
            // Whoever has a letter for the same destination already needs no other.
            if tx.live_letter(&event.id, &wanted.person, wanted.region_code).await?.is_none() {
                letters::open(tx, (event, organizer.actor()), wanted).await?;
            }
        }
        Legacy::Stop(before) => {
            let after = delegation::take_over((**before).clone(), &left.person, &heir.person, tx.now());
            tx.save_stop(before, &after, "handed_over").await?;
        }
    }
    Ok(())
}
