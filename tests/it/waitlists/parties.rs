//! Parties: whoever brings companions has places for all of them, or waits for all of them.

use attache_client::Failure;
use attache_tests::fixtures::{PRESS, bringing, guests_field};

use super::*;

/// A forum of so many seats, whose delegates bring up to five companions.
async fn accompanied(seats: i32) -> House {
    let house = boot().await;
    house.forum_with_seats(seats).await;
    house.set_category(DELEGATES, v1::Category { form_fields: vec![guests_field(5)], ..Default::default() }).await;
    house
}

async fn party(house: &House, name: &str, companions: usize) -> v1::Registration {
    let mut request = registration_of(person(name, &format!("{name}@example.org")));
    request.registration.as_mut().unwrap().answers = bringing(companions);
    house.owner.registrations().create_registration(request).await.done()
}

/// Has somebody bring so many companions from now on.
async fn brings(house: &House, name: &str, companions: usize) -> Result<v1::Registration, Failure> {
    let registration = v1::Registration { name: name.to_owned(), answers: bringing(companions), ..Default::default() };
    let (registration, update_mask) = (Some(registration), mask(&["answers"]));
    let request = v1::UpdateRegistrationRequest { registration, update_mask, ..Default::default() };
    Ok(house.owner.registrations().update_registration(request).await.map_err(Failure::from)?.into_inner())
}

async fn read(house: &House, name: &str) -> v1::Registration {
    let request = v1::GetRegistrationRequest { name: name.to_owned(), ..Default::default() };
    house.owner.registrations().get_registration(request).await.done()
}

/// How many times somebody who waits was passed over.
async fn passes(house: &House, name: &str) -> i32 {
    let read = read(house, name).await;
    assert_eq!((read.state(), read.passed_over_count > 0), (State::Waiting, read.passed_over_time.is_some()));
    read.passed_over_count
}

#[tokio::test]
async fn party_has_places_for_all_or_waits_for_all() {
    let house = accompanied(3).await;
    let ana = party(&house, "ana", 1).await;
    let family = party(&house, "family", 1).await;
    assert_eq!((ana.state(), family.state()), (State::Submitted, State::Waiting));
    assert_eq!((family.waiting_position, family.waiting_places, level(&house).await), (1, 2, (2, 1)));

    let full = brings(&house, &ana.name, 2).await;
    let alone = brings(&house, &ana.name, 0).await.unwrap();

    assert_eq!((full.unwrap().state(), alone.state()), (State::Submitted, State::Submitted));
    assert_eq!((state(&house, &family.name).await, level(&house).await), (State::Submitted, (3, 0)));
    let refused = brings(&house, &ana.name, 1).await.unwrap_err();
    assert!(refused.is(ErrorReason::NoPlaces), "{refused:?}");
    assert_eq!(["pool", "free"].map(|key| refused.metadata[key].as_str()), [DELEGATES, "0"]);
    withdraw(&house, &family.name).await;
    assert_eq!(level(&house).await, (1, 0));
    // Put back, they come with all whom they brought.
    brings(&house, &ana.name, 1).await.unwrap();
    let request = v1::ReinstateRegistrationRequest { name: family.name, ..Default::default() };
    let back = house.owner.registrations().reinstate_registration(request).await.done();
    assert_eq!((back.state(), back.waiting_places, level(&house).await), (State::Waiting, 2, (2, 1)));
}

/// Lesson 2: families that wait block the list, or wait for good.
#[tokio::test]
async fn lesson_2_party_that_does_not_fit_is_passed_over_three_times_and_then_places_are_kept_for_it() {
    let house = accompanied(4).await;
    let singles: [String; 4] = registered(&house).await;
    let family = party(&house, "family", 2).await.name;
    let [first, second] = [party(&house, "first", 0).await, party(&house, "second", 0).await];

    withdraw(&house, &singles[0]).await;
    assert_eq!((state(&house, &first.name).await, passes(&house, &family).await), (State::Submitted, 1));
    withdraw(&house, &first.name).await;
    assert_eq!((state(&house, &second.name).await, passes(&house, &family).await), (State::Submitted, 2));
    // Who comes while a place is free that is too little for those who wait, has it.
    withdraw(&house, &second.name).await;
    let third = party(&house, "third", 0).await;
    assert_eq!((third.state(), passes(&house, &family).await), (State::Submitted, 3));

    withdraw(&house, &third.name).await;
    let fourth = party(&house, "fourth", 0).await;
    let joined = brings(&house, &singles[1], 1).await.unwrap_err();
    assert_eq!((fourth.state(), passes(&house, &family).await), (State::Waiting, 3));
    assert!(joined.is(ErrorReason::NoPlaces), "{joined:?}");
    withdraw(&house, &singles[1]).await;
    assert_eq!((state(&house, &family).await, level(&house).await), (State::Waiting, (2, 2)));
    withdraw(&house, &singles[2]).await;
    assert_eq!((state(&house, &family).await, state(&house, &fourth.name).await), (State::Submitted, State::Waiting));
    withdraw(&house, &singles[3]).await;
    assert_eq!((state(&house, &fourth.name).await, level(&house).await), (State::Submitted, (4, 0)));
}

