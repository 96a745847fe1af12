//! The messages of events, read and written.

use attache_domain::{
    event::{Event, Host, HostRole, Plan, Position, SharedPool, State, Venue},
    resource::{CategoryId, CategoryName, EventId, EventName, OrganizationName},
};
use attache_proto::v1 as pb;

use crate::{
    app::Edit,
    rpc::{
        fields::Fields,
        masks::{Mask, overlay},
        values::{
            category, choice, chosen_id, encode_count, encode_instant, encode_localized, encode_zoned, etag, instant,
            localized, zone_named, zoned,
        },
    },
};

/// How many organisations run an event together at most.
const MOST_HOSTS: usize = 50;
/// In how many places beside the first one an event takes place at most.
const MOST_OTHER_VENUES: usize = 20;

/// How many pools the categories of an event share at most.
const MOST_SHARED_POOLS: usize = 20;
/// How many categories share a pool at most.
const MOST_SHARING: usize = 50;

/// Reads an event that is to be created.
pub(super) fn decode_create(fields: &mut Fields, request: pb::CreateEventRequest) -> Option<(EventId, Plan)> {
    let pb::CreateEventRequest { event, event_id, request_id: _, validate_only: _ } = request;
    let id = chosen_id(fields, "event_id", &event_id, EventId::random);
    if event.as_ref().is_some_and(|event| !event.shared_pools.is_empty()) {
        fields.refuse("event.shared_pools", "are made later, of categories of the event");
    }
    let plan = fields.nested("event", event, |fields, event| decode_plan(fields, None, event));
    Some((id?, plan?))
}

/// Reads a change, laid over the present state.
pub(super) fn decode_update(
    fields: &mut Fields,
    present: &Event,
    request: pb::UpdateEventRequest,
) -> Option<Edit<EventId, Plan>> {
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
        "accreditation_end_time",
        "contact_email",
        "specimen",
        "parent_event",
        "other_venues",
        "online_uri",
        "shared_pools",
    ];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = fields.within("event", |fields| etag(fields, &update.etag));
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; title, start_time, end_time, controller, hosts, venue, registration_open_time,
        registration_close_time, contact_email, specimen, parent_event, other_venues, online_uri, shared_pools, accreditation_end_time);
    let of = Some(&present.id);
    let plan = fields.nested("event", Some(laid), |fields, laid| decode_plan(fields, of, laid));
    // Without an etag the present revision counts: the state that was overlaid is the one that is changed.
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.id.clone(), content: plan?, expected: Some(expected) })
}

fn decode_plan(fields: &mut Fields, of: Option<&EventId>, event: pb::Event) -> Option<Plan> {
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
        parent_event,
        other_venues,
        online_uri,
        shared_pools,
        accreditation_end_time,
    } = event;
    let title = fields.nested("title", title, localized);
    let start = fields.nested("start_time", start_time, zoned);
    let end = fields.nested("end_time", end_time, zoned);
    let controller = fields.parse::<OrganizationName>("controller", &controller);
    if hosts.len() > MOST_HOSTS {
        fields.refuse("hosts", format_args!("are more than {MOST_HOSTS}"));
    }
    let hosts = fields.each("hosts", hosts, decode_host);
    let venue = fields.nested_optional("venue", venue, decode_venue);
    let open = instant(fields, "registration_open_time", registration_open_time);
    let close = instant(fields, "registration_close_time", registration_close_time);
    let accreditation_end_time = instant(fields, "accreditation_end_time", accreditation_end_time);
    let contact_email = fields.parse_optional("contact_email", &contact_email);
    let parent = fields.parse_optional::<EventName>("parent_event", &parent_event);
    let other_venues = decode_other_venues(fields, other_venues);
    let online = fields.parse_optional("online_uri", &online_uri);
    if shared_pools.len() > MOST_SHARED_POOLS {
        fields.refuse("shared_pools", format_args!("are more than {MOST_SHARED_POOLS}"));
    }
    let shared_pools = fields.each("shared_pools", shared_pools, |fields, pool| decode_shared_pool(fields, of, pool));
    Some(Plan {
        title: title?,
        start: start?,
        end: end?,
        controller: controller?.organization,
        hosts: hosts?,
        venue: venue?,
        registration_open_time: open?,
        registration_close_time: close?,
        accreditation_end_time: accreditation_end_time?,
        contact_email: contact_email?,
        specimen,
        parent: parent?.map(|parent| parent.event),
        other_venues: other_venues?,
        online: online?,
        shared_pools: shared_pools?,
    })
}

