//! Seats that are of a category: taken, refused, and the registrations that come with them.

mod passing;
mod waiting;

use attache_client::{
    Code, Failure,
    v1::{self, DelegationMemberState as Member, ErrorReason, RegistrationState as State},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    fixtures::{DELEGATES, FORUM, PRESS, mask, once, person, text},
};

use super::steps::{
    approved, created, creation, fact, got, headed_by, house, in_state, known, listed, members, newcomer, nominated,
    reinstated, replaced, withdrawn,
};

fn quota(category: &str, seats: i32) -> v1::SeatQuota {
    v1::SeatQuota { category: category.to_owned(), seats }
}

/// A house whose forum has so many places for delegates and one for the press.
async fn forum(places: i32) -> House {
    let house = house().await;
    has_places(&house, places).await;
    house.press(v1::Category { capacity: Some(1), ..Default::default() }).await;
    house
}

async fn has_places(house: &House, places: i32) {
    house.set_category(DELEGATES, v1::Category { capacity: Some(places), ..Default::default() }).await;
}

/// A delegation with seats of these categories and one of none.
async fn shared_out(house: &House, quotas: &[v1::SeatQuota]) -> v1::Delegation {
    let mut request = creation(quotas.iter().map(|quota| quota.seats).sum::<i32>() + 1);
    request.delegation.as_mut().unwrap().seat_quotas = quotas.to_vec();
    house.owner.delegations().create_delegation(request).await.done()
}

fn delegate(display_name: &str) -> v1::Nomination {
    v1::Nomination { category: DELEGATES.to_owned(), ..newcomer(display_name) }
}

