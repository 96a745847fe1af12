//! iCalendar (RFC 5545): what a phone or a mail program puts into its owner's calendar.
//!
//! A time is written on the clock of its own zone, and every zone that is named is described in the same file for as long as the
//! entries last: programs that do not know a zone by its name, or know it differently, still show the right hour.
//!
//! **Invariant:** no line is longer than 75 octets, each ends in CR LF, and nothing follows the last.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use icalendar::{Component as _, Event, EventLike as _, Property};

use attache_domain::zoned::Zoned;

pub(super) mod reader;
mod zone;

/// What stands behind the identifier of a session in that of a calendar's entry. It is the same wherever the server is reached: the
/// identifier before it is random, and must outlive a change of address.
pub const OWN_DOMAIN: &str = "@attache";

/// How programs read an instant.
const INSTANT: &str = "%Y%m%dT%H%M%SZ";
/// How programs read the clock of a zone that is named beside it.
const LOCAL: &str = "%Y%m%dT%H%M%S";

/// A calendar to subscribe to, download or attach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// What it is called in the list of calendars.
    pub name: String,
    /// What is in it, in the order it is written.
    pub entries: Vec<Entry>,
}

/// Something that takes place from one moment to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is known by for ever and everywhere, `{uuid}@{domain}` (RFC 5545 §3.8.4.7); programs tell by it what replaces what.
    pub uid: String,
    /// How often it was moved or called off; a program that knows a higher number ignores this one.
    pub sequence: u32,
    /// When it was said to be so: the time of the release. Never the time of writing, which would change the bytes.
    pub stamp: DateTime<Utc>,
    /// When it begins.
    pub start: Zoned,
    /// When it ends, perhaps in another zone.
    pub end: Zoned,
    /// What it is.
    pub summary: String,
    /// Where it is.
    pub location: Option<String>,
    /// More about it; may have several lines.
    pub description: Option<String>,
    /// Where more is to be read, an absolute `https` or `http` address.
    pub url: Option<String>,
}

/// Writes a calendar, encoded in UTF-8 with the media type `text/calendar`.
pub fn write(calendar: &Calendar) -> Vec<u8> {
    let Calendar { name, entries } = calendar;
    let mut frame = icalendar::Calendar::empty();
    frame
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Attache//Attache//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", "PUBLISH"))
        .append_property(("X-WR-CALNAME", line(name).as_str()));
    let frame = frame.to_string();
    let (head, end) = frame.split_at(frame.rfind("END:VCALENDAR").unwrap_or(frame.len()));

    let mut written = head.to_owned();
    for (zone, first, last) in spans(entries) {
        written.push_str(&zone::describe(zone, first, last));
    }
    for entry in entries {
        // Writing to a text cannot fail.
        let _ = event(entry).fmt_write(&mut written);
    }
    written.push_str(end);
    written.into_bytes()
}

fn event(entry: &Entry) -> Event {
    let Entry { uid, sequence, stamp, start, end, summary, location, description, url } = entry;
    let mut event = Event::new();
    event
        .uid(&line(uid))
        .sequence(*sequence)
        .append_property(Property::new("DTSTAMP", stamp.format(INSTANT).to_string()))
        .append_property(time("DTSTART", start))
        .append_property(time("DTEND", end))
        .summary(&line(summary));
    if let Some(location) = location {
        event.location(&line(location));
    }
    if let Some(description) = description {
        event.description(&lines(description));
    }
    if let Some(url) = url {
        event.url(&line(url));
    }
    event
}

fn time(key: &str, time: &Zoned) -> Property {
    if names_its_zone(time) {
        let mut property = Property::new(key, time.local().format(LOCAL).to_string());
        property.add_parameter("TZID", time.zone().name());
        property
    } else {
        Property::new(key, time.instant().format(INSTANT).to_string())
    }
}

/// Tells whether a time is written on its own clock: programs take a time that clocks show twice for the first of the two (RFC 5545
/// §3.3.5), so that the second is written as an instant, as is all that is in UTC.
fn names_its_zone(time: &Zoned) -> bool {
    let zone = time.zone();
    let is_utc = matches!(zone, Tz::UTC | Tz::Etc__UTC);
    let first = zone.from_local_datetime(&time.local()).earliest();
    !is_utc && first.is_some_and(|first| first == time.instant())
}

/// Gives the zones that entries name, and the first and last moment each is named for.
fn spans(entries: &[Entry]) -> Vec<(Tz, DateTime<Utc>, DateTime<Utc>)> {
    // Zones come in the order of their names, whatever order the entries have.
    let mut spans = BTreeMap::new();
    for time in entries.iter().flat_map(|entry| [&entry.start, &entry.end]).filter(|time| names_its_zone(time)) {
        let at = time.instant();
        let (_, first, last) = spans.entry(time.zone().name()).or_insert((time.zone(), at, at));
        *first = at.min(*first);
        *last = at.max(*last);
    }
    spans.into_values().collect()
}

/// Keeps what may stand in a text of one line.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Keeps what may stand in a text of several lines; their ends become LF, which the format escapes.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests;
