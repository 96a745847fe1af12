//! All that is known of people who come to an event, gathered from the tables that know parts of it: in as many statements however many
//! people there are, and as it is at one moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use attache_domain::{
    authority::Overseer,
    delegation::{Delegation, Member},
    engagement::Engagement,
    event::Event,
    identity_document::IdentityDocument,
    itinerary::{Itinerary, LiveVisit},
    letter::Letter,
    readiness::{Dossier, Journey},
    registration::{Registration, State},
    resource::{CategoryId, DelegationId, DelegationName, EventName, PersonId, PersonName},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::{
    List, Page, Store, StoreError, answers, categories, delegations, events, identity_documents, itineraries,
    listing::{Listing, Parent},
    persons,
    rows::{delegation, identity_document, letter, registration},
    schedules, visits,
};
use crate::vault::MasterKey;

const LIST: &str = "readiness";

impl Store {
    /// Gathers what is known of the people whom an overseer may see, one page of them by name. An event or delegation that does not exist is
    /// refused.
    pub async fn readiness(&self, overseer: &Overseer, list: &List) -> Result<Page<Dossier>, StoreError> {
        let moment = self.dialect.begin_read(&self.read).await?;
        let gathered = self.ready(&moment, overseer, list).await;
        moment.rollback().await?;
        gathered
    }

    async fn ready(
        &self,
        moment: &DatabaseTransaction,
        overseer: &Overseer,
        list: &List,
    ) -> Result<Page<Dossier>, StoreError> {
        let circle = Circle::around(moment, overseer).await?;
        let scope = match overseer.delegation() {
            Some(delegation) => Listing::below(LIST, Parent::Delegation(delegation.clone())),
            None => Listing::of_event(LIST, overseer.event()),
        };
        let people = circle.people(moment, overseer).await?;
        let people = people.into_iter().map(|person| (person.to_string(), person)).collect();
        let Page { items, next_page_token, total_size } = self.page_of(people, &scope.text(""), list)?;
        let visits = visits::live(moment, overseer.event()).await?;
        let items = circle.dossiers((moment, &self.master), &items, visits).await?;
        Ok(Page { items, next_page_token, total_size })
    }

    /// Gathers what is known of those of some people whom an overseer may see, in the order they are named, and where everybody in the event
    /// has to be. An event or delegation that does not exist is refused.
    pub async fn presence(
        &self,
        overseer: &Overseer,
        people: &[PersonName],
    ) -> Result<(Vec<Dossier>, Vec<Engagement>), StoreError> {
        let moment = self.dialect.begin_read(&self.read).await?;
        let gathered = async {
            let circle = Circle::around(&moment, overseer).await?;
            let draft = schedules::draft(&moment, overseer.event()).await?;
            let draft = draft.ok_or_else(|| StoreError::NoParent(circle.event.name().to_string()))?;
            let visits = draft.visits.iter().flat_map(LiveVisit::engagements);
            let engagements = draft.engagements().into_iter().chain(visits).collect();
            let visible: Vec<PersonName> =
                people.iter().filter(|person| circle.has(overseer, person)).cloned().collect();
            Ok((circle.dossiers((&moment, &self.master), &visible, draft.visits).await?, engagements))
        };
        let gathered = gathered.await;
        moment.rollback().await?;
        gathered
    }
}

/// Where somebody sits.
struct Seat {
    delegation: DelegationId,
    category: Option<CategoryId>,
}

/// An event, and who sits in which of its delegations.
struct Circle {
    event: Event,
    delegations: BTreeMap<DelegationId, Delegation>,
    seats: BTreeMap<PersonName, Seat>,
}

impl Circle {
    async fn around<C: ConnectionTrait>(db: &C, overseer: &Overseer) -> Result<Self, StoreError> {
        let name = EventName { event: overseer.event().clone() };
        let event = events::find(db, overseer.event()).await?.ok_or_else(|| StoreError::NoParent(name.to_string()))?;
        let of_event = delegation::Entity::find().filter(delegation::Column::Event.eq(event.id.to_string()));
        let mut delegations = BTreeMap::new();
        for row in of_event.all(db).await? {
            let delegation = Delegation::try_from(row)?;
            delegations.insert(delegation.id, delegation);
        }
        if let Some(DelegationName { event: _, delegation }) = overseer.delegation()
            && !delegations.contains_key(delegation)
        {
            return Err(StoreError::NoParent(overseer.delegation().map(ToString::to_string).unwrap_or_default()));
        }
        let seated = delegations::seated(db, &event.id).await?;
        let seat = |member: Member| {
            let seat = Seat { delegation: member.delegation.delegation, category: member.category };
            (member.person, seat)
        };
        let seats = seated.into_iter().map(seat).collect();
        Ok(Self { event, delegations, seats })
    }

    /// The people whom an overseer sees: those with a seat, and of an event also those with a registration that is not out.
    async fn people<C: ConnectionTrait>(
        &self,
        db: &C,
        overseer: &Overseer,
    ) -> Result<BTreeSet<PersonName>, StoreError> {
        let seen = |(person, _): &(&PersonName, &Seat)| self.has(overseer, person);
        let mut people: BTreeSet<PersonName> =
            self.seats.iter().filter(seen).map(|(person, _)| person.clone()).collect();
        if overseer.delegation().is_none() {
            let live = State::ALL.into_iter().filter(|state| state.is_live()).map(|state| state.to_string());
            let registered = registration::Entity::find()
                .filter(registration::Column::Event.eq(self.event.id.to_string()))
                .filter(registration::Column::State.is_in(live));
            for row in registered.all(db).await? {
                people.insert(Registration::try_from(row)?.person);
            }
        }
        Ok(people)
    }

