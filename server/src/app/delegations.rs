//! Writes about delegations: created, changed, approved, withdrawn; and whom they bring.

use attache_domain::{
    authority::Organizer,
    delegation::{self, Delegation, Member, Plan},
    event::Event,
    pool::Level,
    resource::{DelegationId, DelegationName, EventName, OrganizationId, OrganizationName, PersonName},
};

use super::{App, AppError, Edit, events, missing, unchanged};
use crate::{
    ids,
    store::{Request, WriteTx, seats_of},
};

mod members;

pub use members::{Nomination, Nominee, nominate, replace};

/// Creates a delegation and its pool of seats; its sender must exist.
pub async fn create(app: &App, organizer: &Organizer, plan: &Plan, request: Request) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            event.require_active()?;
            require_sender(&tx, &plan.sender).await?;
            let name = DelegationName { event: event.id, delegation: DelegationId(ids::ordered()) };
            let delegation = delegation::create(name, plan.clone(), tx.now());
            tx.insert_delegation(&delegation).await?;
            Ok(delegation)
        })
        .await
}

/// Changes what organisers say of a delegation, and who of its members heads it.
pub async fn update(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<DelegationName, (Plan, Option<PersonName>)>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find_seen(&tx, edit).await?;
            let (plan, _) = &edit.content;
            let seated = tx.seated_members(&edit.name).await?;
            let after = before.clone().revise(edit.content.clone(), &seated, tx.now())?;
            require_sender(&tx, &plan.sender).await?;
            level(&tx, &before).await?.resize(Some(plan.seats))?;
            tx.save_delegation(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Approves a delegation with the members it has.
pub async fn approve(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<DelegationName, ()>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            event_of(&tx, &edit.name).await?.require_active()?;
            let before = find_seen(&tx, edit).await?;
            let seated = tx.seated_members(&edit.name).await?;
            let after = before.clone().approve(&seated, tx.now())?;
            tx.save_delegation(&before, &after, "approved").await?;
            for member in &seated {
                let approved = member.clone().approve(tx.now());
                tx.save_delegation_member(member, &approved, "approved").await?;
            }
            Ok(after)
        })
        .await
}

/// Withdraws a delegation; all its seats are given back.
pub async fn withdraw(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<DelegationName, ()>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let before = find_seen(&tx, edit).await?;
            let after = before.clone().withdraw(tx.now())?;
            tx.save_delegation(&before, &after, "withdrawn").await?;
            for member in tx.seated_members(&edit.name).await? {
                leave(&tx, &member, member.clone().withdraw(tx.now()), "withdrawn").await?;
            }
            Ok(after)
        })
        .await
}

/// Reinstates a withdrawn delegation; who lost their seat with it gets one again, unless they have one elsewhere in the event.
pub async fn reinstate(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<DelegationName, ()>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = event_of(&tx, &edit.name).await?;
            event.require_active()?;
            let before = find_seen(&tx, edit).await?;
            let after = before.clone().reinstate(tx.now())?;
            tx.save_delegation(&before, &after, "reinstated").await?;
            let left = tx.members_withdrawn(&edit.name).await?.into_iter().filter(|member| before.took_along(member));
            let left: Vec<Member> = left.collect();
            let people: Vec<PersonName> = left.iter().map(|member| member.person.clone()).collect();
            let elsewhere = tx.seated_people(&event.id, &people).await?;
            for member in left.iter().filter(|member| !elsewhere.contains(&member.person)) {
                // As many had seats when it was withdrawn, and since then nobody could take one.
                if !tx.hold(&seats_of(&edit.name), &member.id.to_string()).await? {
                    return Err(after.seats_taken(level(&tx, &after).await?).into());
                }
                let back = member.clone().reinstate(tx.now());
                tx.save_delegation_member(member, &back, "reinstated").await?;
            }
            Ok(after)
        })
        .await
}

/// Saves what became of a member who has no seat any more, and gives it back.
pub(super) async fn leave(tx: &WriteTx, before: &Member, after: Member, verb: &'static str) -> Result<(), AppError> {
    tx.save_delegation_member(before, &after, verb).await?;
    tx.give_back(&seats_of(&after.delegation), &after.id.to_string()).await?;
    Ok(())
}

pub(super) async fn find(tx: &WriteTx, name: &DelegationName) -> Result<Delegation, AppError> {
    tx.delegation(name).await?.ok_or_else(|| missing(name))
}

/// Finds a delegation as whoever changes it saw it.
pub(super) async fn find_seen<C>(tx: &WriteTx, edit: &Edit<DelegationName, C>) -> Result<Delegation, AppError> {
    let delegation = find(tx, &edit.name).await?;
    unchanged(edit.expected, &delegation.history, &edit.name)?;
    Ok(delegation)
}

pub(super) async fn event_of(tx: &WriteTx, name: &DelegationName) -> Result<Event, AppError> {
    tx.event(&name.event).await?.ok_or_else(|| missing(EventName { event: name.event.clone() }))
}

async fn level(tx: &WriteTx, delegation: &Delegation) -> Result<Level, AppError> {
    let name = delegation.name();
    tx.level(&seats_of(&name)).await?.ok_or_else(|| missing(name))
}

async fn require_sender(tx: &WriteTx, sender: &OrganizationId) -> Result<(), AppError> {
    let name = || OrganizationName { organization: sender.clone() };
    tx.organization(sender).await?.map(drop).ok_or_else(|| missing(name()))
}
