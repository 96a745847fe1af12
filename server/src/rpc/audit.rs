//! The wire of the change log.

use std::{collections::BTreeSet, sync::Arc};

use attache_domain::change::{Change, Kind, Trail};
use attache_proto::v1::{self as pb, audit_service_server::AuditService};
use tonic::{Request, Response};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode},
    shapes::decode_list,
    streams::{End, Listener, Rest, Stream, Streams},
    values::{decode_since, encode_count, encode_instant},
};
use crate::{
    app::App,
    store::{ChangeWatch, Since, Told},
};

/// Answers `AuditService`.
pub struct Audit {
    pub(super) app: Arc<App>,
    pub(super) streams: Streams,
}

#[tonic::async_trait]
impl AuditService for Audit {
    type WatchChangesStream = Stream<pb::WatchChangesResponse>;

    async fn list_changes(&self, request: Request<pb::ListChangesRequest>) -> Answer<pb::ListChangesResponse> {
        let authority = authority(&request)?;
        let (parent, list) = decode_list::<_, Trail>(request)?;
        let page = self.app.store.changes(&authority.auditor(&parent)?, &list).await?;
        Ok(Response::new(pb::ListChangesResponse {
            changes: page.items.into_iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn watch_changes(&self, request: Request<pb::WatchChangesRequest>) -> Answer<Self::WatchChangesStream> {
        let authority = authority(&request)?;
        let (parent, kinds, since) = decode(request.into_inner(), decode_watch)?;
        let watch = self.app.store.watch_changes(authority.auditor(&parent)?, kinds, &since).await?;
        let app = Arc::clone(&self.app);
        Ok(self.streams.begin(|listener| tell(app, watch, listener)))
    }
}

fn decode_watch(fields: &mut Fields, request: pb::WatchChangesRequest) -> Option<(Trail, BTreeSet<Kind>, Since)> {
    let pb::WatchChangesRequest { parent, kinds, cursor } = request;
    let parent = fields.parse("parent", &parent);
    let kinds = kinds.iter().enumerate().map(|(index, kind)| fields.parse(&format!("kinds[{index}]"), kind));
    let kinds: Vec<Option<Kind>> = kinds.collect();
    Some((parent?, kinds.into_iter().collect::<Option<_>>()?, decode_since(cursor)))
}

/// Tells a listener every change, in order, with a cursor each; and how far the watch is when there is none to tell.
async fn tell(
    app: Arc<App>,
    mut watch: ChangeWatch,
    mut listener: Listener<pb::WatchChangesResponse>,
) -> Result<(), End> {
    let mut news = app.store.news(watch.trail());
    let so_far = |watch: &ChangeWatch| pb::WatchChangesResponse { change: None, cursor: app.store.cursor(watch) };
    listener.tell(so_far(&watch)).await?;
    loop {
        news.catch_up();
        let told = app.store.next_changes(&mut watch).await?;
        let all_told = told.is_empty();
        for Told { change, cursor } in told {
            listener.tell(pb::WatchChangesResponse { change: Some(encode(change)), cursor }).await?;
        }
        let more = async {
            if all_told {
                news.wait().await;
            }
        };
        match listener.rest(more).await? {
            Rest::News => {}
            Rest::Heartbeat => listener.tell(so_far(&watch)).await?,
            Rest::Close => return listener.tell(so_far(&watch)).await,
        }
    }
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
