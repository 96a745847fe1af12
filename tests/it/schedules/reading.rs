//! Released schedules as the public reads them: from memory, and never what is no longer so.

use std::sync::Arc;

use attache_client::v1::{self, schedule_service_client::ScheduleServiceClient};
use attache_server::mail::transport::{Memory, Transport};
use attache_tests::{House, answers::Answer as _, boot, database, open};
use chrono::TimeDelta;

use super::{SCHEDULE, get, keynote, release, update};
use crate::sessions::{add_person, placed};

async fn asked(house: &House, name: &str, if_none_match: &str) -> v1::Schedule {
    let request = v1::GetScheduleRequest { name: name.to_owned(), if_none_match: if_none_match.to_owned() };
    house.client(None).await.schedules().get_schedule(request).await.done()
}

/// The name of the one who gives the keynote.
fn speaker(schedule: &v1::Schedule) -> &str {
    &schedule.entries[0].speakers[0].display_name
}

async fn everybody(house: &House) -> Vec<v1::Person> {
    let request =
        v1::ListPersonsRequest { parent: "organizations/zbra".to_owned(), ..v1::ListPersonsRequest::default() };
    house.owner.persons().list_persons(request).await.done().persons
}

async fn rename(house: &House, person: v1::Person, display_name: &str) -> v1::Person {
    let person = v1::Person { display_name: display_name.to_owned(), ..person };
    let request = v1::UpdatePersonRequest { person: Some(person), ..Default::default() };
    house.owner.persons().update_person(request).await.done()
}

#[tokio::test]
async fn schedule_that_was_asked_for_before_is_answered_without_a_statement() {
    let house = boot().await;
    keynote(&house).await;
    release(&house).await;

    let (first, read) = house.statements.of(get(&house, SCHEDULE)).await;
    let (again, read_again) = house.statements.of(get(&house, SCHEDULE)).await;

    assert_eq!((first == again, read.len(), read_again), (true, 2, Vec::new()), "{read:?}");
}

#[tokio::test]
async fn schedule_is_as_it_is_now_after_a_release_a_renaming_and_a_merge() {
    let house = boot().await;
    let session = keynote(&house).await;
    release(&house).await;
    let first = get(&house, SCHEDULE).await;

    update(&house, placed(session.clone(), &session.room, "14:00", "14:20")).await;
    release(&house).await;
    let second = get(&house, SCHEDULE).await;
    let zarmina = everybody(&house).await.remove(0);
    let zarmina = rename(&house, zarmina, "Zarmina Jan").await;
    let renamed = get(&house, SCHEDULE).await;
    let other = add_person(&house, "Dr Zarmina", "dr@example.org").await;
    let request =
        v1::MergePersonsRequest { name: other.name, duplicate: zarmina.name, ..v1::MergePersonsRequest::default() };
    house.owner.persons().merge_persons(request).await.done();
    let merged = get(&house, SCHEDULE).await;

    assert_eq!([first.version, second.version, renamed.version, merged.version], [1, 2, 2, 2]);
    assert_eq!([&second, &renamed, &merged].map(speaker), ["Zarmina", "Zarmina Jan", "Dr Zarmina"]);
    assert_eq!(speaker(&get(&house, &first.name).await), "Dr Zarmina");
    let mut etags = [&first, &second, &renamed, &merged].map(|schedule| &schedule.etag);
    etags.sort_unstable();
    assert!(etags.windows(2).all(|pair| pair[0] != pair[1]), "{etags:?}");
}

