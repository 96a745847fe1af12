//! Reads iCalendar: its `VEVENT`s as sessions.
//!
//! A calendar tells when something is, where, and what it is called; who speaks it does not tell: attendees are those who were asked to
//! come. What repeats, lasts whole days or was called off is not a session, and each is told.

use attache_domain::zoned::parse_zone;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::super::reading::{Clock, Found, FoundItem, FoundTime, Unreadable};

/// How the clock of a zone is written.
const LOCAL: &str = "%Y%m%dT%H%M%S";

/// One line of a calendar, its folds opened: `NAME;PARAMETER=VALUE:VALUE`.
struct Property {
    line: usize,
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
}

/// Takes a file apart.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Found, Unreadable> {
    let properties = unfolded(bytes)?;
    let mut open: Vec<String> = Vec::new();
    let mut found = Found::default();
    let mut event: Option<(usize, Vec<Property>)> = None;
    let mut last = 1;
    for property in properties {
        last = property.line;
        let component = property.value.trim().to_ascii_uppercase();
        match (property.name.as_str(), open.len()) {
            ("BEGIN", 0) if component != "VCALENDAR" => return Err(not_a_calendar(property.line)),
            ("BEGIN", depth) => {
                if depth == 1 && component == "VEVENT" {
                    event = Some((property.line, Vec::new()));
                }
                open.push(component);
            }
            (_, 0) => return Err(not_a_calendar(property.line)),
            ("END", depth) => {
                if open.pop().as_deref() != Some(component.as_str()) {
                    return Err(Unreadable::line(property.line, "ends what was not begun"));
                }
                if depth == 2
                    && let Some((line, properties)) = event.take()
                {
                    found.items.push(item(line, &properties));
                }
            }
            ("X-WR-TIMEZONE", 1) => found.zone = Some(property.value),
            ("X-WR-CALNAME", 1) => found.source = unescaped(&property.value),
            (_, 2) => {
                if let Some((_, properties)) = &mut event {
                    properties.push(property);
                }
            }
            // What lies deeper, an alarm or the rules of a zone, is not of a session; nor is the rest of the calendar's head.
            _ => {}
        }
    }
    if open.is_empty() { Ok(found) } else { Err(Unreadable::line(last, "the file ends in the middle")) }
}

fn not_a_calendar(line: usize) -> Unreadable {
    Unreadable::line(line, "is not within BEGIN:VCALENDAR and END:VCALENDAR")
}

/// Opens the folds of lines (RFC 5545 §3.1), which may lie in the middle of a character, and takes each line apart.
fn unfolded(bytes: &[u8]) -> Result<Vec<Property>, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line.split_first(), lines.last_mut()) {
            (Some((b' ' | b'\t', rest)), Some((_, folded))) => folded.extend_from_slice(rest),
            (Some(_), _) => lines.push((index + 1, line.to_vec())),
            (None, _) => {}
        }
    }
    if lines.is_empty() {
        return Err(Unreadable::whole("is empty"));
    }
    lines.into_iter().map(|(line, bytes)| property(line, bytes)).collect()
}

fn property(line: usize, bytes: Vec<u8>) -> Result<Property, Unreadable> {
    let text = String::from_utf8(bytes).map_err(|_| Unreadable::line(line, "is not UTF-8"))?;
    let mut quoted = false;
    let colon = text.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    });
    let (head, value) = colon
        .and_then(|colon| Some((text.get(..colon)?, text.get(colon + 1..)?)))
        .ok_or_else(|| Unreadable::line(line, "is not a line of a calendar"))?;
    let mut quoted = false;
    let mut parts = head.split(|c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    let name = parts.next().unwrap_or_default().trim().to_ascii_uppercase();
    let parameters = parts.filter_map(|part| part.split_once('='));
    let parameters = parameters.map(|(key, value)| (key.to_ascii_uppercase(), value.trim_matches('"').to_owned()));
    Ok(Property { line, name, parameters: parameters.collect(), value: value.to_owned() })
}

