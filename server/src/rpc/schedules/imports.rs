//! The wire of imports.

use attache_domain::{
    language::LanguageTag,
    resource::{EventId, EventName},
};
use attache_proto::v1 as pb;

use super::{
    super::{
        fields::Fields,
        jobs::{encode_failure, encode_import},
        values::{encode_count, encode_instant, zone_named},
    },
    encode_finding,
};
use crate::app::schedules::{Survey, Wanted};

/// How many findings are told at once.
const MOST_FINDINGS: usize = 1000;

/// Reads what is to be imported.
pub(super) fn decode(fields: &mut Fields, request: pb::ImportScheduleRequest) -> Option<(EventName, Wanted)> {
    let pb::ImportScheduleRequest { parent, file, language_code, time_zone, request_id: _, validate_only: _ } = request;
    let event = fields.parse("parent", &parent);
    let file = fields.parse("file", &file);
    let language = fields.parse_optional("language_code", &language_code);
    let zone = zone_named(fields, &time_zone);
    let language = language?.unwrap_or(LanguageTag::English);
    Some((event?, Wanted { file: file?, language, zone: zone? }))
}

/// Writes what an import would do, as the job that it would be.
pub(super) fn encode_survey(event: &EventId, survey: &Survey) -> pb::Job {
    let Survey { import, failures, findings, now } = survey;
    let told = findings.iter().take(MOST_FINDINGS).map(|finding| encode_finding(event, finding)).collect();
    let count = encode_count(u32::try_from(findings.len()).unwrap_or(u32::MAX));
    let state = if failures.is_empty() { pb::JobState::Succeeded } else { pb::JobState::Failed };
    pb::Job {
        name: String::new(),
        kind: "import_schedule".to_owned(),
        state: state.into(),
        total: encode_count(import.items),
        done: encode_count(import.items),
        failures: failures.iter().map(encode_failure).collect(),
        create_time: Some(encode_instant(*now)),
        end_time: Some(encode_instant(*now)),
        schedule_import: Some(pb::ScheduleImport { findings: told, finding_count: count, ..encode_import(import) }),
        registration_import: None,
    }
}
