//! What a release changes, and whom it tells: the same before and after it.

use std::collections::BTreeMap;

use attache_domain::{
    authority::{Organizer, Viewer},
    resource::{EventId, PersonName, SessionId, SessionName},
    schedule::{Change, Edition, Item, Release, Released, SessionKey},
};
use attache_proto::v1 as pb;

use super::{
    super::values::{encode_count, encode_localized, encode_zoned},
    messages::room,
};
use crate::{app::App, store::StoreError};

/// Tells what a release changes against the one before; `names` is there when the caller may read who is told.
pub(super) async fn tell(
    app: &App,
    viewer: &Viewer,
    released: &Released,
    names: Option<&Organizer>,
) -> Result<Vec<pb::ScheduleChange>, StoreError> {
    let last = app.store.release(viewer.event(), Edition::Version(released.release.version - 1)).await?;
    let people = |change| released.told(last.as_ref(), change).map(Item::people).unwrap_or_default();
    let reached = app.store.reached(viewer, released.changes.iter().flat_map(people).collect()).await?;
    let told = |change| people(change).iter().filter_map(|person| listener(&reached, person)).collect();
    let changes = released.changes.iter().filter_map(|change| {
        let told: Vec<pb::ScheduleListener> = told(change);
        let told_count = encode_count(u32::try_from(told.len()).unwrap_or(u32::MAX));
        let told = if names.is_some() { told } else { Vec::new() };
        Some(pb::ScheduleChange { told_count, told, ..encode(last.as_ref(), &released.release, change)? })
    });
    Ok(changes.collect())
}

fn listener(reached: &BTreeMap<PersonName, String>, person: &PersonName) -> Option<pb::ScheduleListener> {
    let display_name = reached.get(person)?.clone();
    Some(pb::ScheduleListener { person: person.to_string(), display_name })
}

fn encode(last: Option<&Release>, release: &Release, change: &Change) -> Option<pb::ScheduleChange> {
    let (session, kind) = match change {
        Change::Added { entry } => (&entry.session, pb::ScheduleChangeKind::Added),
        Change::Removed { entry } => (&entry.session, pb::ScheduleChangeKind::Removed),
        Change::Moved { session, .. } => (session, pb::ScheduleChangeKind::Moved),
        Change::Retitled { session, .. } => (session, pb::ScheduleChangeKind::Retitled),
    };
    let SessionKey(session) = session;
    let session: SessionId = session.parse().ok()?;
    let slot = |release: &Release| release.item(session).map(|item| encode_slot(&release.event, item));
    Some(pb::ScheduleChange {
        session: SessionName { event: release.event.clone(), session }.to_string(),
        kind: kind.into(),
        before: last.and_then(slot),
        after: slot(release),
        told_count: 0,
        told: Vec::new(),
    })
}

fn encode_slot(event: &EventId, item: &Item) -> pb::ScheduleSlot {
    pb::ScheduleSlot {
        title: Some(encode_localized(&item.title)),
        start_time: Some(encode_zoned(&item.slot.start())),
        end_time: Some(encode_zoned(&item.slot.end())),
        room: room(event, item).unwrap_or_default(),
    }
}
