//! One traveller's way through the stops: in one place at a time, and never in the next city without having gone there.

use std::collections::BTreeSet;

use super::{Commitment, Course, Finding, Mode, Plan, Timed, nights};
use crate::{
    interval::{Clash, Occupation, clashes},
    resource::PersonName,
};

/// Finds what stands in the way of each traveller, in the order of their names.
pub(super) fn check(plan: &Plan, stops: &[Timed<'_>]) -> Vec<Finding> {
    let travellers: BTreeSet<&PersonName> = stops.iter().flat_map(|timed| &timed.stop.travellers).collect();
    let mut findings = Vec::new();
    for traveller in travellers {
        let own: Vec<Timed<'_>> =
            stops.iter().filter(|timed| timed.stop.travellers.contains(traveller)).copied().collect();
        let (way, stays): (Vec<_>, Vec<_>) = own.into_iter().partition(Timed::takes_travellers);

        findings.extend(overlaps(plan, traveller, &way));
        for pair in way.windows(2) {
            if let [earlier, later] = pair {
                findings.extend(discontinuity(traveller, earlier, later));
                findings.extend(short_connection(plan, traveller, earlier, later));
            }
        }
        findings.extend(nights::check(plan, traveller, &way, &stays));
    }
    findings
}

fn overlaps(plan: &Plan, traveller: &PersonName, way: &[Timed<'_>]) -> Vec<Finding> {
    let stops = way.iter().map(|timed| (Commitment::Stop(timed.stop.key.clone()), timed.interval));
    let attended = plan.sessions.iter().filter(|attendance| attendance.traveller == *traveller);
    let sessions = attended.map(|attendance| (Commitment::Session(attendance.session.clone()), attendance.interval));
    let taken: Vec<_> = stops
        .chain(sessions)
        .map(|(activity, interval)| Occupation { subject: traveller, activity, interval })
        .collect();
    let is_ours = |clash: &&Clash<'_, &PersonName, Commitment>| {
        // Two sessions that meet are a matter of the schedule, and are found there.
        let are_sessions =
            [clash.first, clash.second].map(|occupation| matches!(occupation.activity, Commitment::Session(_)));
        are_sessions != [true, true]
    };
    clashes(&taken)
        .iter()
        .filter(is_ours)
        .map(|clash| Finding::TravellerOverlap {
            traveller: traveller.clone(),
            first: clash.first.activity.clone(),
            second: clash.second.activity.clone(),
            overlap: clash.overlap,
        })
        .collect()
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

fn short_connection(plan: &Plan, traveller: &PersonName, earlier: &Timed<'_>, later: &Timed<'_>) -> Option<Finding> {
    let arrives = matches!(earlier.stop.course, Course::Leg { .. });
    let does_not_wait = matches!(later.stop.course, Course::Leg { mode: Mode::Flight | Mode::Train, .. });
    // Without a gap the two overlap, which is worse and is reported as that.
    let gap = earlier.interval.gap(&later.interval)?;
    (arrives && does_not_wait && gap < plan.minimum_connection).then(|| Finding::ShortConnection {
        traveller: traveller.clone(),
        arriving: earlier.stop.key.clone(),
        leaving: later.stop.key.clone(),
        gap,
        minimum: plan.minimum_connection,
    })
}
