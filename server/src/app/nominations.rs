//! Writes about nominations: by which document a delegation's sender nominates, that they named all, who does not come after all, and what
//! passes to whoever comes instead.

use attache_domain::{
    authority::{DelegationKeeper, Organizer, Standing},
    delegation::{self, Delegation, Effect, Legacy, Member, State},
    event::Event,
    letter::{self, Letter},
    resource::{CategoryId, DelegationMemberName, DelegationName, FileName, Owner},
};
use chrono::{DateTime, Utc};

use super::{
    App, AppError, Edit,
    delegations::{event_of, find_seated, find_seen, leave, leave_category, take_category},
    letters, missing, registrations, unchanged,
};
use crate::store::{Request, WriteTx};

mod list;

pub use list::{Named, import};

/// What somebody is to be in their delegation.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// As what, or as nothing that is said; as before, when left out.
    pub role: Option<Option<String>>,
    /// In a seat of which category, or of none; as before, when left out.
    pub category: Option<Option<CategoryId>>,
}

/// Changes what a member is in their delegation, and their seat. In an approved one the registration that came with the seat follows it.
pub async fn update_member(
    app: &App,
    keeper: &DelegationKeeper,
    edit: &Edit<DelegationMemberName, Assignment>,
    request: Request,
) -> Result<Member, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let event = event_of(&tx, keeper.delegation()).await?;
            event.require_active()?;
            let (before, member) = find_seated(&tx, keeper, edit).await?;
            let Assignment { role, category } = edit.content.clone();
            let role = role.unwrap_or_else(|| member.role.clone());
            let category = category.unwrap_or_else(|| member.category.clone());
            let mut assigned = member.clone().assign((role, category), tx.now())?;
            if assigned.category != member.category {
                leave_category(&tx, &member).await?;
                if let Some(category) = &assigned.category {
                    take_category(&tx, &before, (member.id, category), &[]).await?;
                }
                if before.state == State::Approved {
                    let registration = registrations::follow(&tx, &event, &assigned).await?;
                    assigned = assigned.register(registration);
                }
            }
            tx.save_delegation_member(&member, &assigned, "updated").await?;
            tx.save_delegation(&before, &before.clone().note_members(tx.now()), "updated").await?;
            Ok(assigned)
        })
        .await
}

/// Withdraws a member; their seat is free, and the registration that came with it is withdrawn.
pub async fn withdraw(
    app: &App,
    keeper: &DelegationKeeper,
    edit: &Edit<DelegationMemberName, ()>,
    request: Request,
) -> Result<Member, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let (before, member) = find_seated(&tx, keeper, edit).await?;
            let left = member.clone().withdraw(tx.now());
            registrations::unseat(&tx, &member).await?;
            leave(&tx, &member, left.clone(), "withdrawn").await?;
            tx.save_delegation(&before, &before.clone().shrink(&member, tx.now())?, "shrunk").await?;
            Ok(left)
        })
        .await
}

/// Gives a delegation the document by which its sender nominates.
pub async fn set_nomination_file(
    app: &App,
    keeper: &DelegationKeeper,
    edit: &Edit<DelegationName, FileName>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            event_of(&tx, &edit.name).await?.require_active()?;
            let before = find_seen(&tx, edit).await?;
            before.require_changeable(keeper.standing(), tx.now())?;
            require_nomination_file(&tx, keeper, &edit.content).await?;
            let after = before.clone().set_nomination_file(edit.content.clone(), tx.now());
            tx.save_delegation(&before, &after, "nominated_by_file").await?;
            discard(&tx, keeper, before.nomination_file.filter(|old| *old != edit.content)).await?;
            Ok(after)
        })
        .await
}

/// Deletes a document, when a focal point brought it and nothing else refers to it: it names people, and nobody else would.
async fn discard(tx: &WriteTx, keeper: &DelegationKeeper, old: Option<FileName>) -> Result<(), AppError> {
    let Some(old) = old else { return Ok(()) };
    let theirs = tx.file(&old).await?.filter(|file| file.uploader == keeper.actor());
    match theirs {
        Some(file) if keeper.standing() == Standing::FocalPoint && tx.referrer_of_file(&old).await?.is_none() => {
            Ok(tx.delete_file(&file).await?)
        }
        Some(_) | None => Ok(()),
    }
}

/// Refuses a file that is none of the event, or is not complete; one that somebody else uploaded is none to a focal point.
async fn require_nomination_file(tx: &WriteTx, keeper: &DelegationKeeper, name: &FileName) -> Result<(), AppError> {
    let of_event = name.owner == Owner::Event(keeper.delegation().event.clone());
    let file = if of_event { tx.file(name).await? } else { None };
    let file = file.filter(|file| keeper.whose_files().covers_file(file)).ok_or_else(|| missing(name))?;
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
            let before = find_seen(&tx, edit).await?;
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
    edit: &Edit<DelegationName, (String, Option<DateTime<Utc>>)>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            event_of(&tx, &edit.name).await?.require_active()?;
            let before = find_seen(&tx, edit).await?;
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
    edit: &Edit<DelegationMemberName, Vec<(String, Effect)>>,
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
            let heir = heir(&tx, &left).await?;
            let legacy = tx.legacy(&left).await?;
            for (resource, effect) in &edit.content {
                let told = |item: &&Legacy| item.resource() == *resource && item.effect() == *effect;
                let item = legacy.iter().find(told).ok_or_else(|| missing(resource))?;
                pass(&tx, (&event, organizer), item, (&left, &heir)).await?;
            }
            Ok(heir)
        })
        .await
}

/// Finds who has the seat of somebody who was replaced: their successor, or whoever took it after them.
async fn heir(tx: &WriteTx, left: &Member) -> Result<Member, AppError> {
    let mut last = left.clone();
    while let Some(successor) = last.successor {
        let name = last.delegation.member(successor);
        last = tx.delegation_member(&name).await?.ok_or_else(|| missing(&name))?;
    }
    last.require_seated()?;
    Ok(last)
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
