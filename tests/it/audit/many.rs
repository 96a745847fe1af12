//! Many watches of the same: read once for all, each at its own pace, and in one order whichever write was seen first.

use std::sync::Arc;

use attache_client::{
    Client, Failure,
    v1::{self, ErrorReason, audit_service_client::AuditServiceClient},
};
use attache_server::mail::transport::{Memory, Transport};
use attache_tests::{
    House, database,
    fixtures::{FORUM, text},
    open,
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, Database, DatabaseTransaction, TransactionTrait as _};
use tonic::{Request, Streaming, transport::Endpoint};

use super::{
    changes, house,
    watching::{Watching, whole},
};

/// How many streams one connection is given: fewer than it may have.
const STREAMS: usize = 100;

async fn add_room(client: &Client, title: v1::LocalizedText) -> v1::Room {
    let room = v1::Room { title: Some(title), ..v1::Room::default() };
    let request =
        v1::CreateRoomRequest { parent: FORUM.to_owned(), room: Some(room), ..v1::CreateRoomRequest::default() };
    client.rooms().create_room(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn what_is_new_is_read_once_for_one_watch_as_for_three_hundred() {
    let house = house().await;
    let mut watches: Vec<Watching> = Vec::new();
    let mut client = house.owner.clone();
    for many in [1, 3, 300] {
        while watches.len() < many {
            if watches.len().is_multiple_of(STREAMS) {
                client = house.client(Some(house.owner_token())).await;
            }
            watches.push(Watching::begin(&client, FORUM, &[], "").await);
        }
        add_room(&house.owner, text("First", "")).await;
        for watch in &mut watches {
            watch.take(1).await;
        }
        house.statements.with("");

        let room = add_room(&house.owner, text("Second", "")).await;
        for watch in &mut watches {
            assert_eq!(watch.take(1).await[0].resource, room.name);
        }

        // Those that read for a watch, or for all of them; once more when there is nothing left.
        let read = house.statements.with(r#""position" > "#);
        assert!((1..=3).contains(&read.len()), "{many} watches: {read:#?}");
    }
}

/// A caller who takes no more than a little of what is sent before they read it.
async fn narrow(house: &House) -> AuditServiceClient<tonic::transport::Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{}", house.address)).unwrap();
    let endpoint = endpoint.initial_stream_window_size(65_535).initial_connection_window_size(65_535);
    AuditServiceClient::new(endpoint.connect().await.unwrap())
}

async fn watch(
    client: &mut AuditServiceClient<tonic::transport::Channel>,
    house: &House,
    cursor: &str,
) -> Streaming<v1::WatchChangesResponse> {
    let kinds = vec!["rooms".to_owned()];
    let mut request =
        Request::new(v1::WatchChangesRequest { parent: FORUM.to_owned(), kinds, cursor: cursor.to_owned() });
    request.metadata_mut().insert("authorization", format!("Bearer {}", house.owner_token()).parse().unwrap());
    client.watch_changes(request).await.unwrap().into_inner()
}

/// Reads a stream until it has told so many changes, or ends; the cursor is that of the last message.
async fn read(
    stream: &mut Streaming<v1::WatchChangesResponse>,
    cursor: &mut String,
    count: usize,
) -> (Vec<v1::Change>, Option<Failure>) {
    let mut told = Vec::new();
    while told.len() < count {
        match stream.message().await {
            Ok(Some(message)) => {
                *cursor = message.cursor;
                told.extend(message.change);
            }
            Ok(None) => break,
            Err(status) => return (told, Some(status.into())),
        }
    }
    (told, None)
}

#[tokio::test]
async fn watch_that_is_read_too_slowly_is_cut_off_and_goes_on_with_its_cursor_while_another_hears_all() {
    let house = house().await;
    let mut fast = Watching::begin(&house.owner, FORUM, &["rooms"], "").await;
    let mut client = narrow(&house).await;
    let mut slow = watch(&mut client, &house, "").await;
    let mut room = add_room(&house.owner, text(&"A".repeat(400), &"厅".repeat(400))).await;
    let mut cursor = String::new();
    let (mut told, _) = read(&mut slow, &mut cursor, 1).await;

    // More than is kept for those who are behind, and more than is on the way to them.
    let moves = 420;
    let heard = tokio::spawn(async move { fast.take(1 + moves).await });
    for floor in 0..moves {
        room = v1::Room { floor: floor.to_string(), ..room };
        let request = v1::UpdateRoomRequest { room: Some(room), ..v1::UpdateRoomRequest::default() };
        room = house.owner.rooms().update_room(request).await.unwrap().into_inner();
    }
    let heard = heard.await.unwrap();
    let (some, end) = read(&mut slow, &mut cursor, usize::MAX).await;
    told.extend(some);
    let end = end.expect("an end");
    let cut_after = told.len();
    let mut again = watch(&mut client, &house, &cursor).await;
    told.extend(read(&mut again, &mut cursor, 1 + moves - cut_after).await.0);

    assert!(end.is(ErrorReason::WatchTooSlow) && end.breaks_a_stream(), "{end:?}");
    assert!(cut_after < 1 + moves, "{cut_after}");
    let listed = changes(&house.owner, FORUM, &format!("resource = \"{}\"", room.name)).await.unwrap();
    assert_eq!((heard == listed, told == listed, listed.len()), (true, true, 1 + moves));
}

#[tokio::test]
async fn watch_that_is_far_behind_catches_up_and_goes_on_with_the_others() {
    let house = house().await;
    for floor in 0..60 {
        add_room(&house.owner, text(&format!("Room {floor}"), "")).await;
        add_room(&house.owner, text(&format!("Other {floor}"), "")).await;
    }
    let mut early = Watching::begin(&house.owner, FORUM, &[], "").await;
    let mut late = Watching::begin(&house.owner, FORUM, &[], "start").await;

    let room = add_room(&house.owner, text("Last", "")).await;
    let whole = whole(&house).await;
    let told = late.take(whole.len()).await;

    assert_eq!((told == whole, early.take(1).await[0].resource.clone()), (true, room.name));
    house.app.clock.advance(TimeDelta::seconds(20));
    assert_eq!(late.told().await, Ok(None));
}

/// Writes an entry of the forum as a write does that has drawn its number and is not committed.
async fn entry(tx: &DatabaseTransaction, id: &str) {
    let insert = format!(
        "INSERT INTO changes (owner, id, resource, verb, create_time, write_number, ordinal) \
         VALUES ('{FORUM}', '{id}', '{FORUM}/rooms/{id}', 'created', now(), nextval('write_numbers'), 0)"
    );
    tx.execute_unprepared(&insert).await.unwrap();
}

/// In PostgreSQL alone one write goes on while another is committed.
#[tokio::test]
async fn write_that_drew_first_and_is_seen_later_is_told_once_and_in_the_order_of_the_list() {
    if database::word() != "postgres" {
        return println!("skipped write_that_drew_first_and_is_seen_later_…: SQLite lets one write at a time");
    }
    let [first, second] = ["7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c51", "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c52"];
    let house = house().await;
    let token = Some(house.owner_token().to_owned());
    let mail = Arc::new(Transport::Memory(Memory::default()));
    let other = open(house.folder.clone(), house.database.clone(), token, mail).await;
    let mut here = Watching::begin(&house.owner, FORUM, &["rooms"], "").await;
    let mut there = Watching::begin(&other.owner, FORUM, &["rooms"], "").await;
    let (one, two) = {
        let address = database::address(&house.database);
        (Database::connect(&address).await.unwrap(), Database::connect(&address).await.unwrap())
    };

    let (late, early) = (one.begin().await.unwrap(), two.begin().await.unwrap());
    entry(&late, first).await;
    entry(&early, second).await;
    early.commit().await.unwrap();
    let told = (here.take(1).await, there.take(1).await);
    let cursor = there.cursor.clone();
    late.commit().await.unwrap();
    let then = (here.take(1).await, there.take(1).await);

    let listed = changes(&other.owner, FORUM, "verb = created").await.unwrap();
    let rooms: Vec<_> = listed.into_iter().filter(|change| change.resource.contains("/rooms/")).collect();
    assert_eq!(rooms.iter().map(|room| room.name.rsplit('/').next().unwrap()).collect::<Vec<_>>(), [second, first]);
    assert_eq!(
        (told, then),
        ((vec![rooms[0].clone()], vec![rooms[0].clone()]), (vec![rooms[1].clone()], vec![rooms[1].clone()]))
    );
    let mut again = Watching::begin(&house.owner, FORUM, &["rooms"], &cursor).await;
    assert_eq!(again.take(1).await, [rooms[1].clone()]);
}