/// A delegation of delegates that was approved, the first of whom heads it.
async fn of_delegates(house: &House, names: &[&str]) -> (v1::Delegation, Vec<v1::DelegationMember>) {
    let delegation = shared_out(house, &[quota(DELEGATES, i32::try_from(names.len()).unwrap()), quota(PRESS, 1)]).await;
    let delegates = names.iter().map(|name| delegate(name)).collect();
    let seated = nominated(&house.owner, &delegation, delegates).await.unwrap();
    headed_by(house, &delegation, &seated[0].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();
    (delegation.clone(), current(house, &delegation).await)
}

/// All who have or had a seat, in the order they were nominated.
async fn current(house: &House, delegation: &v1::Delegation) -> Vec<v1::DelegationMember> {
    let request = v1::ListDelegationMembersRequest { parent: delegation.name.clone(), ..Default::default() };
    house.owner.delegations().list_delegation_members(request).await.done().members
}

async fn registration(house: &House, name: &str) -> v1::Registration {
    let request = v1::GetRegistrationRequest { name: name.to_owned(), ..Default::default() };
    house.owner.registrations().get_registration(request).await.done()
}

/// Whose registration stands how, in the order they came.
async fn registrations(house: &House) -> Vec<(String, State)> {
    let request = v1::ListRegistrationsRequest {
        parent: FORUM.to_owned(),
        view: v1::RegistrationView::Full.into(),
        ..Default::default()
    };
    let list = house.owner.registrations().list_registrations(request).await.done();
    let whose = |one: &v1::Registration| (one.embedded_person.clone().unwrap().display_name, one.state());
    list.registrations.iter().map(whose).collect()
}

/// How many places for delegates are taken, and how many wait for one.
async fn level(house: &House) -> (i32, i32) {
    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    let capacity = house.owner.categories().get_capacity(request).await.done();
    (capacity.held, capacity.waiting)
}

async fn changed(
    house: &House,
    member: &v1::DelegationMember,
    category: &str,
) -> Result<v1::DelegationMember, Failure> {
    let member =
        v1::DelegationMember { name: member.name.clone(), category: category.to_owned(), ..Default::default() };
    let request = v1::UpdateDelegationMemberRequest {
        member: Some(member),
        update_mask: mask(&["category"]),
        ..Default::default()
    };
    Ok(house.owner.nominations().update_delegation_member(request).await?.into_inner())
}

async fn removed(house: &House, member: &v1::DelegationMember) -> Result<v1::DelegationMember, Failure> {
    let request = v1::WithdrawMemberRequest { name: member.name.clone(), ..Default::default() };
    Ok(house.owner.nominations().withdraw_member(request).await?.into_inner())
}

async fn checked_in(house: &House, registration: &str) {
    let request =
        v1::CheckInRequest { parent: FORUM.to_owned(), registration: registration.to_owned(), ..Default::default() };
    house.owner.check_ins().check_in(request).await.done();
}

#[tokio::test]
async fn no_more_seats_are_of_a_category_than_were_agreed() {
    let house = forum(9).await;
    let delegation = shared_out(&house, &[quota(PRESS, 1), quota(DELEGATES, 2)]).await;
    assert_eq!(delegation.seat_quotas, [quota(DELEGATES, 2), quota(PRESS, 1)]);
    nominated(&house.owner, &delegation, vec![delegate("Adeel"), newcomer("Bushra")]).await.unwrap();

    let both = vec![delegate("Chand"), delegate("Dawood")];
    let of_category = nominated(&house.owner, &delegation, both).await.unwrap_err();
    let unknown = v1::Nomination { category: "events/ciftis-2023/categories/vip".to_owned(), ..newcomer("Ejaz") };
    let of_none = nominated(&house.owner, &delegation, vec![unknown]).await.unwrap_err();
    let three = vec![delegate("Chand"), newcomer("Dawood"), newcomer("Ejaz")];
    let in_all = nominated(&house.owner, &delegation, three).await.unwrap_err();

    let told = |failure: &Failure| ["seats", "taken", "category"].map(|key| fact(failure, key).to_owned());
    assert!([&of_category, &of_none, &in_all].iter().all(|failure| failure.is(ErrorReason::SeatsTaken)));
    assert_eq!(told(&of_category), ["2", "1", DELEGATES]);
    assert_eq!(told(&of_none), ["0", "0", "events/ciftis-2023/categories/vip"]);
    assert_eq!(told(&in_all), ["4", "2", ""]);
    assert_eq!(members(&house.owner, &delegation).await, in_state(Member::Nominated, &["Adeel", "Bushra"]));
    let request = v1::ListDelegationMembersRequest {
        parent: delegation.name,
        filter: format!("category = \"{DELEGATES}\""),
        ..Default::default()
    };
    let found = house.owner.delegations().list_delegation_members(request).await.done().members;
    assert_eq!(found.iter().map(|member| member.category.as_str()).collect::<Vec<_>>(), [DELEGATES]);
}

#[tokio::test]
async fn seats_are_shared_out_no_further_than_there_are_some_and_not_below_what_is_taken() {
    let house = forum(9).await;
    let wrong = |quotas: Vec<v1::SeatQuota>| {
        let mut request = creation(4);
        request.delegation.as_mut().unwrap().seat_quotas = quotas;
        request
    };
    let create = async |quotas| wrong_fields(house.owner.delegations().create_delegation(wrong(quotas)).await);
    let elsewhere = quota("events/launch-2023/categories/guest", 0);
    assert_eq!(
        create(vec![elsewhere, quota("press", 1)]).await,
        ["delegation.seat_quotas[0].category", "delegation.seat_quotas[0].seats", "delegation.seat_quotas[1].category"]
    );
    assert_eq!(create(vec![quota(PRESS, 1), quota(PRESS, 1)]).await, ["delegation.seat_quotas"]);
    assert_eq!(create(vec![quota(PRESS, 2), quota(DELEGATES, 3)]).await, ["delegation.seat_quotas"]);
    let unknown = wrong(vec![quota("events/ciftis-2023/categories/vip", 1)]);
    assert_eq!(verdict(house.owner.delegations().create_delegation(unknown).await).0, Code::NotFound);

    let delegation = shared_out(&house, &[quota(DELEGATES, 2), quota(PRESS, 1)]).await;
    nominated(&house.owner, &delegation, vec![delegate("Adeel"), delegate("Bushra")]).await.unwrap();
    let update = async |quotas: Vec<v1::SeatQuota>| {
        let delegation = v1::Delegation { name: delegation.name.clone(), seat_quotas: quotas, ..Default::default() };
        let request = v1::UpdateDelegationRequest {
            delegation: Some(delegation),
            update_mask: mask(&["seat_quotas"]),
            ..Default::default()
        };
        house.owner.delegations().update_delegation(request).await
    };
    for quotas in [vec![quota(DELEGATES, 1)], vec![quota(PRESS, 1)]] {
        assert_eq!(verdict(update(quotas).await), (Code::FailedPrecondition, ErrorReason::CapacityBelowHeld));
    }
    let more = update(vec![quota(DELEGATES, 3)]).await.done();
    assert_eq!(more.seat_quotas, [quota(DELEGATES, 3)]);
    nominated(&house.owner, &delegation, vec![delegate("Chand")]).await.unwrap();

    // The press has no seats any more, and may go; the delegates have some.
    let delete = async |name: &str| {
        let request = v1::DeleteCategoryRequest { name: name.to_owned(), ..Default::default() };
        house.owner.categories().delete_category(request).await
    };
    assert_eq!(delete(DELEGATES).await.refused().metadata["referrer"], "delegations");
    delete(PRESS).await.done();
}

/// Two share the address of their assistant, one registered before, and one sits there without a category.
#[tokio::test]
async fn approval_registers_those_whose_seat_is_of_a_category_and_confirms_and_tells_them() {
    let house = forum(9).await;
    let before = house.register("Adeel", "adeel@example.org").await;
    let delegation = shared_out(&house, &[quota(DELEGATES, 3)]).await;
    let assisted = |name: &str| v1::Nomination {
        new_person: Some(person(name, "assistant@example.org")),
        category: DELEGATES.to_owned(),
        ..Default::default()
    };
    let adeel = v1::Nomination { category: DELEGATES.to_owned(), ..known(&before.person) };
    let seated = vec![adeel, assisted("Bushra"), assisted("Chand"), newcomer("Dawood")];
    let seated = nominated(&house.owner, &delegation, seated).await.unwrap();
    headed_by(&house, &delegation, &seated[1].person).await.unwrap();
    assert!(seated.iter().all(|member| member.registration.is_empty()));

    approved(&house.owner, &delegation).await.unwrap();

    let after = current(&house, &delegation).await;
    let registered: Vec<bool> = after.iter().map(|member| !member.registration.is_empty()).collect();
    assert_eq!(registered, [false, true, true, false]);
    let theirs = registration(&house, &after[1].registration).await;
    assert_eq!((theirs.person, theirs.category.as_str()), (after[1].person.clone(), DELEGATES));
    let expected = [("Adeel", State::Submitted), ("Bushra", State::Confirmed), ("Chand", State::Confirmed)];
    assert_eq!(registrations(&house).await, expected.map(|(name, state)| (name.to_owned(), state)));
    assert_eq!(level(&house).await, (3, 0));
    let mails = house.mail().await;
    let tickets = mails.iter().filter(|mail| mail.to.address == "assistant@example.org");
    assert_eq!(tickets.filter(|mail| mail.subject.contains("confirmed")).count(), 2);
}

#[tokio::test]
async fn delegation_for_which_there_are_not_places_is_not_approved_and_nobody_of_it_is_registered() {
    let house = forum(2).await;
    house.register("Early", "early@example.org").await;
    let delegation = shared_out(&house, &[quota(DELEGATES, 2)]).await;
    let seated = nominated(&house.owner, &delegation, vec![delegate("Adeel"), delegate("Bushra")]).await.unwrap();
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();

    let failure = approved(&house.owner, &delegation).await.unwrap_err();

    assert!(failure.is(ErrorReason::NoPlaces), "{failure:?}");
    assert_eq!((fact(&failure, "pool"), fact(&failure, "free")), (DELEGATES, "1"));
    assert_eq!(got(&house.owner, &delegation.name).await.unwrap().state(), v1::DelegationState::Open);
    assert_eq!(registrations(&house).await, [("Early".to_owned(), State::Submitted)]);
    has_places(&house, 3).await;
    approved(&house.owner, &delegation).await.unwrap();
    assert_eq!(level(&house).await, (3, 0));
}

#[tokio::test]
async fn approval_asked_for_twice_registers_once_and_tried_registers_nobody() {
    let house = forum(2).await;
    let delegation = shared_out(&house, &[quota(DELEGATES, 2)]).await;
    let seated = nominated(&house.owner, &delegation, vec![delegate("Adeel")]).await.unwrap();
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    let approve = v1::ApproveDelegationRequest { name: delegation.name.clone(), ..Default::default() };

    let tried = v1::ApproveDelegationRequest { validate_only: true, ..approve.clone() };
    let tried = house.owner.delegations().approve_delegation(tried).await.done();
    assert_eq!((tried.state(), registrations(&house).await), (v1::DelegationState::Approved, Vec::new()));
    let request = v1::ApproveDelegationRequest { request_id: once(), ..approve };
    let first = house.owner.delegations().approve_delegation(request.clone()).await.done();
    let again = house.owner.delegations().approve_delegation(request).await.done();

    assert_eq!((&again, registrations(&house).await), (&first, vec![("Adeel".to_owned(), State::Confirmed)]));
}

/// A focal point names people for seats of categories and moves them between these, and registers nobody.
#[tokio::test]
async fn focal_point_takes_seats_of_categories_and_no_places() {
    let house = forum(2).await;
    let delegation = shared_out(&house, &[quota(DELEGATES, 2), quota(PRESS, 1)]).await;
    let focal_point = house.member(v1::Role::FocalPoint, &delegation.name).await;

    let seated = nominated(&focal_point, &delegation, vec![delegate("Adeel")]).await.unwrap();
    let member =
        v1::DelegationMember { name: seated[0].name.clone(), category: PRESS.to_owned(), ..Default::default() };
    let request = v1::UpdateDelegationMemberRequest { member: Some(member), ..Default::default() };
    let moved = focal_point.nominations().update_delegation_member(request).await.done();
    let reporter = v1::Nomination { category: PRESS.to_owned(), ..newcomer("Bushra") };
    let full = nominated(&focal_point, &delegation, vec![reporter]).await.unwrap_err();

    assert_eq!((moved.category.as_str(), moved.registration.as_str()), (PRESS, ""));
    assert_eq!((fact(&full, "seats"), fact(&full, "category")), ("1", PRESS));
    assert_eq!((registrations(&house).await, level(&house).await), (Vec::new(), (0, 0)));
}

#[tokio::test]
async fn registration_follows_a_seat_to_another_category_and_stays_where_the_seat_becomes_one_of_none() {
    let house = forum(2).await;
    let (delegation, seated) = of_delegates(&house, &["Adeel", "Bushra"]).await;

    let reporter = changed(&house, &seated[1], PRESS).await.unwrap();
    let full = changed(&house, &seated[0], PRESS).await.unwrap_err();
    let moved = registration(&house, &reporter.registration).await;
    let free = changed(&house, &reporter, "").await.unwrap();
    let kept = registration(&house, &free.registration).await;
    let back = changed(&house, &free, DELEGATES).await.unwrap();

    assert_eq!((reporter.category.as_str(), &reporter.registration), (PRESS, &seated[1].registration));
    assert_eq!((moved.category.as_str(), moved.state()), (PRESS, State::Confirmed));
    assert!(full.is(ErrorReason::SeatsTaken), "{full:?}");
    assert_eq!((free.category.as_str(), kept.category.as_str(), kept.state()), ("", PRESS, State::Confirmed));
    assert_eq!(registration(&house, &back.registration).await.category, DELEGATES);
    assert_eq!(level(&house).await, (2, 0));
    assert_eq!(listed(&house.owner, "state = APPROVED").await.unwrap(), [delegation.name]);
}

#[tokio::test]
async fn whose_seat_in_an_approved_delegation_becomes_one_of_a_category_is_registered_unless_they_withdrew() {
    let house = forum(2).await;
    let delegation = shared_out(&house, &[quota(DELEGATES, 2)]).await;
    let seated = nominated(&house.owner, &delegation, vec![newcomer("Adeel"), delegate("Bushra")]).await.unwrap();
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();
    approved(&house.owner, &delegation).await.unwrap();
    let bushra = current(&house, &delegation).await.remove(1);
    let request = v1::WithdrawRegistrationRequest { name: bushra.registration.clone(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();

    let adeel = changed(&house, &seated[0], DELEGATES).await.unwrap();
    changed(&house, &bushra, "").await.unwrap();
    let bushra = changed(&house, &bushra, DELEGATES).await.unwrap();

    assert_eq!(registration(&house, &adeel.registration).await.state(), State::Confirmed);
    assert_eq!(registration(&house, &bushra.registration).await.state(), State::Withdrawn);
}

#[tokio::test]
async fn delegation_without_seats_of_categories_registers_nobody() {
    let house = forum(2).await;
    let delegation = created(&house, 2).await;
    let seated = nominated(&house.owner, &delegation, vec![newcomer("Adeel")]).await.unwrap();
    headed_by(&house, &delegation, &seated[0].person).await.unwrap();

    approved(&house.owner, &delegation).await.unwrap();

    assert_eq!(registrations(&house).await, []);
}
