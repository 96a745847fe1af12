//! The wire of the change log.

use std::{collections::BTreeSet, sync::Arc};

use attache_domain::change::{Change, Kind, Trail};
use attache_proto::v1::{self as pb, audit_service_server::AuditService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode},
    reply,
    shapes::decode_list,
    streams::{FanOut, Placed, Source, Stream, Streams, Watch, follow},
    values::{decode_since, encode_count, encode_instant},
};
use crate::{
    app::App,
    store::{ChangeWatch, LogEntry, News, Since, StoreError, Told},
};

/// Answers `AuditService`.
pub struct Audit {
    app: Arc<App>,
    streams: Streams,
    trails: FanOut<Trail, LogEntry>,
}

impl Audit {
    /// Makes the service, which nobody watches yet.
    pub(super) fn new(app: Arc<App>, streams: Streams) -> Self {
        Self { app, streams, trails: FanOut::default() }
    }
}

#[tonic::async_trait]
impl AuditService for Audit {
    type WatchChangesStream = Stream<pb::WatchChangesResponse>;

    async fn list_changes(&self, request: Request<pb::ListChangesRequest>) -> Answer<pb::ListChangesResponse> {
        let authority = authority(&request)?;
        let (parent, list) = decode_list::<_, Trail>(request)?;
        let page = self.app.store.changes(&authority.auditor(&parent)?, &list).await?;
        Ok(reply(pb::ListChangesResponse {
            changes: page.items.into_iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn watch_changes(&self, request: Request<pb::WatchChangesRequest>) -> Answer<Self::WatchChangesStream> {
        let authority = authority(&request)?;
        let (parent, kinds, since) = decode(request.into_inner(), decode_watch)?;
        let watch = self.app.store.watch_changes(authority.auditor(&parent)?, kinds, &since).await?;
        let (app, trail) = (Arc::clone(&self.app), watch.trail().clone());
        let follower = self.trails.follow(trail.clone(), || Trailing { app: Arc::clone(&app), trail });
        Ok(self.streams.begin(|listener| follow(Watching { app, watch }, follower, listener)))
    }
}

fn decode_watch(fields: &mut Fields, request: pb::WatchChangesRequest) -> Option<(Trail, BTreeSet<Kind>, Since)> {
    let pb::WatchChangesRequest { parent, kinds, cursor } = request;
    let parent = fields.parse("parent", &parent);
    let kinds = kinds.iter().enumerate().map(|(index, kind)| fields.parse(&format!("kinds[{index}]"), kind));
    let kinds: Vec<Option<Kind>> = kinds.collect();
    Some((parent?, kinds.into_iter().collect::<Option<_>>()?, decode_since(cursor)))
}

/// What is done under a name, read once for all who watch it.
struct Trailing {
    app: Arc<App>,
    trail: Trail,
}

impl Source for Trailing {
    type Entry = LogEntry;

    fn news(&self) -> News {
        self.app.store.news(&self.trail)
    }

    async fn head(&self) -> Result<i64, StoreError> {
        self.app.store.head(&self.trail).await
    }

    async fn after(&self, position: i64) -> Result<Vec<Placed<LogEntry>>, StoreError> {
        let entries = self.app.store.entries_after(&self.trail, position).await?;
        let placed = |entry: LogEntry| Placed { position: entry.position(), size: entry.size(), entry };
        Ok(entries.into_iter().map(placed).collect())
    }
}

/// One watch of what is done under a name.
struct Watching {
    app: Arc<App>,
    watch: ChangeWatch,
}

impl Watch for Watching {
    type Entry = LogEntry;
    type Message = pb::WatchChangesResponse;

    fn position(&self) -> i64 {
        self.watch.position()
    }

    fn so_far(&self) -> pb::WatchChangesResponse {
        pb::WatchChangesResponse { change: None, cursor: self.app.store.cursor(&self.watch) }
    }

    fn pass(&mut self, _: i64, entry: &LogEntry) -> Option<pb::WatchChangesResponse> {
        self.app.store.pass(&mut self.watch, entry).map(encode_told)
    }

    async fn read_on(&mut self) -> Result<Vec<pb::WatchChangesResponse>, StoreError> {
        let told = self.app.store.next_changes(&mut self.watch).await?;
        Ok(told.into_iter().map(encode_told).collect())
    }
}

fn encode_told(Told { change, cursor }: Told) -> pb::WatchChangesResponse {
    pb::WatchChangesResponse { change: Some(encode(change)), cursor }
}

fn encode(change: Change) -> pb::Change {
    let Change { name, actor, resource, verb, before, after, create_time } = change;
    pb::Change {
        name: name.to_string(),
        actor: actor.name().unwrap_or_default(),
        resource,
        verb,
        create_time: Some(encode_instant(create_time)),
        before: before.unwrap_or_default(),
        after: after.unwrap_or_default(),
    }
}
