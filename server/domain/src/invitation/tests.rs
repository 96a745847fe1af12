use chrono::TimeDelta;

use super::*;
use crate::{
    event::{self, Plan},
    localized::Localized,
    zoned::Zoned,
};

const UUID: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

fn now() -> DateTime<Utc> {
    "2023-08-01T00:00:00Z".parse().unwrap()
}

fn days(count: i64) -> DateTime<Utc> {
    now() + TimeDelta::days(count)
}

/// A forum on 5 September, until which registration is open.
fn forum() -> Event {
    let plan = Plan {
        title: Localized::new("Forum", "").unwrap(),
        start: Zoned::parse("2023-09-05T09:00", "Asia/Shanghai").unwrap(),
        end: Zoned::parse("2023-09-05T17:00", "Asia/Shanghai").unwrap(),
        controller: "zbra".parse().unwrap(),
        hosts: Vec::new(),
        venue: None,
        registration_open_time: None,
        registration_close_time: None,
        accreditation_end_time: None,
        contact_email: None,
        specimen: false,
        parent: None,
        other_venues: Vec::new(),
        shared_pools: Vec::new(),
        online: None,
    };
    event::create("ciftis-2023".parse().unwrap(), plan, now()).unwrap()
}

fn invited(wanted: Wanted) -> Invitation {
    let guest = Guest {
        person: format!("organizations/zbra/persons/{UUID}").parse().unwrap(),
        category: "delegate".parse().unwrap(),
        external_id: None,
        mailed: true,
    };
    let name = format!("events/ciftis-2023/invitations/{UUID}").parse().unwrap();
    invite(name, guest, wanted.settle(&forum(), "terms", now()).unwrap(), now())
}

fn mail(invitation: &Invitation) -> (MailState, DateTime<Utc>, u32) {
    let delivery = invitation.delivery.as_ref().unwrap();
    (delivery.state, delivery.next_attempt_time, invitation.reminders)
}

#[test]
fn terms_that_contradict_themselves_are_told_all_at_once() {
    let found = |wanted: Wanted| match wanted.settle(&forum(), "terms", now()) {
        Err(Refusal::Contradictory { found, .. }) => found,
        other => panic!("{other:?}"),
    };

    let past = Wanted {
        expire_time: Some(now()),
        reserve_time: Some(days(1)),
        remind_times: vec![days(1)],
        ..Wanted::default()
    };
    assert_eq!(found(past), [Contradiction::Over, Contradiction::ReservedBeyond, Contradiction::Reminders]);
    for remind_times in [
        vec![days(2), days(1)],
        vec![days(1), days(1)],
        vec![now()],
        vec![days(40)],
        vec![forum().registration_close_time()],
        (1..=6).map(days).collect(),
    ] {
        assert_eq!(found(Wanted { remind_times, ..Wanted::default() }), [Contradiction::Reminders]);
    }
    let whole = Wanted { reserve_time: Some(days(7)), remind_times: vec![days(1), days(5)], ..Wanted::default() };
    assert_eq!(whole.settle(&forum(), "terms", now()).unwrap().expire_time, forum().registration_close_time());
}

#[test]
fn whoever_does_not_answer_is_reminded_at_each_time_and_whoever_does_is_not() {
    let sent = invited(Wanted { remind_times: vec![days(2), days(4)], ..Wanted::default() });
    assert!(!sent.is_reminder());
    let first = sent.mailed(Outcome::Sent, days(0));
    assert_eq!((mail(&first), first.is_reminder()), ((MailState::Queued, days(2), 0), true));

    let late = first.clone().mailed(Outcome::Transient("busy".to_owned()), days(2));
    assert_eq!(mail(&late), (MailState::Queued, days(2) + TimeDelta::minutes(1), 0));
    assert!(late.is_reminder(), "what is tried again is a reminder still");
    let second = late.mailed(Outcome::Sent, days(3));
    assert_eq!(mail(&second), (MailState::Queued, days(4), 1));
    let third = second.clone().mailed(Outcome::Sent, days(4));
    assert_eq!(mail(&third), (MailState::Sent, days(4) + TimeDelta::minutes(1), 2));

    let answered = second.end(Answer::Declined, days(3));
    assert_eq!((mail(&answered).0, answered.delivery.unwrap().send_time), (MailState::Sent, Some(days(3))));
    let crossed = second_answered_while_it_was_mailed();
    assert_eq!(mail(&crossed), (MailState::Sent, days(2), 1));
    let by_hand = third.remind(days(5)).unwrap();
    assert_eq!((mail(&by_hand).0, by_hand.is_reminder()), (MailState::Queued, true));
}

/// Somebody who answers while their first reminder is on its way, and has another planned.
fn second_answered_while_it_was_mailed() -> Invitation {
    let sent = invited(Wanted { remind_times: vec![days(2), days(4)], ..Wanted::default() });
    let waiting = sent.mailed(Outcome::Sent, days(0));
    waiting.end(Answer::Accepted, days(2)).mailed(Outcome::Sent, days(2))
}

#[test]
fn place_is_kept_until_its_time_or_an_answer() {
    let keeps = invited(Wanted { reserve_time: Some(days(2)), ..Wanted::default() });

    assert!(keeps.keeps_place && !invited(Wanted::default()).keeps_place);
    assert_eq!([1, 2, 3].map(|day| keeps.keeps_too_long(days(day))), [false, true, true]);
    assert!(!keeps.clone().let_go().keeps_too_long(days(3)));
    assert!(!keeps.end(Answer::Accepted, days(1)).keeps_place);
}

#[test]
fn invitation_is_answered_once_and_in_time() {
    let open = invited(Wanted { expire_time: Some(days(3)), ..Wanted::default() });

    assert_eq!([2, 3].map(|day| open.state(days(day))), [State::Open, State::Expired]);
    for answer in Answer::ALL {
        let over = open.clone().end(answer, days(1));
        let refusal = Refusal::Over { invitation: over.name(), state: State::Over(answer) };
        assert_eq!((over.state(days(4)), over.require_open(days(2))), (State::Over(answer), Err(refusal)));
        assert!(over.remind(days(2)).is_err());
    }
    assert_eq!(open.clone().opened(days(1)).opened(days(2)).open_time, Some(days(1)));
}

#[test]
fn code_is_read_off_a_mail_or_a_paper() {
    let code = Code::draw(std::array::from_fn(|index| u8::try_from(index).unwrap()));
    let whole = format!("https://forum.example.org/me#invitation={}", code.as_str().to_uppercase());

    assert_eq!((whole.parse(), code.as_str().parse()), (Ok(code.clone()), Ok(code)));
    assert!(["", "abc", "0123456789"].iter().all(|text| text.parse::<Code>().is_err()));
}
