//! The wire of the stops of itineraries.

use std::{collections::BTreeSet, sync::Arc};

use attache_domain::{
    itinerary::{self, Mode},
    resource::{ItineraryName, OrganizationName, PersonName, ResourceName, StopName},
    stop::{Allocation, Kind, Place, Plan, Route, Stop},
};
use attache_proto::v1::{self as pb, stop_service_server::StopService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    masks::{Mask, overlay},
    reply,
    resources::at_least_one,
    shapes::{decode_list, decode_name, decode_verb},
    status::not_found,
    values::{choice, encode_count, encode_instant, encode_localized, encode_zoned, etag, localized, zoned},
};
use crate::app::{self, App, Edit};

/// How many lines of details a stop has at most.
const MOST_DETAILS: usize = 20;

/// Answers `StopService`.
pub struct Stops {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl StopService for Stops {
    async fn create_stop(&self, request: Request<pb::CreateStopRequest>) -> Answer<pb::Stop> {
        let authority = authority(&request)?;
        let (stop, once) = decode_write(request, decode_create)?;
        let organizer = authority.organizer(&stop.0.event)?;
        let stop = app::stops::create(&self.app, &organizer, &stop, once).await?;
        Ok(reply(encode(&stop)))
    }

    async fn get_stop(&self, request: Request<pb::GetStopRequest>) -> Answer<pb::Stop> {
        let authority = authority(&request)?;
        let name: StopName = decode_name(request)?;
        let stop = self.app.store.stop(&authority.viewer(&name.event)?, name.itinerary, name.stop).await?;
        Ok(reply(encode(&stop.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_stops(&self, request: Request<pb::ListStopsRequest>) -> Answer<pb::ListStopsResponse> {
        let authority = authority(&request)?;
        let (itinerary, list) = decode_list::<_, ItineraryName>(request)?;
        let page = self.app.store.stops(&authority.viewer(&itinerary.event)?, itinerary.itinerary, &list).await?;
        Ok(reply(pb::ListStopsResponse {
            stops: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_stop(&self, request: Request<pb::UpdateStopRequest>) -> Answer<pb::Stop> {
        let authority = authority(&request)?;
        let update = request.get_ref().stop.clone().unwrap_or_default();
        let name = decode(update, |fields, stop| fields.parse::<StopName>("stop.name", &stop.name))?;
        let organizer = authority.organizer(&name.event)?;
        let present = self.app.store.stop(&authority.viewer(&name.event)?, name.itinerary, name.stop).await?;
        let present = present.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let stop = app::stops::update(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&stop)))
    }

    async fn delete_stop(&self, request: Request<pb::DeleteStopRequest>) -> Answer<pb::DeleteStopResponse> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, StopName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        app::stops::delete(&self.app, &organizer, &edit, once).await?;
        Ok(reply(pb::DeleteStopResponse {}))
    }

    async fn assign_travellers(&self, request: Request<pb::AssignTravellersRequest>) -> Answer<pb::Stop> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::AssignTravellersRequest { name, travellers, etag: seen, request_id: _, validate_only: _ } = message;
            let (name, expected) = (fields.parse::<StopName>("name", &name), etag(fields, &seen));
            let travellers = decode_travellers(fields, travellers);
            Some(Edit { name: name?, content: travellers?, expected: expected? })
        })?;
        let organizer = authority.organizer(&edit.name.event)?;
        let stop = app::stops::assign(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&stop)))
    }

    async fn allocate_resources(&self, request: Request<pb::AllocateResourcesRequest>) -> Answer<pb::Stop> {
        let authority = authority(&request)?;
        let (edit, once) = decode_write(request, |fields, message| {
            let pb::AllocateResourcesRequest { name, allocations, etag: seen, request_id: _, validate_only: _ } =
                message;
            let (name, expected) = (fields.parse::<StopName>("name", &name), etag(fields, &seen));
            let allocations = decode_allocations(fields, allocations);
            Some(Edit { name: name?, content: allocations?, expected: expected? })
        })?;
        let organizer = authority.organizer(&edit.name.event)?;
        let stop = app::stops::allocate(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&stop)))
    }
}

fn decode_create(fields: &mut Fields, request: pb::CreateStopRequest) -> Option<(ItineraryName, Plan)> {
    let pb::CreateStopRequest { parent, stop, request_id: _, validate_only: _ } = request;
    let itinerary = fields.parse::<ItineraryName>("parent", &parent);
    let plan = fields.nested("stop", stop, decode_plan);
    Some((itinerary?, plan?))
}

