//! The wire of events.

use std::sync::Arc;

use attache_domain::{
    event::{Event, Host, HostRole, Plan, State, Venue},
    resource::{EventId, EventName, OrganizationName},
};
use attache_proto::v1::{self as pb, event_service_server::EventService};
use tonic::{Request, Response};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_list, decode_write},
    masks::{Mask, overlay},
    shapes::{decode_name, decode_verb},
    status::not_found,
    values::{
        choice, chosen_id, encode_count, encode_instant, encode_localized, encode_zoned, etag, instant, list,
        localized, zoned,
    },
};
use crate::app::{self, App, Edit};

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
        Ok(Response::new(encode(&event)))
    }

    async fn get_event(&self, request: Request<pb::GetEventRequest>) -> Answer<pb::Event> {
        let authority = authority(&request)?;
        let name: EventName = decode_name(request)?;
        let event = self.app.store.event(&authority.viewer(&name.event)?).await?;
        Ok(Response::new(encode(&event.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_events(&self, request: Request<pb::ListEventsRequest>) -> Answer<pb::ListEventsResponse> {
        let authority = authority(&request)?;
        let list = decode_list(request, |fields, message| {
            let pb::ListEventsRequest { page_size, page_token, filter } = message;
            list(fields, page_size, page_token, filter)
        })?;
        let page = self.app.store.events(&authority.caller().visible(), &list).await?;
        Ok(Response::new(pb::ListEventsResponse {
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
        let event = app::events::update(&self.app, &organizer, &edit, once).await?;
        Ok(Response::new(encode(&event)))
    }

    async fn cancel_event(&self, request: Request<pb::CancelEventRequest>) -> Answer<pb::Event> {
        let authority = authority(&request)?;
        let (Edit { name, content, expected }, once) = decode_verb::<_, EventName>(request)?;
        let organizer = authority.organizer(&name.event)?;
        let edit = Edit { name: name.event, content, expected };
        let event = app::events::cancel(&self.app, &organizer, &edit, once).await?;
        Ok(Response::new(encode(&event)))
    }
}

fn decode_create(fields: &mut Fields, request: pb::CreateEventRequest) -> Option<(EventId, Plan)> {
    let pb::CreateEventRequest { event, event_id, request_id: _, validate_only: _ } = request;
    let id = chosen_id(fields, "event_id", &event_id, EventId::random);
    let plan = fields.nested("event", event, decode_plan);
    Some((id?, plan?))
}

fn decode_update(fields: &mut Fields, present: &Event, request: pb::UpdateEventRequest) -> Option<Edit<EventId, Plan>> {
    let pb::UpdateEventRequest { event, update_mask, request_id: _, validate_only: _ } = request;
    let update = event.unwrap_or_default();
    let known = [
        "title",
        "start_time",
        "end_time",
        "controller",
        "hosts",
        "venue",
        "registration_open_time",
        "registration_close_time",
        "contact_email",
        "specimen",
    ];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = fields.within("event", |fields| etag(fields, &update.etag));
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; title, start_time, end_time, controller, hosts, venue, registration_open_time,
        registration_close_time, contact_email, specimen);
    let plan = fields.nested("event", Some(laid), decode_plan);
    // Without an etag the present revision counts: the state that was overlaid is the one that is changed.
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.id.clone(), content: plan?, expected: Some(expected) })
}

fn decode_plan(fields: &mut Fields, event: pb::Event) -> Option<Plan> {
    let pb::Event {
        name: _,
        title,
        start_time,
        end_time,
        controller,
        hosts,
        venue,
        registration_open_time,
        registration_close_time,
        contact_email,
        state: _,
        specimen,
        create_time: _,
        update_time: _,
        etag: _,
    } = event;
    let title = fields.nested("title", title, localized);
    let start = fields.nested("start_time", start_time, zoned);
    let end = fields.nested("end_time", end_time, zoned);
    let controller = fields.parse::<OrganizationName>("controller", &controller);
    let hosts = fields.each("hosts", hosts, decode_host);
    let venue = fields.nested_optional("venue", venue, decode_venue);
    let open = instant(fields, "registration_open_time", registration_open_time);
    let close = instant(fields, "registration_close_time", registration_close_time);
    let contact_email = fields.parse_optional("contact_email", &contact_email);
    Some(Plan {
        title: title?,
        start: start?,
        end: end?,
        controller: controller?.organization,
        hosts: hosts?,
        venue: venue?,
        registration_open_time: open?,
        registration_close_time: close?,
        contact_email: contact_email?,
        specimen,
    })
}

fn decode_host(fields: &mut Fields, host: pb::EventHost) -> Option<Host> {
    let pb::EventHost { organization, role } = host;
    let organization = fields.parse::<OrganizationName>("organization", &organization);
    let role = choice(fields, "role", role, |role| match role {
        pb::EventHostRole::Unspecified => None,
        pb::EventHostRole::Host => Some(HostRole::Host),
        pb::EventHostRole::CoHost => Some(HostRole::CoHost),
        pb::EventHostRole::Organizer => Some(HostRole::Organizer),
        pb::EventHostRole::Supporter => Some(HostRole::Supporter),
    });
    Some(Host { organization: organization?.organization, role: role? })
}

fn decode_venue(fields: &mut Fields, venue: pb::Venue) -> Option<Venue> {
    let pb::Venue { title, address_lines, city, region_code } = venue;
    let title = fields.nested_optional("title", title, localized);
    let address_lines = fields.each("address_lines", address_lines, |fields, line| fields.line("line", &line, 200));
    let city = fields.line("city", &city, 100);
    let region_code = fields.parse_optional("region_code", &region_code);
    Some(Venue {
        title: title?,
        address_lines: address_lines?.into_iter().flatten().collect(),
        city: city?.unwrap_or_default(),
        region_code: region_code?,
    })
}

fn encode(event: &Event) -> pb::Event {
    let Event { id: _, plan, state, history } = event;
    pb::Event {
        name: event.name().to_string(),
        title: Some(encode_localized(&plan.title)),
        start_time: Some(encode_zoned(&plan.start)),
        end_time: Some(encode_zoned(&plan.end)),
        controller: OrganizationName { organization: plan.controller.clone() }.to_string(),
        hosts: plan.hosts.iter().map(encode_host).collect(),
        venue: plan.venue.as_ref().map(encode_venue),
        registration_open_time: plan.registration_open_time.map(encode_instant),
        registration_close_time: plan.registration_close_time.map(encode_instant),
        contact_email: plan.contact_email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        state: match state {
            State::Active => pb::EventState::Active,
            State::Cancelled => pb::EventState::Cancelled,
        }
        .into(),
        specimen: plan.specimen,
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}

fn encode_host(host: &Host) -> pb::EventHost {
    let role = match host.role {
        HostRole::Host => pb::EventHostRole::Host,
        HostRole::CoHost => pb::EventHostRole::CoHost,
        HostRole::Organizer => pb::EventHostRole::Organizer,
        HostRole::Supporter => pb::EventHostRole::Supporter,
    };
    pb::EventHost {
        organization: OrganizationName { organization: host.organization.clone() }.to_string(),
        role: role.into(),
    }
}

/// Writes where an event takes place.
pub(super) fn encode_venue(venue: &Venue) -> pb::Venue {
    let Venue { title, address_lines, city, region_code } = venue;
    pb::Venue {
        title: title.as_ref().map(encode_localized),
        address_lines: address_lines.clone(),
        city: city.clone(),
        region_code: region_code.map(|code| code.as_str().to_owned()).unwrap_or_default(),
    }
}
