//! The small things that many messages are made of: localised texts, zoned times, instants, days, pages, etags.

use attache_domain::{
    localized::Localized,
    resource::{CategoryId, CategoryName, EventId, Malformed},
    revision::Revision,
    visit_window::{self, VisitWindow},
    zoned::{self, Zoned},
};
use attache_proto::v1 as pb;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use prost_types::{Duration, Timestamp};

use super::fields::Fields;
use crate::store::Since;

/// Reads the time zone of a message's `time_zone`, which may be left out.
pub(super) fn zone_named(fields: &mut Fields, name: &str) -> Option<Option<Tz>> {
    if name.is_empty() {
        return Some(None);
    }
    zoned::parse_zone(name).map(Some).map_err(|refusal| fields.refuse("time_zone", refusal)).ok()
}

/// Reads a localised text.
pub(super) fn localized(fields: &mut Fields, text: pb::LocalizedText) -> Option<Localized> {
    let pb::LocalizedText { en, zh } = text;
    Localized::new(&en, &zh).map_err(|flaw| fields.refuse("en", flaw)).ok()
}

/// Writes a localised text.
pub(super) fn encode_localized(text: &Localized) -> pb::LocalizedText {
    let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
    pb::LocalizedText { en: part(text.en()), zh: part(text.zh()) }
}

/// Reads a time as somebody typed it.
pub(super) fn zoned(fields: &mut Fields, time: pb::ZonedTime) -> Option<Zoned> {
    let pb::ZonedTime { local_time, time_zone, instant_time: _ } = time;
    let refuse = |refusal: zoned::Refusal| match refusal {
        zoned::Refusal::UnknownZone { .. } => fields.refuse("time_zone", refusal),
        zoned::Refusal::Malformed | zoned::Refusal::OffsetContradictsZone { .. } => {
            fields.refuse("local_time", refusal);
        }
        zoned::Refusal::Nonexistent { .. } | zoned::Refusal::Ambiguous { .. } => {
            fields.refuse_as("local_time", "ERROR_REASON_LOCAL_TIME_INVALID", refusal);
        }
    };
    Zoned::parse(&local_time, &time_zone).map_err(refuse).ok()
}

/// Writes a time as it was typed, and the instant it says.
pub(super) fn encode_zoned(time: &Zoned) -> pb::ZonedTime {
    pb::ZonedTime {
        local_time: time.local_text(),
        time_zone: time.zone().to_string(),
        instant_time: Some(encode_instant(time.instant())),
    }
}

/// Reads an instant that may be left out.
pub(super) fn instant(fields: &mut Fields, field: &str, time: Option<Timestamp>) -> Option<Option<DateTime<Utc>>> {
    let Some(Timestamp { seconds, nanos }) = time else { return Some(None) };
    match u32::try_from(nanos).ok().and_then(|nanos| DateTime::from_timestamp(seconds, nanos)) {
        Some(instant) => Some(Some(zoned::truncate(instant))),
        None => {
            fields.refuse(field, "is not a time");
            None
        }
    }
}

/// Writes an instant.
pub(super) fn encode_instant(instant: DateTime<Utc>) -> Timestamp {
    // The nanoseconds within a second are below 2³⁰.
    let nanos = i32::try_from(instant.timestamp_subsec_nanos()).unwrap_or_default();
    Timestamp { seconds: instant.timestamp(), nanos }
}

/// Reads a length of time that may be left out.
pub(super) fn duration(fields: &mut Fields, field: &str, length: Option<Duration>) -> Option<Option<TimeDelta>> {
    let Some(Duration { seconds, nanos }) = length else { return Some(None) };
    match u32::try_from(nanos).ok().and_then(|nanos| TimeDelta::new(seconds, nanos)) {
        Some(length) => Some(Some(length)),
        None => {
            fields.refuse(field, "is not a length of time, or is negative");
            None
        }
    }
}

/// Reads a civil day that must be there.
pub(super) fn day(fields: &mut Fields, field: &str, text: &str) -> Option<NaiveDate> {
    if text.is_empty() {
        fields.refuse(field, "is required");
        return None;
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| fields.refuse(field, "is not a day written as YYYY-MM-DD"))
        .ok()
}

/// Reads a civil day that may be left out.
pub(super) fn optional_day(fields: &mut Fields, field: &str, text: &str) -> Option<Option<NaiveDate>> {
    if text.is_empty() { Some(None) } else { day(fields, field, text).map(Some) }
}

/// Reads the days and cities of a visit.
pub(super) fn visit_window(fields: &mut Fields, window: pb::VisitWindow) -> Option<VisitWindow> {
    let pb::VisitWindow { start_date, end_date, cities } = window;
    let (start, end) = (day(fields, "start_date", &start_date), day(fields, "end_date", &end_date));
    let cities = fields.each("cities", cities, localized);
    let refuse = |flaw: visit_window::Flaw| {
        let field = match flaw {
            visit_window::Flaw::EndBeforeStart | visit_window::Flaw::TooLong => "end_date",
            visit_window::Flaw::Cities => "cities",
        };
        fields.refuse(field, flaw);
    };
    VisitWindow::new(start?, end?, cities?).map_err(refuse).ok()
}

/// Writes the days and cities of a visit.
pub(super) fn encode_visit_window(window: &VisitWindow) -> pb::VisitWindow {
    pb::VisitWindow {
        start_date: window.start().to_string(),
        end_date: window.end().to_string(),
        cities: window.cities().iter().map(encode_localized).collect(),
    }
}

/// Reads an etag that may be left out.
pub(super) fn etag(fields: &mut Fields, text: &str) -> Option<Option<Revision>> {
    fields.parse_optional::<Revision>("etag", text)
}

/// Reads where a watch is to begin. Whether a cursor is one, the store tells.
pub(super) fn decode_since(cursor: String) -> Since {
    match cursor.as_str() {
        "" => Since::Now,
        "start" => Since::Start,
        _ => Since::Cursor(cursor),
    }
}

/// Writes a count as the wire has it.
pub(super) fn encode_count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Reads the value of an enumeration by a table; what is not in it is refused.
pub(super) fn choice<E: TryFrom<i32>, T>(
    fields: &mut Fields,
    field: &str,
    number: i32,
    known: impl FnOnce(E) -> Option<T>,
) -> Option<T> {
    let chosen = E::try_from(number).ok().and_then(known);
    if chosen.is_none() {
        fields.refuse(field, "is not one of the known values");
    }
    chosen
}

/// Reads an id that its caller may choose, or makes one.
pub(super) fn chosen_id<T: std::str::FromStr<Err = Malformed>>(
    fields: &mut Fields,
    field: &str,
    text: &str,
    random: fn(uuid::Uuid) -> T,
) -> Option<T> {
    let chosen = fields.parse_optional(field, text)?;
    Some(chosen.unwrap_or_else(|| random(crate::ids::random())))
}

/// Reads a category of an event; of which, is not known when its own name is wrong.
pub(super) fn category(fields: &mut Fields, field: &str, event: Option<&EventId>, text: &str) -> Option<CategoryId> {
    let name = fields.parse::<CategoryName>(field, text)?;
    of_event(fields, field, event, &name.event)?;
    Some(name.category)
}

/// Refuses what is of another event.
pub(super) fn of_event(fields: &mut Fields, field: &str, event: Option<&EventId>, found: &EventId) -> Option<()> {
    if event.is_some_and(|event| event != found) {
        fields.refuse(field, "is of another event");
        return None;
    }
    Some(())
}