fn decode_update(fields: &mut Fields, present: &Stop, request: pb::UpdateStopRequest) -> Option<Edit<StopName, Plan>> {
    let pb::UpdateStopRequest { stop, update_mask, request_id: _, validate_only: _ } = request;
    let update = stop.unwrap_or_default();
    let known = [
        "kind",
        "title",
        "start_time",
        "start_place",
        "end_time",
        "end_place",
        "carrier",
        "number",
        "details",
        "organizations",
        "travellers",
        "allocations",
    ];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = etag(fields, &update.etag);
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; kind, title, start_time, start_place, end_time, end_place, carrier, number, details,
        organizations, travellers, allocations);
    let plan = fields.nested("stop", Some(laid), decode_plan);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name.clone(), content: plan?, expected: Some(expected) })
}

fn decode_plan(fields: &mut Fields, stop: pb::Stop) -> Option<Plan> {
    let pb::Stop {
        name: _,
        kind,
        title,
        start_time,
        start_place,
        end_time,
        end_place,
        carrier,
        number,
        details,
        organizations,
        travellers,
        allocations,
        create_time: _,
        update_time: _,
        etag: _,
    } = stop;
    let kind = choice(fields, "kind", kind, decode_kind);
    let title = fields.nested("title", title, localized);
    let start = fields.nested("start_time", start_time, zoned);
    let start_place = fields.nested("start_place", start_place, decode_place);
    let end = fields.nested("end_time", end_time, zoned);
    let end_place = fields.nested_optional("end_place", end_place, decode_place);
    let route = decode_route(fields, kind, start_place, end_place);
    let carrier = fields.line("carrier", &carrier, 100);
    let number = fields.line("number", &number, 40);
    let details = decode_details(fields, details);
    let organizations = fields.each("organizations", organizations, |fields, organization| {
        fields.parse::<OrganizationName>("name", &organization).map(|name| name.organization)
    });
    let travellers = decode_travellers(fields, travellers);
    let allocations = decode_allocations(fields, allocations);
    Some(Plan {
        route: route?,
        title: title?,
        start: start?,
        end: end?,
        carrier: carrier?,
        number: number?,
        details: details?,
        organizations: organizations?,
        travellers: travellers?,
        allocations: allocations?,
    })
}

fn decode_kind(kind: pb::StopKind) -> Option<Kind> {
    match kind {
        pb::StopKind::Unspecified => None,
        pb::StopKind::Flight => Some(Kind::Way(Mode::Flight)),
        pb::StopKind::Train => Some(Kind::Way(Mode::Train)),
        pb::StopKind::Transfer => Some(Kind::Way(Mode::Transfer)),
        pb::StopKind::Stay => Some(Kind::Stay),
        pb::StopKind::Visit => Some(Kind::Occasion(itinerary::Kind::Visit)),
        pb::StopKind::Meeting => Some(Kind::Occasion(itinerary::Kind::Meeting)),
        pb::StopKind::Meal => Some(Kind::Occasion(itinerary::Kind::Meal)),
        pb::StopKind::Free => Some(Kind::Occasion(itinerary::Kind::Free)),
        pb::StopKind::Signing => Some(Kind::Occasion(itinerary::Kind::Signing)),
        pb::StopKind::Car => Some(Kind::Way(Mode::Car)),
        pb::StopKind::Session => Some(Kind::Occasion(itinerary::Kind::Session)),
        pb::StopKind::Ceremony => Some(Kind::Occasion(itinerary::Kind::Ceremony)),
        pb::StopKind::Note => Some(Kind::Occasion(itinerary::Kind::Note)),
    }
}

fn decode_route(
    fields: &mut Fields,
    kind: Option<Kind>,
    start: Option<Place>,
    end: Option<Option<Place>>,
) -> Option<Route> {
    let (kind, end) = (kind?, end?);
    let route = kind.at(start?, end);
    if route.is_none() {
        fields.refuse("end_place", "is required for flights, trains and transfers, and refused for all else");
    }
    route
}

fn decode_place(fields: &mut Fields, place: pb::Place) -> Option<Place> {
    let pb::Place { title, address, city, region_code } = place;
    let title = fields.nested("title", title, localized);
    let address = fields.line("address", &address, 300);
    let city = required_line(fields, "city", &city, 100);
    let region_code = fields.parse("region_code", &region_code);
    Some(Place { title: title?, address: address?, city: city?, region_code: region_code? })
}

