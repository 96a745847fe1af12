//! Those who are there and may be meant by the rows of a list, found in as many statements however many rows there are.

use std::collections::BTreeSet;

use attache_domain::{
    authority::Organizer,
    event::Event,
    name::NameText,
    person::Person,
    registration::{
        ExternalId, Registration,
        import::{Candidates, Sought},
    },
};
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{Column, Entity};
use crate::{
    store::{Store, StoreError, WriteTx, answers, persons, prepared::padded, rows::person},
    vault::MasterKey,
};

impl Store {
    /// Finds who may be meant by rows of a list, for the organiser of the event that they come into.
    pub async fn candidates(&self, _: &Organizer, event: &Event, sought: &Sought) -> Result<Candidates, StoreError> {
        find(&self.read, &self.master, event, sought).await
    }
}

impl WriteTx {
    /// Finds who may be meant by rows of a list.
    pub async fn candidates(&self, event: &Event, sought: &Sought) -> Result<Candidates, StoreError> {
        find(self.db().await?, self.master(), event, sought).await
    }
}

async fn find<C: ConnectionTrait>(
    db: &C,
    master: &MasterKey,
    event: &Event,
    sought: &Sought,
) -> Result<Candidates, StoreError> {
    let Sought { external_ids, addresses, names } = sought;
    let ids = external_ids.iter().map(ExternalId::as_str).map(str::to_owned).collect();
    let mut registrations = registrations(db, event, Column::ExternalId, ids).await?;
    let mut people = people(db, event, person::Column::EmailKey, addresses.iter().cloned().collect()).await?;
    let names = names.iter().map(NameText::as_str).map(str::to_owned).collect();
    people.extend(self::people(db, event, person::Column::DisplayName, names).await?);

    let found: BTreeSet<_> = people.iter().map(Person::name).collect();
    let unknown = registrations.iter().map(|known| known.person.clone()).filter(|name| !found.contains(name)).collect();
    people.extend(persons::among(db, &unknown).await?);
    let found = found.iter().map(|name| name.person.to_string()).collect();
    let known: BTreeSet<_> = registrations.iter().map(|known| known.id).collect();
    let theirs = self::registrations(db, event, Column::Person, found).await?;
    registrations.extend(theirs.into_iter().filter(|one| !known.contains(&one.id)));

    let answers = answers::of_registrations(db, master, &registrations.iter().collect::<Vec<_>>()).await?;
    Ok(Candidates { people, registrations, answers })
}

async fn registrations<C: ConnectionTrait>(
    db: &C,
    event: &Event,
    by: Column,
    values: Vec<String>,
) -> Result<Vec<Registration>, StoreError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let these = Entity::find().filter(Column::Event.eq(event.id.to_string())).filter(by.is_in(padded(values)));
    these.all(db).await?.into_iter().map(Registration::try_from).collect()
}

/// Finds people by their address, or by their name those who have none.
async fn people<C: ConnectionTrait>(
    db: &C,
    event: &Event,
    by: person::Column,
    values: Vec<String>,
) -> Result<Vec<Person>, StoreError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let is_name = matches!(by, person::Column::DisplayName);
    let reached = Condition::all().add_option(is_name.then(|| person::Column::EmailKey.is_null()));
    let these = person::Entity::find()
        .filter(person::Column::Organization.eq(event.plan.controller.to_string()))
        .filter(reached)
        .filter(by.is_in(padded(values)));
    these.all(db).await?.into_iter().map(Person::try_from).collect()
}
