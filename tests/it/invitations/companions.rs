//! Guests who bring companions.

use attache_tests::fixtures::{bringing, guests_field};

use super::*;

/// The place that is kept is the guest's own; for those whom they bring there have to be others.
#[tokio::test]
async fn companions_of_a_guest_need_places_beside_the_one_that_is_kept() {
    let house = forum(2).await;
    house.set_category(DELEGATES, v1::Category { form_fields: vec![guests_field(2)], ..Default::default() }).await;
    let terms = v1::InvitationTerms { reserve_time: Some(in_days(&house, 3)), ..Default::default() };
    let [first, second] =
        [known(&house, "First", "first@example.org").await, known(&house, "Second", "second@example.org").await];
    let invited = invite(&house, &first, terms.clone()).await;
    let other = house.register("Other", "other@example.org").await;
    let with = |uri: &str, guests| v1::AcceptInvitationRequest { answers: bringing(guests), ..accepting(uri, None) };

    let full = accept(&house, with(&invited.uri, 1)).await;
    assert_eq!(full, Err((Code::ResourceExhausted, ErrorReason::NoPlaces)));
    let request = v1::WithdrawRegistrationRequest { name: other.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let accepted = accept(&house, with(&invited.uri, 1)).await.unwrap();
    assert_eq!((accepted.state(), capacity(&house).await.held), (RegistrationState::Submitted, 2));

    // An organiser who registers a guest with more people than fit has all of them wait, and the place that was kept is free.
    let request = v1::WithdrawRegistrationRequest { name: accepted.registration, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    invite(&house, &second, terms).await;
    house.register("Another", "another@example.org").await;
    let waiting = house.register("Waiting", "waiting@example.org").await;
    let known =
        v1::Registration { category: DELEGATES.to_owned(), person: second, answers: bringing(1), ..Default::default() };
    let request =
        v1::CreateRegistrationRequest { parent: FORUM.to_owned(), registration: Some(known), ..Default::default() };
    let party = house.owner.registrations().create_registration(request).await.done();
    assert_eq!((party.state(), party.waiting_places), (RegistrationState::Waiting, 2));
    assert_eq!(registration(&house, &waiting.name).await.state(), RegistrationState::Submitted);
    assert_eq!((capacity(&house).await.held, capacity(&house).await.waiting), (2, 1));
}
