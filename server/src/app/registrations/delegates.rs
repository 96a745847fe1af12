//! Registrations that come with a seat in a delegation: made when it is approved, moved, passed on and withdrawn with the seat.

use std::collections::BTreeMap;

use attache_domain::{
    category::Category,
    delegation::{Member, MemberState},
    event::Event,
    invitation::Invitation,
    pool::Place,
    registration::{self, Refusal, Registration, State},
    resource::{CategoryId, RegistrationId, RegistrationName},
};

use super::{
    super::{AppError, categories, invitations, missing},
    choices,
    places::{Found, Want, leave, party_of, pass_on, place_again, place_for, promote, resize, vacate},
    relocate, require_outside,
    telling::{Parties, announce_entry},
};
use crate::{
    ids,
    store::{WriteTx, pool_of},
};

/// Registers the members of a delegation that is approved, each in the category of their seat, or nobody; where they may wait, those of a category that
/// has not places for all of them do so together. Nobody is registered whose seat is of no category or who is registered otherwise; they come without
/// a registration of the seat.
pub(in crate::app) async fn seat_all(
    tx: &WriteTx,
    (event, may_wait): (&Event, bool),
    members: &[Member],
) -> Result<Vec<Option<RegistrationId>>, AppError> {
    let mut registrations = vec![None; members.len()];
    let mut by_category: BTreeMap<&CategoryId, Vec<(usize, &Member)>> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        let Some(category) = &member.category else { continue };
        if tx.own_live_registration(&event.id, &member.person).await?.is_none() {
            by_category.entry(category).or_default().push((index, member));
        }
    }
    for (category, seated) in by_category {
        let category = categories::of(tx, &event.id, category).await?;
        for (index, id) in seat_together(tx, (event, &category), may_wait, &seated).await? {
            registrations[index] = Some(id);
        }
    }
    Ok(registrations)
}

/// A member who is to be registered by their seat.
struct Coming<'a> {
    /// Which of the members.
    index: usize,
    /// Who.
    member: &'a Member,
    /// What they were registered as by their seat before.
    before: Option<Registration>,
    /// Their open invitation.
    invitation: Option<Invitation>,
}

impl Coming<'_> {
    /// How many places they take beside the one that their invitation keeps for them.
    async fn needs(&self, tx: &WriteTx, category: &Category) -> Result<u32, AppError> {
        let party = match &self.before {
            Some(before) => party_of(tx, category, before).await?,
            None => 1,
        };
        let is_kept = self.invitation.as_ref().is_some_and(|open| open.keeps_place && open.category == category.id);
        Ok(party - u32::from(is_kept))
    }
}

/// Counts what the members whose seats are of a category need together, and registers them: with places, or with their turn, where there are too few
/// and they may wait.
async fn seat_together(
    tx: &WriteTx,
    (event, category): (&Event, &Category),
    may_wait: bool,
    seated: &[(usize, &Member)],
) -> Result<Vec<(usize, RegistrationId)>, AppError> {
    let (mut coming, mut needed) = (Vec::new(), 0);
    for &(index, member) in seated {
        let before = registration_of(tx, member).await?;
        let invitation = tx.open_invitation(&event.id, &member.person, tx.now()).await?;
        let one = Coming { index, member, before, invitation };
        needed += one.needs(tx, category).await?;
        coming.push(one);
    }
    let pool = pool_of(&event.id, &category.id);
    let free = tx.free(&pool).await?;
    let waits = free.is_some_and(|free| free < needed);
    if waits && !may_wait {
        return Err(Refusal::NoPlaces { category: category.name(), free: free.unwrap_or_default() }.into());
    }
    let entered = enter_all(tx, (event, category), coming, if waits { Want::Turn } else { Want::Counted }).await?;
    if let Some((_, member)) = seated.first().filter(|_| waits) {
        let waiting = entered.iter().filter(|(_, found)| found.place != Place::Held);
        let waiting: Vec<String> = waiting.map(|(_, found)| found.id.to_string()).collect();
        tx.gather(&pool, &waiting, &group_of(member)).await?;
    } else {
        tx.pass_larger(&pool, needed).await?;
    }
    let mut registrations = Vec::new();
    for (index, Found { id, left, .. }) in entered {
        pass_on(tx, left).await?;
        registrations.push((index, id));
    }
    Ok(registrations)
}

/// Registers each member with what the ledger has for them; refused, where a place is gone that was counted.
async fn enter_all(
    tx: &WriteTx,
    (event, category): (&Event, &Category),
    coming: Vec<Coming<'_>>,
    want: Want,
) -> Result<Vec<(usize, Found)>, AppError> {
    let mut entered = Vec::new();
    for Coming { index, member, before, invitation } in coming {
        let found = find(tx, category, (before.as_ref(), invitation), want).await?;
        if let (Want::Counted, Place::Queued(_)) = (want, found.place) {
            return Err(Refusal::NoPlaces { category: category.name(), free: 0 }.into());
        }
        enter(tx, (event, category), member, (found.id, found.place, before)).await?;
        entered.push((index, found));
    }
    Ok(entered)
}

