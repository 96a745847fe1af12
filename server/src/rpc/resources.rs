//! The wire of what the stops of visits use.

use std::sync::Arc;

use attache_domain::{
    resource::{EventName, ResourceName},
    supply::{Kind, Plan, Resource},
};
use attache_proto::v1::{self as pb, resource_service_server::ResourceService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_list, decode_name, decode_verb},
    status::not_found,
    values::{choice, encode_count, encode_instant, encode_localized, etag, localized},
};
use crate::app::{self, App, Edit};

/// Answers `ResourceService`.
pub struct Resources {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl ResourceService for Resources {
    async fn create_resource(&self, request: Request<pb::CreateResourceRequest>) -> Answer<pb::Resource> {
        let authority = authority(&request)?;
        let ((event, plan), once) = decode_write(request, decode_create)?;
        let organizer = authority.organizer(&event.event)?;
        let resource = app::resources::create(&self.app, &organizer, &plan, once).await?;
        Ok(reply(encode(&resource)))
    }

    async fn get_resource(&self, request: Request<pb::GetResourceRequest>) -> Answer<pb::Resource> {
        let authority = authority(&request)?;
        let name: ResourceName = decode_name(request)?;
        let resource = self.app.store.resource(&authority.viewer(&name.event)?, name.resource).await?;
        Ok(reply(encode(&resource.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_resources(&self, request: Request<pb::ListResourcesRequest>) -> Answer<pb::ListResourcesResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.resources(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListResourcesResponse {
            resources: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_resource(&self, request: Request<pb::UpdateResourceRequest>) -> Answer<pb::Resource> {
        let authority = authority(&request)?;
        let update = request.get_ref().resource.clone().unwrap_or_default();
        let name = decode(update, |fields, resource| fields.parse::<ResourceName>("resource.name", &resource.name))?;
        let organizer = authority.organizer(&name.event)?;
        let present = self.app.store.resource(&authority.viewer(&name.event)?, name.resource).await?;
        let present = present.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let resource = app::resources::update(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&resource)))
    }

    async fn delete_resource(&self, request: Request<pb::DeleteResourceRequest>) -> Answer<pb::DeleteResourceResponse> {
        let authority = authority(&request)?;
        let (edit, once) = decode_verb::<_, ResourceName>(request)?;
        let organizer = authority.organizer(&edit.name.event)?;
        app::resources::delete(&self.app, &organizer, &edit, once).await?;
        Ok(reply(pb::DeleteResourceResponse {}))
    }
}

fn decode_create(fields: &mut Fields, request: pb::CreateResourceRequest) -> Option<(EventName, Plan)> {
    let pb::CreateResourceRequest { parent, resource, request_id: _, validate_only: _ } = request;
    let event = fields.parse::<EventName>("parent", &parent);
    let plan = fields.nested("resource", resource, decode_plan);
    Some((event?, plan?))
}

fn decode_update(
    fields: &mut Fields,
    present: &Resource,
    request: pb::UpdateResourceRequest,
) -> Option<Edit<ResourceName, Plan>> {
    let pb::UpdateResourceRequest { resource, update_mask, request_id: _, validate_only: _ } = request;
    let update = resource.unwrap_or_default();
    let known = ["kind", "title", "capacity", "city", "contact_name", "contact_phone_number"];
    let mask = Mask::read(fields, update_mask, &known);
    let expected = etag(fields, &update.etag);
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; kind, title, capacity, city, contact_name, contact_phone_number);
    let plan = fields.nested("resource", Some(laid), decode_plan);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.name.clone(), content: plan?, expected: Some(expected) })
}

fn decode_plan(fields: &mut Fields, resource: pb::Resource) -> Option<Plan> {
    let pb::Resource {
        name: _,
        kind,
        title,
        capacity,
        city,
        contact_name,
        contact_phone_number,
        create_time: _,
        update_time: _,
        etag: _,
    } = resource;
    let kind = choice(fields, "kind", kind, |kind| match kind {
        pb::ResourceKind::Unspecified => None,
        pb::ResourceKind::HotelRoom => Some(Kind::HotelRoom),
        pb::ResourceKind::Vehicle => Some(Kind::Vehicle),
        pb::ResourceKind::Guide => Some(Kind::Guide),
        pb::ResourceKind::Interpreter => Some(Kind::Interpreter),
        pb::ResourceKind::Other => Some(Kind::Other),
    });
    let title = fields.nested("title", title, localized);
    let capacity = at_least_one(fields, "capacity", capacity);
    let city = fields.line("city", &city, 100);
    let contact_name = fields.line("contact_name", &contact_name, 200);
    let contact_phone_number = fields.line("contact_phone_number", &contact_phone_number, 40);
    Some(Plan {
        kind: kind?,
        title: title?,
        capacity: capacity?,
        city: city?,
        contact_name: contact_name?,
        contact_phone_number: contact_phone_number?,
    })
}

/// Reads how many there are of something, which is never nothing.
pub(super) fn at_least_one(fields: &mut Fields, field: &str, count: i32) -> Option<u32> {
    let count = u32::try_from(count).ok().filter(|count| *count > 0);
    if count.is_none() {
        fields.refuse(field, "is less than 1");
    }
    count
}

fn encode(resource: &Resource) -> pb::Resource {
    let Resource { name, plan, history } = resource;
    let Plan { kind, title, capacity, city, contact_name, contact_phone_number } = plan;
    let kind = match kind {
        Kind::HotelRoom => pb::ResourceKind::HotelRoom,
        Kind::Vehicle => pb::ResourceKind::Vehicle,
        Kind::Guide => pb::ResourceKind::Guide,
        Kind::Interpreter => pb::ResourceKind::Interpreter,
        Kind::Other => pb::ResourceKind::Other,
    };
    pb::Resource {
        name: name.to_string(),
        kind: kind.into(),
        title: Some(encode_localized(title)),
        capacity: encode_count(*capacity),
        city: city.clone().unwrap_or_default(),
        contact_name: contact_name.clone().unwrap_or_default(),
        contact_phone_number: contact_phone_number.clone().unwrap_or_default(),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}
