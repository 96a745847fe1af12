//! The messages of schedules: what is released, and what stands in the way.

use std::collections::BTreeMap;

use attache_domain::{
    resource::{EventId, PersonName, RoomName, SessionName},
    schedule::{self, Appearance, Finding, Item, Release, Severity},
    session::{Kind, Slot},
};
use attache_proto::v1 as pb;

use crate::rpc::{
    sessions::encode_kind,
    speakers::encode_role,
    values::{encode_count, encode_instant, encode_localized, encode_zoned},
};

/// Writes what stands in the way of a schedule.
pub(super) fn encode_finding(event: &EventId, finding: &Finding) -> pb::ScheduleFinding {
    let severity = match finding.severity() {
        Severity::Warning => pb::FindingSeverity::Warning,
        Severity::Error => pb::FindingSeverity::Error,
    };
    let (room, person) = match finding {
        Finding::RoomDoubleBooked { room, .. }
        | Finding::UnknownRoom { room, .. }
        | Finding::RoomTooSmall { room, .. } => (Some(room), None),
        Finding::PersonDoubleBooked { person, .. } | Finding::PersonOnVisit { person, .. } => (None, Some(person)),
        Finding::OutsideEvent { .. }
        | Finding::WithoutTime { .. }
        | Finding::WithoutRoom { .. }
        | Finding::WithoutSpeaker { .. }
        | Finding::WithoutSignatory { .. } => (None, None),
    };
    let room = room.map(|room| RoomName { event: event.clone(), room: room.clone() }.to_string());
    pb::ScheduleFinding {
        reason: finding.reason().to_owned(),
        severity: severity.into(),
        description: finding.to_string(),
        sessions: schedule::sessions(event, finding),
        room: room.unwrap_or_default(),
        person: person.map(ToString::to_string).unwrap_or_default(),
        stop: finding.stop().map(ToString::to_string).unwrap_or_default(),
    }
}

/// Writes which room an item is in.
pub(super) fn room(event: &EventId, item: &Item) -> Option<String> {
    item.place.as_ref().map(|place| RoomName { event: event.clone(), room: place.room.clone() }.to_string())
}

/// Writes a release without what is in it.
pub(super) fn encode_release(release: &Release) -> pb::ScheduleRelease {
    let Release { event: _, version, programme, create_time } = release;
    pb::ScheduleRelease {
        name: release.name().to_string(),
        version: encode_count(*version),
        create_time: Some(encode_instant(*create_time)),
        session_count: encode_count(u32::try_from(programme.len()).unwrap_or(u32::MAX)),
    }
}

/// Writes a release with what is in it, and with what those who appear are called; its etag is not among it.
pub(super) fn encode_schedule(release: &Release, called: &BTreeMap<PersonName, String>) -> pb::Schedule {
    let Release { event, version, programme, create_time } = release;
    pb::Schedule {
        name: release.name().to_string(),
        version: encode_count(*version),
        create_time: Some(encode_instant(*create_time)),
        entries: programme.iter().map(|item| encode_item(event, item, called)).collect(),
        etag: String::new(),
        not_modified: false,
    }
}

fn encode_item(event: &EventId, item: &Item, called: &BTreeMap<PersonName, String>) -> pb::ScheduleEntry {
    let Item { session, kind, title, description, slot, place, appearances, sequence: _ } = item;
    let (start, end) = (Slot::start(slot), Slot::end(slot));
    let document_title = match kind {
        Kind::Signing(signing) => Some(encode_localized(&signing.document_title)),
        Kind::Opening | Kind::Talk | Kind::Panel | Kind::Break | Kind::Other => None,
    };
    // Whoever is known no more is left out.
    let speaker = |Appearance { person, role }: &Appearance| {
        let display_name = called.get(person)?.clone();
        Some(pb::ScheduleSpeaker { display_name, role: encode_role(*role).into() })
    };
    pb::ScheduleEntry {
        session: SessionName { event: event.clone(), session: *session }.to_string(),
        kind: encode_kind(kind).into(),
        title: Some(encode_localized(title)),
        description: description.as_ref().map(encode_localized),
        start_time: Some(encode_zoned(&start)),
        end_time: Some(encode_zoned(&end)),
        room: room(event, item).unwrap_or_default(),
        room_title: place.as_ref().map(|place| encode_localized(&place.title)),
        speakers: appearances.iter().filter_map(speaker).collect(),
        document_title,
    }
}
