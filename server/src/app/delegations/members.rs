//! Writes about a delegation's members: nominated and replaced, by an organiser or by the delegation's focal point.

use attache_domain::{
    authority::DelegationKeeper,
    delegation::{self, Delegation, Member, Seat, State},
    event::Event,
    person::Profile,
    resource::{CategoryId, DelegationMemberId, DelegationMemberName, PersonName},
};

use super::{event_of, find, find_seated, leave, take_seat};
use crate::{
    app::{App, AppError, Edit, missing, persons, registrations},
    ids,
    store::{Request, WriteTx},
};

/// Somebody for a seat.
#[derive(Clone, Debug)]
pub struct Nomination {
    /// Who.
    pub nominee: Nominee,
    /// What they are in the delegation.
    pub role: Option<String>,
    /// Of which category their seat is to be.
    pub category: Option<CategoryId>,
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

            let mut members = Vec::new();
            for nomination in nominations {
                let id = DelegationMemberId(ids::ordered());
                take_seat(&tx, &before, (id, nomination.category.as_ref()), &members).await?;
                let member = seat(&tx, (&event, &before), id, nomination).await?;
                tx.insert_delegation_member(&member).await?;
                members.push(member);
            }
            tx.save_delegation(&before, &before.clone().note_members(tx.now()), "grown").await?;
            Ok(members)
        })
        .await
}

/// Replaces a member by somebody who takes their seat, and in an approved delegation the place of the registration that came with it.
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
            let (before, member) = find_seated(&tx, keeper, edit).await?;
            let id = DelegationMemberId(ids::ordered());
            let left = member.clone().replace(id, tx.now())?;
            require_free(&tx, keeper, &event, std::slice::from_ref(&edit.content)).await?;

            // The seat is given back before it is taken again, since there may be no other.
            leave(&tx, &member, left, "replaced").await?;
            let category = edit.content.category.clone().or_else(|| member.category.clone());
            let nomination = Nomination { category, ..edit.content.clone() };
            take_seat(&tx, &before, (id, nomination.category.as_ref()), &[]).await?;
            let successor = seat(&tx, (&event, &before), id, &nomination).await?;
            let registration = match before.state {
                State::Approved => registrations::succeed(&tx, &event, (&member, &successor)).await?,
                State::Open | State::Submitted | State::Withdrawn => None,
            };
            let successor = successor.register(registration);
            tx.insert_delegation_member(&successor).await?;
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

/// Nominates somebody for a seat that was taken for them.
pub(in crate::app) async fn seat(
    tx: &WriteTx,
    (event, delegation): (&Event, &Delegation),
    id: DelegationMemberId,
    nomination: &Nomination,
) -> Result<Member, AppError> {
    let Nomination { nominee, role, category } = nomination.clone();
    let person = match nominee {
        Nominee::Known(person) => person,
        Nominee::New(profile) => persons::insert(tx, &event.plan.controller, &profile).await?.name(),
    };
    Ok(delegation.seat(Seat { id, person, role, category }, tx.now()))
}
