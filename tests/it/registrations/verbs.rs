//! The verbs of a registration, from every state.

use attache_client::{
    Code,
    v1::{self, ErrorReason, RegistrationState as State},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict},
    boot,
    fixtures::{DELEGATES, FORUM, mask, once},
};
use chrono::TimeDelta;
use tonic::{Response, Status};

type Answered = Result<Response<v1::Registration>, Status>;

#[derive(Clone, Copy, Debug)]
enum Verb {
    Confirm,
    Reject,
    Withdraw,
    Reinstate,
}

async fn turn(house: &House, verb: Verb, name: &str, etag: &str, request_id: &str) -> Answered {
    let mut registrations = house.owner.registrations();
    let (name, etag, request_id) = (name.to_owned(), etag.to_owned(), request_id.to_owned());
    match verb {
        Verb::Confirm => {
            registrations
                .confirm_registration(v1::ConfirmRegistrationRequest { name, etag, request_id, validate_only: false })
                .await
        }
        Verb::Reject => {
            registrations
                .reject_registration(v1::RejectRegistrationRequest { name, etag, request_id, validate_only: false })
                .await
        }
        Verb::Withdraw => {
            registrations
                .withdraw_registration(v1::WithdrawRegistrationRequest { name, etag, request_id, validate_only: false })
                .await
        }
        Verb::Reinstate => {
            registrations
                .reinstate_registration(v1::ReinstateRegistrationRequest {
                    name,
                    etag,
                    request_id,
                    validate_only: false,
                })
                .await
        }
    }
}

/// Brings a new registration into a state, in a forum whose one seat it holds, or that another one holds.
async fn registration_in(house: &House, state: State) -> v1::Registration {
    let by = async |verb| {
        let submitted = house.register("Guest", "guest@example.org").await;
        turn(house, verb, &submitted.name, "", "").await.done()
    };
    match state {
        State::Submitted => house.register("Guest", "guest@example.org").await,
        State::Confirmed => by(Verb::Confirm).await,
        State::Waiting => {
            house.register("Holder", "holder@example.org").await;
            house.register("Guest", "guest@example.org").await
        }
        State::Rejected => by(Verb::Reject).await,
        State::Withdrawn => by(Verb::Withdraw).await,
        State::Offered | State::Lapsed => offered(house, state).await,
        State::Unspecified => unreachable!("no registration is so"),
    }
}

/// Has somebody who waits offered the place of a holder who withdraws, and lets a day pass for them to lapse.
async fn offered(house: &House, state: State) -> v1::Registration {
    let category = v1::Category { name: DELEGATES.to_owned(), offer_hours: 24, ..Default::default() };
    let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    let holder = house.register("Holder", "holder@example.org").await;
    let guest = house.register("Guest", "guest@example.org").await;
    turn(house, Verb::Withdraw, &holder.name, "", "").await.done();
    if state == State::Lapsed {
        house.pass(TimeDelta::hours(24)).await;
    }
    let request = v1::GetRegistrationRequest { name: guest.name, ..Default::default() };
    let ask = async || {
        let now = house.owner.registrations().get_registration(request.clone()).await.done();
        (now.state() == state).then_some(now)
    };
    house.until(ask).await
}

/// What each verb makes of each state; `None` where it is refused.
#[rustfmt::skip]
const TABLE: &[(State, [Option<State>; 4])] = &[
    //                  confirm                 reject                 withdraw                reinstate
    (State::Submitted, [Some(State::Confirmed), Some(State::Rejected), Some(State::Withdrawn), None]),
    (State::Confirmed, [None,                   None,                  Some(State::Withdrawn), None]),
    (State::Waiting,   [None,                   Some(State::Rejected), Some(State::Withdrawn), None]),
    (State::Rejected,  [None,                   None,                  None,                   Some(State::Submitted)]),
    (State::Withdrawn, [None,                   None,                  None,                   Some(State::Submitted)]),
    (State::Offered,   [None,                   Some(State::Rejected), Some(State::Withdrawn), None]),
    (State::Lapsed,    [None,                   None,                  None,                   Some(State::Submitted)]),
];

#[tokio::test]
async fn every_verb_does_from_every_state_what_the_table_says() {
    for (state, row) in TABLE {
        for (verb, expected) in [Verb::Confirm, Verb::Reject, Verb::Withdraw, Verb::Reinstate].into_iter().zip(row) {
            let house = boot().await;
            house.forum_with_seats(1).await;
            let before = registration_in(&house, *state).await;
            assert_eq!(before.state(), *state);

            let answered = turn(&house, verb, &before.name, &before.etag, "").await;

            match expected {
                Some(expected) => assert_eq!(answered.done().state(), *expected, "{verb:?} {state:?}"),
                None => {
                    let refused = answered.refused();
                    let told = (refused.code, refused.is(ErrorReason::WrongState));
                    assert_eq!(told, (Code::FailedPrecondition, true), "{verb:?} {state:?}");
                    assert_eq!(refused.metadata["resource"], before.name);
                    assert_eq!(format!("REGISTRATION_STATE_{}", refused.metadata["state"]), state.as_str_name());
                }
            }
        }
    }
}

