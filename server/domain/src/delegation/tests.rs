//! What a delegation can become, and what it refuses.

use super::*;
use crate::refusal::Refusal as _;

const NAME: &str = "events/forum/delegations/00000000-0000-4000-8000-000000000001";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2023-08-01T00:00:00Z")
}

fn person(number: u8) -> PersonName {
    format!("organizations/zbra/persons/00000000-0000-4000-8000-0000000000{number:02}").parse().unwrap()
}

fn plan() -> Plan {
    let (start, end) = ("2023-09-03".parse().unwrap(), "2023-09-08".parse().unwrap());
    Plan {
        title: Localized::new("Delegation", "代表团").unwrap(),
        sender: "chamber".parse().unwrap(),
        seats: 2,
        quotas: SeatQuotas::new(vec![("press".parse().unwrap(), 1)], 2).unwrap(),
        visit_window: VisitWindow::new(start, end, vec![Localized::new("Beijing", "北京").unwrap()]).unwrap(),
        deadlines: Deadlines { nomination_time: Some(at("2023-08-10T00:00:00Z")), ..Deadlines::default() },
        needs_nomination_file: false,
    }
}

fn open() -> Delegation {
    create(NAME.parse().unwrap(), plan(), now())
}

fn member(of: &Delegation, number: u8) -> Member {
    let id = format!("00000000-0000-4000-8000-0000000001{number:02}").parse().unwrap();
    of.seat(Seat { id, person: person(number), role: Some("Interpreter".to_owned()), category: None }, now())
}

fn headed() -> (Delegation, Vec<Member>) {
    let seated = vec![member(&open(), 1), member(&open(), 2)];
    (open().revise((plan(), Some(person(1))), &seated, now()).unwrap(), seated)
}

fn approved() -> (Delegation, Vec<Member>) {
    let (delegation, seated) = headed();
    (delegation.approve(&seated, now()).unwrap(), seated.into_iter().map(|member| member.approve(now())).collect())
}

#[test]
fn delegation_without_head_and_members_is_not_approved_and_both_are_told() {
    let refusal = open().approve(&[], now()).unwrap_err();

    let codes: Vec<String> = refusal.violations().into_iter().map(|violation| violation.code).collect();
    assert_eq!(codes, ["head_missing", "members_missing"]);
    assert_eq!(refusal.facts(), [("delegation", NAME.to_owned())]);
    assert_eq!(refusal.to_string(), "the delegation has no head and no members");
}

#[test]
fn head_is_somebody_with_a_seat() {
    let (delegation, seated) = headed();

    assert_eq!(delegation.head, Some(person(1)));
    assert_eq!(
        delegation.revise((plan(), Some(person(3))), &seated, now()),
        Err(Refusal::HeadNotAMember { person: person(3) })
    );
}

#[test]
fn approved_delegation_keeps_a_head() {
    let (delegation, seated) = approved();

    assert_eq!(
        delegation.clone().revise((plan(), None), &seated, now()),
        Err(Refusal::Incomplete { delegation: delegation.name(), missing: vec![Missing::Head] })
    );
}

#[test]
fn whoever_takes_the_heads_seat_heads_the_delegation() {
    let (delegation, seated) = approved();
    let successor = member(&delegation, 3);

    let left = seated[0].clone().replace(successor.id, now()).unwrap();
    let after = delegation.clone().reseat(&left, &successor, now());
    let of_another = delegation.clone().reseat(&seated[1], &successor, now());

    assert_eq!((left.state, left.successor), (MemberState::Replaced, Some(successor.id)));
    assert_eq!(successor.state, MemberState::Approved);
    assert_eq!((after.head, of_another.head), (Some(person(3)), delegation.head));
}

#[test]
fn member_without_a_seat_is_not_replaced() {
    let (_, seated) = headed();
    let gone = seated[0].clone().withdraw(now());

    assert_eq!(
        gone.clone().replace(seated[1].id, now()),
        Err(Refusal::Unseated { member: gone.name(), state: MemberState::Withdrawn })
    );
}

#[test]
fn focal_point_changes_only_what_is_open_and_in_time() {
    let (headed, seated) = headed();
    let submitted = headed.submit(&seated, now()).unwrap();
    let all = [open(), submitted, approved().0, open().withdraw(now()).unwrap()];
    let may = |standing, time| all.each_ref().map(|one| one.require_changeable(standing, at(time)).is_ok());

    assert_eq!(may(Standing::Organizer, "2023-08-11T00:00:00Z"), [true, true, true, false]);
    assert_eq!(may(Standing::FocalPoint, "2023-08-09T23:59:59Z"), [true, false, false, false]);
    assert_eq!(
        open().require_open(Standing::FocalPoint, at("2023-08-10T00:00:00Z")),
        Err(Refusal::DeadlinePassed { delegation: open().name(), deadline: at("2023-08-10T00:00:00Z") })
    );
    assert_eq!(open().require_open(Standing::Organizer, at("2023-08-10T00:00:00Z")), Ok(()));
}