/// Reads a pool that categories of an event share.
fn decode_shared_pool(fields: &mut Fields, event: Option<&EventId>, pool: pb::SharedPool) -> Option<SharedPool> {
    let pb::SharedPool { id, title, capacity, categories } = pool;
    let id = fields.parse("id", &id);
    let title = fields.nested("title", title, localized);
    let capacity = u32::try_from(capacity).map_err(|_| fields.refuse("capacity", "is negative")).ok();
    if !(1..=MOST_SHARING).contains(&categories.len()) {
        fields.refuse("categories", format_args!("needs 1 to {MOST_SHARING} categories"));
    }
    let read = |(index, name): (usize, &String)| category(fields, &format!("categories[{index}]"), event, name);
    let categories: Vec<_> = categories.iter().enumerate().map(read).collect();
    let categories = categories.into_iter().collect::<Option<_>>();
    Some(SharedPool { id: id?, title: title?, capacity: capacity?, categories: categories? })
}

fn encode_shared_pool(event: &EventId, pool: &SharedPool) -> pb::SharedPool {
    let SharedPool { id, title, capacity, categories } = pool;
    let name = |category: &CategoryId| CategoryName { event: event.clone(), category: category.clone() }.to_string();
    pb::SharedPool {
        id: id.to_string(),
        title: Some(encode_localized(title)),
        capacity: encode_count(*capacity),
        categories: categories.iter().map(name).collect(),
    }
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
    let pb::Venue { title, address_lines, city, region_code, position, time_zone } = venue;
    let title = fields.nested_optional("title", title, localized);
    let address_lines = fields.each("address_lines", address_lines, |fields, line| fields.line("line", &line, 200));
    let city = fields.line("city", &city, 100);
    let region_code = fields.parse_optional("region_code", &region_code);
    let position = fields.nested_optional("position", position, decode_position);
    let time_zone = zone_named(fields, &time_zone);
    Some(Venue {
        title: title?,
        address_lines: address_lines?.into_iter().flatten().collect(),
        city: city?.unwrap_or_default(),
        region_code: region_code?,
        position: position?,
        time_zone: time_zone?,
    })
}

fn decode_other_venues(fields: &mut Fields, venues: Vec<pb::Venue>) -> Option<Vec<Venue>> {
    if venues.len() > MOST_OTHER_VENUES {
        fields.refuse("other_venues", format_args!("are more than {MOST_OTHER_VENUES}"));
    }
    fields.each("other_venues", venues, |fields, venue| {
        let venue = decode_venue(fields, venue)?;
        if venue.title.is_none() && venue.city.is_empty() {
            fields.refuse("title", "is required where no city is given");
        }
        Some(venue)
    })
}

fn decode_position(fields: &mut Fields, position: pb::GeoPosition) -> Option<Position> {
    let pb::GeoPosition { latitude, longitude } = position;
    let position = Position::new(latitude, longitude);
    if position.is_none() {
        fields.refuse("latitude", "is -90 to 90, and the longitude -180 to 180");
    }
    position
}

/// Writes an event.
pub(super) fn encode(event: &Event) -> pb::Event {
    let Event { id, plan, state, history } = event;
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
        accreditation_end_time: plan.accreditation_end_time.map(encode_instant),
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
        parent_event: plan
            .parent
            .as_ref()
            .map(|event| EventName { event: event.clone() }.to_string())
            .unwrap_or_default(),
        other_venues: plan.other_venues.iter().map(encode_venue).collect(),
        online_uri: plan.online.as_ref().map(ToString::to_string).unwrap_or_default(),
        shared_pools: plan.shared_pools.iter().map(|pool| encode_shared_pool(id, pool)).collect(),
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
pub(in crate::rpc) fn encode_venue(venue: &Venue) -> pb::Venue {
    let Venue { title, address_lines, city, region_code, position, time_zone } = venue;
    pb::Venue {
        title: title.as_ref().map(encode_localized),
        address_lines: address_lines.clone(),
        city: city.clone(),
        region_code: region_code.map(|code| code.as_str().to_owned()).unwrap_or_default(),
        position: position
            .map(|position| pb::GeoPosition { latitude: position.latitude(), longitude: position.longitude() }),
        time_zone: time_zone.map(|zone| zone.to_string()).unwrap_or_default(),
    }
}
