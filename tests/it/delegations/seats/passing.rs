//! What becomes of registrations when a seat passes to somebody else, is given back or taken again.

use attache_tests::fixtures::{bringing, guests_field};

use super::*;

#[tokio::test]
async fn whoever_replaces_a_member_has_the_place_of_their_registration_past_all_who_wait() {
    let house = forum(2).await;
    let (delegation, seated) = of_delegates(&house, &["Adeel", "Bushra"]).await;
    house.register("Waiting", "waiting@example.org").await;

    let successor = replaced(&house.owner, &seated[1], newcomer("Chand")).await.unwrap();

    assert_eq!((successor.category.as_str(), successor.state()), (DELEGATES, Member::Approved));
    assert_eq!(registration(&house, &successor.registration).await.state(), State::Confirmed);
    assert_eq!(registration(&house, &seated[1].registration).await.state(), State::Withdrawn);
    assert_eq!(level(&house).await, (2, 1));

    // A seat of another category has a place of that one, and the one that is left goes to whoever waits.
    let press = v1::Nomination { category: PRESS.to_owned(), ..newcomer("Dawood") };
    let reporter = replaced(&house.owner, &successor, press).await.unwrap();
    assert_eq!(registration(&house, &reporter.registration).await.category, PRESS);
    assert_eq!(level(&house).await, (2, 0));
    let states = registrations(&house).await;
    assert!(states.contains(&("Waiting".to_owned(), State::Submitted)), "{states:?}");
    assert_eq!(current(&house, &delegation).await[1].successor, successor.name);
}

#[tokio::test]
async fn place_of_a_member_who_leaves_goes_to_whoever_waits_unless_they_are_in() {
    let house = forum(2).await;
    let (_, seated) = of_delegates(&house, &["Adeel", "Bushra"]).await;
    house.register("Waiting", "waiting@example.org").await;

    let left = removed(&house, &seated[1]).await.unwrap();

    assert_eq!(left.state(), Member::Withdrawn);
    assert_eq!(registration(&house, &seated[1].registration).await.state(), State::Withdrawn);
    assert_eq!(level(&house).await, (2, 0));
    checked_in(&house, &seated[0].registration).await;
    let refused = [
        replaced(&house.owner, &seated[0], newcomer("Chand")).await.unwrap_err(),
        withdrawn(&house.owner, &v1::Delegation { name: delegation_of(&seated[0]), ..Default::default() })
            .await
            .unwrap_err(),
    ];
    assert!(refused.iter().all(|failure| failure.is(ErrorReason::CheckedIn)), "{refused:?}");
}

fn delegation_of(member: &v1::DelegationMember) -> String {
    member.name.split("/members/").next().unwrap().to_owned()
}

#[tokio::test]
async fn registrations_go_with_a_delegation_that_is_withdrawn_and_come_back_with_it() {
    let house = forum(2).await;
    let (delegation, seated) = of_delegates(&house, &["Adeel", "Bushra"]).await;

    withdrawn(&house.owner, &delegation).await.unwrap();
    let gone = (level(&house).await, registration(&house, &seated[0].registration).await.state());
    reinstated(&house.owner, &delegation).await.unwrap();
    let full = nominated(&house.owner, &delegation, vec![delegate("Chand")]).await.unwrap_err();
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();

    assert_eq!(gone, ((0, 0), State::Withdrawn));
    assert_eq!((fact(&full, "seats"), fact(&full, "taken")), ("2", "2"));
    let back = current(&house, &delegation).await;
    let theirs = |members: &[v1::DelegationMember]| -> Vec<String> {
        members.iter().map(|member| member.registration.clone()).collect()
    };
    assert_eq!((theirs(&back), level(&house).await), (theirs(&seated), (2, 0)));
    assert_eq!(registration(&house, &seated[0].registration).await.state(), State::Confirmed);
}

