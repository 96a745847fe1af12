//! Lays answers out for people: lists as columns, single things as names and values.

use comfy_table::{ContentArrangement, Table, presets};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value};

use crate::trouble::plain;
use crate::{output, values};

#[cfg(test)]
mod tests;

/// A column is never reckoned wider than this when it is decided how many fit.
const WIDEST_CELL: usize = 32;

/// Fields that tell a person nothing in a list.
const DULL: [&str; 2] = ["etag", "update_time"];

/// An answer laid out.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    /// For standard output.
    pub table: String,
    /// How many there are and where the next page begins, for standard error.
    pub note: String,
}

/// The width of the terminal, if there is one.
pub fn width() -> Option<usize> {
    Table::new().width().map(usize::from)
}

/// Lays an answer out within `width`; with none, however wide it becomes.
pub fn show(answer: &DynamicMessage, width: Option<usize>) -> Shown {
    match output::page_items(&answer.descriptor()) {
        Some(items) => Shown { table: show_list(&messages(answer, &items), width), note: note(answer) },
        None => Shown { table: show_one(answer, width), note: String::new() },
    }
}

fn messages(of: &DynamicMessage, field: &FieldDescriptor) -> Vec<DynamicMessage> {
    of.get_field(field).as_list().into_iter().flatten().filter_map(Value::as_message).cloned().collect()
}

/// Lays out rows of the program's own making.
pub fn show_rows(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = blank(width());
    table.set_header(header.iter().map(|name| name.replace('_', " ").to_uppercase()));
    for row in rows {
        table.add_row(row.iter().map(|cell| plain(cell)));
    }
    lines(&table)
}

/// Says of one page of a list how many there are and where the next page begins; of anything else, nothing.
pub fn note(page: &DynamicMessage) -> String {
    let Some(items) = output::page_items(&page.descriptor()) else { return String::new() };
    let list = messages(page, &items);
    let text = |field: &str| page.get_field_by_name(field).map(|value| scalar(&value)).unwrap_or_default();
    let mut note = match text("total_size").as_str() {
        "" | "0" => list.len().to_string(),
        // Lists are counted to 1000, and no further.
        "1001" => format!("{} of more than 1000", list.len()),
        total => format!("{} of {total}", list.len()),
    };
    let names: Vec<String> =
        list.iter().filter_map(|item| item.get_field_by_name("name")).map(|name| scalar(&name)).collect();
    let collections: Vec<&str> =
        names.iter().filter_map(|name| name.rsplit_once('/')).map(|(front, _)| front).collect();
    if let Some(first) = collections.first().filter(|first| collections.iter().all(|other| other == *first)) {
        note = format!("{note} in {}", plain(first));
    }
    match text("next_page_token").as_str() {
        "" => note,
        token => format!("{note}; --all for all, or --page-token {} for the next", plain(token)),
    }
}

fn show_list(list: &[DynamicMessage], width: Option<usize>) -> String {
    let Some(first) = list.first() else { return String::new() };
    let descriptor = first.descriptor();
    let candidates = descriptor.fields().filter(|field| !DULL.contains(&field.name()));
    let mut columns: Vec<(String, Vec<String>)> = candidates
        .filter(|field| !matches!(field.kind(), Kind::Bytes))
        .map(|field| (heading(&field), list.iter().map(|item| cell(item, &field)).collect()))
        .filter(|(_, cells): &(String, Vec<String>)| cells.iter().any(|cell| !cell.is_empty()))
        .collect();
    if let Some(width) = width {
        columns.truncate(fitting(&columns, width));
    }
    let mut table = blank(width);
    table.set_header(columns.iter().map(|(heading, _)| heading.clone()));
    for row in 0..list.len() {
        table.add_row(columns.iter().map(|(_, cells)| cells[row].clone()));
    }
    lines(&table)
}

/// How many columns fit beside each other: at least three, which are wrapped if need be.
fn fitting(columns: &[(String, Vec<String>)], width: usize) -> usize {
    let mut taken = 0;
    let fit = columns.iter().take_while(|(heading, cells)| {
        let widest = cells.iter().chain([heading]).map(|cell| cell.chars().count()).max().unwrap_or_default();
        taken += widest.min(WIDEST_CELL) + 2;
        taken <= width
    });
    fit.count().max(3)
}

fn show_one(message: &DynamicMessage, width: Option<usize>) -> String {
    let mut table = blank(width);
    rows(message, "", &mut table);
    lines(&table)
}

