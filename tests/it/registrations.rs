//! Registrations through the whole house.

mod batch;
mod importing;
mod moving;
mod verbs;

use attache_client::{
    Code,
    v1::{self, ErrorReason, RegistrationState},
};
use attache_tests::{
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, FORUM, LAUNCH, person, registration_of},
};

#[tokio::test]
async fn a_full_forum_puts_the_next_delegate_on_the_waiting_list() {
    let house = boot().await;
    house.forum_with_seats(1).await;

    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;

    assert_eq!([first.state(), second.state()], [RegistrationState::Submitted, RegistrationState::Waiting]);
    assert_eq!([first.waiting_position, second.waiting_position], [0, 1]);
    let mail: Vec<(String, String)> =
        house.mail().await.into_iter().map(|mail| (mail.to.address, mail.subject)).collect();
    assert_eq!(
        mail,
        [
            ("first@example.org".to_owned(), "Registration received: Technology and Innovation Forum".to_owned()),
            (
                "second@example.org".to_owned(),
                "You are on the waiting list for Technology and Innovation Forum".to_owned()
            ),
        ]
    );
}

#[tokio::test]
async fn a_withdrawn_place_goes_to_whoever_waits_first() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;
    let third = house.register("Third", "third@example.org").await;

    let request = v1::WithdrawRegistrationRequest { name: first.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.unwrap();

    let mut states = Vec::new();
    for name in [second.name, third.name] {
        let request = v1::GetRegistrationRequest { name, ..Default::default() };
        let registration = house.owner.registrations().get_registration(request).await.unwrap().into_inner();
        states.push((registration.state(), registration.waiting_position));
    }
    assert_eq!(states, [(RegistrationState::Submitted, 0), (RegistrationState::Waiting, 1)]);
}

#[tokio::test]
async fn the_same_request_registers_once() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let request = v1::CreateRegistrationRequest {
        request_id: attache_client::fresh_request_id(),
        ..registration_of(person("Zarmina", "zarmina@example.org"))
    };

    let once = house.owner.registrations().create_registration(request.clone()).await.unwrap().into_inner();
    let again = house.owner.registrations().create_registration(request.clone()).await.unwrap().into_inner();
    let other = v1::CreateRegistrationRequest { new_person: Some(person("Other", "other@example.org")), ..request };
    let reused: attache_client::Failure =
        house.owner.registrations().create_registration(other).await.unwrap_err().into();

    assert_eq!(once, again);
    assert!(reused.is(ErrorReason::RequestIdReused), "{reused:?}");
    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let list = house.owner.registrations().list_registrations(request).await.unwrap().into_inner();
    assert_eq!((list.registrations, list.total_size), (vec![once], 1));
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let request = v1::CreateRegistrationRequest {
        parent: "events/ciftis-2023".to_owned(),
        registration: Some(v1::Registration { category: "delegate".to_owned(), ..Default::default() }),
        new_person: Some(person("", "not an address")),
        request_id: "one".to_owned(),
        validate_only: false,
    };

    let failure: attache_client::Failure =
        house.owner.registrations().create_registration(request).await.unwrap_err().into();

    let fields: Vec<&str> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(failure.code, Code::InvalidArgument);
    assert_eq!(fields, ["request_id", "registration.category", "new_person.display_name", "new_person.email"]);
}

#[tokio::test]
async fn names_of_every_script_come_back_byte_for_byte() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    for (display_name, native_name) in [
        ("Zhang Weiming", "张伟明"),
        ("Muhammad Aslam", "محمد اسلم"),
        ("Sukarno", ""),
        ("ẞträuß", "نام\u{200c}خانوادگی"),
    ] {
        let given = v1::Person { native_name: native_name.to_owned(), ..person(display_name, "") };
        let created = house.owner.registrations().create_registration(registration_of(given)).await.done();

        let request = v1::GetRegistrationRequest { name: created.name, view: v1::RegistrationView::Full.into() };
        let read = house.owner.registrations().get_registration(request).await.done().embedded_person.unwrap();

        assert_eq!((read.display_name.as_str(), read.native_name.as_str()), (display_name, native_name));
    }
}