/// The chair of a hall that categories share passes on with the seat.
#[tokio::test]
async fn whoever_replaces_a_member_has_their_chair_too() {
    let house = forum(2).await;
    let hall = v1::SharedPool {
        id: "hall".to_owned(),
        title: Some(text("Hall", "")),
        capacity: 2,
        categories: vec![DELEGATES.to_owned(), PRESS.to_owned()],
    };
    let event = v1::Event { name: FORUM.to_owned(), shared_pools: vec![hall], ..Default::default() };
    let request = v1::UpdateEventRequest { event: Some(event), ..Default::default() };
    house.owner.events().update_event(request).await.done();
    let (delegation, seated) = of_delegates(&house, &["Adeel", "Bushra"]).await;

    let successor = replaced(&house.owner, &seated[1], newcomer("Chand")).await.unwrap();

    let chairs = async || {
        let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
        house.owner.categories().get_capacity(request).await.done().shared_pools[0].held
    };
    assert_eq!(chairs().await, 2);
    // In a seat of another category they have the chair as well, past all who wait for one.
    house.register("Waiting", "waiting@example.org").await;
    let press = v1::Nomination { category: PRESS.to_owned(), ..newcomer("Daud") };
    let reporter = replaced(&house.owner, &successor, press).await.unwrap();
    let registered = registration(&house, &reporter.registration).await;
    assert_eq!(
        (registered.category.as_str(), registered.state(), level(&house).await),
        (PRESS, State::Confirmed, (1, 1))
    );
    let back = v1::Nomination { category: DELEGATES.to_owned(), ..newcomer("Dara") };
    let successor = replaced(&house.owner, &reporter, back).await.unwrap();
    let waiting = registrations(&house).await.into_iter().find(|(name, _)| name == "Waiting").unwrap();
    assert_eq!((waiting.1, level(&house).await, chairs().await), (State::Waiting, (2, 1), 2));
    let all = v1::ListRegistrationsRequest {
        parent: FORUM.to_owned(),
        filter: "state = WAITING".to_owned(),
        ..Default::default()
    };
    let waiting = house.owner.registrations().list_registrations(all).await.done().registrations.remove(0);
    let request = v1::WithdrawRegistrationRequest { name: waiting.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    removed(&house, &successor).await.unwrap();
    assert_eq!(chairs().await, 1);
    let third = shared_out(&house, &[quota(PRESS, 2)]).await;
    let reporter = |name: &str| v1::Nomination { category: PRESS.to_owned(), ..newcomer(name) };
    let pair = nominated(&house.owner, &third, vec![reporter("Dawood"), reporter("Ejaz")]).await.unwrap();
    headed_by(&house, &third, &pair[0].person).await.unwrap();
    let full = approved(&house.owner, &third).await.unwrap_err();
    assert_eq!((fact(&full, "pool"), fact(&full, "free")), (PRESS, "1"));
    withdrawn(&house.owner, &delegation).await.unwrap();
    assert_eq!(chairs().await, 0);
}

/// What the one who is replaced chose, and the place that they were offered, go with their registration.
#[tokio::test]
async fn nothing_is_left_of_the_registration_of_somebody_who_was_replaced() {
    let house = forum(2).await;
    let choices = vec![v1::FormChoice {
        id: "city".to_owned(),
        label: Some(text("City", "")),
        places: Some(1),
        ..Default::default()
    }];
    let trip = v1::FormField {
        id: "trip".to_owned(),
        label: Some(text("Trip", "")),
        kind: v1::FormFieldKind::Choice.into(),
        choices,
        ..Default::default()
    };
    let with_trips = v1::Category { offer_hours: 24, form_fields: vec![trip], ..Default::default() };
    house.set_category(DELEGATES, with_trips).await;
    let (_, seated) = of_delegates(&house, &["Adeel", "Bushra"]).await;
    let name = &seated[1].registration;
    let answers = vec![v1::Answer { field: "trip".to_owned(), values: vec!["city".to_owned()] }];
    let chosen = v1::Registration { name: name.clone(), answers, ..Default::default() };
    let request = v1::UpdateRegistrationRequest { registration: Some(chosen), ..Default::default() };
    house.owner.registrations().update_registration(request).await.done();
    // They withdraw, come back when the hall is full, and are offered the next place.
    let request = v1::WithdrawRegistrationRequest { name: name.clone(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let guest = house.register("Guest", "guest@example.org").await;
    let request = v1::ReinstateRegistrationRequest { name: name.clone(), ..Default::default() };
    house.owner.registrations().reinstate_registration(request).await.done();
    let request = v1::WithdrawRegistrationRequest { name: guest.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let request = v1::ListOffersRequest { parent: FORUM.to_owned(), ..Default::default() };
    let offer = house.owner.waitlists().list_offers(request).await.done().offers.remove(0);
    assert_eq!((offer.registration.as_str(), level(&house).await), (name.as_str(), (2, 0)));

    let successor = replaced(&house.owner, &seated[1], newcomer("Chand")).await.unwrap();

    let late = v1::AcceptOfferRequest { name: offer.name, ..Default::default() };
    assert_eq!(verdict(house.owner.waitlists().accept_offer(late).await).1, ErrorReason::WrongState);
    assert_eq!(registration(&house, &successor.registration).await.state(), State::Confirmed);
    assert_eq!(registration(&house, name).await.state(), State::Withdrawn);
    let capacity = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    let capacity = house.owner.categories().get_capacity(capacity).await.done();
    assert_eq!((capacity.held, capacity.choices[0].held), (2, 0));
}

/// The place that an invitation keeps for a member is theirs, whoever waits, when they are registered for the first time and again.
#[tokio::test]
async fn place_that_an_invitation_keeps_for_a_member_is_that_of_their_registration() {
    let house = forum(1).await;
    let delegation = shared_out(&house, &[quota(DELEGATES, 1)]).await;
    let seated = nominated(&house.owner, &delegation, vec![delegate("Adeel")]).await.unwrap();
    house.keep_place(&seated[0].person, DELEGATES).await;
    let waiting = house.register("Waiting", "waiting@example.org").await;
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();
    let first = current(&house, &delegation).await.remove(0).registration;
    assert_eq!((registration(&house, &first).await.state(), level(&house).await), (State::Confirmed, (1, 1)));
    assert_eq!(registration(&house, &waiting.name).await.passed_over_count, 0, "nobody took a place that was free");

    // The one who waits withdraws and comes back behind the invitation.
    let request = v1::WithdrawRegistrationRequest { name: waiting.name.clone(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    withdrawn(&house.owner, &delegation).await.unwrap();
    house.keep_place(&seated[0].person, DELEGATES).await;
    let request = v1::ReinstateRegistrationRequest { name: waiting.name, ..Default::default() };
    house.owner.registrations().reinstate_registration(request).await.done();
    reinstated(&house.owner, &delegation).await.unwrap();
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();
    let again = current(&house, &delegation).await.remove(0).registration;
    assert_eq!((&again, registration(&house, &again).await.state()), (&first, State::Confirmed));
    assert_eq!(level(&house).await, (1, 1));
}

/// What an organiser put back by hand is no matter of the seat any more.
#[tokio::test]
async fn registration_that_was_put_back_by_hand_stays_as_it_is_whatever_becomes_of_the_seat() {
    let house = forum(2).await;
    let (delegation, seated) = of_delegates(&house, &["Adeel", "Bushra"]).await;
    withdrawn(&house.owner, &delegation).await.unwrap();
    for member in &seated {
        let request = v1::ReinstateRegistrationRequest { name: member.registration.clone(), ..Default::default() };
        house.owner.registrations().reinstate_registration(request).await.done();
    }
    reinstated(&house.owner, &delegation).await.unwrap();

    removed(&house, &seated[1]).await.unwrap();
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();

    let states = registrations(&house).await;
    assert_eq!(states, ["Adeel", "Bushra"].map(|name| (name.to_owned(), State::Submitted)));
    assert_eq!(current(&house, &delegation).await[0].registration, "");
}

/// Whom a member would have brought, whoever comes instead does not bring: their places are free.
#[tokio::test]
async fn whoever_replaces_a_member_has_no_places_for_the_companions_of_the_other() {
    let house = forum(3).await;
    house.set_category(DELEGATES, v1::Category { form_fields: vec![guests_field(2)], ..Default::default() }).await;
    let (_, seated) = of_delegates(&house, &["Adeel", "Bushra"]).await;
    let accompanied =
        v1::Registration { name: seated[1].registration.clone(), answers: bringing(1), ..Default::default() };
    let request = v1::UpdateRegistrationRequest { registration: Some(accompanied), ..Default::default() };
    house.owner.registrations().update_registration(request).await.done();
    let waiting = house.register("Waiting", "waiting@example.org").await;
    assert_eq!((waiting.state(), level(&house).await), (State::Waiting, (3, 1)));

    let successor = replaced(&house.owner, &seated[1], newcomer("Chand")).await.unwrap();

    assert_eq!(registration(&house, &successor.registration).await.state(), State::Confirmed);
    assert_eq!(registration(&house, &waiting.name).await.state(), State::Submitted);
    assert_eq!(level(&house).await, (3, 0));
}
