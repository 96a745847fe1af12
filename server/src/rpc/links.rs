//! The wire of personal links.

use std::sync::Arc;

use attache_domain::{
    link::{Link, Plan, State},
    resource::{EventName, LinkName},
};
use attache_proto::v1::{self as pb, link_service_server::LinkService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode_write},
    notices, reply,
    shapes::{decode_list, decode_plain_verb},
    values::{encode_count, encode_instant, instant},
};
use crate::app::{self, App};

/// Answers `LinkService`.
pub struct Links {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl LinkService for Links {
    async fn create_link(&self, request: Request<pb::CreateLinkRequest>) -> Answer<pb::Link> {
        let authority = authority(&request)?;
        let tried = request.get_ref().validate_only;
        let ((event, plan), once) = decode_write(request, decode_create)?;
        let link = app::links::create(&self.app, &authority.organizer(&event.event)?, &plan, once).await?;
        let uri = if tried { String::new() } else { self.app.personal_url(&link.name()) };
        Ok(reply(pb::Link { uri, ..self.encode(&link) }))
    }

    async fn list_links(&self, request: Request<pb::ListLinksRequest>) -> Answer<pb::ListLinksResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.links(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListLinksResponse {
            links: page.items.iter().map(|link| self.encode(link)).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn revoke_link(&self, request: Request<pb::RevokeLinkRequest>) -> Answer<pb::Link> {
        let authority = authority(&request)?;
        let (name, once) = decode_plain_verb::<_, LinkName>(request)?;
        let link = app::links::revoke(&self.app, &authority.organizer(&name.event)?, &name, once).await?;
        Ok(reply(self.encode(&link)))
    }
}

impl Links {
    /// Writes a link without its URI, which only whoever makes it is told.
    fn encode(&self, link: &Link) -> pb::Link {
        let Link { event: _, id: _, person, expire_time, exchange_time, revoke_time, delivery, create_time } = link;
        let delivery = delivery.as_ref();
        let mail_state = delivery.map(|delivery| notices::encode_state(delivery.state));
        pb::Link {
            name: link.name().to_string(),
            person: person.to_string(),
            expire_time: Some(encode_instant(*expire_time)),
            state: encode_state(link.state(self.app.clock.now())).into(),
            uri: String::new(),
            exchange_time: exchange_time.map(encode_instant),
            revoke_time: revoke_time.map(encode_instant),
            mail_state: mail_state.unwrap_or(pb::NoticeState::Unspecified).into(),
            send_time: delivery.and_then(|delivery| delivery.send_time).map(encode_instant),
            last_error: delivery.and_then(|delivery| delivery.last_error.clone()).unwrap_or_default(),
            create_time: Some(encode_instant(*create_time)),
        }
    }
}

fn decode_create(fields: &mut Fields, request: pb::CreateLinkRequest) -> Option<(EventName, Plan)> {
    let pb::CreateLinkRequest { parent, link, mail, request_id: _, validate_only: _ } = request;
    let event = fields.parse::<EventName>("parent", &parent);
    let plan = fields.nested("link", link, |fields, link| {
        let pb::Link {
            name: _,
            person,
            expire_time,
            state: _,
            uri: _,
            exchange_time: _,
            revoke_time: _,
            mail_state: _,
            send_time: _,
            last_error: _,
            create_time: _,
        } = link;
        let person = fields.parse("person", &person);
        let expire_time = instant(fields, "expire_time", expire_time);
        Some(Plan { person: person?, expire_time: expire_time?, mailed: mail })
    });
    event.zip(plan)
}

fn encode_state(state: State) -> pb::LinkState {
    match state {
        State::Unused => pb::LinkState::Unused,
        State::Used => pb::LinkState::Used,
        State::Expired => pb::LinkState::Expired,
        State::Revoked => pb::LinkState::Revoked,
    }
}
