//! The wire of forms: what a category asks, and what was answered.

use std::str::FromStr;

use attache_domain::{
    form::{
        Accepted, Answers, Audience, Bounds, Choice, Condition, Field, Form, Given, Key, Kind, LONGEST_LINE,
        LONGEST_TEXT, Misfit, Part, Pick, Section, USUAL_VIEWERS,
    },
    pool::Level,
};
use attache_proto::v1 as pb;
use chrono::NaiveDate;

use super::{
    fields::Fields,
    values::{choice, encode_count, encode_localized, localized},
};

/// Reads the fields of a form.
pub(super) fn decode_form(fields: &mut Fields, form: Vec<pb::FormField>) -> Option<Form> {
    let read = fields.each("form_fields", form, decode_field)?;
    let refuse = |misfits: Vec<Misfit>| {
        for misfit in misfits {
            let part = match misfit.part {
                Part::Id => "id",
                Part::Kind => "kind",
                Part::Choices => "choices",
                Part::Condition => "condition",
                Part::MediaTypes => "media_types",
                Part::Size => "max_size_bytes",
            };
            fields.refuse(&format!("form_fields[{}].{part}", misfit.index), misfit.flaw);
        }
    };
    Form::new(read).map_err(refuse).ok()
}

/// Writes the fields of a form as organisers see it.
pub(super) fn encode_form(form: &Form) -> Vec<pb::FormField> {
    form.fields().iter().map(encode_field).collect()
}

/// Writes the fields of a form as whoever registers sees it, given how full its limited choices are.
pub(super) fn encode_asked(form: &Form, levels: &[(Pick, Level)]) -> impl Iterator<Item = pb::FormField> {
    form.asked_by_section().map(|(section, field)| {
        let mut asked = pb::FormField { section: section.map(encode_section), ..encode_field(field) };
        asked.choices.retain(|choice| !choice.retired);
        for choice in &mut asked.choices {
            let is_it = |pick: &Pick| pick.field == field.id && pick.choice.as_str() == choice.id;
            let level = levels.iter().find(|(pick, _)| is_it(pick)).map(|(_, level)| level);
            choice.free_places = level.and_then(|level| level.free()).map(encode_count);
        }
        asked
    })
}

/// Reads what was answered; whether it fits the form, its rules tell.
pub(super) fn decode_answers(fields: &mut Fields, answers: Vec<pb::Answer>) -> Option<Vec<Given>> {
    fields.each("answers", answers, |fields, pb::Answer { field, values }| {
        Some(Given { field: fields.parse("field", &field)?, values })
    })
}

/// Writes what was answered.
pub(super) fn encode_answers(answers: &Answers) -> Vec<pb::Answer> {
    answers.iter().map(encode_answer).collect()
}

/// Writes what was answered as whoever registered sees it.
pub(super) fn encode_own(form: &Form, answers: &Answers) -> Vec<pb::Answer> {
    form.own(answers).map(encode_answer).collect()
}

fn encode_answer((field, values): (&Key, &[String])) -> pb::Answer {
    pb::Answer { field: field.to_string(), values: values.to_vec() }
}

fn decode_field(fields: &mut Fields, field: pb::FormField) -> Option<Field> {
    let id = fields.parse::<Key>("id", &field.id);
    let label = fields.nested("label", field.label.clone(), localized);
    let help = fields.nested_optional("help", field.help.clone(), localized);
    let condition = fields.nested_optional("condition", field.condition.clone(), decode_condition);
    let section = fields.nested_optional("section", field.section.clone(), decode_section);
    let kind = decode_kind(fields, &field);
    Some(Field {
        section: section?,
        id: id?,
        label: label?,
        help: help?,
        kind: kind?,
        required: field.required,
        condition: condition?,
        audience: decode_audience(field.organizers_only),
        reapproval: field.reapproval,
        retired: field.retired,
    })
}

fn decode_section(fields: &mut Fields, section: pb::FormSection) -> Option<Section> {
    let pb::FormSection { title, help, organizers_only } = section;
    let title = fields.nested("title", title, localized);
    let help = fields.nested_optional("help", help, localized);
    Some(Section { title: title?, help: help?, audience: decode_audience(organizers_only) })
}

const fn decode_audience(organizers_only: bool) -> Audience {
    if organizers_only { Audience::Organizers } else { Audience::Everybody }
}

