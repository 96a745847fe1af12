//! Gates through the whole house: tickets, scans made without a network, and what was a mistake.

use attache_client::{
    Code,
    v1::{self, CheckInMode, CheckInState, ErrorReason, scan_result::Outcome},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{FORUM, LAUNCH, once, person},
};
use chrono::TimeDelta;

mod badges;
mod joining;
mod meeting_lists;

/// A forum with somebody confirmed in it: their registration and the ticket that was mailed to them.
pub(crate) async fn forum_with_a_guest() -> (House, String, String) {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let (name, ticket) = guest(&house, "zarmina@example.org").await;
    (house, name, ticket)
}

/// Registers and confirms somebody; gives their registration and their ticket.
async fn guest(house: &House, email: &str) -> (String, String) {
    let name = house.register("Zarmina", email).await.name;
    let request = v1::ConfirmRegistrationRequest { name: name.clone(), ..Default::default() };
    house.owner.registrations().confirm_registration(request).await.done();
    let mail = house.mail().await;
    let mut tickets = mail.iter().filter(|mail| mail.to.address == email).filter_map(|mail| ticket_in(&mail.text));
    (name, tickets.next_back().unwrap())
}

fn ticket_in(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.strip_prefix("  Ticket: ").map(str::to_owned))
}

fn by_ticket(ticket: &str) -> v1::CheckInRequest {
    v1::CheckInRequest { parent: FORUM.to_owned(), ticket_code: ticket.to_owned(), ..Default::default() }
}

pub(crate) fn by_name(registration: &str) -> v1::CheckInRequest {
    v1::CheckInRequest { parent: FORUM.to_owned(), registration: registration.to_owned(), ..Default::default() }
}

pub(crate) fn scan(ticket: &str) -> v1::Scan {
    v1::Scan { scan_id: once(), ticket_code: ticket.to_owned(), gate: "south".to_owned(), ..Default::default() }
}

pub(crate) async fn sync(house: &House, scans: &[v1::Scan]) -> Vec<(bool, Result<v1::CheckIn, ErrorReason>)> {
    let request = v1::SyncCheckInsRequest { parent: FORUM.to_owned(), scans: scans.to_vec() };
    let results = house.owner.check_ins().sync_check_ins(request).await.done().results;
    let ids: Vec<&str> = results.iter().map(|result| result.scan_id.as_str()).collect();
    assert_eq!(ids, scans.iter().map(|scan| scan.scan_id.as_str()).collect::<Vec<_>>());
    let outcome = |result: v1::ScanResult| match result.outcome.unwrap() {
        Outcome::CheckIn(check_in) => (result.already, Ok(check_in)),
        Outcome::Refusal(refusal) => (result.already, Err(refusal.reason())),
    };
    results.into_iter().map(outcome).collect()
}

pub(crate) async fn list(house: &House, filter: &str) -> Vec<v1::CheckIn> {
    let request = v1::ListCheckInsRequest { parent: FORUM.to_owned(), filter: filter.to_owned(), ..Default::default() };
    house.owner.check_ins().list_check_ins(request).await.done().check_ins
}

fn at(house: &House, ago: TimeDelta) -> prost_types::Timestamp {
    let time = house.app.clock.now() - ago;
    prost_types::Timestamp { seconds: time.timestamp(), nanos: 0 }
}

