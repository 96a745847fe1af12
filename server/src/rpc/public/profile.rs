//! What people change of what is known of them, by their personal link.

use attache_domain::{
    person::{Person, Profile},
    resource::PersonName,
};
use attache_proto::v1 as pb;
use prost_types::FieldMask;

use crate::{
    app::Edit,
    rpc::{fields::Fields, masks::Mask, persons, values::etag},
};

/// What a person changes of themselves.
const OWN: [&str; 9] = [
    "display_name",
    "native_name",
    "form_of_address",
    "family_first",
    "phone_number",
    "language_code",
    "time_zone",
    "affiliation",
    "position",
];

/// What others change of them, and who does. Whoever has a link must not have mail sent elsewhere.
const OTHERS: [(&str, &str); 3] = [
    ("email", "the organisers"),
    ("passport_name", "the letter desk, by the passport"),
    ("region_code", "the organisers"),
];

/// Reads a change of one's own profile; all that is wrong with it is told, also where the mask is wrong.
pub(super) fn decode_update(
    fields: &mut Fields,
    present: &Person,
    request: pb::UpdateMineRequest,
) -> Option<Edit<PersonName, Profile>> {
    let pb::UpdateMineRequest { person, update_mask, request_id: _, validate_only: _ } = request;
    let mut update = person.unwrap_or_default();
    let paths = update_mask.map(|mask| mask.paths).unwrap_or_default();
    let expected = fields.within("person", |fields| {
        require_own_name(fields, present, &update.name);
        if paths.is_empty() || paths.iter().any(|path| path == "*") {
            require_others_kept(fields, &persons::encode(present), &mut update);
        }
        etag(fields, &update.etag)
    });
    let mask = decode_mask(fields, paths);
    let profile = fields.nested("person", Some(persons::laid_over(present, update, &mask)), persons::decode_profile);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name(), content: profile?, expected: Some(expected) })
}

fn require_own_name(fields: &mut Fields, present: &Person, name: &str) {
    if !name.is_empty() && name != present.name().to_string() {
        fields.refuse("name", "is not whom the personal link is for");
    }
}

/// Refuses other values of what others change; what is sent back as it was read is left out of the update.
fn require_others_kept(fields: &mut Fields, present: &pb::Person, update: &mut pb::Person) {
    let (email, region_code) = (std::mem::take(&mut update.email), std::mem::take(&mut update.region_code));
    let passport_name = update.passport_name.take();
    let are_other = [
        !email.is_empty() && email != present.email,
        passport_name.is_some() && passport_name != present.passport_name,
        !region_code.is_empty() && region_code != present.region_code,
    ];
    for ((path, who), is_other) in OTHERS.into_iter().zip(are_other) {
        if is_other {
            fields.refuse(path, format_args!("is changed by {who}"));
        }
    }
}

fn decode_mask(fields: &mut Fields, paths: Vec<String>) -> Mask {
    if paths.is_empty() {
        return Mask::Set;
    }
    let of_others = |path: &String| OTHERS.into_iter().find(|(other, _)| other == path);
    for (path, who) in paths.iter().filter_map(of_others) {
        fields.refuse("update_mask", format_args!("names {path}, which is changed by {who}"));
    }
    let paths: Vec<String> = paths.into_iter().filter(|path| of_others(path).is_none()).collect();
    let known = paths.iter().filter(|path| OWN.contains(&path.as_str())).cloned().collect();
    if paths.is_empty() {
        return Mask::Named(paths);
    }
    Mask::read(fields, Some(FieldMask { paths }), &OWN).unwrap_or(Mask::Named(known))
}
