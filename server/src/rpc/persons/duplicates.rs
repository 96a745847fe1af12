//! People who may be one, as the wire has them.

use attache_domain::{
    person::{Field, Likeness, Person, Trait},
    resource::{OrganizationName, PersonName},
};
use attache_proto::v1 as pb;

use super::encode;
use crate::{
    app::{
        Edit,
        persons::{Duplicates, Merging},
    },
    rpc::{
        fields::Fields,
        masks::Mask,
        shapes::decode_page,
        values::{encode_count, etag},
    },
    store::List,
};

/// The score of the pairs that are told when nobody says which.
const USUAL_SCORE: u32 = 40;

/// The fields that can be taken from the one who goes.
const FIELDS: [(&str, Field); 12] = [
    ("display_name", Field::DisplayName),
    ("native_name", Field::NativeName),
    ("passport_name", Field::PassportName),
    ("form_of_address", Field::FormOfAddress),
    ("family_first", Field::FamilyFirst),
    ("email", Field::Email),
    ("phone_number", Field::PhoneNumber),
    ("language_code", Field::Language),
    ("region_code", Field::RegionCode),
    ("time_zone", Field::TimeZone),
    ("affiliation", Field::Affiliation),
    ("position", Field::Position),
];

/// Reads whose duplicates are asked for.
pub(super) fn decode_duplicates(
    fields: &mut Fields,
    message: pb::FindDuplicatesRequest,
) -> Option<(OrganizationName, Duplicates, List)> {
    let pb::FindDuplicatesRequest { parent, person, min_score, page_size, page_token } = message;
    let parent = fields.parse::<OrganizationName>("parent", &parent);
    let person = fields.parse_optional::<PersonName>("person", &person);
    let least = if min_score == 0 { Some(USUAL_SCORE) } else { u32::try_from(min_score).ok() };
    let least = least.filter(|least| (1..=100).contains(least));
    if least.is_none() {
        fields.refuse("min_score", "is not 1 to 100");
    }
    let list = decode_page(fields, page_size, page_token);
    let (parent, person) = (parent?, person?);
    if person.as_ref().is_some_and(|person| person.organization != parent.organization) {
        fields.refuse("person", "is of another organisation");
    }
    Some((parent, Duplicates { of: person.map(|person| person.person), least: least? }, list?))
}

/// Reads who is merged into whom.
pub(super) fn decode_merging(
    fields: &mut Fields,
    message: pb::MergePersonsRequest,
) -> Option<Edit<PersonName, Merging>> {
    let pb::MergePersonsRequest {
        name,
        duplicate,
        take_mask,
        etag: seen,
        duplicate_etag,
        request_id: _,
        validate_only: _,
    } = message;
    let name = fields.parse::<PersonName>("name", &name);
    let duplicate = fields.parse::<PersonName>("duplicate", &duplicate);
    let mask = take_mask.filter(|mask| !mask.paths.is_empty());
    let taken = match mask {
        Some(mask) => decode_taken(fields, mask),
        None => Some(Vec::new()),
    };
    let expected = etag(fields, &seen);
    let expected_duplicate = fields.parse_optional("duplicate_etag", &duplicate_etag);
    let content = Merging { duplicate: duplicate?, expected: expected_duplicate?, taken: taken? };
    Some(Edit { name: name?, content, expected: expected? })
}

fn decode_taken(fields: &mut Fields, mask: prost_types::FieldMask) -> Option<Vec<Field>> {
    let known = FIELDS.map(|(path, _)| path);
    let mask = Mask::read_as(fields, "take_mask", Some(mask), &known)?;
    // A mask that names something is never one of all that is set.
    let Mask::Named(paths) = mask else { return Some(Vec::new()) };
    let taken = FIELDS.into_iter().filter(|(path, _)| paths.iter().any(|named| named == path));
    Some(taken.map(|(_, field)| field).collect())
}

/// Writes two people who may be one.
pub(super) fn encode_pair((person, duplicate, likeness): &(Person, Person, Likeness)) -> pb::DuplicatePair {
    let Likeness { score, shared } = likeness;
    pb::DuplicatePair {
        person: Some(encode(person)),
        duplicate: Some(encode(duplicate)),
        score: encode_count(*score),
        reasons: shared.iter().map(|kind| encode_trait(*kind).into()).collect(),
    }
}

const fn encode_trait(kind: Trait) -> pb::DuplicateReason {
    match kind {
        Trait::Email => pb::DuplicateReason::Email,
        Trait::PhoneNumber => pb::DuplicateReason::PhoneNumber,
        Trait::PassportName => pb::DuplicateReason::PassportName,
        Trait::NativeName => pb::DuplicateReason::NativeName,
        Trait::Reading => pb::DuplicateReason::Reading,
        Trait::Affiliation => pb::DuplicateReason::Affiliation,
    }
}
