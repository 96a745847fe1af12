//! Rooms through the whole house.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, text},
};

use crate::sessions::{add_session, talk};

/// The request that creates a room in the forum.
pub fn room_of(id: &str, title: &str, capacity: i32) -> v1::CreateRoomRequest {
    let room = v1::Room { title: Some(text(title, "")), capacity: Some(capacity), ..Default::default() };
    v1::CreateRoomRequest { parent: FORUM.to_owned(), room: Some(room), room_id: id.to_owned(), ..Default::default() }
}

/// Creates a room in the forum.
pub async fn add_room(house: &House, id: &str, title: &str) -> v1::Room {
    house.owner.rooms().create_room(room_of(id, title, 300)).await.unwrap().into_inner()
}

#[tokio::test]
async fn room_is_created_changed_listed_and_deleted() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let hall = add_room(&house, "main-hall", "Main Hall").await;
    let small = add_room(&house, "room-2", "Room 2").await;

    let update = v1::Room {
        floor: "3".to_owned(),
        description: Some(text("Left of the lift", "电梯左侧")),
        etag: hall.etag.clone(),
        ..hall.clone()
    };
    let request = v1::UpdateRoomRequest { room: Some(update), ..Default::default() };
    let changed = house.owner.rooms().update_room(request).await.unwrap().into_inner();
    let request = v1::DeleteRoomRequest { name: small.name, ..Default::default() };
    house.owner.rooms().delete_room(request).await.unwrap();

    let expected = v1::Room {
        floor: "3".to_owned(),
        description: Some(text("Left of the lift", "电梯左侧")),
        update_time: changed.update_time,
        etag: "r2".to_owned(),
        ..hall
    };
    let request = v1::GetRoomRequest { name: expected.name.clone() };
    let found = house.owner.rooms().get_room(request).await.unwrap().into_inner();
    let request = v1::ListRoomsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let list = house.owner.rooms().list_rooms(request).await.unwrap().into_inner();
    assert_eq!((changed, found), (expected.clone(), expected.clone()));
    assert_eq!((list.rooms, list.total_size), (vec![expected], 1));
}

#[tokio::test]
async fn taken_room_id_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    add_room(&house, "main-hall", "Main Hall").await;

    let failure: Failure =
        house.owner.rooms().create_room(room_of("main-hall", "Another", 3)).await.unwrap_err().into();

    assert!(failure.is(ErrorReason::AlreadyExists), "{failure:?}");
}

#[tokio::test]
async fn room_with_a_session_is_not_deleted() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let hall = add_room(&house, "main-hall", "Main Hall").await;
    add_session(&house, v1::Session { room: hall.name.clone(), ..talk("Talk") }).await;

    let request = v1::DeleteRoomRequest { name: hall.name, ..Default::default() };
    let failure: Failure = house.owner.rooms().delete_room(request).await.unwrap_err().into();

    assert!(failure.is(ErrorReason::InUse), "{failure:?}");
}

#[tokio::test]
async fn stale_change_of_a_room_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let hall = add_room(&house, "main-hall", "Main Hall").await;
    let rename = |title: &str| v1::UpdateRoomRequest {
        room: Some(v1::Room { title: Some(text(title, "")), ..hall.clone() }),
        ..Default::default()
    };
    house.owner.rooms().update_room(rename("Great Hall")).await.unwrap();

    let failure: Failure = house.owner.rooms().update_room(rename("Small Hall")).await.unwrap_err().into();

    assert!(failure.is(ErrorReason::EtagMismatch), "{failure:?}");
}

#[tokio::test]
async fn every_wrong_field_of_a_room_is_told() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let room = v1::Room { capacity: Some(-1), floor: "3\n".repeat(2), ..Default::default() };
    let request = v1::CreateRoomRequest {
        parent: FORUM.to_owned(),
        room: Some(room),
        room_id: "X".to_owned(),
        ..Default::default()
    };

    let failure: Failure = house.owner.rooms().create_room(request).await.unwrap_err().into();

    let fields: Vec<&str> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["room_id", "room.title", "room.capacity", "room.floor"]);
}

#[tokio::test]
async fn rooms_are_for_organisers_to_change_and_for_viewers_to_see() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let hall = add_room(&house, "main-hall", "Main Hall").await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;
    let stranger = house.member(v1::Role::Organizer, "events/ciftis-2023").await;
    let nobody = house.client(None).await;
    let get = |name: &str| v1::GetRoomRequest { name: name.to_owned() };

    let seen = viewer.rooms().get_room(get(&hall.name)).await.unwrap().into_inner();
    let changed: Failure = viewer.rooms().create_room(room_of("room-2", "Room", 3)).await.unwrap_err().into();
    let foreign: Failure = stranger.rooms().get_room(get("events/other/rooms/main-hall")).await.unwrap_err().into();
    let unknown: Failure = nobody.rooms().get_room(get(&hall.name)).await.unwrap_err().into();

    assert_eq!(seen, hall);
    assert_eq!(
        [changed.code, foreign.code, unknown.code],
        [Code::PermissionDenied, Code::PermissionDenied, Code::Unauthenticated]
    );
}