#[tokio::test]
async fn schedule_that_the_caller_has_is_not_sent_again() {
    let house = boot().await;
    keynote(&house).await;
    release(&house).await;
    let whole = get(&house, SCHEDULE).await;

    let same = asked(&house, SCHEDULE, &whole.etag).await;
    let other = asked(&house, SCHEDULE, "0").await;
    let zarmina = everybody(&house).await.remove(0);
    rename(&house, zarmina, "Zarmina Jan").await;
    let renamed = asked(&house, SCHEDULE, &whole.etag).await;

    let v1::Schedule { name, version, etag, .. } = whole.clone();
    assert_eq!(same, v1::Schedule { name, version, etag, not_modified: true, ..v1::Schedule::default() });
    assert_eq!(other, whole);
    assert_eq!((speaker(&renamed), renamed.not_modified), ("Zarmina Jan", false));
}

#[tokio::test]
async fn etag_is_the_same_from_a_server_that_was_opened_again() {
    let house = boot().await;
    keynote(&house).await;
    release(&house).await;
    let whole = get(&house, SCHEDULE).await;

    let house = house.reopen().await;

    assert_eq!(get(&house, SCHEDULE).await, whole);
}

#[tokio::test]
async fn schedule_is_the_same_compressed_and_not() {
    let house = boot().await;
    let session = keynote(&house).await;
    let title = v1::LocalizedText { en: "A long title ".repeat(25).trim().to_owned(), zh: "题".repeat(300) };
    update(&house, v1::Session { title: Some(title), ..session }).await;
    release(&house).await;
    let plain = ScheduleServiceClient::new(house.client(None).await.channel());
    let request = v1::GetScheduleRequest { name: SCHEDULE.to_owned(), ..Default::default() };

    let mut compressing = house.client(None).await.schedules();
    let compressed = compressing.get_schedule(request.clone()).await.unwrap();
    let uncompressed = plain.clone().get_schedule(request).await.unwrap();

    let encoding = |answer: &tonic::Response<v1::Schedule>| answer.metadata().get("grpc-encoding").cloned();
    assert_eq!((encoding(&compressed).unwrap().to_str().unwrap(), encoding(&uncompressed)), ("gzip", None));
    assert_eq!(compressed.into_inner(), uncompressed.into_inner());
}

/// PostgreSQL alone is shared by several servers.
#[tokio::test]
async fn schedule_that_a_watch_told_of_is_answered_at_once_by_the_server_that_told() {
    if database::word() != "postgres" {
        return println!("skipped schedule_that_a_watch_told_of_is_answered_at_once_…: SQLite has one server");
    }
    let house = boot().await;
    keynote(&house).await;
    release(&house).await;
    let token = Some(house.owner_token().to_owned());
    let mail = Arc::new(Transport::Memory(Memory::default()));
    let other = open(house.folder.clone(), house.database.clone(), token, mail).await;
    let request = v1::WatchScheduleRequest { parent: "events/ciftis-2023".to_owned(), ..Default::default() };
    let mut watch = other.client(None).await.schedules().watch_schedule(request).await.done();
    watch.message().await.unwrap();
    let before = get(&other, SCHEDULE).await;

    release(&house).await;
    let told = watch.message().await.unwrap().unwrap().release.unwrap();

    assert_eq!((before.version, told.version, get(&other, SCHEDULE).await.version), (1, 2, 2));
}

/// PostgreSQL alone is shared by several servers.
#[tokio::test]
async fn schedule_that_another_server_released_is_answered_after_two_seconds() {
    if database::word() != "postgres" {
        return println!("skipped schedule_that_another_server_released_is_answered_after_two_seconds: SQLite has one");
    }
    let house = boot().await;
    let session = keynote(&house).await;
    release(&house).await;
    let token = Some(house.owner_token().to_owned());
    let mail = Arc::new(Transport::Memory(Memory::default()));
    let other = open(house.folder.clone(), house.database.clone(), token, mail).await;
    get(&other, SCHEDULE).await;
    update(&house, placed(session.clone(), &session.room, "14:00", "14:20")).await;

    release(&house).await;
    other.app.clock.advance(TimeDelta::seconds(2));

    assert_eq!(get(&other, SCHEDULE).await, get(&house, SCHEDULE).await);
}
