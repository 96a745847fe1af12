//! Describes a time zone for as long as a calendar needs it (RFC 5545 §3.6.5): which offset its clocks keep, and when they change.

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::{OffsetComponents as _, OffsetName as _, Tz, TzOffset};

/// How long before the first entry the description begins; a change of clocks within it is described by itself.
const LEAD: TimeDelta = TimeDelta::days(1);
/// How far apart two looks at the clocks are; no zone changes its clocks twice within it.
const STEP: TimeDelta = TimeDelta::days(1);

/// Writes the `VTIMEZONE` of a zone that holds from before `first` until `last`.
pub(super) fn describe(zone: Tz, first: DateTime<Utc>, last: DateTime<Utc>) -> String {
    let begin = first - LEAD;
    let mut written = format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n", zone.name());
    let mut offset = offset_at(zone, begin);
    observe(&mut written, begin, &offset, &offset);
    for change in changes(zone, begin, last) {
        let next = offset_at(zone, change);
        observe(&mut written, change, &offset, &next);
        offset = next;
    }
    written.push_str("END:VTIMEZONE\r\n");
    written
}

/// Writes that clocks keep an offset from an instant on, and which they kept until then.
fn observe(written: &mut String, from: DateTime<Utc>, before: &TzOffset, after: &TzOffset) {
    let kind = if after.dst_offset() > TimeDelta::zero() { "DAYLIGHT" } else { "STANDARD" };
    // The moment of a change is written on the clock as it was just before it.
    let onset = from.with_timezone(&before.fix()).format(super::LOCAL);
    let (old, new) = (digits(before.fix()), digits(after.fix()));
    // Writing to a text cannot fail.
    let _ = write!(written, "BEGIN:{kind}\r\nDTSTART:{onset}\r\nTZOFFSETFROM:{old}\r\nTZOFFSETTO:{new}\r\n");
    if let Some(name) = after.abbreviation() {
        let _ = write!(written, "TZNAME:{name}\r\n");
    }
    let _ = write!(written, "END:{kind}\r\n");
}

/// Finds the instants after `begin` and up to `end` from which clocks in a zone keep another offset than before.
fn changes(zone: Tz, begin: DateTime<Utc>, end: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut found = Vec::new();
    let mut seen = begin;
    while seen < end {
        let next = (seen + STEP).min(end);
        if offset_at(zone, seen).fix() != offset_at(zone, next).fix() {
            found.push(change_between(zone, seen, next));
        }
        seen = next;
    }
    found
}

/// Finds the second in which clocks change, given that they do after `before` and not after `after`.
fn change_between(zone: Tz, before: DateTime<Utc>, after: DateTime<Utc>) -> DateTime<Utc> {
    let old = offset_at(zone, before).fix();
    let (mut low, mut high) = (before.timestamp(), after.timestamp());
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let kept = DateTime::from_timestamp(middle, 0).is_some_and(|at| offset_at(zone, at).fix() == old);
        if kept { low = middle } else { high = middle }
    }
    DateTime::from_timestamp(high, 0).unwrap_or(after)
}

fn offset_at(zone: Tz, instant: DateTime<Utc>) -> TzOffset {
    zone.offset_from_utc_datetime(&instant.naive_utc())
}

/// Writes an offset as `+0800`, with seconds where a zone has some.
fn digits(offset: FixedOffset) -> String {
    let seconds = offset.local_minus_utc();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes, rest) = (seconds.abs() / 3600, seconds.abs() / 60 % 60, seconds.abs() % 60);
    if rest == 0 { format!("{sign}{hours:02}{minutes:02}") } else { format!("{sign}{hours:02}{minutes:02}{rest:02}") }
}
