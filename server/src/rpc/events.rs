//! The wire of events.

use std::sync::Arc;

use attache_domain::{
    event::{Event, Plan},
    resource::EventName,
};
use attache_proto::v1::{self as pb, event_service_server::EventService};
use tonic::Request;

use super::{
    Answer,
    authority::{Authority, Barred, authority},
    fields::{decode, decode_write},
    reply,
    shapes::{decode_house_list, decode_name, decode_verb},
    status::not_found,
    values::encode_count,
};
use crate::app::{self, App, Edit};

mod messages;

pub(super) use messages::encode_venue;
use messages::{decode_create, decode_update, encode};

/// Answers `EventService`.
pub struct Events {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl EventService for Events {
    async fn create_event(&self, request: Request<pb::CreateEventRequest>) -> Answer<pb::Event> {
        let convener = authority(&request)?.convener()?;
        let (event, once) = decode_write(request, decode_create)?;
        let event = app::events::create(&self.app, &convener, &event, once).await?;
        Ok(reply(encode(&event)))
    }

    async fn get_event(&self, request: Request<pb::GetEventRequest>) -> Answer<pb::Event> {
        let authority = authority(&request)?;
        let name: EventName = decode_name(request)?;
        let event = self.app.store.event(&authority.viewer(&name.event)?).await?;
        Ok(reply(encode(&event.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_events(&self, request: Request<pb::ListEventsRequest>) -> Answer<pb::ListEventsResponse> {
        let authority = authority(&request)?;
        let list = decode_house_list(request)?;
        let page = self.app.store.events(&authority.caller().visible(), &list).await?;
        Ok(reply(pb::ListEventsResponse {
            events: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_event(&self, request: Request<pb::UpdateEventRequest>) -> Answer<pb::Event> {
        let authority = authority(&request)?;
        let update = request.get_ref().event.clone().unwrap_or_default();
        let name = decode(update, |fields, event| fields.parse::<EventName>("event.name", &event.name))?;
        let organizer = authority.organizer(&name.event)?;
        let present = self.app.store.event(&authority.viewer(&name.event)?).await?.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        require_visible_parent(&authority, &present, &edit.content)?;
        let event = app::events::update(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&event)))
    }

    async fn cancel_event(&self, request: Request<pb::CancelEventRequest>) -> Answer<pb::Event> {
        let authority = authority(&request)?;
        let (Edit { name, content, expected }, once) = decode_verb::<_, EventName>(request)?;
        let organizer = authority.organizer(&name.event)?;
        let edit = Edit { name: name.event, content, expected };
        let event = app::events::cancel(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&event)))
    }
}

/// Refuses to make an event part of one that the caller may not see.
fn require_visible_parent(authority: &Authority, present: &Event, plan: &Plan) -> Result<(), Barred> {
    match &plan.parent {
        Some(parent) if present.plan.parent.as_ref() != Some(parent) => authority.viewer(parent).map(drop),
        Some(_) | None => Ok(()),
    }
}
