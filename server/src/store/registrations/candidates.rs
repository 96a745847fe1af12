//! Those who are there and may be meant by the rows of a list, found for all of them together.

use std::collections::{BTreeMap, BTreeSet};

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
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{Column, Entity};
use crate::{
    store::{Store, StoreError, WriteTx, answers, invitations, persons, prepared::padded, rows::person},
    vault::MasterKey,
};

/// How many of something one statement asks for.
const TOGETHER: usize = 500;

impl Store {
    /// Finds who may be meant by rows of a list, for the organiser of the event that they come into.
    pub async fn candidates(
        &self,
        _: &Organizer,
        event: &Event,
        sought: &Sought,
        now: DateTime<Utc>,
    ) -> Result<Candidates, StoreError> {
        find(&self.read, &self.master, event, (sought, now)).await
    }
}

impl WriteTx {
    /// Finds who may be meant by rows of a list.
    pub async fn candidates(&self, event: &Event, sought: &Sought) -> Result<Candidates, StoreError> {
        find(self.db().await?, self.master(), event, (sought, self.now())).await
    }
}

async fn find<C: ConnectionTrait>(
    db: &C,
    master: &MasterKey,
    event: &Event,
    (sought, now): (&Sought, DateTime<Utc>),
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

    let mut answers = BTreeMap::new();
    for some in registrations.iter().collect::<Vec<_>>().chunks(TOGETHER) {
        answers.extend(answers::of_registrations(db, master, some).await?);
    }
    let mut invited = BTreeSet::new();
    for some in people.iter().map(Person::name).collect::<Vec<_>>().chunks(TOGETHER) {
        invited.append(&mut invitations::invited_of(db, &event.id, some, now).await?);
    }
    Ok(Candidates { people, registrations, answers, invited })
}

async fn registrations<C: ConnectionTrait>(
    db: &C,
    event: &Event,
    by: Column,
    values: Vec<String>,
) -> Result<Vec<Registration>, StoreError> {
    let mut found = Vec::new();
    for some in values.chunks(TOGETHER) {
        let these = Entity::find().filter(Column::Event.eq(event.id.to_string()));
        for row in these.filter(by.is_in(padded(some.to_vec()))).all(db).await? {
            found.push(Registration::try_from(row)?);
        }
    }
    Ok(found)
}

/// Finds people by their address, or by their name those who have none.
async fn people<C: ConnectionTrait>(
    db: &C,
    event: &Event,
    by: person::Column,
    values: Vec<String>,
) -> Result<Vec<Person>, StoreError> {
    let is_name = matches!(by, person::Column::DisplayName);
    let unreached = Condition::all().add_option(is_name.then(|| person::Column::EmailKey.is_null()));
    let mut found = Vec::new();
    for some in values.chunks(TOGETHER) {
        let these = person::Entity::find()
            .filter(person::Column::Organization.eq(event.plan.controller.to_string()))
            .filter(unreached.clone())
            .filter(by.is_in(padded(some.to_vec())));
        for row in these.all(db).await? {
            found.push(Person::try_from(row)?);
        }
    }
    Ok(found)
}
