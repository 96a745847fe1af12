//! The flags of an RPC, from the fields of its request; and the request, from the flags given.

use clap::builder::PossibleValue;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};
use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, ReflectMessage as _,
    Value,
};

use crate::comments::Comment;
use crate::naming::{Place, flag};
use crate::{globals, values};

#[cfg(test)]
mod tests;

/// Flags of the program and of every RPC; a field of such a name is reached by its path instead.
pub const RESERVED: [&str; 13] = [
    "address",
    "all",
    "ca",
    "data",
    "deadline",
    "dry-run",
    "help",
    "output",
    "profile",
    "token",
    "token-file",
    "version",
    "wait",
];

/// The field of a write that says to do it and keep nothing.
pub const VALIDATE_ONLY: &str = "validate_only";

/// How far below the request a field may lie and still have a flag; whatever lies deeper is written as JSON.
const DEEPEST: usize = 4;

/// A field of a request and how it is given.
#[derive(Clone, Debug)]
pub struct Input {
    /// The fields from the request down to it.
    pub path: Vec<FieldDescriptor>,
    /// Its flag without the dashes; a positional argument has none.
    pub long: Option<String>,
    /// Whether the call makes no sense without it.
    pub required: bool,
}

impl Input {
    /// The path in words, `event.start_time`.
    pub fn dotted(&self) -> String {
        self.path.iter().map(FieldDescriptor::name).collect::<Vec<_>>().join(".")
    }

    /// What the parser calls it, apart from the program's own flags.
    fn id(&self) -> String {
        format!("request.{}", self.dotted())
    }

    /// The field itself, at the end of the path.
    pub fn field(&self) -> &FieldDescriptor {
        // A path is never empty: each begins with a field of the request.
        &self.path[self.path.len() - 1]
    }
}

/// Finds the inputs of a method, the positional ones first.
pub fn inputs(method: &MethodDescriptor, place: &Place) -> Vec<Input> {
    let request = method.input();
    let resource = resource(&request, place);
    let mut inputs = Vec::new();
    for field in request.fields() {
        if resource.as_ref() == Some(&field) {
            let creates = Comment::of_field(&field).says_required() && !method.name().starts_with("Update");
            flatten(&field, creates, &request, &mut inputs);
        } else {
            let required = Comment::of_field(&field).says_required();
            let long = flag(field.name());
            let long = if RESERVED.contains(&long.as_str()) { format!("request.{long}") } else { long };
            push(&[field], &long, required, &mut inputs);
        }
    }
    make_positional(&mut inputs, method);
    inputs
}

/// The field that holds the resource the method is about, `event` of `CreateEventRequest`.
pub fn resource(request: &MessageDescriptor, place: &Place) -> Option<FieldDescriptor> {
    let field = request.get_field_by_name(&place.noun.as_ref()?.replace('-', "_"))?;
    (matches!(field.kind(), Kind::Message(_)) && !field.is_list() && !field.is_map()).then_some(field)
}

/// Gives each field of a resource a flag of its own, without the resource's name before it where that is not needed.
fn flatten(resource: &FieldDescriptor, creates: bool, request: &MessageDescriptor, inputs: &mut Vec<Input>) {
    let Kind::Message(message) = resource.kind() else { return };
    for field in message.fields() {
        let comment = Comment::of_field(&field);
        if comment.says_output_only() || (comment.says_identifier() && creates) {
            continue;
        }
        let taken =
            request.get_field_by_name(field.name()).is_some() || RESERVED.contains(&flag(field.name()).as_str());
        let long = if taken { flag(&format!("{}.{}", resource.name(), field.name())) } else { flag(field.name()) };
        push(&[resource.clone(), field], &long, creates && comment.says_required(), inputs);
    }
}

