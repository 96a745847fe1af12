//! What a row of a list asks for, done.

use attache_domain::{
    category::Category,
    event::Event,
    form::Answers,
    invitation::{Guest, Terms},
    person::{Person, Profile},
    refusal::Refusal,
    registration::{
        ExternalId,
        import::{Amending, Deed, Settings, Whom},
    },
    resource::CategoryName,
};

use super::super::{
    super::{AppError, invitations, missing, persons},
    choices,
    places::{self, Found, Want},
    telling::{Parties, announce_entry},
};
use crate::store::WriteTx;

/// Does what a row asks for; tells where there is no place that could be kept for whoever is invited, or none of a choice, and does nothing then.
pub(super) async fn come_in(
    tx: &WriteTx,
    (event, categories, settings): (&Event, &[Category], &Settings),
    deed: Deed,
) -> Result<Result<(), Box<dyn Refusal>>, AppError> {
    match deed {
        Deed::Leave => {}
        Deed::Register { whom, category: id, external_id, answers } => {
            let name = CategoryName { event: event.id.clone(), category: id };
            let category = categories.iter().find(|category| category.id == name.category);
            let category = category.ok_or_else(|| missing(&name))?;
            if let Some(terms) = &settings.invitation {
                return invite(tx, (event, category), (whom, external_id), terms).await;
            }
            if let Err(full) = choices::require_free(tx, category, (&Answers::default(), &answers)).await? {
                return Ok(Err(Box::new(full)));
            }
            let is_known = matches!(whom, Whom::Known(..));
            let person = come(tx, event, whom).await?;
            let invitation =
                if is_known { tx.open_invitation(&event.id, &person.name(), tx.now()).await? } else { None };
            let party = category.plan.form.party(&answers);
            let Found { id, place, left } =
                places::place_for(tx, category, invitation, (party, Want::Place(0))).await?;
            let parties = Parties { event, category, person: &person };
            let registration = places::open(tx, &parties, (id, external_id), place, &answers).await?;
            if settings.notify {
                announce_entry(tx, &parties, &registration, place).await?;
            }
            places::pass_on(tx, left).await?;
        }
        Deed::Amend(amending) => {
            let Amending { registration, external_id, person, profile, before, after, needs_approval } = *amending;
            // A row before it may have let it get a place.
            let name = registration.name();
            let registration = tx.registration(&name).await?.ok_or_else(|| missing(&name))?;
            let category = categories.iter().find(|category| category.id == registration.category);
            let category = category.filter(|_| registration.state.is_live());
            let mut serves = None;
            if let Some(category) = category {
                if let Err(full) = choices::require_free(tx, category, (&before, &after)).await? {
                    return Ok(Err(Box::new(full)));
                }
                match places::answer(tx, category, registration.id, (&before, &after)).await? {
                    Ok(true) => serves = Some(category),
                    Ok(false) => {}
                    Err(full) => return Ok(Err(Box::new(full))),
                }
            }
            revise(tx, person, profile).await?;
            if before == after && external_id.is_none() {
                return Ok(Ok(()));
            }
            let amended = registration.clone().known_by(external_id).amend(needs_approval, tx.now());
            tx.save_registration(&registration, &amended, "imported").await?;
            tx.save_answers(&amended, &before, &after).await?;
            if let Some(category) = serves {
                places::promote(tx, category).await?;
            }
        }
    }
    Ok(Ok(()))
}

/// Invites somebody, if there is a place that can be kept for them where one is to be.
async fn invite(
    tx: &WriteTx,
    (event, category): (&Event, &Category),
    (whom, external_id): (Whom, Option<ExternalId>),
    terms: &Terms,
) -> Result<Result<(), Box<dyn Refusal>>, AppError> {
    let id = match invitations::reserve(tx, category, terms).await? {
        Ok(id) => id,
        Err(full) => return Ok(Err(Box::new(full))),
    };
    let person = come(tx, event, whom).await?;
    let guest = Guest { person: person.name(), category: category.id.clone(), external_id, mailed: true };
    invitations::insert(tx, event, id, (guest, terms.clone())).await?;
    Ok(Ok(()))
}

/// Somebody as they are known from now on.
async fn come(tx: &WriteTx, event: &Event, whom: Whom) -> Result<Person, AppError> {
    match whom {
        Whom::New(profile) => persons::insert(tx, &event.plan.controller, &profile).await,
        Whom::Known(person, profile) => revise(tx, *person, *profile).await,
    }
}

async fn revise(tx: &WriteTx, person: Person, profile: Profile) -> Result<Person, AppError> {
    if person.profile == profile {
        return Ok(person);
    }
    let after = person.clone().revise(profile, tx.now());
    tx.save_person(&person, &after, "imported").await?;
    Ok(after)
}
