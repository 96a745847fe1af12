//! What is typed for a field, as the value that goes over the wire.

use std::fs;

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage as _, Value,
};

/// Reads one value of a field. A repeated field is read value by value; a map, entry by entry, as `key=value`.
pub fn read(field: &FieldDescriptor, text: &str) -> Result<Value, String> {
    if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
        return read_entry(&entry, text);
    }
    read_kind(&field.kind(), text)
}

/// Tells whether values of a kind are numbers.
pub fn is_number(kind: &Kind) -> bool {
    !matches!(kind, Kind::Bool | Kind::String | Kind::Bytes | Kind::Enum(_) | Kind::Message(_))
}

/// What a value looks like, for the help.
pub fn shape(field: &FieldDescriptor) -> &'static str {
    match field.kind() {
        Kind::Message(_) if field.is_map() => "KEY=VALUE",
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => "TIME",
            "google.protobuf.Duration" => "DURATION",
            "google.protobuf.FieldMask" => "PATH,…",
            "attache.v1.LocalizedText" => "ENGLISH|JSON",
            "attache.v1.ZonedTime" => "LOCAL_TIME ZONE",
            _ => "JSON",
        },
        Kind::Bool => "true|false",
        Kind::Bytes => "TEXT|@FILE",
        Kind::String => "TEXT",
        Kind::Enum(_) => "VALUE",
        Kind::Double | Kind::Float => "NUMBER",
        Kind::Int32
        | Kind::Int64
        | Kind::Uint32
        | Kind::Uint64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Fixed32
        | Kind::Fixed64
        | Kind::Sfixed32
        | Kind::Sfixed64 => "COUNT",
    }
}

/// An enum's value as it is typed and shown: `LETTER_STATE_ISSUED` as `ISSUED`.
pub fn short<'a>(value: &'a str, of: &EnumDescriptor) -> &'a str {
    let mut prefix = String::new();
    for letter in of.name().chars() {
        if letter.is_ascii_uppercase() && !prefix.is_empty() {
            prefix.push('_');
        }
        prefix.push(letter.to_ascii_uppercase());
    }
    value.strip_prefix(&prefix).and_then(|rest| rest.strip_prefix('_')).unwrap_or(value)
}

/// Reads a message from JSON in its protobuf form; `@FILE` takes it from a file and `-` from standard input.
pub fn read_json(message: &MessageDescriptor, text: &str) -> Result<DynamicMessage, String> {
    let text = match (text, text.strip_prefix('@')) {
        ("-", _) => std::io::read_to_string(std::io::stdin()).map_err(|error| format!("standard input: {error}"))?,
        (_, Some(path)) => fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?,
        (json, None) => json.to_owned(),
    };
    let mut json = serde_json::Deserializer::from_str(&text);
    let read = DynamicMessage::deserialize(message.clone(), &mut json).map_err(|error| error.to_string())?;
    json.end().map_err(|error| error.to_string())?;
    Ok(read)
}

fn read_entry(entry: &MessageDescriptor, text: &str) -> Result<Value, String> {
    let (key, value) = text.split_once('=').ok_or("not KEY=VALUE")?;
    let key = read_kind(&entry.map_entry_key_field().kind(), key)?;
    let key: MapKey = key.into_map_key().ok_or("not a key")?;
    let value = read_kind(&entry.map_entry_value_field().kind(), value)?;
    Ok(Value::Map([(key, value)].into()))
}

fn read_kind(kind: &Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::String => Ok(Value::String(text.to_owned())),
        Kind::Bool => text.parse().map(Value::Bool).map_err(|_| "neither true nor false".to_owned()),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => number(text).map(Value::I32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => number(text).map(Value::I64),
        Kind::Uint32 | Kind::Fixed32 => number(text).map(Value::U32),
        Kind::Uint64 | Kind::Fixed64 => number(text).map(Value::U64),
        Kind::Float => number(text).map(Value::F32),
        Kind::Double => number(text).map(Value::F64),
        Kind::Bytes => read_bytes(text),
        Kind::Enum(of) => read_enum(of, text),
        Kind::Message(message) => read_message(message, text).map(Value::Message),
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "not a number, or too large a one".to_owned())
}

