//! Events through the whole house: one reads back as it was created, and all are listed.

mod cancelling;
mod creating;
mod parents;
mod updating;

use attache_client::{
    Code,
    v1::{self, ErrorReason, EventState},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{FORUM, LAUNCH, ZBRA, beijing, forum, mask, text, zbra},
};

async fn house_with_zbra() -> House {
    let house = boot().await;
    let request = v1::CreateOrganizationRequest {
        organization: Some(zbra()),
        organization_id: "zbra".to_owned(),
        ..Default::default()
    };
    house.owner.organizations().create_organization(request).await.done();
    house
}

fn creation(event: v1::Event) -> v1::CreateEventRequest {
    v1::CreateEventRequest { event: Some(event), event_id: "ciftis-2023".to_owned(), ..Default::default() }
}

fn update(event: v1::Event, paths: &[&str]) -> v1::UpdateEventRequest {
    let event = v1::Event { name: FORUM.to_owned(), ..event };
    v1::UpdateEventRequest { event: Some(event), update_mask: mask(paths), ..Default::default() }
}

fn cancellation() -> v1::CancelEventRequest {
    v1::CancelEventRequest { name: FORUM.to_owned(), ..Default::default() }
}

fn at(local_time: &str, time_zone: &str) -> v1::ZonedTime {
    v1::ZonedTime { local_time: local_time.to_owned(), time_zone: time_zone.to_owned(), instant_time: None }
}

#[tokio::test]
async fn event_reads_back_as_it_was_created() {
    let house = house_with_zbra().await;
    let venue = v1::Venue {
        title: Some(text("National Convention Centre", "国家会议中心")),
        address_lines: vec!["7 Specimen Street".to_owned()],
        city: "Beijing".to_owned(),
        region_code: "CN".to_owned(),
        position: Some(v1::GeoPosition { latitude: 40.004_52, longitude: 116.389_1 }),
        time_zone: "Asia/Shanghai".to_owned(),
    };
    let online =
        v1::Venue { title: Some(text("Online", "线上")), time_zone: "Asia/Karachi".to_owned(), ..Default::default() };
    let given = v1::Event {
        venue: Some(venue),
        other_venues: vec![online],
        registration_open_time: Some(prost_types::Timestamp { seconds: 1_690_000_000, nanos: 0 }),
        registration_close_time: Some(prost_types::Timestamp { seconds: 1_693_000_000, nanos: 0 }),
        specimen: true,
        ..forum()
    };

    let created = house.owner.events().create_event(creation(given.clone())).await.done();

    let instant = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let expected = v1::Event {
        name: FORUM.to_owned(),
        start_time: Some(v1::ZonedTime { instant_time: instant(1_693_875_600), ..beijing("2023-09-05T09:00") }),
        end_time: Some(v1::ZonedTime { instant_time: instant(1_693_906_200), ..beijing("2023-09-05T17:30") }),
        hosts: vec![v1::EventHost { organization: ZBRA.to_owned(), role: v1::EventHostRole::Host.into() }],
        state: EventState::Active.into(),
        create_time: created.create_time,
        update_time: created.create_time,
        etag: "r1".to_owned(),
        ..given
    };
    assert_eq!(created, expected);
    let request = v1::GetEventRequest { name: FORUM.to_owned() };
    assert_eq!(house.owner.events().get_event(request).await.done(), created);
}

#[tokio::test]
async fn event_created_without_an_id_gets_one() {
    let house = house_with_zbra().await;
    let request = v1::CreateEventRequest { event_id: String::new(), ..creation(forum()) };

    let one = house.owner.events().create_event(request.clone()).await.done();
    let other = house.owner.events().create_event(request).await.done();

    assert_ne!(one.name, other.name);
}

#[tokio::test]
async fn events_are_listed_by_the_latest_start_and_by_state() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let later = v1::Event { start_time: Some(at("2023-09-05T09:30", "Asia/Shanghai")), ..forum() };
    house.owner.events().update_event(update(later, &["start_time"])).await.done();
    let names = async |filter: &str| {
        let request = v1::ListEventsRequest { filter: filter.to_owned(), ..Default::default() };
        let list = house.owner.events().list_events(request).await.done();
        (list.events.into_iter().map(|event| event.name).collect::<Vec<_>>(), list.total_size)
    };

    assert_eq!(names("").await, (vec![FORUM.to_owned(), LAUNCH.to_owned()], 2));
    house.owner.events().cancel_event(cancellation()).await.done();
    assert_eq!(names("state = ACTIVE").await, (vec![LAUNCH.to_owned()], 1));
    assert_eq!(names("state = CANCELLED").await, (vec![FORUM.to_owned()], 1));
    assert_eq!(names("NOT state = CANCELLED").await, (vec![LAUNCH.to_owned()], 1));
}

#[tokio::test]
async fn list_shows_an_organiser_their_own_events_alone() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let organizer = house.member(v1::Role::Organizer, LAUNCH).await;

    let list = organizer.events().list_events(v1::ListEventsRequest::default()).await.done();

    let names: Vec<_> = list.events.into_iter().map(|event| event.name).collect();
    assert_eq!((names, list.total_size), (vec![LAUNCH.to_owned()], 1));
}

#[tokio::test]
async fn event_that_is_not_there_is_not_found() {
    let house = boot().await;
    let name = || "events/nowhere".to_owned();

    let got = house.owner.events().get_event(v1::GetEventRequest { name: name() }).await;
    let event = v1::Event { name: name(), title: Some(text("Forum", "")), ..Default::default() };
    let updated = v1::UpdateEventRequest { event: Some(event), ..Default::default() };
    let updated = house.owner.events().update_event(updated).await;
    let cancelled = v1::CancelEventRequest { name: name(), ..Default::default() };
    let cancelled = house.owner.events().cancel_event(cancelled).await;

    assert_eq!(verdict(got), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(updated), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(cancelled), (Code::NotFound, ErrorReason::NotFound));
}

#[tokio::test]
async fn malformed_name_and_list_are_refused() {
    let house = boot().await;
    let got = house.owner.events().get_event(v1::GetEventRequest { name: "ciftis-2023".to_owned() }).await;
    let cancelled = house.owner.events().cancel_event(v1::CancelEventRequest::default()).await;
    let updated = house.owner.events().update_event(v1::UpdateEventRequest::default()).await;
    let list = |request| async { house.owner.events().list_events(request).await };

    assert_eq!(wrong_fields(got), ["name"]);
    assert_eq!(wrong_fields(cancelled), ["name"]);
    assert_eq!(wrong_fields(updated), ["event.name"]);
    let negative = v1::ListEventsRequest { page_size: -1, ..Default::default() };
    assert_eq!(wrong_fields(list(negative).await), ["page_size"]);
    for filter in ["colour = RED", "state = ASLEEP", "state > ACTIVE", "ACTIVE", "state ="] {
        let request = v1::ListEventsRequest { filter: filter.to_owned(), ..Default::default() };
        assert_eq!(wrong_fields(list(request).await), ["filter"], "{filter}");
    }
    let forged = v1::ListEventsRequest { page_token: "forged".to_owned(), ..Default::default() };
    assert_eq!(verdict(list(forged).await), (Code::InvalidArgument, ErrorReason::PageTokenInvalid));
}