fn required_line(fields: &mut Fields, field: &str, text: &str, longest: usize) -> Option<String> {
    let line = fields.line(field, text, longest)?;
    if line.is_none() {
        fields.refuse(field, "is required");
    }
    line
}

fn decode_details(fields: &mut Fields, details: Vec<String>) -> Option<Vec<String>> {
    if details.len() > MOST_DETAILS {
        fields.refuse("details", format_args!("has more than {MOST_DETAILS} lines"));
        return None;
    }
    let lines = fields.each("details", details, |fields, line| fields.line("line", &line, 300));
    Some(lines?.into_iter().flatten().collect())
}

fn decode_travellers(fields: &mut Fields, travellers: Vec<String>) -> Option<Vec<PersonName>> {
    let names = fields.each("travellers", travellers, |fields, name| fields.parse::<PersonName>("name", &name))?;
    require_each_once(fields, "travellers", names, |name| name)
}

fn decode_allocations(fields: &mut Fields, allocations: Vec<pb::Allocation>) -> Option<Vec<Allocation>> {
    let allocations = fields.each("allocations", allocations, |fields, allocation| {
        let pb::Allocation { resource, quantity } = allocation;
        let resource = fields.parse::<ResourceName>("resource", &resource);
        let quantity = at_least_one(fields, "quantity", quantity);
        Some(Allocation { resource: resource?, quantity: quantity? })
    })?;
    require_each_once(fields, "allocations", allocations, |allocation| &allocation.resource)
}

fn require_each_once<T, N: Ord>(fields: &mut Fields, field: &str, all: Vec<T>, name: fn(&T) -> &N) -> Option<Vec<T>> {
    let names: BTreeSet<&N> = all.iter().map(name).collect();
    if names.len() < all.len() {
        fields.refuse(field, "names one of them twice");
        return None;
    }
    Some(all)
}

fn encode(stop: &Stop) -> pb::Stop {
    let Stop { name, plan, history } = stop;
    let Plan { route, title, start, end, carrier, number, details, organizations, travellers, allocations } = plan;
    pb::Stop {
        name: name.to_string(),
        kind: encode_kind(route.kind()).into(),
        title: Some(encode_localized(title)),
        start_time: Some(encode_zoned(start)),
        start_place: Some(encode_place(route.start())),
        end_time: Some(encode_zoned(end)),
        end_place: route.end().map(encode_place),
        carrier: carrier.clone().unwrap_or_default(),
        number: number.clone().unwrap_or_default(),
        details: details.clone(),
        organizations: organizations
            .iter()
            .map(|organization| OrganizationName { organization: organization.clone() }.to_string())
            .collect(),
        travellers: travellers.iter().map(ToString::to_string).collect(),
        allocations: allocations.iter().map(encode_allocation).collect(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}

/// Writes what a stop is.
pub(super) fn encode_kind(kind: Kind) -> pb::StopKind {
    match kind {
        Kind::Way(Mode::Flight) => pb::StopKind::Flight,
        Kind::Way(Mode::Train) => pb::StopKind::Train,
        Kind::Way(Mode::Transfer) => pb::StopKind::Transfer,
        Kind::Stay => pb::StopKind::Stay,
        Kind::Occasion(itinerary::Kind::Visit) => pb::StopKind::Visit,
        Kind::Occasion(itinerary::Kind::Meeting) => pb::StopKind::Meeting,
        Kind::Occasion(itinerary::Kind::Meal) => pb::StopKind::Meal,
        Kind::Occasion(itinerary::Kind::Signing) => pb::StopKind::Signing,
        Kind::Occasion(itinerary::Kind::Free) => pb::StopKind::Free,
        Kind::Way(Mode::Car) => pb::StopKind::Car,
        Kind::Occasion(itinerary::Kind::Session) => pb::StopKind::Session,
        Kind::Occasion(itinerary::Kind::Ceremony) => pb::StopKind::Ceremony,
        Kind::Occasion(itinerary::Kind::Note) => pb::StopKind::Note,
    }
}

/// Writes where a stop is.
pub(super) fn encode_place(place: &Place) -> pb::Place {
    let Place { title, address, city, region_code } = place;
    pb::Place {
        title: Some(encode_localized(title)),
        address: address.clone().unwrap_or_default(),
        city: city.clone(),
        region_code: region_code.as_str().to_owned(),
    }
}

fn encode_allocation(Allocation { resource, quantity }: &Allocation) -> pb::Allocation {
    pb::Allocation { resource: resource.to_string(), quantity: encode_count(*quantity) }
}
