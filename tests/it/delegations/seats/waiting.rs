//! Members of an approved delegation who wait for places together.

use attache_tests::fixtures::{bringing, guests_field};

use super::*;

/// A delegation of delegates that was approved and may wait, the first of whom heads it.
async fn approved_to_wait(house: &House, names: &[&str]) -> (v1::Delegation, Vec<v1::DelegationMember>) {
    let delegation = shared_out(house, &[quota(DELEGATES, i32::try_from(names.len()).unwrap())]).await;
    let delegates = names.iter().map(|name| delegate(name)).collect();
    let seated = nominated(&house.owner, &delegation, delegates).await.unwrap();
    headed_by(house, &delegation, &seated[0].person).await.unwrap();
    let full = approved(&house.owner, &delegation).await.unwrap_err();
    assert!(full.is(ErrorReason::NoPlaces), "{full:?}");
    wait(house, &delegation).await;
    (delegation.clone(), current(house, &delegation).await)
}

async fn wait(house: &House, delegation: &v1::Delegation) {
    let request =
        v1::ApproveDelegationRequest { name: delegation.name.clone(), wait_for_places: true, ..Default::default() };
    house.owner.delegations().approve_delegation(request).await.done();
}

/// How the registrations of members stand: the state, the place on the waiting list, and for how many places they wait.
async fn standing(house: &House, members: &[v1::DelegationMember]) -> Vec<(State, i32, i32)> {
    let mut standing = Vec::new();
    for member in members {
        let one = registration(house, &member.registration).await;
        standing.push((one.state(), one.waiting_position, one.waiting_places));
    }
    standing
}

async fn guest(house: &House, name: &str) -> v1::Registration {
    house.register(name, &format!("{name}@example.org")).await
}