/// What the members of a delegation wait together as.
fn group_of(member: &Member) -> String {
    member.delegation.delegation.to_string()
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
    let may_inherit = successor.category.as_ref() == Some(&ended.category)
        && tx.own_live_registration(&event.id, &successor.person).await?.is_none();
    let inherited = if may_inherit { tx.inherit(&pool, &ended.id.to_string(), &id.to_string()).await? } else { None };
    let (category, given) = vacate(tx, &ended).await?;
    let seated = if let Some(place) = inherited {
        invitations::end_open(tx, &event.id, &successor.person).await?;
        // Whom the other would have brought they do not bring.
        resize(tx, &category, id, 1).await??;
        Some(enter(tx, (event, &category), successor, (id, place, None)).await?)
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
    if !registration.state.is_live() || registration.category == *category {
        return Ok(member.registration);
    }
    let waited = registration.state == State::Waiting;
    let category = categories::of(tx, &event.id, category).await?;
    let moved = relocate(tx, registration, &category, None).await?;
    match moved.state {
        State::Waiting if waited => {
            tx.gather(&pool_of(&event.id, &category.id), &[moved.id.to_string()], &group_of(member)).await?;
        }
        // Whoever waited has the place by the approval of their delegation.
        State::Submitted if waited => {
            let after = moved.clone().seat_again(&category, tx.now());
            tx.save_registration(&moved, &after, "confirmed").await?;
        }
        State::Submitted
        | State::Confirmed
        | State::Waiting
        | State::Rejected
        | State::Withdrawn
        | State::Offered
        | State::Lapsed => {}
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

/// Withdraws the registrations that came with the seats of a delegation that is withdrawn; the places go to others once all are given back.
pub(in crate::app) async fn unseat_all(tx: &WriteTx, members: &[Member]) -> Result<(), AppError> {
    let mut left = BTreeMap::new();
    for member in members {
        if let Some(ended) = end(tx, member).await? {
            let (category, _) = vacate(tx, &ended).await?;
            left.insert(category.id.clone(), category);
        }
    }
    for category in left.values() {
        promote(tx, category).await?;
    }
    Ok(())
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

/// Registers a member of an approved delegation, where their seat is of a category and they are not registered otherwise; refused, where it has no
/// place.
async fn seat_one(
    tx: &WriteTx,
    event: &Event,
    member: &Member,
    given: u32,
) -> Result<Option<RegistrationId>, AppError> {
    let Some(category) = &member.category else { return Ok(None) };
    let category = categories::of(tx, &event.id, category).await?;
    if tx.own_live_registration(&event.id, &member.person).await?.is_some() {
        return Ok(None);
    }
    let before = registration_of(tx, member).await?;
    let invitation = tx.open_invitation(&event.id, &member.person, tx.now()).await?;
    let Found { id, place, left } = find(tx, &category, (before.as_ref(), invitation), Want::Place(given)).await?;
    if let Place::Queued(_) = place {
        return Err(Refusal::NoPlaces { category: category.name(), free: 0 }.into());
    }
    enter(tx, (event, &category), member, (id, place, before)).await?;
    pass_on(tx, left).await?;
    Ok(Some(id))
}

/// Finds what the ledger has for a member, who may have been registered by their seat before, or be invited.
async fn find(
    tx: &WriteTx,
    category: &Category,
    (before, invitation): (Option<&Registration>, Option<Invitation>),
    want: Want,
) -> Result<Found, AppError> {
    match before {
        None => place_for(tx, category, invitation, (1, want)).await,
        Some(before) => place_again(tx, category, (before, invitation), want).await,
    }
}

/// Registers a member, anew or again with what they answered then: confirmed, or on the waiting list; and tells them.
async fn enter(
    tx: &WriteTx,
    (event, category): (&Event, &Category),
    member: &Member,
    (id, place, before): (RegistrationId, Place, Option<Registration>),
) -> Result<RegistrationId, AppError> {
    let person = tx.person(&member.person).await?.ok_or_else(|| missing(&member.person))?;
    let registration = match before {
        None => {
            let registration = registration::seat(id, category, person.name(), place, tx.now());
            tx.insert_registration(&registration).await?;
            registration
        }
        Some(before) => {
            let after = match place {
                Place::Held => before.clone().seat_again(category, tx.now()),
                Place::Queued(_) => before.clone().reinstate(category, place, tx.now()),
            };
            choices::carry(tx, (category, category), &after, None).await?;
            tx.save_registration(&before, &after, "reinstated").await?;
            after
        }
    };
    announce_entry(tx, &Parties { event, category, person: &person }, &registration, place).await?;
    Ok(registration.id)
}

async fn registration_of(tx: &WriteTx, member: &Member) -> Result<Option<Registration>, AppError> {
    let Some(registration) = member.registration else { return Ok(None) };
    Ok(tx.registration(&RegistrationName { event: member.delegation.event.clone(), registration }).await?)
}