fn encode_section(section: &Section) -> pb::FormSection {
    let Section { title, help, audience } = section;
    pb::FormSection {
        title: Some(encode_localized(title)),
        help: help.as_ref().map(encode_localized),
        organizers_only: audience.is_organizers(),
    }
}

fn decode_condition(fields: &mut Fields, condition: pb::FormCondition) -> Option<Condition> {
    let pb::FormCondition { field, any_of } = condition;
    Some(Condition { field: fields.parse("field", &field)?, any_of })
}

fn decode_kind(fields: &mut Fields, field: &pb::FormField) -> Option<Kind> {
    use pb::FormFieldKind as Wire;
    let kind = choice(fields, "kind", field.kind, |kind: Wire| (kind != Wire::Unspecified).then_some(kind))?;
    let read = match kind {
        Wire::Text => Kind::Text(decode_length(fields, field.max_length, LONGEST_LINE)?),
        Wire::LongText => Kind::LongText(decode_length(fields, field.max_length, LONGEST_TEXT)?),
        Wire::Number => Kind::Number(decode_bounds(fields, field, |text| text.parse().ok())?),
        Wire::Date => Kind::Date(decode_bounds(fields, field, |text| NaiveDate::from_str(text).ok())?),
        Wire::Choice => Kind::Choice(decode_choices(fields, field)?),
        Wire::Choices => {
            let (choices, most) =
                (decode_choices(fields, field), decode_count(fields, "max_choices", field.max_choices));
            Kind::Choices(choices?, Some(most?).filter(|most| *most > 0))
        }
        Wire::Consent => Kind::Consent(fields.parse("consent_version", &field.consent_version)?),
        Wire::Region => Kind::Region,
        Wire::Language => Kind::Language,
        Wire::Phone => Kind::Phone,
        Wire::Email => Kind::Email,
        Wire::Companions => match decode_count(fields, "max_companions", field.max_companions)? {
            0 => Kind::Companions(1),
            most => Kind::Companions(most),
        },
        Wire::Viewers => match decode_count(fields, "max_viewers", field.max_viewers)? {
            0 => Kind::Viewers(USUAL_VIEWERS),
            most => Kind::Viewers(most),
        },
        Wire::File => Kind::File(decode_accepted(fields, field)?),
        Wire::Unspecified => return None,
    };
    refuse_idle(fields, field, kind);
    Some(read)
}

/// Refuses what a field says that its kind has no use for: somebody meant something by it.
fn refuse_idle(fields: &mut Fields, field: &pb::FormField, kind: pb::FormFieldKind) {
    use pb::FormFieldKind as Wire;
    let said: [(&str, bool, &[Wire]); 10] = [
        ("max_length", field.max_length != 0, &[Wire::Text, Wire::LongText]),
        ("choices", !field.choices.is_empty(), &[Wire::Choice, Wire::Choices]),
        ("max_choices", field.max_choices != 0, &[Wire::Choices]),
        ("max_companions", field.max_companions != 0, &[Wire::Companions]),
        ("max_viewers", field.max_viewers != 0, &[Wire::Viewers]),
        ("min_value", !field.min_value.is_empty(), &[Wire::Number, Wire::Date]),
        ("max_value", !field.max_value.is_empty(), &[Wire::Number, Wire::Date]),
        ("consent_version", !field.consent_version.is_empty(), &[Wire::Consent]),
        ("media_types", !field.media_types.is_empty(), &[Wire::File]),
        ("max_size_bytes", field.max_size_bytes != 0, &[Wire::File]),
    ];
    for (part, is_said, kinds) in said {
        if is_said && !kinds.contains(&kind) {
            fields.refuse(part, "means nothing for a field of this kind");
        }
    }
}

fn decode_accepted(fields: &mut Fields, field: &pb::FormField) -> Option<Accepted> {
    let usual = Accepted::default();
    let largest = match decode_count(fields, "max_size_bytes", field.max_size_bytes)? {
        0 => usual.largest,
        largest => largest,
    };
    let media_types = if field.media_types.is_empty() { usual.media_types } else { field.media_types.clone() };
    Some(Accepted { media_types, largest })
}

fn decode_length(fields: &mut Fields, length: i32, usual: u32) -> Option<u32> {
    Some(match decode_count(fields, "max_length", length)? {
        0 => usual,
        length => length,
    })
}

fn decode_count(fields: &mut Fields, part: &str, count: i32) -> Option<u32> {
    u32::try_from(count).map_err(|_| fields.refuse(part, "is negative")).ok()
}

