//! Events created: once, and only of what can be.

use attache_client::{
    Code,
    v1::{self, ErrorReason},
};
use attache_tests::{
    answers::{Answer as _, verdict, violations, wrong_fields},
    boot,
    fixtures::{FORUM, forum, once, text},
};

use super::{at, creation, house_with_zbra};

#[tokio::test]
async fn request_sent_again_creates_once_and_is_not_taken_for_another() {
    let house = house_with_zbra().await;
    let request = v1::CreateEventRequest { request_id: once(), event_id: String::new(), ..creation(forum()) };

    let first = house.owner.events().create_event(request.clone()).await.done();
    let again = house.owner.events().create_event(request.clone()).await.done();
    let other = v1::CreateEventRequest { event_id: "another".to_owned(), ..request.clone() };
    let reused = house.owner.events().create_event(other).await.refused();

    assert_eq!(first, again);
    assert_eq!((reused.code, reused.is(ErrorReason::RequestIdReused)), (Code::InvalidArgument, true));
    assert_eq!(reused.metadata.get("request_id"), Some(&request.request_id));
    let list = house.owner.events().list_events(v1::ListEventsRequest::default()).await.done();
    assert_eq!(list.events, [first]);
}

#[tokio::test]
async fn taken_id_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;

    let refused = house.owner.events().create_event(creation(forum())).await.refused();

    assert_eq!((refused.code, refused.is(ErrorReason::AlreadyExists)), (Code::AlreadyExists, true));
    assert_eq!(refused.metadata.get("resource").map(String::as_str), Some(FORUM));
}

#[tokio::test]
async fn event_of_an_organisation_that_is_not_there_is_refused() {
    let house = house_with_zbra().await;
    let stranger =
        v1::EventHost { organization: "organizations/nobody".to_owned(), role: v1::EventHostRole::CoHost.into() };

    let controlled = v1::Event { controller: "organizations/nobody".to_owned(), ..forum() };
    let controlled = house.owner.events().create_event(creation(controlled)).await;
    let hosted = v1::Event { hosts: vec![stranger], ..forum() };
    let hosted = house.owner.events().create_event(creation(hosted)).await;

    assert_eq!(verdict(controlled), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(hosted), (Code::NotFound, ErrorReason::NotFound));
}

#[tokio::test]
async fn every_wrong_field_of_an_event_is_told() {
    let house = boot().await;
    let host = v1::EventHost { organization: "zbra".to_owned(), role: 9 };
    let venue = v1::Venue {
        region_code: "China".to_owned(),
        city: "a\u{7}".to_owned(),
        position: Some(v1::GeoPosition { latitude: 116.4, longitude: 40.0 }),
        time_zone: "Asia/Peking".to_owned(),
        ..Default::default()
    };
    let event = v1::Event {
        title: Some(text(" ", "")),
        start_time: Some(at("5 September", "Asia/Shanghai")),
        end_time: Some(at("2023-09-05T17:30", "Asia/Peking")),
        controller: "zbra".to_owned(),
        hosts: vec![host],
        venue: Some(venue),
        registration_open_time: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
        contact_email: "desk".to_owned(),
        parent_event: "forum".to_owned(),
        other_venues: vec![v1::Venue { region_code: "CN".to_owned(), ..Default::default() }],
        ..Default::default()
    };
    let request = v1::CreateEventRequest {
        event: Some(event),
        event_id: "Ciftis".to_owned(),
        request_id: "1".to_owned(),
        validate_only: false,
    };

    let fields = wrong_fields(house.owner.events().create_event(request).await);

    let expected = [
        "request_id",
        "event_id",
        "event.title.en",
        "event.start_time.local_time",
        "event.end_time.time_zone",
        "event.controller",
        "event.hosts[0].organization",
        "event.hosts[0].role",
        "event.venue.city",
        "event.venue.region_code",
        "event.venue.position.latitude",
        "event.venue.time_zone",
        "event.registration_open_time",
        "event.contact_email",
        "event.parent_event",
        "event.other_venues[0].title",
    ];
    assert_eq!(fields, expected);
    let missing = house.owner.events().create_event(v1::CreateEventRequest::default()).await;
    assert_eq!(wrong_fields(missing), ["event"]);
}