#[tokio::test]
async fn places_are_kept_for_a_party_that_is_put_ahead_unless_there_are_never_so_many() {
    let house = accompanied(2).await;
    let singles: [String; 2] = registered(&house).await;
    let [pair, crowd] = [party(&house, "pair", 1).await.name, party(&house, "crowd", 3).await.name];
    let last = party(&house, "last", 0).await.name;
    house.owner.waitlists().promote_registration(promotion(&pair)).await.done();

    withdraw(&house, &singles[0]).await;
    assert_eq!(states(&house, &[pair.clone(), last.clone()]).await, [State::Waiting, State::Waiting]);
    // A smaller party needs no more places than are free.
    let one = brings(&house, &pair, 0).await.unwrap();
    assert_eq!((one.state(), one.waiting_places), (State::Submitted, 0));
    house.owner.waitlists().promote_registration(promotion(&crowd)).await.done();
    withdraw(&house, &singles[1]).await;

    assert_eq!(states(&house, &[crowd.clone(), last]).await, [State::Waiting, State::Submitted]);
    house.set_category(DELEGATES, v1::Category { capacity: Some(6), ..Default::default() }).await;
    assert_eq!((state(&house, &crowd).await, level(&house).await), (State::Submitted, (6, 0)));
}

/// A party that never fits keeps no places, and does not take the turn of the next one that is owed some; whoever was in counts too who takes more.
#[tokio::test]
async fn places_are_kept_behind_a_party_that_is_larger_than_all_and_whoever_takes_more_passes_it() {
    let house = accompanied(4).await;
    let singles: [String; 4] = registered(&house).await;
    let [crowd, family] = [party(&house, "crowd", 5).await.name, party(&house, "family", 2).await.name];
    withdraw(&house, &singles[0]).await;
    for times in 1..=3 {
        brings(&house, &singles[1], 1).await.unwrap();
        assert_eq!([passes(&house, &crowd).await, passes(&house, &family).await], [times, times]);
        brings(&house, &singles[1], 0).await.unwrap();
    }
    let last = party(&house, "last", 0).await.name;
    assert_eq!((state(&house, &last).await, level(&house).await), (State::Waiting, (3, 3)));

    // As soon as it needs more than there are in all, nothing is kept for it any more.
    let grown = brings(&house, &family, 4).await.unwrap();

    assert_eq!((grown.state(), grown.waiting_places), (State::Waiting, 5));
    assert_eq!((state(&house, &last).await, level(&house).await), (State::Submitted, (4, 2)));
}

/// Whoever is moved into a category brings no place of it, and does not take what is kept there.
#[tokio::test]
async fn whoever_is_moved_does_not_take_places_that_are_kept() {
    let house = accompanied(3).await;
    house.press(v1::Category::default()).await;
    let singles: [String; 3] = registered(&house).await;
    let pair = party(&house, "pair", 1).await.name;
    house.owner.waitlists().promote_registration(promotion(&pair)).await.done();
    withdraw(&house, &singles[0]).await;
    let mut request = registration_of(person("reporter", "reporter@example.org"));
    PRESS.clone_into(&mut request.registration.as_mut().unwrap().category);
    let reporter = house.owner.registrations().create_registration(request).await.done();

    let moved = v1::Registration { name: reporter.name, category: DELEGATES.to_owned(), ..Default::default() };
    let request = v1::UpdateRegistrationRequest { registration: Some(moved), ..Default::default() };
    let moved = house.owner.registrations().update_registration(request).await;

    assert_eq!(verdict(moved).1, ErrorReason::NoPlaces);
    withdraw(&house, &singles[1]).await;
    assert_eq!((state(&house, &pair).await, level(&house).await), (State::Submitted, (3, 0)));
}

