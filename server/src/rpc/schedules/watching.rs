//! Watches of an event's releases: each release is read and written once, for all who watch.

use std::sync::Arc;

use attache_domain::{
    resource::{EventId, Owner},
    schedule::Release,
};
use attache_proto::v1 as pb;
use prost::Message as _;

use super::messages::encode_release;
use crate::{
    app::App,
    rpc::streams::{Placed, Source, Watch},
    store::{News, StoreError},
};

/// The releases of an event.
#[derive(Clone)]
pub(super) struct Releases {
    pub(super) app: Arc<App>,
    pub(super) event: EventId,
}

impl Releases {
    async fn after(&self, version: u32) -> Result<Vec<(u32, pb::WatchScheduleResponse)>, StoreError> {
        let told = |release: Release| {
            let cursor = self.app.store.release_cursor(&self.event, release.version);
            (release.version, pb::WatchScheduleResponse { release: Some(encode_release(&release)), cursor })
        };
        Ok(self.app.store.releases_after(&self.event, version).await?.into_iter().map(told).collect())
    }
}

impl Source for Releases {
    type Entry = pb::WatchScheduleResponse;

    fn news(&self) -> News {
        self.app.store.news(&Owner::Event(self.event.clone()).into())
    }

    async fn head(&self) -> Result<i64, StoreError> {
        Ok(self.app.store.last_version(&self.event).await?.map_or(0, i64::from))
    }

    async fn after(&self, position: i64) -> Result<Vec<Placed<pb::WatchScheduleResponse>>, StoreError> {
        let releases = self.after(version(position)).await?;
        if !releases.is_empty() {
            self.app.store.show_anew();
        }
        let placed = |(version, entry): (u32, _)| Placed { position: version.into(), size: size(&entry), entry };
        Ok(releases.into_iter().map(placed).collect())
    }
}

/// One watch of an event's releases, and the last version that it told.
pub(super) struct Watching {
    pub(super) releases: Releases,
    pub(super) version: u32,
}

impl Watch for Watching {
    type Entry = pb::WatchScheduleResponse;
    type Message = pb::WatchScheduleResponse;

    fn position(&self) -> i64 {
        self.version.into()
    }

    fn so_far(&self) -> pb::WatchScheduleResponse {
        let Releases { app, event } = &self.releases;
        pb::WatchScheduleResponse { release: None, cursor: app.store.release_cursor(event, self.version) }
    }

    fn pass(&mut self, position: i64, entry: &pb::WatchScheduleResponse) -> Option<pb::WatchScheduleResponse> {
        self.version = version(position);
        Some(entry.clone())
    }

    async fn read_on(&mut self) -> Result<Vec<pb::WatchScheduleResponse>, StoreError> {
        let releases = self.releases.after(self.version).await?;
        self.version = releases.last().map_or(self.version, |(version, _)| *version);
        Ok(releases.into_iter().map(|(_, message)| message).collect())
    }
}

/// Versions are positions from 1 on.
fn version(position: i64) -> u32 {
    u32::try_from(position).unwrap_or_default()
}

fn size(message: &pb::WatchScheduleResponse) -> usize {
    size_of_val(message) + message.encoded_len()
}