async fn withdraw(house: &House, registration: &v1::Registration) {
    let request = v1::WithdrawRegistrationRequest { name: registration.name.clone(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
}

/// Lesson 2: a family, or a delegation, of which some have places and the others do not.
#[tokio::test]
async fn lesson_2_members_of_a_delegation_wait_together_and_get_their_places_together() {
    let house = forum(2).await;
    let first = guest(&house, "first").await;
    let (_, members) = approved_to_wait(&house, &["Adeel", "Bushra", "Chand"]).await;
    let waiting = |place| (State::Waiting, place, 3);
    assert_eq!(standing(&house, &members).await, [waiting(1), waiting(2), waiting(3)]);
    // Who needs one place has the one that is left.
    let second = guest(&house, "second").await;
    assert_eq!((second.state(), level(&house).await), (State::Submitted, (2, 3)));
    assert_eq!(registration(&house, &members[2].registration).await.passed_over_count, 1);

    withdraw(&house, &first).await;
    withdraw(&house, &second).await;
    assert_eq!((standing(&house, &members).await[0], level(&house).await), (waiting(1), (0, 3)));
    has_places(&house, 4).await;

    assert_eq!(standing(&house, &members).await, [(State::Confirmed, 0, 0); 3]);
    assert_eq!(level(&house).await, (3, 0));
}

#[tokio::test]
async fn those_who_are_left_of_a_group_need_places_for_themselves_alone() {
    let house = forum(2).await;
    let (delegation, members) = approved_to_wait(&house, &["Adeel", "Bushra", "Chand"]).await;
    let last = guest(&house, "last").await;
    assert_eq!(last.state(), State::Submitted);
    withdraw(&house, &last).await;

    // Whoever takes the seat of one who waits has their turn.
    let successor = replaced(&house.owner, &members[1], newcomer("Dost")).await.unwrap();
    let now = [members[0].clone(), successor.clone(), members[2].clone()];
    assert_eq!(standing(&house, &now).await, [(State::Waiting, 1, 3), (State::Waiting, 2, 3), (State::Waiting, 3, 3)]);
    removed(&house, &members[2]).await.unwrap();

    assert_eq!(standing(&house, &now[..2]).await, [(State::Confirmed, 0, 0); 2]);
    assert_eq!((standing(&house, &now[2..]).await[0].0, level(&house).await), (State::Withdrawn, (2, 0)));
    withdrawn(&house.owner, &delegation).await.unwrap();
    assert_eq!(level(&house).await, (0, 0));
}

#[tokio::test]
async fn group_goes_ahead_together_and_leaves_together() {
    let house = forum(1).await;
    let holder = guest(&house, "holder").await;
    let (delegation, members) = approved_to_wait(&house, &["Adeel", "Bushra"]).await;
    let single = guest(&house, "single").await;
    for name in [&single.name, &members[1].registration] {
        let (name, reason) = (name.clone(), "The minister asked.".to_owned());
        let request = v1::PromoteRegistrationRequest { name, reason, ..Default::default() };
        house.owner.waitlists().promote_registration(request).await.done();
    }
    assert_eq!(standing(&house, &members).await, [(State::Waiting, 1, 2), (State::Waiting, 2, 2)]);

    // One place is not enough for them, and kept all the same where there may be two.
    has_places(&house, 2).await;
    assert_eq!((registration(&house, &single.name).await.state(), level(&house).await), (State::Waiting, (1, 3)));
    withdrawn(&house.owner, &delegation).await.unwrap();

    assert_eq!((registration(&house, &single.name).await.state(), level(&house).await), (State::Submitted, (2, 0)));
    withdraw(&house, &holder).await;
    withdraw(&house, &single).await;
    // Approved anew, there is room for both.
    reinstated(&house.owner, &delegation).await.unwrap();
    let back: Vec<_> = current(&house, &delegation).await;
    headed_by(&house, &delegation, &back[0].person).await.unwrap();
    wait(&house, &delegation).await;
    assert_eq!(standing(&house, &current(&house, &delegation).await).await, [(State::Confirmed, 0, 0); 2]);
}

/// A place that an invitation keeps for a member is theirs, however long the others wait.
#[tokio::test]
async fn member_for_whom_a_place_is_kept_does_not_wait_with_the_others() {
    let house = forum(2).await;
    let delegation = shared_out(&house, &[quota(DELEGATES, 3)]).await;
    let names = ["Adeel", "Bushra", "Chand"].map(delegate).to_vec();
    let seated = nominated(&house.owner, &delegation, names).await.unwrap();
    house.keep_place(&seated[1].person, DELEGATES).await;
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();

    wait(&house, &delegation).await;

    let members = current(&house, &delegation).await;
    assert_eq!(
        standing(&house, &members).await,
        [(State::Waiting, 1, 2), (State::Confirmed, 0, 0), (State::Waiting, 2, 2)]
    );
    assert_eq!(level(&house).await, (1, 2));
}

/// A delegation that finds places for all of its members takes them past a larger party, once.
#[tokio::test]
async fn delegation_passes_a_larger_party_once_however_many_its_members() {
    let house = forum(5).await;
    house.set_category(DELEGATES, v1::Category { form_fields: vec![guests_field(9)], ..Default::default() }).await;
    let mut request = attache_tests::fixtures::registration_of(person("Family", "family@example.org"));
    request.registration.as_mut().unwrap().answers = bringing(5);
    let family = house.owner.registrations().create_registration(request).await.done();

    let (_, members) = of_delegates(&house, &["Adeel", "Bushra", "Chand", "Dost", "Emal"]).await;

    assert_eq!(standing(&house, &members).await, [(State::Confirmed, 0, 0); 5]);
    assert_eq!(registration(&house, &family.name).await.passed_over_count, 1);
}

/// Whoever waits by an approval and gets a seat of another category is confirmed there, or waits there.
#[tokio::test]
async fn member_who_waits_goes_to_another_category_as_one_of_the_delegation() {
    let house = forum(0).await;
    let delegation = shared_out(&house, &[quota(DELEGATES, 2), quota(PRESS, 2)]).await;
    let seated = nominated(&house.owner, &delegation, vec![delegate("Adeel"), delegate("Bushra")]).await.unwrap();
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    wait(&house, &delegation).await;

    let first = changed(&house, &seated[0], PRESS).await.unwrap();
    let second = changed(&house, &seated[1], PRESS).await.unwrap();

    assert_eq!(standing(&house, &[first, second.clone()]).await, [(State::Confirmed, 0, 0), (State::Waiting, 1, 1)]);
    house.set_category(PRESS, v1::Category { capacity: Some(2), ..Default::default() }).await;
    assert_eq!(standing(&house, &[second]).await, [(State::Confirmed, 0, 0)]);
}
