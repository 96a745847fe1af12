//! What goes on in the event beside an itinerary: the sessions, and the other visits with all they hold and want.

use chrono::NaiveDate;

use super::{Demand, Finding, Plan, Stop, check};
use crate::{
    engagement::{Commitment, Engagement},
    interval::{Interval, Occupation},
    region::RegionCode,
    resource::{ItineraryName, PersonName},
    schedule, stop,
    visit_window::VisitWindow,
};

/// A live itinerary as the rest of the event meets it, as it is being planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveVisit {
    /// Which itinerary.
    pub itinerary: ItineraryName,
    /// The members of its delegation with a seat.
    pub members: Vec<PersonName>,
    /// Its stops.
    pub stops: Vec<stop::Stop>,
}

/// What goes on in the event beside an itinerary, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The sessions and the live itineraries as they are being planned; the one that is looked at may be among them.
    pub draft: schedule::Draft,
    /// What the stops of released itineraries hold; those of the one that is looked at may be among them.
    pub held: Vec<Demand>,
}

impl LiveVisit {
    /// Gives where its travellers have to be; from a hotel they come and go.
    pub fn engagements(&self) -> Vec<Engagement> {
        self.facts().iter().filter(|stop| stop.takes_travellers()).flat_map(engagements).collect()
    }

    /// Gives where its travellers have to be away from the programme: a stop that is a session takes nobody from the sessions.
    pub fn engagements_elsewhere(&self) -> Vec<Engagement> {
        let elsewhere = |stop: &&Stop| stop.takes_travellers() && !stop.is_session();
        self.facts().iter().filter(elsewhere).flat_map(engagements).collect()
    }

    /// Gives those of its stops that somebody takes part in, by their start.
    pub fn stops_of<'a>(&'a self, traveller: &PersonName) -> Vec<&'a stop::Stop> {
        let takes_part = |stop: &&stop::Stop| stop.travellers(&self.members).contains(traveller);
        let mut own: Vec<_> = self.stops.iter().filter(takes_part).collect();
        own.sort_by_key(|stop| (stop.plan.start.instant(), stop.plan.end.instant(), &stop.name));
        own
    }

    /// Gives the nights between the stops of somebody, as far as the visit goes, for which they have no bed and are not on the way either.
    pub fn nights_without_stay(
        &self,
        window: &VisitWindow,
        region: RegionCode,
        traveller: &PersonName,
    ) -> Vec<NaiveDate> {
        let alone = |stop: &stop::Stop| Stop { travellers: vec![traveller.clone()], ..stop.facts(&self.members) };
        let plan = Plan {
            window: window.clone(),
            region,
            stops: self.stops_of(traveller).into_iter().map(alone).collect(),
            resources: Vec::new(),
            engagements: Vec::new(),
            held: Vec::new(),
            wanted: Vec::new(),
        };
        let night =
            |finding: Finding| if let Finding::NightWithoutStay { night, .. } = finding { Some(night) } else { None };
        check(&plan).into_iter().filter_map(night).collect()
    }

    /// Gives what its stops want of resources.
    pub fn demands(&self) -> Vec<Demand> {
        self.facts().iter().flat_map(Stop::demands).collect()
    }

    fn facts(&self) -> Vec<Stop> {
        self.stops.iter().map(|stop| stop.facts(&self.members)).collect()
    }
}

fn engagements(stop: &Stop) -> Vec<Engagement> {
    // A stop that ends before it starts is told where its own itinerary is checked, and takes nobody's time.
    let Ok(interval) = Interval::between(&stop.start, &stop.end) else { return Vec::new() };
    let engagement =
        |who: &PersonName| Occupation { subject: who.clone(), activity: Commitment::Stop(stop.key.clone()), interval };
    stop.travellers.iter().map(engagement).collect()
}