#[tokio::test]
async fn offer_of_places_for_a_party_is_one_offer() {
    let house = accompanied(2).await;
    let offered = v1::Category { offer_hours: 24, lapsed_wait_again: true, ..Default::default() };
    house.set_category(DELEGATES, offered).await;
    let singles: [String; 2] = registered(&house).await;
    let pair = party(&house, "pair", 1).await.name;
    for single in &singles {
        withdraw(&house, single).await;
    }
    assert_eq!((state(&house, &pair).await, level(&house).await), (State::Offered, (2, 0)));
    let waiting = party(&house, "waiting", 0).await.name;

    pass(&house, TimeDelta::hours(25)).await;

    // Both places come back, one of which the next is offered; the other is too little for two.
    let again = read(&house, &pair).await;
    assert_eq!((state(&house, &waiting).await, again.state()), (State::Offered, State::Waiting));
    assert_eq!((again.waiting_places, level(&house).await), (2, (1, 1)));
}

#[tokio::test]
async fn party_moves_together_and_takes_as_many_chairs_of_a_shared_hall() {
    let house = accompanied(3).await;
    house.press(v1::Category { capacity: Some(1), form_fields: vec![guests_field(1)], ..Default::default() }).await;
    let hall = v1::SharedPool {
        id: "hall".to_owned(),
        title: Some(attache_tests::fixtures::text("Hall", "")),
        capacity: 3,
        categories: vec![DELEGATES.to_owned(), PRESS.to_owned()],
    };
    let event = v1::Event { name: FORUM.to_owned(), shared_pools: vec![hall], ..Default::default() };
    let request = v1::UpdateEventRequest { event: Some(event), ..Default::default() };
    house.owner.events().update_event(request).await.done();
    let chairs = async || {
        let request = v1::GetCapacityRequest { name: PRESS.to_owned() };
        let capacity = house.owner.categories().get_capacity(request).await.done();
        (capacity.held, capacity.shared_pools[0].held)
    };
    let pair = party(&house, "pair", 1).await.name;
    assert_eq!(chairs().await, (0, 2));

    let to = async |category: &str| {
        let registration = v1::Registration { name: pair.clone(), category: category.to_owned(), ..Default::default() };
        let request = v1::UpdateRegistrationRequest { registration: Some(registration), ..Default::default() };
        house.owner.registrations().update_registration(request).await
    };
    assert_eq!(verdict(to(PRESS).await).1, ErrorReason::NoPlaces);
    house.set_category(PRESS, v1::Category { capacity: Some(2), ..Default::default() }).await;
    to(PRESS).await.done();

    assert_eq!((chairs().await, level(&house).await), ((2, 2), (0, 0)));
    brings(&house, &pair, 0).await.unwrap();
    assert_eq!(chairs().await, (1, 1));
}

/// Whoever fills the public form brings companions too, who have places while the address is proven.
#[tokio::test]
async fn public_form_takes_places_for_companions() {
    let house = accompanied(3).await;
    house.set_category(DELEGATES, v1::Category { public: true, ..Default::default() }).await;
    let client = house.client(None).await;
    let form = client.public().get_form(v1::GetFormRequest { name: DELEGATES.to_owned() }).await.done();
    let asked = form.fields.iter().find(|field| field.id == "guests").unwrap();
    assert_eq!((asked.kind(), asked.max_companions), (v1::FormFieldKind::Companions, 5));
    let submit = async |email: &str, companions| {
        let person = Some(person("Zarmina", email));
        let answers = bringing(companions);
        let request = v1::SubmitRegistrationRequest { parent: DELEGATES.to_owned(), person, answers };
        client.public().submit_registration(request).await
    };
    assert_eq!(wrong_fields(submit("six@example.org", 6).await), ["answers.guests"]);

    let three = submit("three@example.org", 2).await.done();
    let two = submit("two@example.org", 1).await.done();
    assert_eq!((three.place_held, two.place_held, level(&house).await), (true, false, (3, 0)));
    let mut states = Vec::new();
    for (name, email) in [(three.name, "three@example.org"), (two.name, "two@example.org")] {
        let code = house.code(email).await;
        let confirmed = client.public().confirm_submission(v1::ConfirmSubmissionRequest { name, code }).await.done();
        states.push((confirmed.state(), read(&house, &confirmed.registration).await.waiting_places));
    }
    assert_eq!((&states[..], level(&house).await), (&[(State::Submitted, 0), (State::Waiting, 2)][..], (3, 1)));
}