fn read_bytes(text: &str) -> Result<Value, String> {
    let bytes = match text.strip_prefix('@') {
        Some(path) => fs::read(path).map_err(|error| format!("{path}: {error}"))?,
        None => text.as_bytes().to_vec(),
    };
    Ok(Value::Bytes(bytes.into()))
}

fn read_enum(of: &EnumDescriptor, text: &str) -> Result<Value, String> {
    let typed = text.replace('-', "_");
    let meant = of.values().find(|value| {
        value.name().eq_ignore_ascii_case(&typed) || short(value.name(), of).eq_ignore_ascii_case(&typed)
    });
    meant.map(|value| Value::EnumNumber(value.number())).ok_or_else(|| "not one of the values".to_owned())
}

/// Reads a message: the common ones have a short form, all of them JSON.
fn read_message(message: &MessageDescriptor, text: &str) -> Result<DynamicMessage, String> {
    match message.full_name() {
        "google.protobuf.Timestamp" => transcode(message, &read_time(text)?),
        "google.protobuf.Duration" => transcode(message, &read_duration(text)?),
        "google.protobuf.FieldMask" => {
            let paths = text.split(',').map(|path| path.trim().to_owned()).collect();
            transcode(message, &prost_types::FieldMask { paths })
        }
        "attache.v1.LocalizedText" if !text.starts_with(['{', '@']) => texts(message, &[("en", text)]),
        "attache.v1.ZonedTime" if !text.starts_with(['{', '@']) => {
            let (local_time, time_zone) =
                text.split_once(' ').ok_or("not a local time, a space, and a zone as Asia/Shanghai")?;
            texts(message, &[("local_time", local_time), ("time_zone", time_zone.trim())])
        }
        _ => read_json(message, text),
    }
}

fn transcode(message: &MessageDescriptor, value: &impl prost::Message) -> Result<DynamicMessage, String> {
    let mut read = DynamicMessage::new(message.clone());
    read.transcode_from(value).map_err(|error| error.to_string())?;
    Ok(read)
}

fn texts(message: &MessageDescriptor, fields: &[(&str, &str)]) -> Result<DynamicMessage, String> {
    let mut read = DynamicMessage::new(message.clone());
    for (field, text) in fields {
        read.try_set_field_by_name(field, Value::String((*text).to_owned()))
            .map_err(|error| format!("{}: {error}", read.descriptor().full_name()))?;
    }
    Ok(read)
}

fn read_time(text: &str) -> Result<prost_types::Timestamp, String> {
    text.parse().map_err(|_| "not a time as 2023-09-05T09:40:00+08:00".to_owned())
}

/// Reads `90s`, `1h30m` or `1.5s`.
fn read_duration(text: &str) -> Result<prost_types::Duration, String> {
    let wrong = || "not a duration as 1h30m or 90s".to_owned();
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').ok_or_else(wrong)?;
        let unit = rest[digits..].find(|letter: char| letter.is_ascii_digit()).map_or(rest.len(), |end| digits + end);
        let count: f64 = rest[..digits].parse().map_err(|_| wrong())?;
        seconds += match &rest[digits..unit] {
            "d" => count * 86_400.0,
            "h" => count * 3600.0,
            "m" => count * 60.0,
            "s" => count,
            "ms" => count / 1000.0,
            _ => return Err(wrong()),
        };
        rest = &rest[unit..];
    }
    let duration = std::time::Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
    if text.is_empty() { Err(wrong()) } else { duration.try_into().map_err(|_| wrong()) }
}

/// Reads a duration for the program itself.
pub fn read_patience(text: &str) -> Result<std::time::Duration, String> {
    read_duration(text)?.try_into().map_err(|_| "too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_add_up_their_parts() {
        let seconds = |text: &str| read_patience(text).map(|duration| duration.as_secs_f64()).ok();

        assert_eq!(seconds("1h30m"), Some(5400.0));
        assert_eq!(seconds("1.5s"), Some(1.5));
        assert_eq!(seconds("250ms"), Some(0.25));
        assert_eq!([seconds(""), seconds("30"), seconds("5y"), seconds("s")], [None; 4]);
    }
}
