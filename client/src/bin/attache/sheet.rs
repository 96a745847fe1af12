//! Lays answers out as rows of comma-separated values, for spreadsheets and for programs that read them.
//!
//! The header follows from the kind of the answer alone, never from what is in it, so that what reads one file reads the next: a
//! column for each field that holds a value, those of messages within under dotted names. What is repeated stands in one cell.

use anyhow::Context as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use serde_json::Value as Json;

use crate::output;

#[cfg(test)]
mod tests;

/// What a spreadsheet takes for the beginning of a formula, also in the full width that Chinese keyboards write.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// How the answers of one kind are laid out.
pub struct Sheet {
    /// The field with the items that are the rows; the answer itself is the one row without it.
    items: Option<FieldDescriptor>,
    columns: Vec<Column>,
}

/// The fields from a row's message down to a value.
struct Column(Vec<FieldDescriptor>);

impl Sheet {
    /// Reads from the kind of an answer how it is laid out.
    pub fn of(answer: &MessageDescriptor) -> Self {
        // An answer that holds nothing beside a list is one, paged or not.
        let items = output::page_items(answer).or_else(|| output::items(answer).filter(|_| answer.fields().len() == 1));
        let row = match items.as_ref().map(FieldDescriptor::kind) {
            Some(Kind::Message(item)) => item,
            Some(_) | None => answer.clone(),
        };
        let mut columns = Vec::new();
        add_columns(&row, &[], &mut columns);
        Self { items, columns }
    }

    /// The names of the columns.
    pub fn header(&self) -> Vec<String> {
        let dotted = |Column(path): &Column| path.iter().map(FieldDescriptor::name).collect::<Vec<_>>().join(".");
        self.columns.iter().map(dotted).collect()
    }

    /// The rows of an answer.
    pub fn rows(&self, answer: &DynamicMessage) -> anyhow::Result<Vec<Vec<String>>> {
        match &self.items {
            None => Ok(vec![self.row(answer)?]),
            Some(items) => {
                let list = answer.get_field(items);
                let messages = list.as_list().into_iter().flatten().filter_map(Value::as_message);
                messages.map(|message| self.row(message)).collect()
            }
        }
    }

    fn row(&self, message: &DynamicMessage) -> anyhow::Result<Vec<String>> {
        let json = message
            .serialize_with_options(serde_json::value::Serializer, &output::AS_JSON)
            .context("the answer cannot be shown")?;
        self.columns.iter().map(|column| column.cell(&json)).collect()
    }
}

impl Column {
    fn cell(&self, row: &Json) -> anyhow::Result<String> {
        let Self(path) = self;
        let value = path.iter().fold(row, |json, field| json.get(field.name()).unwrap_or(&Json::Null));
        let text = text(value)?;
        let is_typed = path.last().is_some_and(|field| matches!(field.kind(), Kind::String | Kind::Message(_)));
        Ok(if is_typed { harmless(&text) } else { text })
    }
}

/// Adds a column for each value in a message, as deep as it goes.
fn add_columns(message: &MessageDescriptor, above: &[FieldDescriptor], columns: &mut Vec<Column>) {
    for field in message.fields() {
        let path: Vec<FieldDescriptor> = above.iter().cloned().chain([field.clone()]).collect();
        if let Kind::Message(inner) = field.kind()
            && !field.is_list()
            && !field.is_map()
            && opens(&inner, &path)
        {
            add_columns(&inner, &path, columns);
        } else {
            columns.push(Column(path));
        }
    }
}

/// Whether a message has columns of its own: a moment or a duration is one value, and what holds its own kind has no end.
fn opens(message: &MessageDescriptor, path: &[FieldDescriptor]) -> bool {
    message.package_name() != "google.protobuf" && path.iter().all(|field| field.parent_message() != message)
}

/// Writes what a cell holds: texts side by side where there are several, and JSON of what has parts of its own.
fn text(value: &Json) -> anyhow::Result<String> {
    match value {
        Json::Null => Ok(String::new()),
        Json::Bool(yes) => Ok(yes.to_string()),
        Json::Number(number) => Ok(number.to_string()),
        Json::String(text) => Ok(text.clone()),
        Json::Array(items) if items.iter().all(|item| !item.is_object()) => {
            Ok(items.iter().map(text).collect::<Result<Vec<_>, _>>()?.join("; "))
        }
        Json::Object(fields) if fields.is_empty() => Ok(String::new()),
        Json::Array(_) | Json::Object(_) => serde_json::to_string(value).context("the answer cannot be shown"),
    }
}

/// Puts a quotation mark before what a spreadsheet would calculate, as a name that somebody typed might say anything.
pub fn harmless(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// Writes rows as RFC 4180 has it, with a line feed at the end of each.
pub fn write(rows: impl IntoIterator<Item = Vec<String>>, to: &mut Vec<u8>) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(to);
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.flush()?)
}
