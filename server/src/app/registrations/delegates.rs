//! Registrations that come with a seat in a delegation: made when it is approved, moved, passed on and withdrawn with the seat.

use std::collections::BTreeMap;

use attache_domain::{
    category::Category,
    delegation::{Member, MemberState},
    event::Event,
    pool::Place,
    registration::{self, Refusal, Registration},
    resource::{CategoryId, CategoryName, RegistrationId, RegistrationName},
};

use super::{
    super::{AppError, categories, invitations, missing},
    choices,
    places::{Found, leave, pass_on, place_again, place_for, promote, resize, vacate},
    relocate, require_outside,
    telling::{Parties, announce_entry},
};
use crate::{
    ids,
    store::{WriteTx, pool_of},
};

/// Registers the members of a delegation that is approved, each in the category of their seat, or nobody. Nobody is registered whose seat is of no
/// category or who is registered otherwise; they come without a registration of the seat.
pub(in crate::app) async fn seat_all(
    tx: &WriteTx,
    event: &Event,
    members: &[Member],
) -> Result<Vec<Option<RegistrationId>>, AppError> {
    let mut free = BTreeMap::new();
    for category in members.iter().filter_map(|member| member.category.as_ref()) {
        if !free.contains_key(category) {
            let places = tx.free(&pool_of(&event.id, category)).await?;
            free.insert(category.clone(), places.unwrap_or_default());
        }
    }
    let mut registrations = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let seated = seat(tx, event, member, 0).await?;
        registrations.push(seated.map_err(|category| {
            // What is free is told as it was before all who take a place here; of a hall those of other categories have taken some by now.
            let shared = |other: &CategoryId| event.shared_by(&category).any(|pool| pool.categories.contains(other));
            let elsewhere =
                |one: &&Member| one.category.as_ref().is_some_and(|other| *other != category && shared(other));
            let taken = u32::try_from(members[..index].iter().filter(elsewhere).count()).unwrap_or(u32::MAX);
            let free = free.get(&category).copied().unwrap_or_default().saturating_sub(taken);
            Refusal::NoPlaces { category: CategoryName { event: event.id.clone(), category }, free }
        })?);
    }
    Ok(registrations)
}

/// Registers somebody with the place of whoever had their seat in an approved delegation before, whose registration by that seat ends.
pub(in crate::app) async fn succeed(
    tx: &WriteTx,
    event: &Event,
    (left, successor): (&Member, &Member),
) -> Result<Option<RegistrationId>, AppError> {
    let Some(ended) = end(tx, left).await? else {
        return seat_one(tx, event, successor, 0).await;
    };
    let (pool, id) = (pool_of(&event.id, &ended.category), RegistrationId(ids::ordered()));
    let inherits = successor.category.as_ref() == Some(&ended.category)
        && tx.own_live_registration(&event.id, &successor.person).await?.is_none()
        && tx.hand_over(&pool, &ended.id.to_string(), &id.to_string()).await?;
    let (category, given) = vacate(tx, &ended).await?;
    let seated = if inherits {
        invitations::end_open(tx, &event.id, &successor.person).await?;
        // Whom the other would have brought they do not bring.
        resize(tx, &category, id, 1).await??;
        Some(enter(tx, (event, &category), successor, (id, None)).await?)
    } else {
        seat_one(tx, event, successor, given).await?
    };
    promote(tx, &category).await?;
    Ok(seated)
}

/// Has the registration that came with a seat follow it to another category; in an approved delegation whoever had none by it gets one.
pub(in crate::app) async fn follow(
    tx: &WriteTx,
    event: &Event,
    member: &Member,
) -> Result<Option<RegistrationId>, AppError> {
    let Some(category) = &member.category else { return Ok(member.registration) };
    let Some(registration) = registration_of(tx, member).await? else {
        return seat_one(tx, event, member, 0).await;
    };
    if registration.state.is_live() && registration.category != *category {
        relocate(tx, registration, &categories::of(tx, &event.id, category).await?, None).await?;
    }
    Ok(member.registration)
}

/// Withdraws the registration that came with a seat which is given back, unless it is out; its place goes to whoever waits first.
pub(in crate::app) async fn unseat(tx: &WriteTx, member: &Member) -> Result<(), AppError> {
    match end(tx, member).await? {
        Some(ended) => leave(tx, &ended).await,
        None => Ok(()),
    }
}

/// Withdraws the registration that came with a seat, unless it is out; its place is not given back yet. What an organiser put back by hand, while the
/// seat was not approved, came with no seat.
async fn end(tx: &WriteTx, member: &Member) -> Result<Option<Registration>, AppError> {
    if member.state != MemberState::Approved {
        return Ok(None);
    }
    let registration = registration_of(tx, member).await?;
    let Some(before) = registration.filter(|before| before.state.is_live()) else { return Ok(None) };
    require_outside(tx, &before.name()).await?;
    let after = before.clone().withdraw(tx.now())?;
    tx.save_registration(&before, &after, "withdrawn").await?;
    Ok(Some(after))
}

async fn seat_one(
    tx: &WriteTx,
    event: &Event,
    member: &Member,
    given: u32,
) -> Result<Option<RegistrationId>, AppError> {
    let refusal = |category: CategoryId| {
        let name = CategoryName { event: event.id.clone(), category };
        Refusal::NoPlaces { category: name, free: 0 }
    };
    Ok(seat(tx, event, member, given).await?.map_err(refusal)?)
}

/// Registers a member, with the answers of the registration that they had by their seat before, if they had one; where the category has no place,
/// that is told.
async fn seat(
    tx: &WriteTx,
    event: &Event,
    member: &Member,
    given: u32,
) -> Result<Result<Option<RegistrationId>, CategoryId>, AppError> {
    let Some(category) = &member.category else { return Ok(Ok(None)) };
    let category = categories::of(tx, &event.id, category).await?;
    if tx.own_live_registration(&event.id, &member.person).await?.is_some() {
        return Ok(Ok(None));
    }
    let before = registration_of(tx, member).await?;
    let Found { id, place, left } = match &before {
        None => place_for(tx, &category, Some(member.person.clone()), (1, given)).await?,
        Some(before) => place_again(tx, &category, before).await?,
    };
    match place {
        Place::Held => {
            let id = enter(tx, (event, &category), member, (id, before)).await?;
            pass_on(tx, left).await?;
            Ok(Ok(Some(id)))
        }
        Place::Queued(_) => Ok(Err(category.id)),
    }
}

/// Registers a member who has a place, anew or again, and tells them.
async fn enter(
    tx: &WriteTx,
    (event, category): (&Event, &Category),
    member: &Member,
    (id, before): (RegistrationId, Option<Registration>),
) -> Result<RegistrationId, AppError> {
    let person = tx.person(&member.person).await?.ok_or_else(|| missing(&member.person))?;
    let registration = match before {
        None => {
            let registration = registration::seat(id, category, person.name(), tx.now());
            tx.insert_registration(&registration).await?;
            registration
        }
        Some(before) => {
            let after = before.clone().seat_again(category, tx.now());
            choices::carry(tx, (category, category), &after, None).await?;
            tx.save_registration(&before, &after, "reinstated").await?;
            after
        }
    };
    announce_entry(tx, &Parties { event, category, person: &person }, &registration, Place::Held).await?;
    Ok(registration.id)
}

async fn registration_of(tx: &WriteTx, member: &Member) -> Result<Option<Registration>, AppError> {
    let Some(registration) = member.registration else { return Ok(None) };
    Ok(tx.registration(&RegistrationName { event: member.delegation.event.clone(), registration }).await?)
}
