//! One traveller's way through the stops: in one place at a time, and never in the next city without having gone there.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{Course, Finding, Mode, Plan, Timed, nights};
use crate::{
    engagement::Commitment,
    interval::{Occupation, clashes},
    resource::PersonName,
};

/// How long before a flight travellers arrive, at the soonest: luggage, passports and a way between gates.
const BEFORE_FLIGHT: TimeDelta = TimeDelta::minutes(90);

/// How long before a train travellers arrive, at the soonest: a look into their bags, and a way to the platform.
const BEFORE_TRAIN: TimeDelta = TimeDelta::minutes(30);

/// Finds what stands in the way of each traveller, in the order of their names.
pub(super) fn check(plan: &Plan, stops: &[Timed<'_>]) -> Vec<Finding> {
    let travellers: BTreeSet<&PersonName> = stops.iter().flat_map(|timed| &timed.stop.travellers).collect();
    let mut findings = Vec::new();
    for traveller in travellers {
        let own: Vec<Timed<'_>> =
            stops.iter().filter(|timed| timed.stop.travellers.contains(traveller)).copied().collect();
        let (way, beside): (Vec<_>, Vec<_>) = own.into_iter().partition(|timed| timed.stop.takes_travellers());
        let is_stay = |timed: &Timed<'_>| matches!(timed.stop.course, Course::Stay { .. });
        let stays: Vec<_> = beside.into_iter().filter(is_stay).collect();

        findings.extend(overlaps(plan, traveller, &way));
        for pair in way.windows(2) {
            if let [earlier, later] = pair {
                findings.extend(discontinuity(traveller, earlier, later));
                findings.extend(short_connection(traveller, earlier, later));
            }
        }
        findings.extend(nights::check(plan, traveller, &way, &stays));
    }
    findings
}

fn overlaps(plan: &Plan, traveller: &PersonName, way: &[Timed<'_>]) -> Vec<Finding> {
    let own = way.iter().map(|timed| (Commitment::Stop(timed.stop.key.clone()), true, timed.interval));
    let elsewhere = plan.engagements.iter().filter(|engagement| engagement.subject == *traveller);
    let elsewhere = elsewhere.map(|engagement| (engagement.activity.clone(), false, engagement.interval));
    let taken: Vec<_> = own
        .chain(elsewhere)
        .map(|(activity, is_own, interval)| Occupation { subject: (), activity: (activity, is_own), interval })
        .collect();
    clashes(&taken)
        .iter()
        // Sessions and other itineraries that clash among themselves are found where they are checked.
        .filter(|clash| clash.first.activity.1 || clash.second.activity.1)
        .filter(|clash| !is_attended(way, &clash.first.activity.0, &clash.second.activity.0))
        .map(|clash| Finding::TravellerOverlap {
            traveller: traveller.clone(),
            first: clash.first.activity.0.clone(),
            second: clash.second.activity.0.clone(),
            overlap: clash.overlap,
        })
        .collect()
}

/// Tells whether one of two commitments is a stop at which the traveller is in the programme, and the other is a session of it.
fn is_attended(way: &[Timed<'_>], one: &Commitment, other: &Commitment) -> bool {
    match (one, other) {
        (Commitment::Stop(stop), Commitment::Session(_)) | (Commitment::Session(_), Commitment::Stop(stop)) => {
            way.iter().any(|timed| timed.stop.key == *stop && timed.stop.is_session())
        }
        (Commitment::Stop(_), Commitment::Stop(_)) | (Commitment::Session(_), Commitment::Session(_)) => false,
    }
}

fn discontinuity(traveller: &PersonName, earlier: &Timed<'_>, later: &Timed<'_>) -> Option<Finding> {
    let ((_, from), (to, _)) = (earlier.cities(), later.cities());
    (from != to).then(|| Finding::PlaceDiscontinuity {
        traveller: traveller.clone(),
        after: earlier.stop.key.clone(),
        from: from.clone(),
        before: later.stop.key.clone(),
        to: to.clone(),
    })
}

fn short_connection(traveller: &PersonName, earlier: &Timed<'_>, later: &Timed<'_>) -> Option<Finding> {
    let arrives = matches!(earlier.stop.course, Course::Leg { .. });
    let minimum = match later.stop.course {
        Course::Leg { mode: Mode::Flight, .. } => BEFORE_FLIGHT,
        Course::Leg { mode: Mode::Train, .. } => BEFORE_TRAIN,
        // These wait.
        Course::Leg { mode: Mode::Transfer | Mode::Car, .. } | Course::Stay { .. } | Course::Occasion { .. } => {
            return None;
        }
    };
    // Without a gap the two overlap, which is worse and is reported as that.
    let gap = earlier.interval.gap(&later.interval)?;
    (arrives && gap < minimum).then(|| Finding::ShortConnection {
        traveller: traveller.clone(),
        arriving: earlier.stop.key.clone(),
        leaving: later.stop.key.clone(),
        gap,
        minimum,
    })
}