fn item(line: usize, properties: &[Property]) -> FoundItem {
    let find = |name: &str| properties.iter().find(|property| property.name == name);
    let text = |name: &str| find(name).map(|property| unescaped(&property.value)).unwrap_or_default();
    let mut flaws = Vec::new();
    if find("RRULE").or_else(|| find("RDATE")).or_else(|| find("RECURRENCE-ID")).is_some() {
        flaws.push("repeats, which no session does".to_owned());
    }
    if text("STATUS").trim().eq_ignore_ascii_case("CANCELLED") {
        flaws.push("was called off".to_owned());
    }
    let time = match times(find("DTSTART"), find("DTEND"), find("DURATION")) {
        Ok(time) => time,
        Err(flaw) => {
            flaws.push(flaw);
            FoundTime::Unread
        }
    };
    // What we wrote has our own identifier before the @, and names in its description which nobody wrote there.
    let uid = text("UID");
    let own = uid.strip_suffix(super::OWN_DOMAIN).map(str::to_owned);
    let description = find("DESCRIPTION").map(|property| unescaped(&property.value));
    FoundItem {
        place: format!("line {line}"),
        description: description.filter(|_| own.is_none()),
        guid: own.unwrap_or(uid),
        id: String::new(),
        kind: None,
        title: text("SUMMARY"),
        time,
        room: text("LOCATION"),
        speakers: None,
        flaws,
    }
}

fn times(start: Option<&Property>, end: Option<&Property>, duration: Option<&Property>) -> Result<FoundTime, String> {
    let start = clock(start.ok_or("has no DTSTART")?)?;
    let end = match (end, duration) {
        (Some(end), _) => clock(end)?,
        (None, Some(duration)) => {
            let lasts = lasting(&duration.value).ok_or("its DURATION cannot be read")?;
            let end = match start {
                Clock::Instant(start) => start.checked_add_signed(lasts).map(Clock::Instant),
                Clock::Local(start, zone) => start.checked_add_signed(lasts).map(|end| Clock::Local(end, zone)),
            };
            end.ok_or("its end is no time")?
        }
        (None, None) => return Err("has neither DTEND nor DURATION".to_owned()),
    };
    Ok(FoundTime::Between { start, end })
}

/// Reads a time: an instant, the clock of a zone that is named, or a clock whose zone the file leaves open.
fn clock(property: &Property) -> Result<Clock, String> {
    let Property { line: _, name, parameters, value } = property;
    let value = value.trim();
    if NaiveDate::parse_from_str(value, "%Y%m%d").is_ok() {
        return Err(format!("its {name} is a whole day"));
    }
    let read = |text| NaiveDateTime::parse_from_str(text, LOCAL).map_err(|_| format!("its {name} cannot be read"));
    if let Some(instant) = value.strip_suffix('Z') {
        return Ok(Clock::Instant(read(instant)?.and_utc()));
    }
    let named = parameters.iter().find(|(key, _)| key == "TZID");
    let zone = named.map(|(_, zone)| parse_zone(zone).map_err(|refusal| format!("its {name}: {refusal}")));
    Ok(Clock::Local(read(value)?, zone.transpose()?))
}

/// Reads how long something takes (RFC 5545 §3.3.6): `PT1H30M`, `P1D`, `P2W`.
fn lasting(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (days, hours) = text.split_once('T').unwrap_or((text, ""));
    let days = seconds(days, &[('W', 604_800), ('D', 86_400)])?;
    let seconds = days.checked_add(seconds(hours, &[('H', 3600), ('M', 60), ('S', 1)])?)?;
    TimeDelta::try_seconds(seconds)
}

/// Adds up numbers that each have a unit behind them.
fn seconds(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut seconds = 0_i64;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(end)?;
        let (_, size) = units.iter().find(|(unit, _)| behind.starts_with(*unit))?;
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(*size)?)?;
        rest = behind.get(1..)?;
    }
    Some(seconds)
}

/// Reads a text (RFC 5545 §3.3.11).
fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(escaped) => text.push(escaped),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}