/// Adds a row for each field that is set, those of messages within under dotted names.
fn rows(message: &DynamicMessage, prefix: &str, table: &mut Table) {
    for field in message.descriptor().fields().filter(|field| message.has_field(field)) {
        let name = format!("{prefix}{}", field.name());
        let value = message.get_field(&field);
        match value.as_list() {
            Some(list) => {
                list.iter().enumerate().for_each(|(index, item)| row(&format!("{name}[{index}]"), item, &field, table));
            }
            None => row(&name, &value, &field, table),
        }
    }
}

fn row(name: &str, value: &Value, field: &FieldDescriptor, table: &mut Table) {
    match value.as_message().filter(|message| brief(message).is_none()) {
        Some(inner) => rows(inner, &format!("{name}."), table),
        None => drop(table.add_row([name.to_owned(), text(value, field)])),
    }
}

fn heading(field: &FieldDescriptor) -> String {
    field.name().trim_end_matches("_time").replace('_', " ").to_uppercase()
}

/// What a list shows of a field: names by their last part, since the rest is the same all the way down.
fn cell(item: &DynamicMessage, field: &FieldDescriptor) -> String {
    if !item.has_field(field) {
        return String::new();
    }
    let value = item.get_field(field);
    if let Some(list) = value.as_list() {
        let is_composite = matches!(field.kind(), Kind::Message(_));
        let joined = || list.iter().map(|item| text(item, field)).collect::<Vec<_>>().join(", ");
        return if is_composite { list.len().to_string() } else { joined() };
    }
    let whole = text(&value, field);
    match whole.rsplit_once('/') {
        Some((_, last)) if names_resource(&whole) => last.to_owned(),
        Some(_) | None => whole,
    }
}

/// Whether a text is a resource's name: collections and ids by turns, the first a word of letters alone.
fn names_resource(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let word = |part: &&str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphabetic());
    parts.len().is_multiple_of(2) && parts.iter().step_by(2).all(word) && parts.iter().all(|part| !part.contains(' '))
}

fn text(value: &Value, field: &FieldDescriptor) -> String {
    let text = match (value, field.kind()) {
        (Value::EnumNumber(number), Kind::Enum(of)) => of.get_value(*number).map_or_else(
            || number.to_string(),
            |value| if *number == 0 { String::new() } else { values::short(value.name(), &of).to_lowercase() },
        ),
        (Value::Message(message), _) => brief(message).unwrap_or_default(),
        (value, _) => scalar(value),
    };
    plain(&text)
}

/// A message that is one thing to a person, in one line.
fn brief(message: &DynamicMessage) -> Option<String> {
    let part = |name: &str| message.get_field_by_name(name).map(|value| scalar(&value)).unwrap_or_default();
    match message.descriptor().full_name() {
        "google.protobuf.Timestamp" => {
            message.transcode_to::<prost_types::Timestamp>().ok().map(|time| minute(&time.to_string()))
        }
        "google.protobuf.Duration" => message.transcode_to::<prost_types::Duration>().ok().map(|time| time.to_string()),
        "attache.v1.LocalizedText" => Some(if part("en").is_empty() { part("zh") } else { part("en") }),
        "attache.v1.ZonedTime" => Some(format!("{} {}", part("local_time").replace('T', " "), part("time_zone"))),
        _ => None,
    }
}

/// Shortens `2023-09-05T01:40:00Z` to `2023-09-05 01:40Z`.
fn minute(time: &str) -> String {
    match time.split_once('T') {
        Some((day, clock)) => format!("{day} {}Z", clock.chars().take(5).collect::<String>()),
        None => time.to_owned(),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::I32(count) | Value::EnumNumber(count) => count.to_string(),
        Value::I64(count) => count.to_string(),
        Value::U32(count) => count.to_string(),
        Value::U64(count) => count.to_string(),
        Value::F32(number) => number.to_string(),
        Value::F64(number) => number.to_string(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Map(map) => format!("{} of them", map.len()),
        Value::List(_) | Value::Message(_) => String::new(),
    }
}

fn blank(width: Option<usize>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(match width {
        Some(_) => ContentArrangement::Dynamic,
        None => ContentArrangement::Disabled,
    });
    if let Some(width) = width.and_then(|width| u16::try_from(width).ok()) {
        table.set_width(width);
    }
    table
}

/// The table with a line break at its end and no blanks before line breaks.
fn lines(table: &Table) -> String {
    let shown = table.trim_fmt();
    shown.lines().flat_map(|line| [line.strip_prefix(' ').unwrap_or(line), "\n"]).collect()
}
