//! One value of a row as a text that says of what type it is, and back.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::Value;

/// Writes a value: a letter for its type, and what it is behind a colon unless it is null. `None` for a type that no
/// row has.
pub(super) fn write(value: Value) -> Option<String> {
    fn cell<T>(letter: char, content: Option<T>, text: impl FnOnce(T) -> String) -> String {
        content.map_or_else(|| letter.to_string(), |content| format!("{letter}:{}", text(content)))
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library has types for databases that are not used here")]
    match value {
        Value::String(text) => Some(cell('s', text, |text| text)),
        Value::BigInt(number) => Some(cell('i', number, |number| number.to_string())),
        Value::Bool(is) => Some(cell('b', is, |is| is.to_string())),
        Value::Bytes(bytes) => Some(cell('x', bytes, |bytes| STANDARD.encode(bytes))),
        Value::ChronoDate(date) => Some(cell('d', date, |date| date.to_string())),
        Value::ChronoDateTimeUtc(time) => Some(cell('t', time, |time| time.timestamp_micros().to_string())),
        Value::Json(json) => Some(cell('j', json, |json| sorted(&json).to_string())),
        _ => None,
    }
}

/// Reads what [`write`] wrote.
pub(super) fn read(cell: &str) -> Option<Value> {
    let (letter, content) = match cell.split_once(':') {
        Some((letter, content)) => (letter, Some(content)),
        None => (cell, None),
    };
    match letter {
        "s" => value(content, |text| Some(text.to_owned())).map(Value::String),
        "i" => value(content, |text| text.parse().ok()).map(Value::BigInt),
        "b" => value(content, |text| text.parse().ok()).map(Value::Bool),
        "x" => value(content, |text| STANDARD.decode(text).ok()).map(Value::Bytes),
        "d" => value(content, |text| text.parse::<NaiveDate>().ok()).map(Value::ChronoDate),
        "t" => value(content, |text| DateTime::<Utc>::from_timestamp_micros(text.parse().ok()?))
            .map(Value::ChronoDateTimeUtc),
        "j" => value(content, |text| serde_json::from_str(text).ok().map(Box::new)).map(Value::Json),
        _ => None,
    }
}

/// A value that is null when it has no content, and `None` when the content is not one.
fn value<T>(content: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    content.map_or(Some(None), |content| read(content).map(Some))
}

/// The same JSON with the names of its objects in order: each database keeps them in an order of its own.
fn sorted(json: &serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            names.into_iter().map(|name| (name.clone(), sorted(&fields[name]))).collect()
        }
        serde_json::Value::Array(elements) => elements.iter().map(sorted).collect(),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => json.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_of_every_type_come_back_as_they_were() {
        let time = DateTime::from_timestamp_micros(1_693_000_000_123_456).unwrap();
        let values = [
            Value::String(Some("a: “b”\n".to_owned())),
            Value::String(None),
            Value::BigInt(Some(i64::MIN)),
            Value::BigInt(None),
            Value::Bool(Some(true)),
            Value::Bytes(Some(vec![0, 255, 10])),
            Value::Bytes(None),
            Value::ChronoDate(Some("2024-02-29".parse().unwrap())),
            Value::ChronoDate(None),
            Value::ChronoDateTimeUtc(Some(time)),
            Value::ChronoDateTimeUtc(None),
            Value::Json(Some(Box::new(json!({"a": [1, {"b": null}]})))),
            Value::Json(None),
        ];

        let back: Vec<Option<Value>> = values.iter().map(|value| read(&write(value.clone())?)).collect();

        assert_eq!(back, values.map(Some));
    }

    #[test]
    fn json_is_written_in_one_order() {
        let one = Value::Json(Some(Box::new(json!({"b": 1, "a": {"d": 2, "c": 3}}))));

        assert_eq!(write(one).unwrap(), r#"j:{"a":{"c":3,"d":2},"b":1}"#);
    }

    #[test]
    fn what_was_not_written_here_is_not_read() {
        assert_eq!(["", "q:1", "i:one", "d:2024-02-30", "x:*", "j:{"].map(read), [const { None }; 6]);
    }
}