fn decode_bounds<T>(fields: &mut Fields, field: &pb::FormField, read: impl Fn(&str) -> Option<T>) -> Option<Bounds<T>> {
    let mut bound = |part: &str, text: &str| {
        if text.is_empty() {
            return Some(None);
        }
        let bound = read(text);
        if bound.is_none() {
            fields.refuse(part, "is not written like a value of the field");
        }
        bound.map(Some)
    };
    let (least, most) = (bound("min_value", &field.min_value), bound("max_value", &field.max_value));
    Some(Bounds { least: least?, most: most? })
}

fn decode_choices(fields: &mut Fields, field: &pb::FormField) -> Option<Vec<Choice>> {
    fields.each("choices", field.choices.clone(), |fields, choice| {
        let pb::FormChoice { id, label, retired, places, free_places: _, counts_companions } = choice;
        let (id, label) = (fields.parse("id", &id), fields.nested("label", label, localized));
        let places = match places {
            Some(places) => decode_count(fields, "places", places).map(Some),
            None => Some(None),
        };
        if counts_companions && places == Some(None) {
            fields.refuse("counts_companions", "means nothing for a choice without limit");
        }
        Some(Choice { id: id?, label: label?, retired, places: places?, counts_companions })
    })
}

fn encode_field(field: &Field) -> pb::FormField {
    let Field { section, id, label, help, kind, required, condition, audience, reapproval, retired } = field;
    let condition = condition
        .as_ref()
        .map(|Condition { field, any_of }| pb::FormCondition { field: field.to_string(), any_of: any_of.clone() });
    pb::FormField {
        path: format!("answers.{id}"),
        label: Some(encode_localized(label)),
        required: *required,
        id: id.to_string(),
        help: help.as_ref().map(encode_localized),
        condition,
        organizers_only: audience.is_organizers(),
        reapproval: *reapproval,
        retired: *retired,
        section: section.as_ref().map(encode_section),
        ..encode_kind(kind)
    }
}

/// Writes what a field's kind says of it, and nothing else.
fn encode_kind(kind: &Kind) -> pb::FormField {
    use pb::FormFieldKind as Wire;
    let of = |kind: Wire| pb::FormField { kind: kind.into(), ..Default::default() };
    match kind {
        Kind::Text(longest) => pb::FormField { max_length: encode_count(*longest), ..of(Wire::Text) },
        Kind::LongText(longest) => pb::FormField { max_length: encode_count(*longest), ..of(Wire::LongText) },
        Kind::Number(bounds) => encode_bounds(bounds, of(Wire::Number)),
        Kind::Date(bounds) => encode_bounds(bounds, of(Wire::Date)),
        Kind::Choice(choices) => pb::FormField { choices: encode_choices(choices), ..of(Wire::Choice) },
        Kind::Choices(choices, most) => pb::FormField {
            choices: encode_choices(choices),
            max_choices: encode_count(most.unwrap_or_default()),
            ..of(Wire::Choices)
        },
        Kind::Consent(version) => pb::FormField { consent_version: version.to_string(), ..of(Wire::Consent) },
        Kind::Region => of(Wire::Region),
        Kind::Language => of(Wire::Language),
        Kind::Phone => of(Wire::Phone),
        Kind::Email => of(Wire::Email),
        Kind::Companions(most) => pb::FormField { max_companions: encode_count(*most), ..of(Wire::Companions) },
        Kind::Viewers(most) => pb::FormField { max_viewers: encode_count(*most), ..of(Wire::Viewers) },
        Kind::File(Accepted { media_types, largest }) => {
            pb::FormField { media_types: media_types.clone(), max_size_bytes: encode_count(*largest), ..of(Wire::File) }
        }
    }
}

fn encode_bounds<T: ToString>(bounds: &Bounds<T>, field: pb::FormField) -> pb::FormField {
    let written = |bound: &Option<T>| bound.as_ref().map(T::to_string).unwrap_or_default();
    pb::FormField { min_value: written(&bounds.least), max_value: written(&bounds.most), ..field }
}

fn encode_choices(choices: &[Choice]) -> Vec<pb::FormChoice> {
    let encode = |Choice { id, label, retired, places, counts_companions }: &Choice| pb::FormChoice {
        id: id.to_string(),
        label: Some(encode_localized(label)),
        retired: *retired,
        places: places.map(encode_count),
        free_places: None,
        counts_companions: *counts_companions,
    };
    choices.iter().map(encode).collect()
}
