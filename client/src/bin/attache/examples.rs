//! Example lines for the help texts, made from the samples that the .proto comments give.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::Value as Json;

use crate::arguments::{self, Input};
use crate::comments::Comment;
use crate::tree::Rpc;
use crate::values;

/// Verbs that show best what a noun is for, in this order.
const TELLING: [&str; 6] = ["create", "request", "put", "list", "get", "info"];

/// Fields whose comments have no sample, and for which the sample of their kind reads oddly.
const TOLD: [(&str, &str); 3] = [("cities", "Beijing"), ("city", "Beijing"), ("display_name", "Li Wei")];

/// A text in English, for a field that has it in several languages.
const LOCALIZED: &str = "Sideline forum";

/// How long a line may be before it is broken.
const LONGEST: usize = 90;

/// The examples of a noun: a few of its verbs.
pub fn of_noun(rpcs: &[&Rpc]) -> String {
    let mut shown: Vec<&&Rpc> =
        TELLING.iter().filter_map(|verb| rpcs.iter().find(|rpc| rpc.place.verb == *verb)).collect();
    shown.extend(rpcs.iter().filter(|rpc| !TELLING.contains(&rpc.place.verb.as_str())));
    let lines: Vec<String> = shown.into_iter().take(3).map(|rpc| line(rpc)).collect();
    format!("Examples:\n{}", lines.join("\n"))
}

/// The shortest call of an RPC that could be answered, over several lines if it is long.
pub fn line(rpc: &Rpc) -> String {
    let command = ["attache".to_owned()].into_iter().chain(rpc.place.noun.clone()).chain([rpc.place.verb.clone()]);
    let (flags, positional): (Vec<&Input>, Vec<&Input>) =
        rpc.inputs.iter().filter(|input| is_shown(input, rpc)).partition(|input| input.long.is_some());
    let start = command.chain(positional.into_iter().map(word)).collect::<Vec<_>>().join(" ");
    let wait = rpc.starts_job().then(|| "--wait".to_owned());
    let words: Vec<String> = [start].into_iter().chain(flags.into_iter().map(word)).chain(wait).collect();

    let together = words.join(" ");
    let shown = if together.chars().count() <= LONGEST { together } else { words.join(" \\\n      ") };
    format!("  {shown}")
}

/// Whether an input belongs into an example: what must be said, one change of an update, and a filter.
fn is_shown(input: &Input, rpc: &Rpc) -> bool {
    if input.required || input.dotted() == "filter" {
        return true;
    }
    if rpc.place.verb == "update" {
        return rpc
            .inputs
            .iter()
            .find(|input| input.long.is_some())
            .is_some_and(|first| first.dotted() == input.dotted());
    }
    let resource = arguments::resource(&rpc.method.input(), &rpc.place);
    let path: Vec<&FieldDescriptor> = input.path.iter().filter(|field| resource.as_ref() != Some(field)).collect();
    let Some((last, above)) = path.split_last() else { return false };
    // A message without a short form is shown by its parts, every other one as it stands.
    let by_parts = |field: &FieldDescriptor| !field.is_list() && values::shape(field) == "JSON";
    matches!(above.first().unwrap_or(last).kind(), Kind::Message(_))
        && path.iter().all(|field| Comment::of_field(field).says_required())
        && above.iter().all(|field| by_parts(field))
        && !by_parts(last)
}

fn word(input: &Input) -> String {
    let value = quote(&sample(input.field()));
    match &input.long {
        Some(long) => format!("--{long} {value}"),
        None => value,
    }
}

/// A value that a field could have: the sample of its comment that fits it best.
fn sample(field: &FieldDescriptor) -> String {
    if let Some((_, told)) = TOLD.iter().find(|(name, _)| *name == field.name()) {
        return (*told).to_owned();
    }
    let comment = Comment::of_field(field);
    let mut samples = comment.samples();
    match field.kind() {
        Kind::Message(message) => message_sample(&message, field.name()),
        Kind::Enum(of) => of
            .values()
            .find(|value| value.number() != 0)
            .map(|value| values::short(value.name(), &of).to_lowercase().replace('_', "-"))
            .unwrap_or_default(),
        Kind::Bool => "true".to_owned(),
        Kind::String if field.name() == "filter" => {
            let condition = samples.find(|sample| sample.contains(" = "));
            condition.map(str::to_owned).unwrap_or_default()
        }
        Kind::String => samples.next().map_or_else(|| "…".to_owned(), fill),
        Kind::Bytes => "@FILE".to_owned(),
        Kind::Double
        | Kind::Float
        | Kind::Int32
        | Kind::Int64
        | Kind::Uint32
        | Kind::Uint64
        | Kind::Sint32
        | Kind::Sint64
        | Kind::Fixed32
        | Kind::Fixed64
        | Kind::Sfixed32
        | Kind::Sfixed64 => samples.find(|sample| sample.parse::<f64>().is_ok()).unwrap_or("1").to_owned(),
    }
}

fn message_sample(message: &MessageDescriptor, field: &str) -> String {
    let clock = if field.starts_with("end") { "17:40" } else { "09:40" };
    match message.full_name() {
        "google.protobuf.Timestamp" => format!("2023-09-05T{clock}:00+08:00"),
        "google.protobuf.Duration" => "1h30m".to_owned(),
        "attache.v1.LocalizedText" => LOCALIZED.to_owned(),
        "attache.v1.ZonedTime" => format!("2023-09-05T{clock} Asia/Shanghai"),
        _ => json_object(message).to_string(),
    }
}

/// A message as JSON with the fields it cannot do without.
fn json_object(message: &MessageDescriptor) -> Json {
    if message.full_name() == "attache.v1.LocalizedText" {
        return serde_json::json!({ "en": LOCALIZED });
    }
    let needed = message.fields().filter(|field| Comment::of_field(field).says_required());
    let parts = needed.map(|field| {
        let value = json_sample(&field);
        (field.name().to_owned(), if field.is_list() { Json::from(vec![value]) } else { value })
    });
    Json::Object(parts.collect())
}

fn json_sample(field: &FieldDescriptor) -> Json {
    let kind = field.kind();
    if let Kind::Enum(of) = &kind {
        return of.values().find(|value| value.number() != 0).map(|value| value.name().to_owned()).into();
    }
    match kind.as_message().filter(|message| message.package_name() != "google.protobuf") {
        Some(message) => json_object(message),
        None => sample(field).into(),
    }
}

/// Puts ids into the pattern of a resource name: `events/{event}` becomes `events/ciftis-2023`.
fn fill(pattern: &str) -> String {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (variable, behind) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        match variable {
            "event" => filled.push_str("ciftis-2023"),
            "organization" => filled.push_str("zbra"),
            other => filled.extend([&other.replace('_', "-"), "-1"]),
        }
        rest = behind;
    }
    filled + rest
}

/// Quotes a word for the shell if it needs it.
fn quote(word: &str) -> String {
    let harmless = |letter: char| letter.is_alphanumeric() || "-_./:@+,=".contains(letter);
    if !word.is_empty() && word.chars().all(harmless) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
