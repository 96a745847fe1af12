//! Events through the whole house.

use attache_client::{
    Code,
    v1::{self, ErrorReason, EventState},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, violations, wrong_fields},
    boot,
    fixtures::{FORUM, LAUNCH, ZBRA, beijing, forum, mask, once, person, registration_of, text, zbra},
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
    };
    let given = v1::Event {
        venue: Some(venue),
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
async fn update_changes_the_fields_of_its_mask_alone() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let before = house.owner.events().get_event(v1::GetEventRequest { name: FORUM.to_owned() }).await.done();
    let given = v1::Event {
        title: Some(text("Forum", "")),
        contact_email: "other@example.org".to_owned(),
        specimen: true,
        etag: "r1".to_owned(),
        ..Default::default()
    };

    let after = house.owner.events().update_event(update(given, &["title", "specimen"])).await.done();

    let expected = v1::Event {
        title: Some(text("Forum", "")),
        specimen: true,
        update_time: after.update_time,
        etag: "r2".to_owned(),
        ..before
    };
    assert_eq!(after, expected);
}

#[tokio::test]
async fn update_without_a_mask_changes_what_is_set() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let given = v1::Event { contact_email: "other@example.org".to_owned(), ..Default::default() };

    let after = house.owner.events().update_event(update(given, &[])).await.done();

    assert_eq!((after.contact_email.as_str(), after.title), ("other@example.org", forum().title));
}

#[tokio::test]
async fn event_is_cancelled_once_and_takes_no_registrations_then() {
    let house = boot().await;
    house.forum_with_seats(1).await;

    let cancelled = house.owner.events().cancel_event(cancellation()).await.done();
    let again = house.owner.events().cancel_event(cancellation()).await;
    let late =
        house.owner.registrations().create_registration(registration_of(person("Late", "late@example.org"))).await;

    assert_eq!((cancelled.state(), cancelled.etag.as_str()), (EventState::Cancelled, "r2"));
    assert_eq!(verdict(again), (Code::FailedPrecondition, ErrorReason::EventCancelled));
    let late = late.refused();
    assert_eq!((late.code, late.is(ErrorReason::EventCancelled)), (Code::FailedPrecondition, true));
    assert_eq!(late.metadata.get("event").map(String::as_str), Some(FORUM));
}

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
async fn cancellation_sent_again_answers_as_the_first_did() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let request = v1::CancelEventRequest { request_id: once(), etag: "r1".to_owned(), ..cancellation() };

    let first = house.owner.events().cancel_event(request.clone()).await.done();
    let again = house.owner.events().cancel_event(request).await.done();

    assert_eq!(first, again);
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
async fn stale_etag_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let renamed = v1::Event { title: Some(text("Renamed", "")), etag: "r1".to_owned(), ..Default::default() };
    house.owner.events().update_event(update(renamed.clone(), &["title"])).await.done();

    let updated = house.owner.events().update_event(update(renamed, &["title"])).await;
    let cancelled = v1::CancelEventRequest { etag: "r1".to_owned(), ..cancellation() };
    let cancelled = house.owner.events().cancel_event(cancelled).await;

    assert_eq!(verdict(updated), (Code::Aborted, ErrorReason::EtagMismatch));
    assert_eq!(verdict(cancelled), (Code::Aborted, ErrorReason::EtagMismatch));
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
async fn every_wrong_field_of_an_event_is_told() {
    let house = boot().await;
    let host = v1::EventHost { organization: "zbra".to_owned(), role: 9 };
    let venue = v1::Venue { region_code: "China".to_owned(), city: "a\u{7}".to_owned(), ..Default::default() };
    let event = v1::Event {
        title: Some(text(" ", "")),
        start_time: Some(at("5 September", "Asia/Shanghai")),
        end_time: Some(at("2023-09-05T17:30", "Asia/Peking")),
        controller: "zbra".to_owned(),
        hosts: vec![host],
        venue: Some(venue),
        registration_open_time: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
        contact_email: "desk".to_owned(),
        ..Default::default()
    };
    let request =
        v1::CreateEventRequest { event: Some(event), event_id: "Ciftis".to_owned(), request_id: "1".to_owned() };

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
        "event.registration_open_time",
        "event.contact_email",
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

#[tokio::test]
async fn update_of_what_cannot_be_changed_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let specimen = v1::Event { specimen: true, ..Default::default() };
    house.owner.events().update_event(update(specimen, &[])).await.done();
    let refused = async |event: v1::Event, paths: &[&str]| {
        wrong_fields(house.owner.events().update_event(update(event, paths)).await)
    };

    let other = v1::Event { controller: "organizations/launchers".to_owned(), ..Default::default() };
    assert_eq!(refused(other, &["controller", "specimen"]).await, ["event.controller", "event.specimen"]);
    assert_eq!(refused(v1::Event::default(), &["state", "colour"]).await, ["update_mask", "update_mask"]);
    let torn = v1::Event { etag: "one".to_owned(), ..Default::default() };
    assert_eq!(refused(torn, &["title"]).await, ["event.etag", "event.title"]);
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
