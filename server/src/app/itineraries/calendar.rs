//! The calendar of a visit: one entry for each stop, by the clock at each of its ends.

use attache_domain::{
    itinerary::Visit,
    language::LanguageTag,
    stop::{Place, Stop},
};
use chrono::{DateTime, Utc};

use super::booklet;
use crate::exchange::icalendar::{Calendar, Entry, write};

/// Writes the calendar of the visit's next release.
pub(super) fn fill(visit: &Visit, public_url: &str, now: DateTime<Utc>) -> Vec<u8> {
    let domain = url::Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let domain = domain.unwrap_or_else(|| "attache".to_owned());
    let entries = visit.stops.iter().map(|stop| entry(visit, stop, &domain, now)).collect();
    write(&Calendar { name: visit.itinerary.outline.title.in_language(language(visit)).to_owned(), entries })
}

fn entry(visit: &Visit, stop: &Stop, domain: &str, now: DateTime<Utc>) -> Entry {
    let language = language(visit);
    let details = booklet::details(visit, stop, language);
    Entry {
        uid: format!("{}@{domain}", stop.name.stop),
        sequence: visit.itinerary.next_release_number() - 1,
        stamp: now,
        start: stop.plan.start,
        end: stop.plan.end,
        summary: stop.plan.title.in_language(language).to_owned(),
        location: Some(location(stop.plan.route.start(), language)),
        description: (!details.is_empty()).then(|| details.join("\n")),
        url: None,
    }
}

fn location(place: &Place, language: LanguageTag) -> String {
    let parts = [Some(place.title.in_language(language)), place.address.as_deref(), Some(place.city.as_str())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn language(visit: &Visit) -> LanguageTag {
    visit.itinerary.outline.language
}