/// Adds a field and, under dotted flags, the fields of the message it may be.
fn push(path: &[FieldDescriptor], long: &str, required: bool, inputs: &mut Vec<Input>) {
    let field = path[path.len() - 1].clone();
    let composite = matches!(field.kind(), Kind::Message(_)) && !field.is_map();
    // A message can be given by its parts as well, and one of several alternatives need not be given.
    let required = required && !composite && field.containing_oneof().is_none();
    inputs.push(Input { path: path.to_vec(), long: Some(long.to_owned()), required });

    let Kind::Message(message) = field.kind() else { return };
    let well_known = message.package_name() == "google.protobuf";
    if field.is_list() || field.is_map() || well_known || path.len() >= DEEPEST {
        return;
    }
    for child in message.fields().filter(|child| !Comment::of_field(child).says_output_only()) {
        let long = format!("{long}.{}", flag(child.name()));
        let below: Vec<FieldDescriptor> = path.iter().cloned().chain([child]).collect();
        push(&below, &long, false, inputs);
    }
}

/// Makes what a call is about positional: its `name` or its `parent` with the `names` in it, or the one thing it cannot
/// do without.
fn make_positional(inputs: &mut Vec<Input>, method: &MethodDescriptor) {
    let at = |inputs: &[Input], id: &str| inputs.iter().position(|input| input.dotted() == id);
    let updated = method.name().starts_with("Update");
    let first = at(inputs, "name").or_else(|| at(inputs, "parent")).or_else(|| {
        let name_below = |input: &Input| input.path.len() == 2 && input.field().name() == "name";
        let needed = |input: &Input| input.required && matches!(input.field().kind(), Kind::String);
        match inputs.iter().filter(|input| input.required).count() {
            _ if updated => inputs.iter().position(name_below),
            1 => inputs.iter().position(|input| needed(input) && input.path.len() == 1 && !input.field().is_list()),
            _ => None,
        }
    });
    let Some(first) = first else { return };
    let mut input = inputs.remove(first);
    input.long = None;
    input.required |= updated;
    let names = at(inputs, "names").filter(|_| input.field().name() == "parent").map(|names| inputs.remove(names));
    inputs.splice(0..0, [input].into_iter().chain(names.map(|names| Input { long: None, ..names })));
}

/// Describes an input to the parser.
pub fn argument(input: &Input) -> Arg {
    let field = input.field();
    let comment = Comment::of_field(field);
    let arg = Arg::new(input.id()).help(summary(&comment)).long_help(comment.whole().to_owned());
    let arg = match &input.long {
        Some(long) => arg.long(long.clone()).value_name(values::shape(field)).hide_short_help(is_detail(input)),
        None => arg.value_name(field.name().to_ascii_uppercase()),
    };
    let arg = if input.required { arg.required_unless_present("data") } else { arg };
    let arg = arg.action(if field.is_list() || field.is_map() { ArgAction::Append } else { ArgAction::Set });
    if let Kind::Enum(of) = field.kind() {
        return arg.value_parser(enum_reader(field, &of)).ignore_case(true);
    }
    let arg = arg.value_parser(reader(field)).allow_negative_numbers(values::is_number(&field.kind()));
    if matches!(field.kind(), Kind::Bool) && !field.is_list() {
        return arg.num_args(0..=1).require_equals(true).default_missing_value("true");
    }
    arg
}

/// Says of a field what the short help has room for.
fn summary(comment: &Comment) -> String {
    let required = if comment.says_required() { " (required)" } else { "" };
    format!("{}{required}", comment.summary())
}

/// Whether a flag only says a part of what another says, or what the program sees to itself.
fn is_detail(input: &Input) -> bool {
    let dotted = input.long.as_ref().is_some_and(|long| long.contains('.') && !long.starts_with("request."));
    dotted || matches!(input.dotted().as_str(), "request_id" | "update_mask")
}

fn reader(field: &FieldDescriptor) -> impl Fn(&str) -> Result<Value, String> + Clone + Send + Sync + use<> {
    let field = field.clone();
    move |text| values::read(&field, text)
}