#[tokio::test]
async fn ticket_lets_its_owner_in_and_tells_the_gate_who_it_is() {
    let (house, name, ticket) = forum_with_a_guest().await;
    let request = v1::CheckInRequest { gate: "north".to_owned(), request_id: once(), ..by_ticket(&ticket) };

    let admitted = house.owner.check_ins().check_in(request.clone()).await.done();
    let again = house.owner.check_ins().check_in(request).await.done();

    let check_in = admitted.check_in.clone().unwrap();
    let expected = v1::CheckIn {
        name: check_in.name.clone(),
        registration: name,
        state: CheckInState::Standing.into(),
        check_in_time: check_in.create_time,
        gate: "north".to_owned(),
        create_time: check_in.create_time,
        update_time: check_in.create_time,
        list: String::new(),
        mode: CheckInMode::OnSite.into(),
    };
    assert_eq!((&check_in, admitted.already), (&expected, false));
    assert_eq!(again, admitted);
    let registration = admitted.registration.unwrap();
    assert_eq!(registration.state(), v1::RegistrationState::Confirmed);
    assert_eq!(registration.embedded_person.unwrap().email, "zarmina@example.org");
    assert_eq!(list(&house, r#"gate = "north""#).await, [expected]);
}

#[tokio::test]
async fn who_is_in_is_told_so_with_the_first_time_however_they_come_again() {
    let (house, name, ticket) = forum_with_a_guest().await;
    let first = house.owner.check_ins().check_in(by_name(&name)).await.done();
    house.pass(TimeDelta::hours(1)).await;

    let typed = ticket.to_uppercase().replace('-', " ");
    let request = v1::CheckInRequest { request_id: once(), ..by_ticket(&typed) };
    let second = house.owner.check_ins().check_in(request.clone()).await.done();
    let repeated = house.owner.check_ins().check_in(request).await.done();

    assert_eq!((first.already, second.already), (false, true));
    assert_eq!(second.check_in, first.check_in);
    assert_eq!(repeated, second);
    assert_eq!(list(&house, "").await.len(), 1);
}

#[tokio::test]
async fn gate_refuses_who_is_not_confirmed_or_not_of_this_event() {
    let (house, name, ticket) = forum_with_a_guest().await;
    house.foreign_event().await;
    let submitted = house.register("Second", "second@example.org").await.name;
    let (left, left_ticket) = guest(&house, "left@example.org").await;
    let request = v1::WithdrawRegistrationRequest { name: left, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let foreign = v1::CreateRegistrationRequest {
        parent: LAUNCH.to_owned(),
        registration: Some(v1::Registration { category: format!("{LAUNCH}/categories/guest"), ..Default::default() }),
        new_person: Some(person("Foreign", "foreign@example.org")),
        ..Default::default()
    };
    let foreign = house.owner.registrations().create_registration(foreign).await.done().name;
    let elsewhere = v1::CheckInRequest { parent: LAUNCH.to_owned(), ..by_ticket(&ticket) };
    // The last letter of a ticket is one of its proof.
    let forged = format!("{}{}", &ticket[..ticket.len() - 1], if ticket.ends_with('0') { '1' } else { '0' });

    let mut told = Vec::new();
    let asked = [
        by_name(&submitted),
        by_ticket(&left_ticket),
        by_name(&foreign),
        elsewhere,
        by_ticket(&forged),
        by_ticket("6901234567892"),
    ];
    for request in asked {
        told.push(verdict(house.owner.check_ins().check_in(request).await));
    }

    let precondition = |reason| (Code::FailedPrecondition, reason);
    let expected = [
        ErrorReason::WrongState,
        ErrorReason::WrongState,
        ErrorReason::OtherEvent,
        ErrorReason::OtherEvent,
        ErrorReason::TicketUnknown,
        ErrorReason::TicketUnknown,
    ];
    assert_eq!(told, expected.map(precondition));
    assert_eq!(list(&house, "").await, []);
    let both = v1::CheckInRequest { registration: name, ..by_ticket(&ticket) };
    assert_eq!(wrong_fields(house.owner.check_ins().check_in(both).await), ["ticket_code"]);
}

#[tokio::test]
async fn scans_made_without_a_network_come_in_once_and_are_refused_by_name() {
    let (house, name, ticket) = forum_with_a_guest().await;
    let (second, second_ticket) = guest(&house, "second@example.org").await;
    let (left, left_ticket) = guest(&house, "left@example.org").await;
    let request = v1::WithdrawRegistrationRequest { name: left, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let time = at(&house, TimeDelta::minutes(20));
    let scans = [
        v1::Scan { check_in_time: Some(time), ..scan(&ticket) },
        scan(&left_ticket),
        scan("no ticket"),
        scan(&ticket),
        v1::Scan { registration: second.clone(), ..scan("") },
    ];

    let once = sync(&house, &scans).await;
    let twice = sync(&house, &scans).await;
    let part = sync(&house, &scans[3..]).await;

    let standing = list(&house, "state = STANDING").await;
    assert_eq!(standing.iter().map(|each| &each.registration).collect::<Vec<_>>(), [&name, &second]);
    assert_eq!(standing[0].check_in_time, Some(time));
    assert_eq!(standing[0].name, format!("{FORUM}/checkIns/{}", scans[0].scan_id));
    let expected = [
        (false, Ok(standing[0].clone())),
        (false, Err(ErrorReason::WrongState)),
        (false, Err(ErrorReason::TicketUnknown)),
        (true, Ok(standing[0].clone())),
        (false, Ok(standing[1].clone())),
    ];
    assert_eq!(once, expected);
    assert_eq!(twice, expected);
    assert_eq!(part, expected[3..]);
    let reused = v1::Scan { scan_id: scans[0].scan_id.clone(), ..scan(&second_ticket) };
    assert_eq!(sync(&house, &[reused]).await, [(false, Err(ErrorReason::AlreadyExists))]);
}

#[tokio::test]
async fn check_in_that_was_undone_is_not_brought_back_by_its_scan_but_by_another() {
    let (house, name, ticket) = forum_with_a_guest().await;
    let mistaken = scan(&ticket);
    let (_, made) = sync(&house, std::slice::from_ref(&mistaken)).await.remove(0);
    let request = v1::UndoCheckInRequest { name: made.unwrap().name, request_id: once(), ..Default::default() };

    let undone = house.owner.check_ins().undo_check_in(request.clone()).await.done();
    let again = house.owner.check_ins().undo_check_in(request.clone()).await.done();
    let twice = v1::UndoCheckInRequest { request_id: String::new(), ..request };
    let twice = house.owner.check_ins().undo_check_in(twice).await;
    let resent = sync(&house, &[mistaken]).await;
    let other = house.owner.check_ins().check_in(by_name(&name)).await.done();

    assert_eq!((undone.state(), &again), (CheckInState::Undone, &undone));
    assert_eq!(verdict(twice), (Code::FailedPrecondition, ErrorReason::WrongState));
    assert_eq!(resent, [(false, Ok(undone.clone()))]);
    assert!(!other.already);
    assert_eq!(list(&house, "").await, [undone, other.check_in.unwrap()]);
}

#[tokio::test]
async fn place_of_somebody_who_is_in_is_not_given_away() {
    let (house, name, _) = forum_with_a_guest().await;
    let admitted = house.owner.check_ins().check_in(by_name(&name)).await.done().check_in.unwrap();
    let request = v1::WithdrawRegistrationRequest { name: name.clone(), ..Default::default() };

    let refused = house.owner.registrations().withdraw_registration(request.clone()).await.refused();
    let undo = v1::UndoCheckInRequest { name: admitted.name, ..Default::default() };
    house.owner.check_ins().undo_check_in(undo).await.done();
    let withdrawn = house.owner.registrations().withdraw_registration(request).await.done();

    assert_eq!((refused.code, refused.is(ErrorReason::CheckedIn)), (Code::FailedPrecondition, true));
    assert_eq!(refused.metadata["resource"], name);
    assert_eq!(withdrawn.state(), v1::RegistrationState::Withdrawn);
}

#[tokio::test]
async fn two_gates_at_once_let_somebody_in_once() {
    let (house, _, ticket) = forum_with_a_guest().await;
    let mut gates = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (client, request) = (house.client(Some(house.owner_token())).await, by_ticket(&ticket));
        gates.spawn(async move { client.check_ins().check_in(request).await.done() });
    }

    let answers = gates.join_all().await;

    let standing = list(&house, "").await;
    assert_eq!(standing.len(), 1);
    assert_eq!(answers.iter().filter(|answer| !answer.already).count(), 1);
    assert!(answers.iter().all(|answer| answer.check_in.as_ref() == Some(&standing[0])), "{answers:?}");
}

#[tokio::test]
async fn scans_that_cannot_be_read_are_refused_whole() {
    let (house, name, ticket) = forum_with_a_guest().await;
    let ask = async |scans: Vec<v1::Scan>| {
        let request = v1::SyncCheckInsRequest { parent: FORUM.to_owned(), scans };
        house.owner.check_ins().sync_check_ins(request).await
    };

    let none = ask(Vec::new()).await;
    let many = ask(vec![scan(&ticket); 501]).await;
    let wrong = vec![
        v1::Scan { scan_id: "1".to_owned(), gate: "g".repeat(61), ..scan(&ticket) },
        v1::Scan { registration: name, ..scan(&ticket) },
        scan(""),
    ];
    let wrong = ask(wrong).await;

    assert_eq!(wrong_fields(none), ["scans"]);
    assert_eq!(wrong_fields(many), ["scans"]);
    let fields = ["scans[0].scan_id", "scans[0].gate", "scans[1].ticket_code", "scans[2].ticket_code"];
    assert_eq!(wrong_fields(wrong), fields);
}
