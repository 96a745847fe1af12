//! The wire of tables for the accreditation of somebody else.

use std::collections::BTreeSet;

use attache_domain::{
    identity_document::Kind, language::LanguageTag, registration::accreditation::Value, resource::EventName,
};
use attache_proto::v1 as pb;

use super::{Columns, Reading, TOGETHER, Wanted, decode_format};
use crate::rpc::{
    fields::Fields,
    identity_documents::{decode_kind, decode_purpose},
    shapes::decode_selection,
};

/// How many columns may be asked for.
const MOST_COLUMNS: usize = 100;
/// The longest header and the longest text of a column, in characters.
const LONGEST_TEXT: usize = 200;

pub(super) fn decode(fields: &mut Fields, request: pb::ExportAccreditationRequest) -> Option<(EventName, Wanted)> {
    let pb::ExportAccreditationRequest {
        parent,
        format,
        columns,
        purpose,
        document_kinds,
        filter,
        query,
        order_by,
        language_code,
    } = request;
    let event = fields.parse("parent", &parent);
    let format = decode_format(fields, format);
    let columns = decode_columns(fields, columns);
    let kinds = decode_kinds(fields, &document_kinds);
    let reads = columns.iter().flatten().any(|(_, value)| value.is_of_document());
    let purpose = if reads || !purpose.is_empty() { decode_purpose(fields, &purpose).map(Some) } else { Some(None) };
    let language = fields.parse_optional("language_code", &language_code);
    let filter = if filter.trim().is_empty() { "state = CONFIRMED".to_owned() } else { filter };
    let list = decode_selection(fields, [filter, order_by, query], TOGETHER);
    let reading = purpose?.filter(|_| reads).map(|purpose| Reading { kinds, purpose });
    let wanted = Wanted {
        format: format?,
        columns: Columns::Foreign(columns?, reading),
        language: language?.unwrap_or(LanguageTag::English),
        list: list?,
    };
    Some((event?, wanted))
}

fn decode_columns(fields: &mut Fields, columns: Vec<pb::AccreditationColumn>) -> Option<Vec<(String, Value)>> {
    if columns.is_empty() || columns.len() > MOST_COLUMNS {
        fields.refuse("columns", format_args!("needs 1 to {MOST_COLUMNS} columns"));
        return None;
    }
    let mut headers = BTreeSet::new();
    fields.each("columns", columns, |fields, column| {
        let pb::AccreditationColumn { header, value, text } = column;
        let header = fields.line("header", &header, LONGEST_TEXT);
        match &header {
            Some(None) => fields.refuse("header", "is required"),
            Some(Some(header)) if !headers.insert(header.clone()) => fields.refuse("header", "is there twice"),
            Some(Some(_)) | None => {}
        }
        let text = fields.line("text", &text, LONGEST_TEXT);
        let value = fields.parse_optional::<Value>("value", &value);
        if let (Some(Some(_)), Some(Some(_))) = (&value, &text) {
            fields.refuse("text", "stands where value is left out");
        }
        let text = Value::Text(text?.unwrap_or_default());
        Some((header??, value?.unwrap_or(text)))
    })
}

fn decode_kinds(fields: &mut Fields, kinds: &[i32]) -> Vec<Kind> {
    if kinds.is_empty() {
        return vec![Kind::Passport];
    }
    let mut known = Vec::new();
    for (index, kind) in kinds.iter().enumerate() {
        let kind = decode_kind(*kind).filter(|kind| *kind != Kind::Photo);
        match kind.filter(|kind| !known.contains(kind)) {
            Some(kind) => known.push(kind),
            None => fields.refuse(&format!("document_kinds[{index}]"), "is no document, or named twice"),
        }
    }
    known
}