#[tokio::test]
async fn name_that_forces_the_direction_of_writing_is_refused() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let disguised = v1::Person { native_name: "\u{202e}nimdA".to_owned(), ..person("a\u{2066}b", "") };

    let refused = house.owner.registrations().create_registration(registration_of(disguised)).await;

    assert_eq!(wrong_fields(refused), ["new_person.display_name", "new_person.native_name"]);
}

#[tokio::test]
async fn seats_are_never_sold_twice() {
    let house = boot().await;
    house.forum_with_seats(10).await;
    let mut calls = tokio::task::JoinSet::new();
    for connection in 0..5 {
        let client = house.client(Some(house.owner_token())).await;
        for number in 0..8 {
            let client = client.clone();
            let request = registration_of(person("Guest", &format!("guest{connection}-{number}@example.org")));
            calls.spawn(async move { client.registrations().create_registration(request).await.done() });
        }
    }

    let mut all = calls.join_all().await;

    let held = all.iter().filter(|registration| registration.state() == RegistrationState::Submitted).count();
    all.retain(|registration| registration.state() == RegistrationState::Waiting);
    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    let level = house.owner.categories().get_capacity(request).await.done();
    assert_eq!(held, 10);
    assert_eq!(level, v1::Capacity { capacity: Some(10), held: 10, waiting: 30, ..Default::default() });
    assert_eq!(all.len(), 30);
    let waiting = list(&house, "state = WAITING", 0, "").await.registrations;
    // Who asked at the same time may be put on the list in another order.
    let mut positions: Vec<i32> = waiting.iter().map(|each| each.waiting_position).collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=30).collect::<Vec<_>>());
}

async fn list(
    house: &attache_tests::House,
    filter: &str,
    page_size: i32,
    page_token: &str,
) -> v1::ListRegistrationsResponse {
    let request = v1::ListRegistrationsRequest {
        parent: FORUM.to_owned(),
        filter: filter.to_owned(),
        page_size,
        page_token: page_token.to_owned(),
        ..Default::default()
    };
    house.owner.registrations().list_registrations(request).await.done()
}

#[tokio::test]
async fn pages_show_each_registration_once() {
    let house = boot().await;
    house.forum_with_seats(25).await;
    let mut expected = Vec::new();
    for number in 0..25 {
        expected.push(house.register("Guest", &format!("guest{number}@example.org")).await.name);
    }

    let mut found = Vec::new();
    let mut lengths = Vec::new();
    let mut token = String::new();
    loop {
        let page = list(&house, "", 10, &token).await;
        assert_eq!(page.total_size, 25);
        lengths.push(page.registrations.len());
        found.extend(page.registrations.into_iter().map(|registration| registration.name));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }

    assert_eq!((found, lengths), (expected, vec![10, 10, 5]));
    assert_eq!(list(&house, "", i32::MAX, "").await.registrations.len(), 25);
    assert_eq!(list(&house, "", 25, "").await.next_page_token, "");
}

#[tokio::test]
async fn page_token_fits_its_own_list_and_filter_alone() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    house.foreign_event().await;
    house.register("First", "first@example.org").await;
    house.register("Second", "second@example.org").await;
    let token = list(&house, "", 1, "").await.next_page_token;
    let ask = async |parent: &str, filter: &str, page_size: i32| {
        let request = v1::ListRegistrationsRequest {
            parent: parent.to_owned(),
            filter: filter.to_owned(),
            page_token: token.clone(),
            page_size,
            ..Default::default()
        };
        house.owner.registrations().list_registrations(request).await
    };

    assert_eq!(ask(FORUM, "", 1).await.done().registrations.len(), 1);
    for (parent, filter) in [(LAUNCH, ""), (FORUM, "state = SUBMITTED")] {
        assert_eq!(verdict(ask(parent, filter, 1).await), (Code::InvalidArgument, ErrorReason::PageTokenInvalid));
    }
    assert_eq!(wrong_fields(ask(FORUM, "", -1).await), ["page_size"]);
    assert_eq!(wrong_fields(ask(FORUM, "etag = r1", 1).await), ["filter"]);
    assert_eq!(wrong_fields(ask("forum", "", 1).await), ["parent"]);
    let request = v1::ListNoticesRequest { parent: FORUM.to_owned(), page_token: token.clone(), ..Default::default() };
    let other = house.owner.notices().list_notices(request).await;
    assert_eq!(verdict(other), (Code::InvalidArgument, ErrorReason::PageTokenInvalid));
}

