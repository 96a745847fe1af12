//! What the stops use: cars and guides that can be with one group only, and rooms of which there are so many.

use super::{Finding, Plan, Resource, Sharing, Timed, Use};
use crate::{
    interval::{Load, Occupation, clashes, exceeding},
    resource::StopName,
};

/// Finds what there is not enough of, in the order of the resources.
pub(super) fn check(plan: &Plan, stops: &[Timed<'_>]) -> Vec<Finding> {
    let mut findings = unknown(plan, stops);
    let mut resources: Vec<&Resource> = plan.resources.iter().collect();
    resources.sort_by_key(|resource| &resource.key);
    for resource in resources {
        let users: Vec<(&Timed<'_>, u32)> = stops
            .iter()
            .flat_map(|timed| timed.stop.uses.iter().map(move |used| (timed, used)))
            .filter(|(_, used)| used.resource == resource.key)
            .map(|(timed, used)| (timed, used.quantity))
            .collect();
        match resource.sharing {
            Sharing::OneStop => {
                findings.extend(overlaps(resource, &users));
                // Each stop has the whole of it, so that only its own quantity counts.
                findings.extend(users.chunks(1).flat_map(|user| shortages(resource, user)));
            }
            Sharing::ManyStops => findings.extend(shortages(resource, &users)),
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

fn overlaps(resource: &Resource, users: &[(&Timed<'_>, u32)]) -> Vec<Finding> {
    let taken: Vec<Occupation<(), &StopName>> = users
        .iter()
        .map(|(timed, _)| Occupation { subject: (), activity: &timed.stop.key, interval: timed.interval })
        .collect();
    clashes(&taken)
        .iter()
        .map(|clash| Finding::ResourceOverlap {
            resource: resource.key.clone(),
            first: clash.first.activity.clone(),
            second: clash.second.activity.clone(),
            overlap: clash.overlap,
        })
        .collect()
}

fn shortages(resource: &Resource, users: &[(&Timed<'_>, u32)]) -> Vec<Finding> {
    let loads: Vec<Load> =
        users.iter().map(|(timed, quantity)| Load { interval: timed.interval, quantity: *quantity }).collect();
    exceeding(&loads, resource.capacity)
        .into_iter()
        .map(|level| Finding::OverCapacity {
            resource: resource.key.clone(),
            interval: level.interval,
            wanted: level.quantity,
            capacity: resource.capacity,
            stops: users
                .iter()
                .filter(|(timed, quantity)| *quantity > 0 && timed.interval.overlaps(&level.interval))
                .map(|(timed, _)| timed.stop.key.clone())
                .collect(),
        })
        .collect()
}
