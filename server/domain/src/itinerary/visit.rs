//! All that is known of a visit at one moment: what it is checked by, and what its booklet and calendar say.

use super::{Demand, Finding, Itinerary, LiveVisit, Plan, Surroundings, check};
use crate::{
    delegation::Delegation,
    event::Event,
    organization::Organization,
    person::Person,
    resource::{PersonName, ResourceName},
    stop::Stop,
    supply::Resource,
};

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
    /// Finds everything that stands in its way, in itself and in what goes on beside it.
    pub fn findings(&self, surroundings: &Surroundings) -> Vec<Finding> {
        let Surroundings { draft, held } = surroundings;
        let others = || draft.visits.iter().filter(|visit| visit.itinerary != self.itinerary.name);
        let is_of_others = |demand: &&Demand| demand.claim.holder.itinerary != self.itinerary.name.itinerary;
        let engagements = draft.engagements().into_iter().chain(others().flat_map(LiveVisit::engagements));
        check(&Plan {
            window: self.delegation.plan.visit_window.clone(),
            region: self.itinerary.outline.region_code,
            stops: self.facts(),
            resources: self.resources.iter().map(Resource::facts).collect(),
            engagements: engagements.collect(),
            held: held.iter().filter(is_of_others).cloned().collect(),
            wanted: others().flat_map(LiveVisit::demands).collect(),
        })
    }

    /// Gives what its stops want of resources, and hold once it is released.
    pub fn demands(&self) -> Vec<Demand> {
        self.facts().iter().flat_map(super::Stop::demands).collect()
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

    fn facts(&self) -> Vec<super::Stop> {
        let members = self.members();
        self.stops.iter().map(|stop| stop.facts(&members)).collect()
    }

    fn members(&self) -> Vec<PersonName> {
        self.travellers.iter().map(|traveller| traveller.person.name()).collect()
    }
}
