//! Where one traveller sleeps.
//!
//! A night is named by the day before it, at the place where it is spent.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::{CityKey, Course, Finding, Mode, Plan, Timed};
use crate::resource::PersonName;

/// How long after midnight a night lasts for somebody who travels: a flight at any time before is a night on board.
const SMALL_HOURS: TimeDelta = TimeDelta::hours(6);

/// Finds nights of the visit without a bed, with two, or with one in the wrong city; `way` and `stays` are in order.
pub(super) fn check(plan: &Plan, traveller: &PersonName, way: &[Timed<'_>], stays: &[Timed<'_>]) -> Vec<Finding> {
    let stays: Vec<Stay<'_>> = stays.iter().map(|stay| Stay { timed: *stay, nights: nights(plan, [stay]) }).collect();
    let mut findings = Vec::new();
    for (place, stay) in stays.iter().enumerate() {
        let earlier = stays.iter().take(place);
        findings.extend(earlier.filter_map(|first| two_stays(traveller, first, stay)));
        findings.extend(elsewhere(traveller, way, stay));
    }
    let all = nights(plan, way.iter().chain(stays.iter().map(|stay| &stay.timed)));
    let beds: BTreeSet<NaiveDate> = stays.into_iter().flat_map(|stay| stay.nights).collect();
    let without = all.difference(&beds).filter(|night| !is_on_board(way, **night));
    findings.extend(without.map(|night| Finding::NightWithoutStay { traveller: traveller.clone(), night: *night }));
    findings
}

/// A stay and its nights.
struct Stay<'a> {
    timed: Timed<'a>,
    nights: BTreeSet<NaiveDate>,
}

/// Gives the nights from the day on which the first of the stops starts to the day on which the last ends, as far as
/// the visit goes.
fn nights<'a>(plan: &Plan, stops: impl IntoIterator<Item = &'a Timed<'a>>) -> BTreeSet<NaiveDate> {
    let days = stops.into_iter().map(|timed| (timed.stop.start.date(), timed.stop.end.date()));
    let whole = days.reduce(|(first, last), (start, end)| (first.min(start), last.max(end)));
    // A mistyped year must not give a thousand nights, so that only those of the visit are looked at.
    whole.map_or_else(BTreeSet::new, |(first, last)| {
        let last = last.min(plan.window.end());
        first.max(plan.window.start()).iter_days().take_while(|night| *night < last).collect()
    })
}

fn two_stays(traveller: &PersonName, first: &Stay<'_>, second: &Stay<'_>) -> Option<Finding> {
    let night = *first.nights.intersection(&second.nights).next()?;
    let (first, second) = (first.timed.stop.key.clone(), second.timed.stop.key.clone());
    Some(Finding::TwoStays { traveller: traveller.clone(), first, second, night })
}

/// Gives the first night of the stay for which the traveller is in another city.
fn elsewhere(traveller: &PersonName, way: &[Timed<'_>], stay: &Stay<'_>) -> Option<Finding> {
    let (city, _) = stay.timed.cities();
    stay.nights.iter().find_map(|&night| {
        let whereabouts = city_for(way, night).filter(|whereabouts| *whereabouts != city)?;
        Some(Finding::NightElsewhere {
            traveller: traveller.clone(),
            stay: stay.timed.stop.key.clone(),
            night,
            city: whereabouts.clone(),
        })
    })
}

/// Gives where the last stop that begins before the night's midnight leaves the traveller, if there is one.
///
/// Who is on the way at midnight goes to bed on arrival.
fn city_for<'a>(way: &[Timed<'a>], night: NaiveDate) -> Option<&'a CityKey> {
    let last = way.iter().rev().find(|timed| timed.stop.start.date() <= night)?;
    let (_, city) = last.cities();
    Some(city)
}

/// Tells whether a plane or train takes the traveller through some of the small hours after the night's midnight, by
/// the clock at each end.
fn is_on_board(way: &[Timed<'_>], night: NaiveDate) -> bool {
    let Some(midnight) = night.succ_opt().map(|day| day.and_time(NaiveTime::MIN)) else { return false };
    way.iter().any(|timed| match timed.stop.course {
        Course::Leg { mode: Mode::Flight | Mode::Train, .. } => {
            timed.stop.start.local() < midnight + SMALL_HOURS && midnight < timed.stop.end.local()
        }
        Course::Leg { mode: Mode::Transfer | Mode::Car, .. } | Course::Stay { .. } | Course::Occasion { .. } => false,
    })
}
