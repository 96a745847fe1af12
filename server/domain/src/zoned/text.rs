//! The one spelling of a typed time: stricter than ISO 8601, so that nothing is guessed.

use chrono::{FixedOffset, NaiveDateTime, Timelike};

/// A typed time before its zone is looked at.
pub(super) struct Typed {
    pub(super) local: NaiveDateTime,
    pub(super) offset: Option<FixedOffset>,
}

/// Reads `2023-09-05T09:40`, with optional `:SS`, one to six decimals, and an optional `Z` or `±HH:MM`.
pub(super) fn read(text: &str) -> Option<Typed> {
    // The time is at least `YYYY-MM-DDTHH:MM`; whatever sign or Z comes after that begins the offset.
    let clock_end = text.get(16..)?.find(['Z', '+', '-']).map_or(text.len(), |at| at + 16);
    let (clock, offset) = text.split_at_checked(clock_end)?;
    let offset = if offset.is_empty() { None } else { Some(read_offset(offset)?) };
    Some(Typed { local: read_local(clock)?, offset })
}

/// Writes a local time in the shortest form that `read` takes: seconds and decimals only if there are any.
pub(super) fn write(local: NaiveDateTime) -> String {
    let form = match (local.second(), local.nanosecond()) {
        (0, 0) => "%Y-%m-%dT%H:%M",
        (_, 0) => "%Y-%m-%dT%H:%M:%S",
        (_, _) => "%Y-%m-%dT%H:%M:%S%.6f",
    };
    local.format(form).to_string()
}

fn read_local(clock: &str) -> Option<NaiveDateTime> {
    // chrono would take unpadded numbers, signs, blanks and leap seconds: the shape is held here, the calendar there.
    let (whole, decimals) = clock.split_once('.').map_or((clock, None), |(whole, decimals)| (whole, Some(decimals)));
    let form = match whole.len() {
        16 if decimals.is_none() => "%Y-%m-%dT%H:%M",
        19 => "%Y-%m-%dT%H:%M:%S",
        _ => return None,
    };
    if !has_shape(whole, "0000-00-00T00:00:00") || whole.ends_with(":60") {
        return None;
    }
    let local = NaiveDateTime::parse_from_str(whole, form).ok()?;
    local.with_nanosecond(decimals.map_or(Some(0), read_decimals)?)
}

/// Tells whether the text has digits where the pattern has `0`, and the pattern's own characters elsewhere, as far as
/// it goes.
fn has_shape(text: &str, pattern: &str) -> bool {
    text.bytes().zip(pattern.bytes()).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    })
}

/// Reads one to six decimals as nanoseconds.
fn read_decimals(digits: &str) -> Option<u32> {
    let well_formed = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if well_formed { format!("{digits:0<9}").parse().ok() } else { None }
}

fn read_offset(text: &str) -> Option<FixedOffset> {
    if text == "Z" {
        return FixedOffset::east_opt(0);
    }
    if text.len() != 6 || !has_shape(&text[1..], "00:00") {
        return None;
    }
    let hours: i32 = text[1..3].parse().ok()?;
    let minutes: i32 = text[4..].parse().ok().filter(|minutes| *minutes < 60)?;
    let seconds = hours * 3600 + minutes * 60;
    if text.starts_with('-') { FixedOffset::west_opt(seconds) } else { FixedOffset::east_opt(seconds) }
}
