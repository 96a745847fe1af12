//! Forms as the database has them, within their category: JSON that reads as it was written, whatever is added to it later.

use attache_domain::{
    form::{Accepted, Audience, Bounds, Choice, Condition, Field, Form, Kind, Section},
    localized::Localized,
};
use serde::{Deserialize, Serialize};

use super::times::Text;

/// A field as it is written down.
#[expect(clippy::struct_excessive_bools, reason = "what a field says of itself is said beside each other in JSON")]
#[derive(Serialize, Deserialize)]
pub(super) struct WrittenField {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    section: Option<WrittenSection>,
    id: String,
    label: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
    #[serde(flatten)]
    kind: WrittenKind,
    #[serde(default)]
    required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<WrittenCondition>,
    #[serde(default)]
    organizers_only: bool,
    #[serde(default)]
    reapproval: bool,
    #[serde(default)]
    retired: bool,
}

#[derive(Serialize, Deserialize)]
struct WrittenSection {
    title: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
    #[serde(default)]
    organizers_only: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum WrittenKind {
    Text { longest: u32 },
    LongText { longest: u32 },
    Number { least: Option<String>, most: Option<String> },
    Date { least: Option<String>, most: Option<String> },
    Choice { choices: Vec<WrittenChoice> },
    Choices { choices: Vec<WrittenChoice>, most: Option<u32> },
    Consent { version: String },
    Region,
    Language,
    Phone,
    Email,
    Companions { most: u32 },
    Viewers { most: u32 },
    File { media_types: Vec<String>, largest: u32 },
}

#[derive(Serialize, Deserialize)]
struct WrittenChoice {
    id: String,
    label: Text,
    #[serde(default)]
    retired: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    places: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    counts_companions: bool,
}

#[derive(Serialize, Deserialize)]
struct WrittenCondition {
    field: String,
    any_of: Vec<String>,
}

/// Writes a form.
pub(super) fn written(form: &Form) -> Vec<WrittenField> {
    form.fields().iter().map(written_field).collect()
}

/// Reads a form; `None` when it is none.
pub(super) fn read(fields: Vec<WrittenField>) -> Option<Form> {
    Form::new(fields.into_iter().map(read_field).collect::<Option<_>>()?).ok()
}

fn written_field(field: &Field) -> WrittenField {
    let Field { section, id, label, help, kind, required, condition, audience, reapproval, retired } = field;
    let section = section.as_ref().map(|Section { title, help, audience }| WrittenSection {
        title: title.into(),
        help: help.as_ref().map(Text::from),
        organizers_only: audience.is_organizers(),
    });
    WrittenField {
        section,
        id: id.to_string(),
        label: label.into(),
        help: help.as_ref().map(Text::from),
        kind: written_kind(kind),
        required: *required,
        condition: condition
            .as_ref()
            .map(|Condition { field, any_of }| WrittenCondition { field: field.to_string(), any_of: any_of.clone() }),
        organizers_only: audience.is_organizers(),
        reapproval: *reapproval,
        retired: *retired,
    }
}

const fn read_audience(organizers_only: bool) -> Audience {
    if organizers_only { Audience::Organizers } else { Audience::Everybody }
}

fn read_section(section: &WrittenSection) -> Option<Section> {
    let WrittenSection { title, help, organizers_only } = section;
    let help = match help {
        Some(help) => Some(read_text(help)?),
        None => None,
    };
    Some(Section { title: read_text(title)?, help, audience: read_audience(*organizers_only) })
}

fn read_field(field: WrittenField) -> Option<Field> {
    let WrittenField { section, id, label, help, kind, required, condition, organizers_only, reapproval, retired } =
        field;
    let condition = match condition {
        Some(WrittenCondition { field, any_of }) => Some(Condition { field: field.parse().ok()?, any_of }),
        None => None,
    };
    let help = match help {
        Some(help) => Some(read_text(&help)?),
        None => None,
    };
    let section = match section {
        Some(section) => Some(read_section(&section)?),
        None => None,
    };
    Some(Field {
        section,
        id: id.parse().ok()?,
        label: read_text(&label)?,
        help,
        kind: read_kind(kind)?,
        required,
        condition,
        audience: read_audience(organizers_only),
        reapproval,
        retired,
    })
}

fn written_kind(kind: &Kind) -> WrittenKind {
    match kind {
        Kind::Text(longest) => WrittenKind::Text { longest: *longest },
        Kind::LongText(longest) => WrittenKind::LongText { longest: *longest },
        Kind::Number(bounds) => {
            let (least, most) = written_bounds(bounds);
            WrittenKind::Number { least, most }
        }
        Kind::Date(bounds) => {
            let (least, most) = written_bounds(bounds);
            WrittenKind::Date { least, most }
        }
        Kind::Choice(choices) => WrittenKind::Choice { choices: written_choices(choices) },
        Kind::Choices(choices, most) => WrittenKind::Choices { choices: written_choices(choices), most: *most },
        Kind::Consent(version) => WrittenKind::Consent { version: version.to_string() },
        Kind::Region => WrittenKind::Region,
        Kind::Language => WrittenKind::Language,
        Kind::Phone => WrittenKind::Phone,
        Kind::Email => WrittenKind::Email,
        Kind::Companions(most) => WrittenKind::Companions { most: *most },
        Kind::Viewers(most) => WrittenKind::Viewers { most: *most },
        Kind::File(Accepted { media_types, largest }) => {
            WrittenKind::File { media_types: media_types.clone(), largest: *largest }
        }
    }
}

fn read_kind(kind: WrittenKind) -> Option<Kind> {
    Some(match kind {
        WrittenKind::Text { longest } => Kind::Text(longest),
        WrittenKind::LongText { longest } => Kind::LongText(longest),
        WrittenKind::Number { least, most } => Kind::Number(read_bounds(least.as_deref(), most.as_deref())?),
        WrittenKind::Date { least, most } => Kind::Date(read_bounds(least.as_deref(), most.as_deref())?),
        WrittenKind::Choice { choices } => Kind::Choice(read_choices(choices)?),
        WrittenKind::Choices { choices, most } => Kind::Choices(read_choices(choices)?, most),
        WrittenKind::Consent { version } => Kind::Consent(version.parse().ok()?),
        WrittenKind::Region => Kind::Region,
        WrittenKind::Language => Kind::Language,
        WrittenKind::Phone => Kind::Phone,
        WrittenKind::Email => Kind::Email,
        WrittenKind::Companions { most } => Kind::Companions(most),
        WrittenKind::Viewers { most } => Kind::Viewers(most),
        WrittenKind::File { media_types, largest } => Kind::File(Accepted { media_types, largest }),
    })
}

fn written_bounds<T: ToString>(bounds: &Bounds<T>) -> (Option<String>, Option<String>) {
    (bounds.least.as_ref().map(T::to_string), bounds.most.as_ref().map(T::to_string))
}

fn read_bounds<T: std::str::FromStr>(least: Option<&str>, most: Option<&str>) -> Option<Bounds<T>> {
    let read = |bound: Option<&str>| bound.map(str::parse).transpose().ok();
    Some(Bounds { least: read(least)?, most: read(most)? })
}

fn written_choices(choices: &[Choice]) -> Vec<WrittenChoice> {
    let write = |Choice { id, label, retired, places, counts_companions }: &Choice| WrittenChoice {
        id: id.to_string(),
        label: label.into(),
        retired: *retired,
        places: *places,
        counts_companions: *counts_companions,
    };
    choices.iter().map(write).collect()
}

fn read_choices(choices: Vec<WrittenChoice>) -> Option<Vec<Choice>> {
    let read = |WrittenChoice { id, label, retired, places, counts_companions }: WrittenChoice| {
        Some(Choice { id: id.parse().ok()?, label: read_text(&label)?, retired, places, counts_companions })
    };
    choices.into_iter().map(read).collect()
}

fn read_text(text: &Text) -> Option<Localized> {
    text.localized("categories").ok()
}
