//! What a person who came by a personal link sees: what is their own in one event, as it is at one moment.

use std::collections::BTreeMap;

use attache_domain::{
    authority::Delegate,
    category::Category,
    form::Answers,
    itinerary::{Itinerary, State},
    letter::Letter,
    offer::Offer,
    person::Person,
    registration::{self, Registration},
    resource::{CategoryId, EventId, PersonName, RegistrationId},
    stop::Stop,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{
    PublicEvent, Store, StoreError, answers, delegations, itineraries, letters, offers, persons, registrations,
    rows::category, stops,
};

/// What is a person's own in an event.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The event, as a public page shows it.
    pub event: PublicEvent,
    /// The person.
    pub person: Person,
    /// Their registrations, in the order they came, each with its category.
    pub registrations: Vec<(Registration, Category)>,
    /// What they answered with each; none is there of which nothing was answered.
    pub answers: BTreeMap<RegistrationId, Answers>,
    /// The offers to these that wait for an answer.
    pub offers: Vec<Offer>,
    /// Their letters, in the order they were requested.
    pub letters: Vec<Letter>,
    /// The stops they travel on, of itineraries that travellers have a release of, the earliest start first.
    pub stops: Vec<OwnStop>,
}

/// A stop that a person travels on.
#[derive(Clone, Debug)]
pub struct OwnStop {
    /// The stop.
    pub stop: Stop,
    /// Whether it was changed since travellers were told of it, and so is not settled.
    pub provisional: bool,
}

impl Store {
    /// Finds the person themselves.
    pub async fn own_person(&self, delegate: &Delegate) -> Result<Option<Person>, StoreError> {
        persons::find(&self.read, delegate.person()).await
    }

    /// Finds the registrations of a person for the event that they came for, in the order they came.
    pub async fn own_registrations(&self, delegate: &Delegate) -> Result<Vec<Registration>, StoreError> {
        registrations::of_person(&self.read, delegate.event(), delegate.person()).await
    }

    /// Gathers what is a person's own in the event that they came for.
    pub async fn mine(&self, delegate: &Delegate) -> Result<Option<Mine>, StoreError> {
        let (event, who) = (delegate.event(), delegate.person());
        let Some(shown) = self.event_as_shown(event).await? else { return Ok(None) };
        let Some(person) = self.own_person(delegate).await? else { return Ok(None) };
        let registrations = registrations::of_person(&self.read, event, who).await?;
        let offered: Vec<&Registration> =
            registrations.iter().filter(|registration| registration.state == registration::State::Offered).collect();
        let offers = offers::pending(&self.read, event, &offered).await?;
        let all: Vec<&Registration> = registrations.iter().collect();
        let answers = answers::of_registrations(&self.read, &self.master, &all).await?;
        Ok(Some(Mine {
            offers,
            answers,
            event: shown,
            person,
            registrations: self.with_categories(event, registrations).await?,
            letters: letters::of_person(&self.read, event, who).await?,
            stops: self.own_stops(event, who).await?,
        }))
    }

    async fn with_categories(
        &self,
        event: &EventId,
        registrations: Vec<Registration>,
    ) -> Result<Vec<(Registration, Category)>, StoreError> {
        let ids = registrations.iter().map(|registration| registration.category.to_string());
        let rows = category::Entity::find()
            .filter(category::Column::Event.eq(event.to_string()))
            .filter(category::Column::Id.is_in(ids))
            .all(&self.read)
            .await?;
        let categories = rows.into_iter().map(Category::try_from).collect::<Result<Vec<_>, _>>()?;
        let categories: BTreeMap<CategoryId, Category> =
            categories.into_iter().map(|category| (category.id.clone(), category)).collect();
        let all = registrations.into_iter().map(|registration| {
            let category = categories.get(&registration.category).cloned();
            category.map(|category| (registration, category))
        });
        all.collect::<Option<_>>().ok_or(StoreError::Corrupt { table: "registrations", column: "category" })
    }

    async fn own_stops(&self, event: &EventId, who: &PersonName) -> Result<Vec<OwnStop>, StoreError> {
        let seats = delegations::seated(&self.read, event).await?;
        let members = |itinerary: &Itinerary| {
            let seats = seats.iter().filter(|seat| seat.delegation == itinerary.delegation);
            seats.map(|seat| seat.person.clone()).collect::<Vec<_>>()
        };
        let live = itineraries::live(&self.read, event).await?.into_iter();
        let released: BTreeMap<_, _> = live
            .filter(|itinerary| itinerary.state == State::Released)
            .map(|itinerary| (itinerary.name.itinerary, itinerary))
            .collect();
        let own = stops::of_event(&self.read, event).await?.into_iter().filter_map(|stop| {
            let itinerary = released.get(&stop.name.itinerary)?;
            let told = itinerary.release.as_ref()?.time;
            let provisional = stop.history.update_time > told;
            let travels = stop.travellers(&members(itinerary)).contains(who);
            travels.then_some(OwnStop { stop, provisional })
        });
        Ok(own.collect())
    }
}
