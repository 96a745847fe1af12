//! Writes about a delegation's members: nominated and replaced, by an organiser or by the delegation's focal point.

use attache_domain::{
    authority::DelegationKeeper,
    delegation::{self, Delegation, Member, Seat},
    event::Event,
    person::Profile,
    pool::Level,
    resource::{DelegationMemberId, DelegationMemberName, PersonName},
};

use super::{event_of, find, leave, level};
use crate::{
    app::{App, AppError, Edit, missing, persons, unchanged},
    ids,
    store::{Request, WriteTx, seats_of},
};

/// Somebody for a seat.
#[derive(Clone, Debug)]
pub struct Nomination {
    /// Who.
    pub nominee: Nominee,
    /// What they are in the delegation.
    pub role: Option<String>,
}

/// Who is nominated.
#[derive(Clone, Debug)]
pub enum Nominee {
    /// Somebody who is known.
    Known(PersonName),
    /// Somebody who becomes known by it.
    New(Box<Profile>),
}

/// Nominates people for an open delegation: each takes a seat, or nobody does.
pub async fn nominate(
    app: &App,
    keeper: &DelegationKeeper,
    nominations: &[Nomination],
    request: Request,
) -> Result<Vec<Member>, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let event = event_of(&tx, keeper.delegation()).await?;
            event.require_active()?;
            let before = find(&tx, keeper.delegation()).await?;
            before.require_open(keeper.standing(), tx.now())?;
            require_free(&tx, keeper, &event, nominations).await?;

            let vacancy = Vacancy { event: &event, delegation: &before, level: level(&tx, &before).await? };
            let mut members = Vec::new();
            for nomination in nominations {
                members.push(seat(&tx, &vacancy, DelegationMemberId(ids::ordered()), nomination).await?);
            }
            tx.save_delegation(&before, &before.clone().note_members(tx.now()), "grown").await?;
            Ok(members)
        })
        .await
}

/// Replaces a member by somebody who takes their seat.
pub async fn replace(
    app: &App,
    keeper: &DelegationKeeper,
    edit: &Edit<DelegationMemberName, Nomination>,
    request: Request,
) -> Result<Member, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let event = event_of(&tx, keeper.delegation()).await?;
            event.require_active()?;
            let before = find(&tx, keeper.delegation()).await?;
            let member = tx.delegation_member(&edit.name).await?.ok_or_else(|| missing(&edit.name))?;
            unchanged(edit.expected, &member.history, &edit.name)?;
            before.require_changeable(keeper.standing(), tx.now())?;
            let id = DelegationMemberId(ids::ordered());
            let left = member.clone().replace(id, tx.now())?;
            require_free(&tx, keeper, &event, std::slice::from_ref(&edit.content)).await?;

            // The seat is given back before it is taken again, since there may be no other.
            leave(&tx, &member, left, "replaced").await?;
            let vacancy = Vacancy { event: &event, delegation: &before, level: level(&tx, &before).await? };
            let successor = seat(&tx, &vacancy, id, &edit.content).await?;
            let after = before.clone().reseat(&member, &successor, tx.now());
            tx.save_delegation(&before, &after, "reseated").await?;
            Ok(successor)
        })
        .await
}

/// Refuses people whom the keeper may not name, and people who have a seat in a delegation of the event.
async fn require_free(
    tx: &WriteTx,
    keeper: &DelegationKeeper,
    event: &Event,
    nominations: &[Nomination],
) -> Result<(), AppError> {
    let known = nominations.iter().filter_map(|nomination| match &nomination.nominee {
        Nominee::Known(person) => Some(person.clone()),
        Nominee::New(_) => None,
    });
    let known: Vec<PersonName> = known.collect();
    for person in &known {
        // Somebody whom another organisation keeps is nobody to this event; somebody unknown to the delegation is nobody to its focal point.
        let may_name = person.organization == event.plan.controller
            && (keeper.may_name_anybody() || tx.delegation_knows(keeper.delegation(), person).await?);
        if !may_name || tx.person(person).await?.is_none() {
            return Err(missing(person));
        }
    }
    let seated = tx.seated_people(&event.id, &known).await?;
    Ok(delegation::require_free(&known, &seated)?)
}

/// Where somebody may sit, and how full it was before anybody was named.
struct Vacancy<'a> {
    event: &'a Event,
    delegation: &'a Delegation,
    level: Level,
}

/// Takes a seat for somebody and nominates them for it.
async fn seat(
    tx: &WriteTx,
    vacancy: &Vacancy<'_>,
    id: DelegationMemberId,
    nomination: &Nomination,
) -> Result<Member, AppError> {
    let Vacancy { event, delegation, level } = vacancy;
    if !tx.hold(&seats_of(&delegation.name()), &id.to_string()).await? {
        return Err(delegation.seats_taken(*level).into());
    }
    let person = match &nomination.nominee {
        Nominee::Known(person) => person.clone(),
        Nominee::New(profile) => persons::insert(tx, &event.plan.controller, profile).await?.name(),
    };
    let member = delegation.seat(Seat { id, person, role: nomination.role.clone() }, tx.now());
    tx.insert_delegation_member(&member).await?;
    Ok(member)
}
