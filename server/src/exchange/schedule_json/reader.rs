//! Reads `schedule.json`, in the shape that schedule.xml has and in those of the programs that add to it.

use serde_json::{Map, Value};

use super::super::reading::{Flaw, Found, FoundItem, FoundSpeaker, FoundTime, Unreadable};

/// Takes a file apart.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Found, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Value = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => Unreadable::line(error.line(), "the file ends in the middle"),
        serde_json::error::Category::Io | serde_json::error::Category::Syntax | serde_json::error::Category::Data => {
            Unreadable::line(error.line(), "is not JSON")
        }
    })?;
    let schedule = object(&document, "schedule").ok_or_else(|| Unreadable::whole("is not a schedule.json"))?;
    let path = "schedule.conference";
    let conference = schedule.get("conference").and_then(Value::as_object);
    let conference = conference.ok_or_else(|| missing(path, "is not an object"))?;
    let days = conference.get("days").and_then(Value::as_array);
    let days = days.ok_or_else(|| missing(&format!("{path}.days"), "is not a list"))?;
    let mut found = Found {
        source: text_or(conference, "acronym", || text(conference, "title")),
        zone: Some(text(conference, "time_zone_name")),
        day_change: Some(text(conference, "day_change")),
        items: Vec::new(),
    };
    let mut flaws = Vec::new();
    for (index, day) in days.iter().enumerate() {
        self::day(&format!("{path}.days[{index}]"), day, &mut found.items, &mut flaws);
    }
    if flaws.is_empty() { Ok(found) } else { Err(Unreadable::all(flaws)) }
}

fn missing(place: &str, description: &str) -> Unreadable {
    Unreadable::all(vec![flaw(place, description)])
}

fn flaw(place: &str, description: &str) -> Flaw {
    Flaw { place: place.to_owned(), description: description.to_owned() }
}

fn day(path: &str, day: &Value, items: &mut Vec<FoundItem>, flaws: &mut Vec<Flaw>) {
    let Some(rooms) = object(day, "rooms") else {
        return flaws.push(flaw(&format!("{path}.rooms"), "is not an object"));
    };
    let date = day.as_object().map(|day| text(day, "date")).unwrap_or_default();
    for (room, sessions) in rooms {
        // A room's name may be anything; it stands in a path as JSON writes it.
        let path = format!("{path}.rooms[{}]", Value::from(room.as_str()));
        let Some(sessions) = sessions.as_array() else {
            flaws.push(flaw(&path, "is not a list"));
            continue;
        };
        for (index, session) in sessions.iter().enumerate() {
            let path = format!("{path}[{index}]");
            match session.as_object() {
                Some(session) => items.push(self::session(path, session, &date, room)),
                None => flaws.push(flaw(&path, "is not an object")),
            }
        }
    }
}

fn session(place: String, session: &Map<String, Value>, day: &str, room: &str) -> FoundItem {
    FoundItem {
        place,
        guid: text(session, "guid"),
        id: text(session, "id"),
        kind: Some(text(session, "type")).filter(|kind| !kind.is_empty()),
        title: text(session, "title"),
        description: Some(text_or(session, "abstract", || text(session, "description"))),
        time: FoundTime::Lasting {
            date: text(session, "date"),
            day: day.to_owned(),
            start: text(session, "start"),
            duration: text(session, "duration"),
        },
        room: text_or(session, "room", || room.to_owned()),
        speakers: Some(persons(session.get("persons"))),
        flaws: Vec::new(),
    }
}

fn persons(persons: Option<&Value>) -> Vec<FoundSpeaker> {
    let person = |person: &Value| match person {
        Value::Object(person) => FoundSpeaker {
            guid: text_or(person, "guid", || text(person, "code")),
            id: text(person, "id"),
            name: text_or(person, "public_name", || text_or(person, "name", || text(person, "full_public_name"))),
        },
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            FoundSpeaker { name: scalar(Some(other)), ..FoundSpeaker::default() }
        }
    };
    persons.and_then(Value::as_array).map(|persons| persons.iter().map(person).collect()).unwrap_or_default()
}

fn object<'a>(value: &'a Value, field: &str) -> Option<&'a Map<String, Value>> {
    value.get(field).and_then(Value::as_object)
}

/// Reads a text or a number; what is neither, or is not there, is empty.
fn text(object: &Map<String, Value>, field: &str) -> String {
    scalar(object.get(field))
}

fn text_or(object: &Map<String, Value>, field: &str, otherwise: impl FnOnce() -> String) -> String {
    let text = text(object, field);
    if text.trim().is_empty() { otherwise() } else { text }
}

fn scalar(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => String::new(),
    }
}