    /// Whether an overseer sees somebody: whom the event's controller keeps, or who has a seat in the one delegation.
    fn has(&self, overseer: &Overseer, person: &PersonName) -> bool {
        let kept = person.organization == self.event.plan.controller;
        match overseer.delegation() {
            Some(delegation) => {
                kept && self.seats.get(person).is_some_and(|seat| seat.delegation == delegation.delegation)
            }
            None => kept,
        }
    }

    /// Gathers what is known of people, in their order; of whom there is nobody, there is nothing.
    async fn dossiers<C: ConnectionTrait>(
        &self,
        (db, master): (&C, &MasterKey),
        people: &[PersonName],
        visits: Vec<LiveVisit>,
    ) -> Result<Vec<Dossier>, StoreError> {
        let known = persons::among(db, &people.iter().cloned().collect()).await?;
        let mut known: BTreeMap<PersonName, _> = known.into_iter().map(|person| (person.name(), person)).collect();
        let mut registrations = self.registrations(db, people).await?;
        let categories::Asked { forms, photos } = categories::asked(db, &self.event.id).await?;
        let (forms, photos) = (Arc::new(forms), Arc::new(photos));
        let asked: Vec<&Registration> =
            registrations.values().flatten().filter(|one| forms.contains_key(&one.category)).collect();
        let mut answers = answers::of_registrations(db, master, &asked).await?;
        let mut documents = documents(db, people).await?;
        let mut letters = self.letters(db, people).await?;
        let journeys = self.journeys(db, visits).await?;
        let dossier = |name: &PersonName| {
            let seat = self.seats.get(name);
            let registrations = registrations.remove(&name.person).unwrap_or_default();
            Some(Dossier {
                event: self.event.clone(),
                person: known.remove(name)?,
                forms: Arc::clone(&forms),
                answers: registrations.iter().filter_map(|one| answers.remove_entry(&one.id)).collect(),
                registrations,
                photo_categories: Arc::clone(&photos),
                delegation: seat.and_then(|seat| self.delegations.get(&seat.delegation)).cloned(),
                seat_category: seat.and_then(|seat| seat.category.clone()),
                documents: documents.remove(&name.person).unwrap_or_default(),
                letters: letters.remove(&name.person).unwrap_or_default(),
                journeys: seat.and_then(|seat| journeys.get(&seat.delegation)).cloned().unwrap_or_default(),
            })
        };
        Ok(people.iter().filter_map(dossier).collect())
    }

    async fn registrations<C: ConnectionTrait>(
        &self,
        db: &C,
        people: &[PersonName],
    ) -> Result<BTreeMap<PersonId, Vec<Registration>>, StoreError> {
        let found = registration::Entity::find()
            .filter(registration::Column::Event.eq(self.event.id.to_string()))
            .filter(registration::Column::Person.is_in(ids(people)))
            .order_by_asc(registration::Column::CreateTime)
            .order_by_asc(registration::Column::Id);
        by_person(found.all(db).await?, |registration: &Registration| registration.person.person)
    }

    async fn letters<C: ConnectionTrait>(
        &self,
        db: &C,
        people: &[PersonName],
    ) -> Result<BTreeMap<PersonId, Vec<Letter>>, StoreError> {
        let found = letter::Entity::find()
            .filter(letter::Column::Event.eq(self.event.id.to_string()))
            .filter(letter::Column::Person.is_in(ids(people)))
            .order_by_asc(letter::Column::CreateTime)
            .order_by_asc(letter::Column::Id);
        by_person(found.all(db).await?, |letter: &Letter| letter.request.person.person)
    }

    /// Finds the live visits of each delegation.
    async fn journeys<C: ConnectionTrait>(
        &self,
        db: &C,
        visits: Vec<LiveVisit>,
    ) -> Result<BTreeMap<DelegationId, Arc<[Journey]>>, StoreError> {
        let itineraries = itineraries::live(db, &self.event.id).await?;
        let mut found: BTreeMap<DelegationId, Vec<Journey>> = BTreeMap::new();
        for visit in visits {
            let of_visit = |itinerary: &&Itinerary| itinerary.name == visit.itinerary;
            if let Some(itinerary) = itineraries.iter().find(of_visit).cloned() {
                found.entry(itinerary.delegation.delegation).or_default().push(Journey { itinerary, visit });
            }
        }
        Ok(found.into_iter().map(|(delegation, journeys)| (delegation, journeys.into())).collect())
    }
}

async fn documents<C: ConnectionTrait>(
    db: &C,
    people: &[PersonName],
) -> Result<BTreeMap<PersonId, Vec<IdentityDocument>>, StoreError> {
    let found = identity_documents::all_kept()
        .filter(identity_document::Column::Person.is_in(ids(people)))
        .order_by_asc(identity_document::Column::CreateTime)
        .order_by_asc(identity_document::Column::Id);
    by_person(found.all(db).await?, |document: &IdentityDocument| document.person.person)
}

fn by_person<R, T: TryFrom<R, Error = StoreError>>(
    rows: Vec<R>,
    person: fn(&T) -> PersonId,
) -> Result<BTreeMap<PersonId, Vec<T>>, StoreError> {
    let mut found: BTreeMap<PersonId, Vec<T>> = BTreeMap::new();
    for row in rows {
        let read = T::try_from(row)?;
        found.entry(person(&read)).or_default().push(read);
    }
    Ok(found)
}

fn ids(people: &[PersonName]) -> impl Iterator<Item = String> {
    people.iter().map(|person| person.person.to_string())
}

#[cfg(test)]
mod tests;