#[tokio::test]
async fn event_that_ends_before_it_begins_is_refused() {
    let house = house_with_zbra().await;
    let instant = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let backwards = v1::Event {
        end_time: Some(at("2023-09-05T09:00", "Asia/Shanghai")),
        registration_open_time: instant(1_690_000_000),
        registration_close_time: instant(1_690_000_000),
        ..forum()
    };

    let told = violations(house.owner.events().create_event(creation(backwards)).await);

    let expected = [
        ("event.end_time", "is not after start_time"),
        ("event.registration_close_time", "is not after registration_open_time"),
    ];
    assert_eq!(told, expected.map(|(field, why)| (field.to_owned(), why.to_owned())));
}

#[tokio::test]
async fn event_across_the_date_line_ends_after_it_begins() {
    let house = house_with_zbra().await;
    let crossing = v1::Event {
        start_time: Some(at("2023-09-06T01:00", "Pacific/Auckland")),
        end_time: Some(at("2023-09-05T20:00", "Asia/Karachi")),
        ..forum()
    };

    let created = house.owner.events().create_event(creation(crossing)).await.done();

    let instants = [created.start_time, created.end_time].map(|time| time.unwrap().instant_time.unwrap().seconds);
    assert_eq!(instants, [1_693_918_800, 1_693_926_000]);
}

#[tokio::test]
async fn time_that_no_clock_showed_is_refused_with_both_readings() {
    let house = house_with_zbra().await;
    let skipped = v1::Event { end_time: Some(at("2024-03-31T02:30", "Europe/Berlin")), ..forum() };

    let failure = house.owner.events().create_event(creation(skipped)).await.refused();

    let description = "2024-03-31 02:30:00 does not exist in Europe/Berlin: \
                       clocks go from 2024-03-31 01:30:00 +01:00 to 2024-03-31 03:30:00 +02:00 around it";
    assert_eq!(failure.field_violations[0].field, "event.end_time.local_time");
    assert_eq!(failure.field_violations[0].description, description);
    assert_eq!((failure.code, failure.is(ErrorReason::LocalTimeInvalid)), (Code::InvalidArgument, true));
}

#[tokio::test]
async fn time_that_clocks_showed_twice_is_refused_until_an_offset_decides() {
    let house = house_with_zbra().await;
    let ending = |local_time: &str| v1::Event { end_time: Some(at(local_time, "Europe/Berlin")), ..forum() };

    let failure = house.owner.events().create_event(creation(ending("2023-10-29T02:30"))).await.refused();
    let decided = house.owner.events().create_event(creation(ending("2023-10-29T02:30+01:00"))).await.done();

    let description = "2023-10-29 02:30:00 exists twice in Europe/Berlin: \
                       as 2023-10-29 02:30:00 +02:00 and as 2023-10-29 02:30:00 +01:00";
    assert_eq!(failure.field_violations[0].field, "event.end_time.local_time");
    assert_eq!(failure.field_violations[0].description, description);
    assert_eq!((failure.code, failure.is(ErrorReason::LocalTimeInvalid)), (Code::InvalidArgument, true));
    let end = decided.end_time.unwrap();
    assert_eq!((end.local_time.as_str(), end.instant_time.unwrap().seconds), ("2023-10-29T02:30+01:00", 1_698_543_000));
}

#[tokio::test]
async fn local_time_that_does_not_exist_is_one_of_several_wrong_fields() {
    let house = house_with_zbra().await;
    let wrong = v1::Event {
        end_time: Some(at("2024-03-31T02:30", "Europe/Berlin")),
        contact_email: "desk".to_owned(),
        ..forum()
    };

    let failure = house.owner.events().create_event(creation(wrong)).await.refused();

    assert!(failure.is(ErrorReason::InvalidFields), "{failure:?}");
    let fields: Vec<_> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["event.end_time.local_time", "event.contact_email"]);
}
