//! The wire of rooms.

use std::sync::Arc;

use attache_domain::{
    resource::{EventName, RoomId, RoomName},
    room::{Plan, Room},
};
use attache_proto::v1::{self as pb, room_service_server::RoomService};
use tonic::Request;

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode, decode_write},
    masks::{Mask, overlay},
    reply,
    shapes::{decode_list, decode_name, decode_verb},
    status::not_found,
    values::{chosen_id, encode_count, encode_instant, encode_localized, etag, localized},
};
use crate::app::{self, App, Edit};

/// Answers `RoomService`.
pub struct Rooms {
    pub(super) app: Arc<App>,
}

#[tonic::async_trait]
impl RoomService for Rooms {
    async fn create_room(&self, request: Request<pb::CreateRoomRequest>) -> Answer<pb::Room> {
        let authority = authority(&request)?;
        let ((event, room), once) = decode_write(request, |fields, message| {
            let pb::CreateRoomRequest { parent, room, room_id, request_id: _, validate_only: _ } = message;
            let event = fields.parse::<EventName>("parent", &parent);
            let id = chosen_id(fields, "room_id", &room_id, RoomId::random);
            let plan = fields.nested("room", room, decode_plan);
            Some((event?, (id?, plan?)))
        })?;
        let organizer = authority.organizer(&event.event)?;
        let room = app::rooms::create(&self.app, &organizer, &room, once).await?;
        Ok(reply(encode(&room)))
    }

    async fn get_room(&self, request: Request<pb::GetRoomRequest>) -> Answer<pb::Room> {
        let authority = authority(&request)?;
        let name: RoomName = decode_name(request)?;
        let room = self.app.store.room(&authority.viewer(&name.event)?, &name.room).await?;
        Ok(reply(encode(&room.ok_or_else(|| not_found(&name))?)))
    }

    async fn list_rooms(&self, request: Request<pb::ListRoomsRequest>) -> Answer<pb::ListRoomsResponse> {
        let authority = authority(&request)?;
        let (event, list) = decode_list::<_, EventName>(request)?;
        let page = self.app.store.rooms(&authority.viewer(&event.event)?, &list).await?;
        Ok(reply(pb::ListRoomsResponse {
            rooms: page.items.iter().map(encode).collect(),
            next_page_token: page.next_page_token,
            total_size: encode_count(page.total_size),
        }))
    }

    async fn update_room(&self, request: Request<pb::UpdateRoomRequest>) -> Answer<pb::Room> {
        let authority = authority(&request)?;
        let update = request.get_ref().room.clone().unwrap_or_default();
        let name = decode(update, |fields, room| fields.parse::<RoomName>("room.name", &room.name))?;
        let organizer = authority.organizer(&name.event)?;
        let present = self.app.store.room(&authority.viewer(&name.event)?, &name.room).await?;
        let present = present.ok_or_else(|| not_found(&name))?;
        let (edit, once) = decode_write(request, |fields, message| decode_update(fields, &present, message))?;
        let room = app::rooms::update(&self.app, &organizer, &edit, once).await?;
        Ok(reply(encode(&room)))
    }

    async fn delete_room(&self, request: Request<pb::DeleteRoomRequest>) -> Answer<pb::DeleteRoomResponse> {
        let authority = authority(&request)?;
        let (Edit { name, content, expected }, once) = decode_verb::<_, RoomName>(request)?;
        let organizer = authority.organizer(&name.event)?;
        let edit = Edit { name: name.room, content, expected };
        app::rooms::delete(&self.app, &organizer, &edit, once).await?;
        Ok(reply(pb::DeleteRoomResponse {}))
    }
}

fn decode_update(fields: &mut Fields, present: &Room, request: pb::UpdateRoomRequest) -> Option<Edit<RoomId, Plan>> {
    let pb::UpdateRoomRequest { room, update_mask, request_id: _, validate_only: _ } = request;
    let update = room.unwrap_or_default();
    let mask = Mask::read(fields, update_mask, &["title", "capacity", "floor", "description"]);
    let expected = etag(fields, &update.etag);
    let mask = mask?;
    let mut laid = encode(present);
    overlay!(laid, update, mask; title, capacity, floor, description);
    let plan = fields.nested("room", Some(laid), decode_plan);
    let expected = expected?.unwrap_or(present.history.revision);
    Some(Edit { name: present.id.clone(), content: plan?, expected: Some(expected) })
}

fn decode_plan(fields: &mut Fields, room: pb::Room) -> Option<Plan> {
    let pb::Room { name: _, title, capacity, floor, description, create_time: _, update_time: _, etag: _ } = room;
    let title = fields.nested("title", title, localized);
    let capacity = match capacity.map(u32::try_from).transpose() {
        Ok(capacity) => Some(capacity),
        Err(_) => {
            fields.refuse("capacity", "is negative");
            None
        }
    };
    let floor = fields.line("floor", &floor, 40);
    let description = fields.nested_optional("description", description, localized);
    Some(Plan { title: title?, capacity: capacity?, floor: floor?, description: description? })
}

fn encode(room: &Room) -> pb::Room {
    let Room { event: _, id: _, plan: Plan { title, capacity, floor, description }, history } = room;
    pb::Room {
        name: room.name().to_string(),
        title: Some(encode_localized(title)),
        capacity: capacity.map(encode_count),
        floor: floor.clone().unwrap_or_default(),
        description: description.as_ref().map(encode_localized),
        create_time: Some(encode_instant(history.create_time)),
        update_time: Some(encode_instant(history.update_time)),
        etag: history.revision.to_string(),
    }
}
