//! Writes about delegations: created, changed, approved, withdrawn; and whom they bring.

use attache_domain::{
    authority::{DelegationKeeper, Organizer},
    delegation::{self, Delegation, Member, Plan},
    event::Event,
    resource::{
        CategoryId, DelegationId, DelegationMemberId, DelegationMemberName, DelegationName, EventId, EventName,
        OrganizationName, PersonName,
    },
};

use super::{App, AppError, Edit, categories, events, missing, registrations, unchanged};
use crate::{
    ids,
    store::{PoolKey, Request, WriteTx, seats_of, seats_of_category},
};

mod members;

pub(super) use members::seat;
pub use members::{Nomination, Nominee, nominate, replace};

/// Creates a delegation and its pools of seats; its sender must exist, and the categories of which it has some.
pub async fn create(app: &App, organizer: &Organizer, plan: &Plan, request: Request) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = events::find(&tx, organizer).await?;
            event.require_active()?;
            require_known(&tx, &event.id, plan).await?;
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
            require_known(&tx, &edit.name.event, plan).await?;
            require_seats(&tx, &before, plan).await?;
            tx.save_delegation(&before, &after, "updated").await?;
            Ok(after)
        })
        .await
}

/// Approves a delegation with the members it has, who are registered in the categories of their seats.
pub async fn approve(
    app: &App,
    organizer: &Organizer,
    edit: &Edit<DelegationName, bool>,
    request: Request,
) -> Result<Delegation, AppError> {
    let deed = app.deed(organizer, request);
    app.store
        .write(&deed, |tx| async move {
            let event = event_of(&tx, &edit.name).await?;
            event.require_active()?;
            let before = find_seen(&tx, edit).await?;
            let seated = tx.seated_members(&edit.name).await?;
            let after = before.clone().approve(&seated, tx.now())?;
            tx.save_delegation(&before, &after, "approved").await?;
            let registrations = registrations::seat_all(&tx, (&event, edit.content), &seated).await?;
            for (member, registration) in seated.iter().zip(registrations) {
                let approved = member.clone().register(registration).approve(tx.now());
                tx.save_delegation_member(member, &approved, "approved").await?;
            }
            Ok(after)
        })
        .await
}

/// Withdraws a delegation; all its seats are given back, and the registrations that came with them are withdrawn.
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
            let members = tx.seated_members(&edit.name).await?;
            registrations::unseat_all(&tx, &members).await?;
            for member in members {
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
                take_seat(&tx, &after, (member.id, member.category.as_ref()), &[]).await?;
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
    leave_category(tx, before).await
}

/// Gives back the category's seat of a member who has one.
pub(super) async fn leave_category(tx: &WriteTx, member: &Member) -> Result<(), AppError> {
    match &member.category {
        Some(category) => {
            tx.give_back(&seats_of_category(&member.delegation, category), &member.id.to_string()).await?;
            Ok(())
        }
        None => Ok(()),
    }
}

/// Takes a seat in a delegation for a member, of a category if it is to be one. Where there is none, it is told how many were taken before those
/// who took theirs in the same call.
pub(super) async fn take_seat(
    tx: &WriteTx,
    delegation: &Delegation,
    (id, category): (DelegationMemberId, Option<&CategoryId>),
    by_call: &[Member],
) -> Result<(), AppError> {
    let pool = seats_of(&delegation.name());
    if !tx.hold(&pool, &id.to_string(), 1).await? {
        return Err(seats_taken(tx, (delegation, &pool), None, by_call).await?);
    }
    match category {
        Some(category) => take_category(tx, delegation, (id, category), by_call).await,
        None => Ok(()),
    }
}

/// Takes a category's seat in a delegation for a member.
pub(super) async fn take_category(
    tx: &WriteTx,
    delegation: &Delegation,
    (id, category): (DelegationMemberId, &CategoryId),
    by_call: &[Member],
) -> Result<(), AppError> {
    let pool = seats_of_category(&delegation.name(), category);
    if tx.hold(&pool, &id.to_string(), 1).await? {
        return Ok(());
    }
    Err(seats_taken(tx, (delegation, &pool), Some(category), by_call).await?)
}

async fn seats_taken(
    tx: &WriteTx,
    (delegation, pool): (&Delegation, &PoolKey),
    category: Option<&CategoryId>,
    by_call: &[Member],
) -> Result<AppError, AppError> {
    let of_pool = |member: &&Member| category.is_none() || member.category.as_ref() == category;
    let by_call = u32::try_from(by_call.iter().filter(of_pool).count()).unwrap_or(u32::MAX);
    // Of a category that the delegation has no seats of there is no pool.
    let held = tx.level(pool).await?.map(|level| level.held).unwrap_or_default();
    Ok(delegation.seats_taken(category, held.saturating_sub(by_call)).into())
}

/// Refuses fewer seats than are taken, in all or of a category.
async fn require_seats(tx: &WriteTx, before: &Delegation, plan: &Plan) -> Result<(), AppError> {
    let name = before.name();
    let of_categories = before.plan.quotas.iter().map(|(id, _)| (seats_of_category(&name, id), plan.quotas.of(id)));
    for (pool, seats) in of_categories.chain([(seats_of(&name), plan.seats)]) {
        tx.level(&pool).await?.ok_or_else(|| missing(&name))?.resize(&pool, Some(seats))?;
    }
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

/// Finds a member as whoever changes their seat saw them, in a delegation whose seats its keeper may change.
pub(super) async fn find_seated<C>(
    tx: &WriteTx,
    keeper: &DelegationKeeper,
    edit: &Edit<DelegationMemberName, C>,
) -> Result<(Delegation, Member), AppError> {
    let delegation = find(tx, keeper.delegation()).await?;
    let member = tx.delegation_member(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
    unchanged(edit.expected, &member.history, &edit.name)?;
    delegation.require_changeable(keeper.standing(), tx.now())?;
    member.require_seated()?;
    Ok((delegation, member))
}

pub(super) async fn event_of(tx: &WriteTx, name: &DelegationName) -> Result<Event, AppError> {
    tx.event(&name.event).await?.ok_or_else(|| missing(EventName { event: name.event.clone() }))
}

/// Refuses a sender, or a category to have seats of, that does not exist.
async fn require_known(tx: &WriteTx, event: &EventId, plan: &Plan) -> Result<(), AppError> {
    let sender = || OrganizationName { organization: plan.sender.clone() };
    tx.organization(&plan.sender).await?.ok_or_else(|| missing(sender()))?;
    for (category, _) in plan.quotas.iter() {
        categories::of(tx, event, category).await?;
    }
    Ok(())
}
