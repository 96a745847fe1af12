//! What belongs to somebody else, is over, or was cut short: each is refused as documented, and nothing is changed by it.

use attache_client::{
    Client, Code,
    v1::{self, ErrorReason, Role},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict},
    boot,
    fixtures::{DELEGATES, FORUM, LAUNCH},
};
use chrono::TimeDelta;
use prost_types::Timestamp;

const BARRED: (Code, ErrorReason) = (Code::PermissionDenied, ErrorReason::PermissionDenied);
const UNKNOWN: (Code, ErrorReason) = (Code::Unauthenticated, ErrorReason::TokenInvalid);
const MISPLACED: (Code, ErrorReason) = (Code::InvalidArgument, ErrorReason::PageTokenInvalid);
const INCOMPLETE: (Code, ErrorReason) = (Code::FailedPrecondition, ErrorReason::FileIncomplete);
const ANOTHERS: (Code, ErrorReason) = (Code::FailedPrecondition, ErrorReason::UploadOfAnother);

async fn house() -> House {
    let house = boot().await;
    house.forum_with_seats(5).await;
    house.foreign_event().await;
    house
}

/// The token of a new organiser of the forum, which ends after an hour.
async fn token_for_an_hour(house: &House) -> String {
    let grant = v1::Grant { role: Role::Organizer.into(), resource: FORUM.to_owned() };
    let member = v1::Member { display_name: "Organiser".to_owned(), grants: vec![grant], ..Default::default() };
    let request = v1::CreateMemberRequest { member: Some(member), ..Default::default() };
    let member = house.owner.access().create_member(request).await.done();
    let end = house.app.clock.now() + TimeDelta::hours(1);
    let token = v1::Token { expire_time: Some(Timestamp { seconds: end.timestamp(), nanos: 0 }), ..Default::default() };
    let request = v1::CreateTokenRequest { parent: member.name, token: Some(token), ..Default::default() };
    house.owner.access().create_token(request).await.done().secret
}

#[tokio::test]
async fn token_of_another_event_or_role_over_or_cut_short_changes_nothing() {
    let house = house().await;
    let registered = house.register("Zarmina", "").await;
    let neighbour = house.register("Hina", "").await;
    let token = token_for_an_hour(&house).await;
    let callers = [
        (house.member(Role::Organizer, LAUNCH).await, BARRED),
        (house.member(Role::Viewer, FORUM).await, BARRED),
        (house.delegate(&neighbour.person).await, (Code::NotFound, ErrorReason::NotFound)),
        (house.client(Some(&token[..token.len() - 1])).await, UNKNOWN),
        (house.client(Some(token.rsplit_once('_').unwrap().0)).await, UNKNOWN),
        (house.client(Some(&token)).await, UNKNOWN),
    ];
    house.mail().await;
    let before = house.contents().await;

    house.app.clock.advance(TimeDelta::hours(1));
    let request = v1::WithdrawRegistrationRequest { name: registered.name, ..Default::default() };
    let mut refused = Vec::new();
    for (caller, _) in &callers {
        refused.push(verdict(caller.registrations().withdraw_registration(request.clone()).await));
    }

    assert_eq!(refused, callers.map(|(_, expected)| expected));
    assert_eq!(house.contents().await, before);
}

async fn append(
    client: &Client,
    name: &str,
    offset: i32,
    data: &[u8],
) -> Result<tonic::Response<v1::File>, tonic::Status> {
    let request = v1::AppendUploadRequest { name: name.to_owned(), offset, data: data.to_vec() };
    client.files().append_upload(request).await
}

async fn finish(client: &Client, name: &str) -> Result<tonic::Response<v1::File>, tonic::Status> {
    client.files().finish_upload(v1::FinishUploadRequest { name: name.to_owned(), ..Default::default() }).await
}