#[tokio::test]
async fn every_verb_refuses_a_stale_etag_and_a_stranger() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let registration = house.register("Guest", "guest@example.org").await;
    let stranger = format!("{FORUM}/registrations/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");

    for verb in [Verb::Confirm, Verb::Reject, Verb::Withdraw, Verb::Reinstate] {
        let stale = turn(&house, verb, &registration.name, "r9", "").await;
        let missing = turn(&house, verb, &stranger, "", "").await;
        let malformed = turn(&house, verb, "registrations/1", "9", "x").await.refused();

        assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch), "{verb:?}");
        assert_eq!(verdict(missing), (Code::NotFound, ErrorReason::NotFound), "{verb:?}");
        let fields: Vec<_> = malformed.field_violations.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, ["request_id", "name", "etag"], "{verb:?}");
    }
}

#[tokio::test]
async fn verb_sent_again_answers_as_the_first_did_and_mails_once() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let registration = house.register("Guest", "guest@example.org").await;
    let request_id = once();

    let first = turn(&house, Verb::Confirm, &registration.name, &registration.etag, &request_id).await.done();
    let again = turn(&house, Verb::Confirm, &registration.name, &registration.etag, &request_id).await.done();
    let reused = turn(&house, Verb::Withdraw, &registration.name, &registration.etag, &request_id).await;

    assert_eq!(first, again);
    assert_eq!(verdict(reused), (Code::InvalidArgument, ErrorReason::RequestIdReused));
    assert_eq!(house.mail().await.len(), 2);
}

#[tokio::test]
async fn reinstated_registration_joins_the_end_of_the_waiting_list() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let first = house.register("First", "first@example.org").await;
    let _second = house.register("Second", "second@example.org").await;
    let third = house.register("Third", "third@example.org").await;

    turn(&house, Verb::Withdraw, &first.name, "", "").await.done();
    let back = turn(&house, Verb::Reinstate, &first.name, "", "").await.done();

    let request = v1::GetRegistrationRequest { name: third.name, ..Default::default() };
    let third = house.owner.registrations().get_registration(request).await.done();
    assert_eq!([third.waiting_position, back.waiting_position], [1, 2]);
    assert_eq!(back.state(), State::Waiting);
}

#[tokio::test]
async fn rejected_place_goes_to_whoever_waits_first() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;

    turn(&house, Verb::Reject, &first.name, "", "").await.done();

    let request = v1::GetRegistrationRequest { name: second.name, ..Default::default() };
    let second = house.owner.registrations().get_registration(request).await.done();
    assert_eq!((second.state(), second.waiting_position), (State::Submitted, 0));
}

#[tokio::test]
async fn more_capacity_takes_the_next_off_the_waiting_list() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    for number in 1..=4 {
        house.register(&format!("Guest {number}"), &format!("guest{number}@example.org")).await;
    }
    let category = v1::Category { name: DELEGATES.to_owned(), capacity: Some(3), ..Default::default() };
    let request =
        v1::UpdateCategoryRequest { category: Some(category), update_mask: mask(&["capacity"]), ..Default::default() };

    house.owner.categories().update_category(request).await.done();

    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let list = house.owner.registrations().list_registrations(request).await.done().registrations;
    let states: Vec<_> = list.iter().map(|each| (each.state(), each.waiting_position)).collect();
    assert_eq!(states, [(State::Submitted, 0), (State::Submitted, 0), (State::Submitted, 0), (State::Waiting, 1)]);
}

#[tokio::test]
async fn cancelled_event_promises_nobody_a_place() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;
    let request = v1::CancelEventRequest { name: FORUM.to_owned(), ..Default::default() };
    house.owner.events().cancel_event(request).await.done();

    let confirmed = turn(&house, Verb::Confirm, &first.name, "", "").await;
    let withdrawn = turn(&house, Verb::Withdraw, &first.name, "", "").await.done();
    let back = turn(&house, Verb::Reinstate, &first.name, "", "").await;

    assert_eq!(verdict(confirmed), (Code::FailedPrecondition, ErrorReason::EventCancelled));
    assert_eq!(withdrawn.state(), State::Withdrawn);
    assert_eq!(verdict(back), (Code::FailedPrecondition, ErrorReason::EventCancelled));
    let request = v1::GetRegistrationRequest { name: second.name, ..Default::default() };
    let second = house.owner.registrations().get_registration(request).await.done();
    assert_eq!(second.state(), State::Waiting);
    assert_eq!(house.mail().await.len(), 2);
}
