//! The wire of the change log.

use std::sync::Arc;

use attache_domain::{
    change::{Change, Trail},
    resource::MemberName,
};
use attache_proto::v1::{self as pb, audit_service_server::AuditService};
use tonic::{Request, Response};

use super::{
    Answer,
    authority::authority,
    fields::decode,
    values::{encode_count, encode_instant, list},
};
use crate::app::App;

/// Answers `AuditService`.
pub struct Audit {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl AuditService for Audit {
    async fn list_changes(&self, request: Request<pb::ListChangesRequest>) -> Answer<pb::ListChangesResponse> {
        let authority = authority(&request)?;
        let (parent, list) = decode(request.into_inner(), |fields, message| {
            let pb::ListChangesRequest { parent, page_size, page_token, filter } = message;
            let parent = fields.parse::<Trail>("parent", &parent);
            let list = list(fields, page_size, page_token, filter);
            Some((parent?, list?))
        })?;
        let page = self.app.store.changes(&authority.auditor(&parent)?, &list).await?;
        Ok(Response::new(pb::ListChangesResponse {
            changes: page.items.into_iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }
}

fn encode(change: Change) -> pb::Change {
    let Change { name, actor, resource, verb, before, after, create_time } = change;
    pb::Change {
        name: name.to_string(),
        actor: actor.map(|member| MemberName { member }.to_string()).unwrap_or_default(),
        resource,
        verb,
        create_time: Some(encode_instant(create_time)),
        before: before.unwrap_or_default(),
        after: after.unwrap_or_default(),
    }
}
