//! What the stops use: cars and guides that can be with one group only, and rooms of which there are so many.

use super::{Course, Finding, Plan, Refusal, Resource, Rivalry, Stop, Timed, Use, require_free_of_clashes};
use crate::{
    interval::Interval,
    pool::{Claim, Shortage, shortages},
    resource::{ResourceName, StopName},
    zoned::Zoned,
};

/// Says that a stop wants, or holds, so much of a resource for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Of which resource.
    pub resource: ResourceName,
    /// Which stop, for how long, and how much.
    pub claim: Claim<StopName>,
}

impl Stop {
    /// Gives what it wants of each resource it uses; nothing, when it ends before it starts.
    pub fn demands(&self) -> Vec<Demand> {
        let Ok(clock) = Interval::between(&self.start, &self.end) else { return Vec::new() };
        let interval = match self.course {
            Course::Stay { .. } => nights(&self.start, &self.end).unwrap_or(clock),
            Course::Leg { .. } | Course::Occasion { .. } => clock,
        };
        let demand = |Use { resource, quantity }: &Use| Demand {
            resource: resource.clone(),
            claim: Claim { interval, holder: self.key.clone(), quantity: *quantity },
        };
        self.uses.iter().map(demand).collect()
    }
}

/// Gives the nights of a stay, from noon to noon at the place: a hotel counts nights, and lets a room again on the day
/// on which somebody leaves it, whatever the hour. `None` when they come and leave on one day.
fn nights(start: &Zoned, end: &Zoned) -> Option<Interval> {
    let noon = |time: &Zoned| Zoned::resolve(time.date().and_hms_opt(12, 0, 0)?, time.zone()).ok();
    Interval::between(&noon(start)?, &noon(end)?).ok()
}

/// Refuses a release for which the ledger had too little: each resource with what was short of it.
pub fn require_held(short: Vec<(Resource, Shortage<StopName>)>) -> Result<(), Refusal> {
    let findings = short.into_iter().map(|(resource, shortage)| finding(&resource, Rivalry::Held, shortage));
    require_free_of_clashes(findings.collect())
}

/// Finds what there is not enough of, in the order of the resources: by its own stops first, then with what is held,
/// then with what others want. What the one says is not repeated by the next.
pub(super) fn check(plan: &Plan, stops: &[Timed<'_>]) -> Vec<Finding> {
    let mut findings = unknown(plan, stops);
    let own: Vec<Demand> = stops.iter().flat_map(|timed| timed.stop.demands()).collect();
    let mut resources: Vec<&Resource> = plan.resources.iter().collect();
    resources.sort_by_key(|resource| &resource.key);
    for resource in resources {
        let own = of(resource, &own);
        let mut told: Vec<Shortage<StopName>> = Vec::new();
        let rivals = [(Rivalry::Within, [].as_slice()), (Rivalry::Held, &plan.held), (Rivalry::Wanted, &plan.wanted)];
        for (rivalry, others) in rivals {
            let mut found = shortages(resource.supply, &of(resource, others), &own);
            found.retain(|shortage| !told.iter().any(|graver| graver.covers(shortage)));
            told.extend(found.iter().cloned());
            findings.extend(found.into_iter().map(|shortage| finding(resource, rivalry, shortage)));
        }
    }
    findings
}

fn unknown(plan: &Plan, stops: &[Timed<'_>]) -> Vec<Finding> {
    let is_known = |used: &Use| plan.resources.iter().any(|resource| resource.key == used.resource);
    let of_stop = |timed: &Timed<'_>| -> Vec<Finding> {
        let strangers = timed.stop.uses.iter().filter(|used| !is_known(used));
        strangers
            .map(|used| Finding::UnknownResource { stop: timed.stop.key.clone(), resource: used.resource.clone() })
            .collect()
    };
    stops.iter().flat_map(of_stop).collect()
}

fn of(resource: &Resource, demands: &[Demand]) -> Vec<Claim<StopName>> {
    demands.iter().filter(|demand| demand.resource == resource.key).map(|demand| demand.claim.clone()).collect()
}

fn finding(Resource { key, supply }: &Resource, rivalry: Rivalry, shortage: Shortage<StopName>) -> Finding {
    match shortage {
        Shortage::Overlap { first, second, overlap } => {
            Finding::ResourceOverlap { resource: key.clone(), first, second, overlap, rivalry }
        }
        Shortage::Excess { interval, wanted, holders } => Finding::OverCapacity {
            resource: key.clone(),
            interval,
            wanted,
            capacity: supply.capacity,
            stops: holders,
            rivalry,
        },
    }
}
