//! The wire of lists that a meeting service wrote.

use attache_domain::{check_in::meeting_list::Tally, registration::import::Told, resource::EventName};
use attache_proto::v1 as pb;

use super::{LONGEST_GATE, decode_list_name};
use crate::{
    app::check_ins::{MeetingList, Wanted},
    rpc::{
        fields::Fields,
        registrations::{LONGEST_NAME, decode_order, encode_finding},
        values::{encode_count, zone_named},
    },
};

pub(super) fn decode_attendance(
    fields: &mut Fields,
    message: pb::ImportAttendanceRequest,
) -> Option<(EventName, MeetingList)> {
    let pb::ImportAttendanceRequest {
        parent,
        file,
        list,
        time_zone,
        date_order,
        sheet,
        gate,
        request_id: _,
        validate_only: _,
    } = message;
    let (zone, order) = (zone_named(fields, &time_zone), decode_order(fields, date_order));
    let gate = fields.line("gate", &gate, LONGEST_GATE);
    let (event, read) = decode(fields, [&parent, &file, &list, &sheet], Wanted::Attendance(zone?, order?))?;
    Some((event, MeetingList { gate: gate?, ..read }))
}

pub(super) fn decode_links(
    fields: &mut Fields,
    message: pb::ImportJoiningLinksRequest,
) -> Option<(EventName, MeetingList)> {
    let pb::ImportJoiningLinksRequest { parent, file, list, sheet, request_id: _, validate_only: _ } = message;
    decode(fields, [&parent, &file, &list, &sheet], Wanted::Links)
}

fn decode(
    fields: &mut Fields,
    [parent, file, list, sheet]: [&str; 4],
    wanted: Wanted,
) -> Option<(EventName, MeetingList)> {
    let event = fields.parse::<EventName>("parent", parent);
    let file = fields.parse("file", file);
    let list = decode_list_name(fields, "list", event.as_ref().map(|event| &event.event), list);
    let sheet = fields.line("sheet", sheet, LONGEST_NAME);
    Some((event?, MeetingList { wanted, list: list?, file: file?, sheet: sheet?, gate: None }))
}

pub(super) fn encode_attendance(tally: Tally, told: &[Told]) -> pb::ImportAttendanceResponse {
    let Tally { rows, noted, already, left_out } = tally;
    pb::ImportAttendanceResponse {
        row_count: encode_count(rows),
        checked_in_count: encode_count(noted),
        already_count: encode_count(already),
        left_out_count: encode_count(left_out),
        findings: told.iter().map(encode_finding).collect(),
    }
}

pub(super) fn encode_links(tally: Tally, told: &[Told]) -> pb::ImportJoiningLinksResponse {
    let Tally { rows, noted, already, left_out } = tally;
    pb::ImportJoiningLinksResponse {
        row_count: encode_count(rows),
        linked_count: encode_count(noted.saturating_add(already)),
        replaced_count: encode_count(already),
        left_out_count: encode_count(left_out),
        findings: told.iter().map(encode_finding).collect(),
    }
}