#[tokio::test]
async fn upload_out_of_order_too_large_or_by_another_than_began_it_changes_nothing() {
    let house = house().await;
    let [mine, others] = [house.member(Role::Organizer, FORUM).await, house.member(Role::Organizer, FORUM).await];
    let file = v1::File {
        file_name: "a.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        size_bytes: 6,
        ..Default::default()
    };
    let request = v1::StartUploadRequest { parent: FORUM.to_owned(), file: Some(file), ..Default::default() };
    let name = mine.files().start_upload(request).await.done().name;
    append(&mine, &name, 0, b"abc").await.done();
    let before = house.contents().await;

    let refused = [
        verdict(append(&mine, &name, 4, b"ef").await),
        verdict(append(&mine, &name, 2, b"X").await),
        verdict(append(&mine, &name, 3, b"defg").await),
        verdict(finish(&mine, &name).await),
        verdict(append(&others, &name, 3, b"def").await),
        verdict(append(&house.owner, &name, 0, b"abc").await),
        verdict(finish(&others, &name).await),
    ];

    assert_eq!(refused, [INCOMPLETE, INCOMPLETE, INCOMPLETE, INCOMPLETE, ANOTHERS, ANOTHERS, ANOTHERS]);
    assert_eq!(house.contents().await, before);
    append(&mine, &name, 3, b"def").await.done();
    finish(&mine, &name).await.done();
    assert_eq!(house.file(&name).await, b"abcdef");
}

fn list(page_token: &str) -> v1::ListRegistrationsRequest {
    v1::ListRegistrationsRequest {
        parent: FORUM.to_owned(),
        page_size: 1,
        page_token: page_token.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn page_token_of_another_caller_filter_or_list_is_refused() {
    let house = house().await;
    house.register("Zarmina", "").await;
    let second = house.register("Hina", "").await;
    let [mine, others] = [house.member(Role::Viewer, FORUM).await, house.member(Role::Viewer, FORUM).await];
    let token = mine.registrations().list_registrations(list("")).await.done().next_page_token;

    let filtered = v1::ListRegistrationsRequest { filter: format!("category = \"{DELEGATES}\""), ..list(&token) };
    let altered = format!("{}{}", if token.starts_with('0') { '1' } else { '0' }, &token[1..]);
    let people = v1::ListLettersRequest { parent: FORUM.to_owned(), page_token: token.clone(), ..Default::default() };
    let refused = [
        verdict(others.registrations().list_registrations(list(&token)).await),
        verdict(house.owner.registrations().list_registrations(list(&token)).await),
        verdict(mine.registrations().list_registrations(filtered).await),
        verdict(mine.registrations().list_registrations(list(&altered)).await),
        verdict(mine.registrations().list_registrations(list(&token[..token.len() - 1])).await),
        verdict(mine.letters().list_letters(people).await),
    ];

    assert_eq!(refused, [MISPLACED; 6]);
    let page = mine.registrations().list_registrations(list(&token)).await.done();
    assert_eq!((page.registrations, page.next_page_token.as_str()), (vec![second], ""));
}

async fn watch(client: &Client, cursor: &str, kinds: &[&str]) -> Result<String, tonic::Status> {
    let request = v1::WatchChangesRequest {
        parent: FORUM.to_owned(),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        cursor: cursor.to_owned(),
    };
    let mut watch = client.audit().watch_changes(request).await?.into_inner();
    Ok(watch.message().await?.expect("a cursor").cursor)
}

#[tokio::test]
async fn cursor_of_another_caller_or_of_other_kinds_is_refused() {
    let house = house().await;
    let [mine, others] = [house.member(Role::Organizer, FORUM).await, house.member(Role::Organizer, FORUM).await];
    let cursor = watch(&mine, "", &["registrations"]).await.unwrap();

    let refused = [
        watch(&others, &cursor, &["registrations"]).await,
        watch(&mine, &cursor, &["letters"]).await,
        watch(&mine, &cursor[1..], &["registrations"]).await,
    ];

    assert_eq!(refused.map(|refused| verdict(refused.map(tonic::Response::new))), [MISPLACED; 3]);
    watch(&mine, &cursor, &["registrations"]).await.unwrap();
}
