//! What a row of a list asks for, done.

use attache_domain::{
    category::Category,
    event::Event,
    form::Answers,
    person::{Person, Profile},
    registration::{
        self,
        import::{Amending, Deed, Settings, Whom},
    },
    resource::{CategoryName, RegistrationId},
};

use super::super::{
    super::{AppError, missing, persons},
    telling::{Parties, announce_entry},
};
use crate::{
    ids,
    store::{WriteTx, pool_of},
};

/// Does what a row asks for.
pub(super) async fn come_in(
    tx: &WriteTx,
    (event, categories, settings): (&Event, &[Category], &Settings),
    deed: Deed,
) -> Result<(), AppError> {
    match deed {
        Deed::Leave => Ok(()),
        Deed::Register { whom, category: id, external_id, answers } => {
            let name = CategoryName { event: event.id.clone(), category: id };
            let category = categories.iter().find(|category| category.id == name.category);
            let category = category.ok_or_else(|| missing(&name))?;
            let person = come(tx, event, whom).await?;
            let id = RegistrationId(ids::ordered());
            let place = tx.take(&pool_of(&event.id, &category.id), &id.to_string()).await?;
            let registration = registration::open((id, external_id), category, person.name(), place, tx.now());
            tx.insert_registration(&registration).await?;
            tx.save_answers(&registration, &Answers::default(), &answers).await?;
            if settings.notify {
                let parties = Parties { event, category, person: &person };
                announce_entry(tx, &parties, &registration, place).await?;
            }
            Ok(())
        }
        Deed::Amend(amending) => {
            let Amending { registration, external_id, person, profile, before, after, needs_approval } = *amending;
            revise(tx, person, profile).await?;
            if before == after && external_id.is_none() {
                return Ok(());
            }
            let amended = registration.clone().known_by(external_id).amend(needs_approval, tx.now());
            tx.save_registration(&registration, &amended, "imported").await?;
            tx.save_answers(&amended, &before, &after).await?;
            Ok(())
        }
    }
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