#[test]
fn delegation_is_submitted_whole_and_returned_with_a_reason_until_it_is_submitted_again() {
    let (headed, seated) = headed();
    let file: FileName = "events/forum/files/00000000-0000-4000-8000-000000000009".parse().unwrap();
    let demanding = Delegation { plan: Plan { needs_nomination_file: true, ..plan() }, ..headed };

    let bare = demanding.clone().submit(&seated, now()).unwrap_err();
    let submitted = demanding.clone().set_nomination_file(file, now()).submit(&seated, now()).unwrap();
    let returned = submitted.clone().send_back(("Two are missing.".to_owned(), None), now()).unwrap();
    let until = at("2023-08-20T00:00:00Z");
    let longer = submitted.clone().send_back(("Two are missing.".to_owned(), Some(until)), now()).unwrap();
    let again = returned.clone().submit(&seated, now()).unwrap();

    assert_eq!(bare, Refusal::Incomplete { delegation: demanding.name(), missing: vec![Missing::NominationFile] });
    assert_eq!(bare.violations()[0].code, "nomination_file_missing");
    assert_eq!((submitted.state, returned.state), (State::Submitted, State::Open));
    assert_eq!((returned.return_reason.as_deref(), &again.return_reason), (Some("Two are missing."), &None));
    assert_eq!(returned.plan.deadlines, plan().deadlines);
    assert_eq!(longer.plan.deadlines.nomination_time, Some(until));
    assert_eq!(again.approve(&seated, now()).unwrap().state, State::Approved);
    assert!(matches!(returned.send_back(("Once more.".to_owned(), None), now()), Err(Refusal::WrongState { .. })));
    assert!(matches!(demanding.approve(&seated, now()), Err(Refusal::Incomplete { .. })));
}

#[test]
fn head_who_leaves_is_head_no_more_and_stays_where_it_is_too_late_to_choose_another() {
    let (headed, seated) = headed();
    let submitted = headed.clone().submit(&seated, now()).unwrap();

    assert_eq!(headed.clone().shrink(&seated[0], now()).unwrap().head, None);
    assert_eq!(headed.shrink(&seated[1], now()).unwrap().head, Some(person(1)));
    assert_eq!(submitted.clone().shrink(&seated[1], now()).unwrap().head, Some(person(1)));
    assert!(matches!(submitted.shrink(&seated[0], now()), Err(Refusal::Incomplete { .. })));
}

#[test]
fn withdrawn_delegation_stays_so() {
    let withdrawn = headed().0.withdraw(now()).unwrap();
    let refused = |wanted| Err(Refusal::WrongState { delegation: withdrawn.name(), state: State::Withdrawn, wanted });

    assert_eq!(withdrawn.head, None);
    assert_eq!(withdrawn.clone().withdraw(now()), refused("OPEN, SUBMITTED or APPROVED"));
    assert_eq!(withdrawn.clone().approve(&[], now()), refused("OPEN or SUBMITTED"));
    assert_eq!(withdrawn.clone().revise((plan(), None), &[], now()), refused("OPEN, SUBMITTED or APPROVED"));
}

#[test]
fn only_a_withdrawn_delegation_is_reinstated_and_is_open_again_without_a_head() {
    let withdrawn = headed().0.withdraw(now()).unwrap();
    let refused = |delegation: Delegation| {
        let (delegation, state) = (delegation.clone().reinstate(now()), delegation.state);
        delegation == Err(Refusal::WrongState { delegation: open().name(), state, wanted: "WITHDRAWN" })
    };

    let back = withdrawn.clone().reinstate(now()).unwrap();

    assert_eq!((back.state, back.head, back.history.revision.0), (State::Open, None, withdrawn.history.revision.0 + 1));
    assert_eq!([refused(open()), refused(approved().0)], [true, true]);
}

#[test]
fn withdrawn_delegation_took_along_who_lost_their_seat_with_it_this_time() {
    let (delegation, seated) = headed();
    let (then, later) = (at("2023-08-02T00:00:00Z"), at("2023-08-03T00:00:00Z"));
    let before = seated[0].clone().withdraw(then);
    let along = seated[1].clone().withdraw(later);
    let replaced = member(&delegation, 3).replace(seated[1].id, later).unwrap();

    let withdrawn = delegation.withdraw(later).unwrap();

    assert_eq!([&before, &along, &replaced].map(|member| withdrawn.took_along(member)), [false, true, false]);
    assert_eq!(along.reinstate(later).state, MemberState::Nominated);
}

#[test]
fn people_named_twice_or_seated_are_all_told() {
    let named = [person(1), person(2), person(1), person(3), person(3)];

    assert_eq!(
        require_free(&named, &[person(2)]),
        Err(Refusal::AlreadyNominated { people: vec![person(2), person(1), person(3)] })
    );
    assert_eq!(require_free(&named[..2], &[person(3)]), Ok(()));
}
