//! A hotel whose rooms are taken straight from the ledger, by takers who do not look first.

use std::{ops::Range, sync::Arc};

use attache_domain::{
    authority::Actor,
    interval::Interval,
    itinerary::{Demand, require_held},
    pool::Claim,
    resource::{ItineraryName, ResourceName, StopId, StopName},
};
use attache_server::{
    app::{App, AppError},
    store::{Deed, Request},
};

use crate::{House, fixtures::FORUM, visits::rooms};

/// How many rooms the hotel has.
pub const ROOMS: u32 = 5;

/// A hotel of the forum.
#[derive(Clone)]
pub struct Hotel {
    app: Arc<App>,
    rooms: ResourceName,
    /// What a write of the store answers with.
    visit: ItineraryName,
}

/// So many rooms for the nights after some days of September 2023, in the hands of one itinerary.
#[derive(Clone, Debug)]
pub struct Booking {
    taker: ItineraryName,
    /// The days before the nights.
    pub nights: Range<u32>,
    /// How many rooms.
    pub rooms: u32,
}

impl Booking {
    /// What a new itinerary wants.
    pub fn new(nights: Range<u32>, rooms: u32) -> Self {
        let taker = format!("{FORUM}/itineraries/{}", attache_client::fresh_request_id());
        Self { taker: taker.parse().expect("an itinerary's name"), nights, rooms }
    }

    fn demand(&self, resource: &ResourceName) -> Demand {
        let noon = |day: u32| format!("2023-09-{day:02}T04:00:00Z").parse().expect("a day of September");
        let interval = Interval::new(noon(self.nights.start), noon(self.nights.end)).expect("at least one night");
        let ItineraryName { event, itinerary } = self.taker.clone();
        let holder = StopName { event, itinerary, stop: StopId(itinerary.0) };
        Demand { resource: resource.clone(), claim: Claim { interval, holder, quantity: self.rooms } }
    }
}

impl House {
    /// Creates the forum, a delegation to it, and a hotel.
    pub async fn hotel(&self) -> Hotel {
        let visit = self.visit_to_beijing().await.itinerary.name.parse().expect("an itinerary's name");
        let rooms =
            self.resource(rooms(i32::try_from(ROOMS).expect("a few rooms"))).await.parse().expect("a resource's name");
        Hotel { app: Arc::clone(&self.app), rooms, visit }
    }
}

impl Hotel {
    /// Takes the rooms, in place of those that the same itinerary had, or tells why not.
    pub async fn take(&self, booking: &Booking) -> Result<(), String> {
        let (actor, trail, now) = (Actor::Server, (&self.visit.event).into(), self.app.clock.now());
        let deed = Deed { actor, trail, now, request: Request::default() };
        let demand = &booking.demand(&self.rooms);
        let taken = self.app.store.write(&deed, |tx| async move {
            require_held(tx.hold_for_visit(&booking.taker, std::slice::from_ref(demand)).await?)?;
            tx.itinerary(&self.visit).await?.ok_or_else(|| AppError::NotFound(self.visit.to_string()))
        });
        taken.await.map(drop).map_err(|error| error.to_string())
    }
}
