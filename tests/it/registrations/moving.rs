//! Registrations that are moved to another category, through the ledger.

use attache_client::{
    Code,
    v1::{self, ErrorReason, RegistrationState as State},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, PRESS, mask, once},
};
use tonic::{Response, Status};

/// A forum with so many seats for delegates and for the press, who are confirmed at once.
async fn forum(delegates: i32, press: i32) -> House {
    let house = boot().await;
    house.forum_with_seats(delegates).await;
    let confirmation = v1::ConfirmationPolicy::AtOnce.into();
    house.press(v1::Category { capacity: Some(press), confirmation, ..Default::default() }).await;
    house
}

fn to(category: &str, name: &str, etag: &str) -> v1::UpdateRegistrationRequest {
    let registration = v1::Registration {
        name: name.to_owned(),
        category: category.to_owned(),
        etag: etag.to_owned(),
        ..Default::default()
    };
    v1::UpdateRegistrationRequest { registration: Some(registration), ..Default::default() }
}

async fn shift(house: &House, category: &str, name: &str) -> Result<Response<v1::Registration>, Status> {
    house.owner.registrations().update_registration(to(category, name, "")).await
}

async fn level(house: &House, category: &str) -> (i32, i32) {
    let request = v1::GetCapacityRequest { name: category.to_owned() };
    let level = house.owner.categories().get_capacity(request).await.done();
    (level.held, level.waiting)
}

async fn state(house: &House, name: &str) -> (State, String, i32) {
    let request = v1::GetRegistrationRequest { name: name.to_owned(), ..Default::default() };
    let registration = house.owner.registrations().get_registration(request).await.done();
    (registration.state(), registration.category, registration.waiting_position)
}

#[tokio::test]
async fn moved_registration_takes_a_place_there_and_leaves_its_own_to_whoever_waits() {
    let house = forum(1, 1).await;
    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;

    let request = v1::UpdateRegistrationRequest { request_id: once(), ..to(PRESS, &first.name, &first.etag) };
    let moved = house.owner.registrations().update_registration(request.clone()).await.done();
    let again = house.owner.registrations().update_registration(request).await.done();

    assert_eq!((moved.state(), moved.category.as_str(), moved.etag.as_str()), (State::Confirmed, PRESS, "r2"));
    assert_eq!(again, moved);
    assert_eq!(state(&house, &second.name).await, (State::Submitted, DELEGATES.to_owned(), 0));
    assert_eq!([level(&house, DELEGATES).await, level(&house, PRESS).await], [(1, 0), (1, 0)]);
    let mut subjects: Vec<String> = house.mail().await.into_iter().skip(2).map(|mail| mail.subject).collect();
    // Both were written at one moment, and may be shown in either order.
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        [
            "A place is reserved for you: Technology and Innovation Forum",
            "Registration confirmed: Technology and Innovation Forum"
        ]
    );
}

#[tokio::test]
async fn confirmed_registration_stays_confirmed_where_organisers_confirm_by_hand() {
    let house = forum(1, 1).await;
    let registration = house.register("First", "first@example.org").await;
    shift(&house, PRESS, &registration.name).await.done();

    let back = shift(&house, DELEGATES, &registration.name).await.done();

    assert_eq!((back.state(), back.category.as_str()), (State::Confirmed, DELEGATES));
    let told = house.mail().await.pop().unwrap();
    assert_eq!(told.subject, "Your category has changed: Technology and Innovation Forum");
}

#[tokio::test]
async fn whoever_has_a_place_keeps_it_until_there_is_one_in_the_other_category() {
    let house = forum(2, 1).await;
    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;
    shift(&house, PRESS, &first.name).await.done();

    let refused = shift(&house, PRESS, &second.name).await.refused();

    assert_eq!((refused.code, refused.is(ErrorReason::NoPlaces)), (Code::ResourceExhausted, true));
    assert_eq!(["pool", "free"].map(|key| refused.metadata[key].as_str()), [PRESS, "0"]);
    assert_eq!(state(&house, &second.name).await, (State::Submitted, DELEGATES.to_owned(), 0));
    assert_eq!([level(&house, DELEGATES).await, level(&house, PRESS).await], [(1, 0), (1, 0)]);
}

#[tokio::test]
async fn whoever_waits_gets_a_free_place_or_the_end_of_the_other_list() {
    let house = forum(1, 1).await;
    house.register("Holder", "holder@example.org").await;
    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;

    shift(&house, PRESS, &first.name).await.done();
    shift(&house, PRESS, &second.name).await.done();

    assert_eq!(state(&house, &first.name).await, (State::Confirmed, PRESS.to_owned(), 0));
    assert_eq!(state(&house, &second.name).await, (State::Waiting, PRESS.to_owned(), 1));
    assert_eq!([level(&house, DELEGATES).await, level(&house, PRESS).await], [(1, 0), (1, 1)]);
}

#[tokio::test]
async fn move_that_changes_nothing_is_none_and_one_that_cannot_be_is_refused() {
    let house = forum(2, 1).await;
    house.foreign_event().await;
    let registration = house.register("First", "first@example.org").await;
    let gone = house.register("Gone", "gone@example.org").await;
    let request = v1::WithdrawRegistrationRequest { name: gone.name.clone(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();

    let same = shift(&house, DELEGATES, &registration.name).await.done();
    let withdrawn = shift(&house, PRESS, &gone.name).await;
    let nowhere = shift(&house, "events/ciftis-2023/categories/none", &registration.name).await;
    let foreign = shift(&house, "events/launch-2023/categories/guest", &registration.name).await;
    let masked = v1::UpdateRegistrationRequest { update_mask: mask(&["state"]), ..to(PRESS, &registration.name, "r") };
    let masked = house.owner.registrations().update_registration(masked).await;

    assert_eq!(same, registration);
    assert_eq!(verdict(withdrawn), (Code::FailedPrecondition, ErrorReason::WrongState));
    assert_eq!(verdict(nowhere), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(wrong_fields(foreign), ["registration.category"]);
    assert_eq!(wrong_fields(masked), ["update_mask", "registration.etag"]);
}