#[tokio::test]
async fn person_registers_once_for_an_event() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let first = house.register("First", "first@example.org").await;
    let known = v1::Registration { category: DELEGATES.to_owned(), person: first.person.clone(), ..Default::default() };
    let known = v1::CreateRegistrationRequest {
        registration: Some(known),
        new_person: None,
        ..registration_of(person("", ""))
    };

    let same_address = registration_of(person("Another", "FIRST@example.org"));
    let same_address = house.owner.registrations().create_registration(same_address).await.refused();
    let same_person = house.owner.registrations().create_registration(known.clone()).await;

    assert_eq!((same_address.code, same_address.is(ErrorReason::AlreadyRegistered)), (Code::AlreadyExists, true));
    assert_eq!(same_address.metadata["existing"], first.name);
    assert_eq!(verdict(same_person), (Code::AlreadyExists, ErrorReason::AlreadyRegistered));
    let request = v1::WithdrawRegistrationRequest { name: first.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    assert_eq!(house.owner.registrations().create_registration(known).await.done().person, first.person);
}

#[tokio::test]
async fn wrong_reference_is_refused_without_telling_whether_it_is_there() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    house.foreign_event().await;
    let request = v1::CreatePersonRequest {
        parent: "organizations/launchers".to_owned(),
        person: Some(person("Foreign", "foreign@example.org")),
        ..Default::default()
    };
    let foreign = house.owner.persons().create_person(request).await.done().name;
    let ask = async |category: &str, who: &str| {
        let registration =
            v1::Registration { category: category.to_owned(), person: who.to_owned(), ..Default::default() };
        let request = v1::CreateRegistrationRequest {
            parent: FORUM.to_owned(),
            registration: Some(registration),
            ..Default::default()
        };
        house.owner.registrations().create_registration(request).await
    };
    let nobody =
        |organization: &str| format!("organizations/{organization}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");

    assert_eq!(
        wrong_fields(ask("events/launch-2023/categories/guest", &nobody("zbra")).await),
        ["registration.category"]
    );
    let refusals = [
        ask(DELEGATES, &foreign).await,
        ask(DELEGATES, &nobody("launchers")).await,
        ask(DELEGATES, &nobody("zbra")).await,
        ask("events/ciftis-2023/categories/none", &nobody("zbra")).await,
    ];
    for refusal in refusals {
        assert_eq!(verdict(refusal), (Code::NotFound, ErrorReason::NotFound));
    }
}

#[tokio::test]
async fn registration_outside_the_window_is_refused_and_leaves_nobody_behind() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    house.pass(chrono::TimeDelta::days(60)).await;

    let late = registration_of(person("Late", "late@example.org"));
    let late = house.owner.registrations().create_registration(late).await.refused();

    assert_eq!((late.code, late.is(ErrorReason::RegistrationClosed)), (Code::FailedPrecondition, true));
    let facts = ["event", "open_time", "close_time"].map(|key| late.metadata[key].as_str());
    assert_eq!(facts, [FORUM, "", "2023-09-05T09:30:00+00:00"]);
    let request = v1::ListPersonsRequest { parent: "organizations/zbra".to_owned(), ..Default::default() };
    assert_eq!(house.owner.persons().list_persons(request).await.done().persons, []);
}
