//! The wire of lists of people.

use attache_domain::{
    cell::DateOrder,
    invitation::Wanted,
    job::RegistrationImport,
    language::LanguageTag,
    registration::import::{Settings, Tally, Target, Told},
    resource::{CategoryName, EventName},
};
use attache_proto::v1 as pb;

use super::super::{
    fields::Fields,
    invitations,
    jobs::encode_count_of,
    values::{encode_count, encode_instant},
};
use crate::app::registrations::Survey;

/// How many columns a request may say something of.
const MOST_COLUMNS: usize = 500;
/// How many characters the name of a sheet or of a column has at most.
pub(in crate::rpc) const LONGEST_NAME: usize = 400;

/// Reads what is to be imported, and on what terms those who are new are to be invited instead.
pub(super) fn decode(
    fields: &mut Fields,
    request: pb::ImportRegistrationsRequest,
) -> Option<(EventName, (Settings, Option<Wanted>))> {
    let pb::ImportRegistrationsRequest {
        parent,
        file,
        category,
        columns,
        sheet,
        date_order,
        language_code,
        skip_bad_rows,
        notify,
        validate_only: _,
        request_id: _,
        invitation_terms,
    } = request;
    let event = fields.parse::<EventName>("parent", &parent);
    let terms = fields.nested_optional("invitation_terms", invitation_terms, invitations::decode_terms);
    let file = fields.parse("file", &file);
    let category = fields.parse_optional::<CategoryName>("category", &category);
    if let (Some(event), Some(Some(category))) = (&event, &category)
        && category.event != event.event
    {
        fields.refuse("category", "is of another event");
    }
    let columns = decode_columns(fields, columns);
    let sheet = fields.line("sheet", &sheet, LONGEST_NAME);
    let date_order = decode_order(fields, date_order);
    let language = fields.parse_optional("language_code", &language_code);
    let settings = Settings {
        file: file?,
        sheet: sheet?,
        category: category?.map(|category| category.category),
        columns: columns?,
        date_order: date_order?,
        language: language?.unwrap_or(LanguageTag::English),
        skip_bad_rows,
        notify,
        invitation: None,
    };
    Some((event?, (settings, terms?)))
}

pub(in crate::rpc) fn decode_columns(
    fields: &mut Fields,
    columns: Vec<pb::ImportColumn>,
) -> Option<Vec<(String, Option<Target>)>> {
    if columns.len() > MOST_COLUMNS {
        fields.refuse("columns", format_args!("are more than {MOST_COLUMNS}"));
        return None;
    }
    let read = |(index, column): (usize, pb::ImportColumn)| {
        let pb::ImportColumn { header, field } = column;
        fields.within(&format!("columns[{index}]"), |fields| {
            let header = header.trim().to_owned();
            if header.is_empty() || header.chars().count() > LONGEST_NAME {
                fields.refuse("header", format_args!("is not 1 to {LONGEST_NAME} characters"));
                return None;
            }
            Some((header, fields.parse_optional::<Target>("field", &field)?))
        })
    };
    let read: Vec<_> = columns.into_iter().enumerate().map(read).collect();
    read.into_iter().collect()
}

pub(in crate::rpc) fn decode_order(fields: &mut Fields, order: i32) -> Option<Option<DateOrder>> {
    match pb::DateOrder::try_from(order) {
        Ok(pb::DateOrder::Unspecified) => Some(None),
        Ok(pb::DateOrder::DayFirst) => Some(Some(DateOrder::DayFirst)),
        Ok(pb::DateOrder::MonthFirst) => Some(Some(DateOrder::MonthFirst)),
        Err(_) => {
            fields.refuse("date_order", "is not one of the orders");
            None
        }
    }
}

/// Writes what an import would do, as the job that it would be.
pub(super) fn encode_survey(survey: &Survey) -> pb::Job {
    let Survey { import, now } = survey;
    let is_refused = import.tally.skipped > 0 && !import.settings.skip_bad_rows;
    let state = if is_refused { pb::JobState::Failed } else { pb::JobState::Succeeded };
    pb::Job {
        name: String::new(),
        kind: "import_registrations".to_owned(),
        state: state.into(),
        total: encode_count(import.rows),
        done: encode_count(import.rows),
        failures: Vec::new(),
        create_time: Some(encode_instant(*now)),
        end_time: Some(encode_instant(*now)),
        schedule_import: None,
        registration_import: Some(encode_import(import)),
    }
}

/// Writes what an import did, or would do.
pub(in crate::rpc) fn encode_import(import: &RegistrationImport) -> pb::RegistrationImport {
    let RegistrationImport { settings, understood, rows: _, tally, findings, finding_count } = import;
    let Tally { created, updated, unchanged, skipped } = *tally;
    let column = |(header, target): &(String, Option<Target>)| pb::ImportColumn {
        header: header.clone(),
        field: target.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    pb::RegistrationImport {
        file: settings.file.to_string(),
        registrations: Some(encode_count_of([created, updated, unchanged])),
        skipped_count: encode_count(skipped),
        encoding: understood.encoding.clone().unwrap_or_default(),
        delimiter: understood.delimiter.map(String::from).unwrap_or_default(),
        sheet: understood.sheet.clone().unwrap_or_default(),
        header_row: encode_count(understood.columns.row),
        columns: understood.columns.read.iter().map(column).collect(),
        findings: findings.iter().map(encode_finding).collect(),
        finding_count: encode_count(*finding_count),
    }
}

pub(in crate::rpc) fn encode_finding(told: &Told) -> pb::ImportFinding {
    let Told { row, column, header, is_error, reason, description } = told.clone();
    let severity = if is_error { pb::FindingSeverity::Error } else { pb::FindingSeverity::Warning };
    pb::ImportFinding {
        row: encode_count(row),
        column: encode_count(column.unwrap_or_default()),
        header,
        severity: severity.into(),
        reason,
        description,
    }
}