fn enum_reader(
    field: &FieldDescriptor,
    of: &EnumDescriptor,
) -> impl clap::builder::TypedValueParser<Value = Value> + use<> {
    use clap::builder::TypedValueParser as _;

    let choices = of.values().filter(|value| value.number() != 0).map(|value| {
        let short = values::short(value.name(), of).to_ascii_lowercase().replace('_', "-");
        let full = value.name().to_owned();
        let typed_otherwise =
            [short.replace('-', "_"), full].into_iter().filter(|other| *other != short).collect::<Vec<_>>();
        PossibleValue::new(short).aliases(typed_otherwise).help(Comment::of_value(&value).summary())
    });
    let read = reader(field);
    clap::builder::PossibleValuesParser::new(choices.collect::<Vec<_>>()).try_map(move |text| read(&text))
}

/// Makes the request that the arguments describe: `--data` first, then each flag over it.
pub fn request(
    method: &MethodDescriptor,
    place: &Place,
    inputs: &[Input],
    matches: &ArgMatches,
) -> Result<DynamicMessage, String> {
    let mut request = match matches.get_one::<String>("data") {
        Some(data) => values::read_json(&method.input(), data).map_err(|wrong| format!("--data: {wrong}"))?,
        None => DynamicMessage::new(method.input()),
    };
    let resource = resource(&method.input(), place);
    let mut mask = written_fields(&request, resource.as_ref());
    let mut given: Vec<&Input> =
        inputs.iter().filter(|input| matches.value_source(&input.id()) == Some(ValueSource::CommandLine)).collect();
    // A message as a whole comes before its parts, which would be lost under it otherwise.
    given.sort_by_key(|input| input.path.len());
    for input in given {
        set(&mut request, input, matches);
        if resource.is_some() && resource.as_ref() == input.path.first() {
            mask.push(input.path[1..].iter().map(FieldDescriptor::name).collect::<Vec<_>>().join("."));
        }
    }
    if globals::is_dry_run(matches) {
        request.try_set_field_by_name(VALIDATE_ONLY, Value::Bool(true)).map_err(|_| "has no dry run".to_owned())?;
    }
    fill_mask(&mut request, mask)?;
    fill_request_id(&mut request);
    Ok(request)
}

fn set(request: &mut DynamicMessage, input: &Input, matches: &ArgMatches) {
    let field = input.field();
    let mut message = request;
    for step in &input.path[..input.path.len() - 1] {
        let Some(next) = message.get_field_mut(step).as_message_mut() else { return };
        message = next;
    }
    let values = matches.get_many::<Value>(&input.id()).into_iter().flatten().cloned();
    if field.is_list() {
        message.set_field(field, Value::List(values.collect()));
    } else if field.is_map() {
        let entries = values.filter_map(|value| value.as_map().cloned()).flatten().collect();
        message.set_field(field, Value::Map(entries));
    } else {
        values.for_each(|value| message.set_field(field, value));
    }
}

/// The fields of the resource that `--data` speaks of.
fn written_fields(request: &DynamicMessage, resource: Option<&FieldDescriptor>) -> Vec<String> {
    let Some(resource) = resource.filter(|resource| request.has_field(resource)) else { return Vec::new() };
    let value = request.get_field(resource);
    let fields = value.as_message().into_iter().flat_map(DynamicMessage::fields);
    fields.map(|(field, _)| field.name().to_owned()).collect()
}

/// Says, in an update that does not say it itself, which fields it is about: those that were given, less those that
/// only identify.
fn fill_mask(request: &mut DynamicMessage, mut paths: Vec<String>) -> Result<(), String> {
    paths.retain(|path| path != "name" && path != "etag");
    paths.sort_unstable();
    paths.dedup();
    let field = request.descriptor().get_field_by_name("update_mask");
    match field {
        Some(field) if !request.has_field(&field) => {
            let mask = values::read(&field, &paths.join(",")).map_err(|wrong| format!("--update-mask: {wrong}"))?;
            request.set_field(&field, mask);
            Ok(())
        }
        Some(_) | None => Ok(()),
    }
}

/// Gives a write the id under which it can be sent again.
fn fill_request_id(request: &mut DynamicMessage) {
    let field = request.descriptor().get_field_by_name("request_id");
    if let Some(field) = field.filter(|field| !request.has_field(field)) {
        request.set_field(&field, Value::String(attache_client::fresh_request_id()));
    }
}
