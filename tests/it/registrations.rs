//! Registrations through the whole house.

use attache_client::{
    Code,
    v1::{self, ErrorReason, RegistrationState},
};
use attache_tests::{
    boot,
    fixtures::{FORUM, person, registration_of},
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
    };

    let failure: attache_client::Failure =
        house.owner.registrations().create_registration(request).await.unwrap_err().into();

    let fields: Vec<&str> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(failure.code, Code::InvalidArgument);
    assert_eq!(fields, ["request_id", "registration.category", "new_person.display_name", "new_person.email"]);
}
