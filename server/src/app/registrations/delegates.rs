//! Registrations that come with a seat in a delegation: made when it is approved, moved, passed on and withdrawn with the seat.

use std::collections::BTreeMap;

use attache_domain::{
    category::Category,
    delegation::Member,
    event::Event,
    pool::Place,
    registration::{self, Refusal, Registration},
    resource::{CategoryId, CategoryName, RegistrationId, RegistrationName},
};

use super::{
    super::{AppError, invitations, missing},
    choices,
    places::{leave, place_for},
    relocate, require_outside,
    telling::{Parties, announce_entry},
};
use crate::{
    ids,
    store::{WriteTx, pool_of},
};

/// Registers the members of a delegation that is approved, each in the category of their seat, or nobody. Nobody is registered whose seat is of no
/// category or who registered themselves; they come without a registration.
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
    for member in members {
        let seated = seat(tx, event, member).await?;
        registrations.push(seated.map_err(|category| {
            let free = free.get(&category).copied().unwrap_or_default();
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
    let Some(ended) = end(tx, left).await? else { return seat_one(tx, event, successor).await };
    let (pool, id) = (pool_of(&event.id, &ended.category), RegistrationId(ids::ordered()));
    let inherits = successor.category.as_ref() == Some(&ended.category)
        && tx.own_live_registration(&event.id, &successor.person).await?.is_none()
        && tx.hand_over(&pool, &ended.id.to_string(), &id.to_string()).await?;
    if !inherits {
        leave(tx, &ended).await?;
        return seat_one(tx, event, successor).await;
    }
    invitations::end_open(tx, &event.id, &successor.person).await?;
    let category = find(tx, event, &ended.category).await?;
    enter(tx, (event, &category), successor, (id, None)).await.map(Some)
}

/// Has the registration that came with a seat follow it to another category; in an approved delegation whoever had none by it gets one.
pub(in crate::app) async fn follow(
    tx: &WriteTx,
    event: &Event,
    member: &Member,
) -> Result<Option<RegistrationId>, AppError> {
    let Some(category) = &member.category else { return Ok(member.registration) };
    let Some(registration) = registration_of(tx, member).await? else { return seat_one(tx, event, member).await };
    if registration.state.is_live() && registration.category != *category {
        relocate(tx, registration, &find(tx, event, category).await?, None).await?;
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

/// Withdraws the registration that came with a seat, unless it is out; its place is not given back yet.
async fn end(tx: &WriteTx, member: &Member) -> Result<Option<Registration>, AppError> {
    let Some(before) = registration_of(tx, member).await?.filter(|before| before.state.is_live()) else {
        return Ok(None);
    };
    require_outside(tx, &before.name()).await?;
    let after = before.clone().withdraw(tx.now())?;
    tx.save_registration(&before, &after, "withdrawn").await?;
    Ok(Some(after))
}

async fn seat_one(tx: &WriteTx, event: &Event, member: &Member) -> Result<Option<RegistrationId>, AppError> {
    Ok(seat_all(tx, event, std::slice::from_ref(member)).await?.remove(0))
}

/// Registers a member, with the answers of the registration that they had by their seat before, if they had one; where the category has no place,
/// that is told.
async fn seat(
    tx: &WriteTx,
    event: &Event,
    member: &Member,
) -> Result<Result<Option<RegistrationId>, CategoryId>, AppError> {
    let Some(category) = &member.category else { return Ok(Ok(None)) };
    let category = find(tx, event, category).await?;
    let before = registration_of(tx, member).await?;
    if let Some(own) = tx.own_live_registration(&event.id, &member.person).await? {
        return Ok(Ok(before.map(|before| before.id).filter(|id| *id == own.id)));
    }
    let (id, place) = match &before {
        None => place_for(tx, &category, Some(member.person.clone())).await?,
        Some(before) => {
            invitations::end_open(tx, &event.id, &member.person).await?;
            (before.id, tx.take(&pool_of(&event.id, &category.id), &before.id.to_string()).await?)
        }
    };
    match place {
        Place::Held => Ok(Ok(Some(enter(tx, (event, &category), member, (id, before)).await?))),
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

async fn find(tx: &WriteTx, event: &Event, id: &CategoryId) -> Result<Category, AppError> {
    let name = || CategoryName { event: event.id.clone(), category: id.clone() };
    tx.category(&event.id, id).await?.ok_or_else(|| missing(name()))
}
