//! All that is known of a visit at one moment: what it is checked by, and what its booklet and calendar say.

use chrono::TimeDelta;

use super::{Finding, Itinerary, Plan, check};
use crate::{
    delegation::Delegation,
    event::Event,
    organization::Organization,
    person::Person,
    resource::{PersonName, ResourceName},
    stop::Stop,
    supply::Resource,
};

/// How long after an arrival the next flight or train may leave, at the soonest: luggage, passports and a way between gates.
const MINIMUM_CONNECTION: TimeDelta = TimeDelta::minutes(90);

/// All that is known of a visit at one moment; two that are equal give the same booklet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The event it belongs to.
    pub event: Event,
    /// Who organises the event, and is called when something goes wrong.
    pub controller: Organization,
    /// The itinerary.
    pub itinerary: Itinerary,
    /// Whose visit it is.
    pub delegation: Delegation,
    /// The members with a seat, head first.
    pub travellers: Vec<Traveller>,
    /// The stops, the earliest start first.
    pub stops: Vec<Stop>,
    /// The resources of the event.
    pub resources: Vec<Resource>,
    /// Whom the stops lead to.
    pub organizations: Vec<Organization>,
}

/// A member of the delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traveller {
    /// Who.
    pub person: Person,
    /// What they are in the delegation.
    pub role: Option<String>,
}

impl Visit {
    /// Finds everything that stands in its way.
    pub fn findings(&self) -> Vec<Finding> {
        let members = self.members();
        check(&Plan {
            window: self.delegation.plan.visit_window.clone(),
            region: self.itinerary.outline.region_code,
            stops: self.stops.iter().map(|stop| stop.facts(&members)).collect(),
            resources: self.resources.iter().map(Resource::facts).collect(),
            sessions: Vec::new(),
            minimum_connection: MINIMUM_CONNECTION,
        })
    }

    /// Who takes part in a stop, in the order of the delegation; `None` for all of it.
    pub fn group(&self, stop: &Stop) -> Option<Vec<&Traveller>> {
        let named = &stop.plan.travellers;
        let is_named = |traveller: &&Traveller| named.contains(&traveller.person.name());
        (!named.is_empty()).then(|| self.travellers.iter().filter(is_named).collect())
    }

    /// Finds a resource of the event.
    pub fn resource(&self, name: &ResourceName) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.name == *name)
    }

    fn members(&self) -> Vec<PersonName> {
        self.travellers.iter().map(|traveller| traveller.person.name()).collect()
    }
}
