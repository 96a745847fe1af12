//! Every verb from every state.

use super::*;

pub(super) fn imprint() -> Imprint {
    Imprint {
        number: "ZBRA-2023-000001".to_owned(),
        issue_date: day("2023-08-01"),
        code: "0123456789abcdefghjkmnpqrs".parse().unwrap(),
    }
}

pub(super) fn proof() -> Proof {
    Proof {
        file: format!("events/ciftis-2023/files/{UUID}").parse().unwrap(),
        digest: "d1".to_owned(),
        initials: "K. A.".to_owned(),
        sealed_copy: None,
    }
}

fn states() -> [State; 6] {
    [
        State::Requested,
        State::Approved,
        State::Issuing(imprint()),
        State::Issued(imprint(), proof()),
        State::Rejected("no".to_owned()),
        State::Revoked(imprint(), proof(), "gone".to_owned()),
    ]
}

/// What a verb makes of a letter in each state: the state after, or the state it would have had to be in.
pub(super) fn outcomes(verb: impl Fn(Letter) -> Result<Letter, Refusal>) -> [Result<State, &'static str>; 6] {
    states().map(|state| {
        let before = Letter { state, ..requested(LetterTemplate::ChinaM) };
        let (letter, stage) = (before.name(), before.state.stage());
        match verb(before) {
            Ok(after) => {
                assert_eq!(after.history.revision.0, 2);
                Ok(after.state)
            }
            Err(Refusal::WrongState { letter: refused, stage: found, wanted }) => {
                assert_eq!((refused, found), (letter, stage));
                Err(wanted)
            }
            Err(other) => panic!("{other}"),
        }
    })
}

#[test]
fn only_a_requested_letter_or_a_rejected_one_is_approved() {
    let known = Known::all();

    let after = outcomes(|letter| letter.approve(&known.approving(member(1)), now()));

    let (yes, no) = (|| Ok(State::Approved), || Err("REQUESTED or REJECTED"));
    assert_eq!(after, [yes(), no(), no(), no(), yes(), no()]);
}

#[test]
fn a_letter_is_rejected_before_it_has_a_number() {
    let after = outcomes(|letter| letter.reject("no".to_owned(), now()));

    let (yes, no) = (|| Ok(State::Rejected("no".to_owned())), || Err("REQUESTED or APPROVED"));
    assert_eq!(after, [yes(), yes(), no(), no(), no(), no()]);
}

#[test]
fn only_an_approved_letter_takes_a_number() {
    let after = outcomes(|letter| letter.take_number(imprint(), now()));

    let no = || Err("APPROVED");
    assert_eq!(after, [no(), Ok(State::Issuing(imprint())), no(), no(), no(), no()]);
}

#[test]
fn only_a_numbered_letter_is_issued_and_keeps_its_number() {
    let after = outcomes(|letter| letter.issue(proof(), now()));

    let no = || Err("ISSUING");
    assert_eq!(after, [no(), no(), Ok(State::Issued(imprint(), proof())), no(), no(), no()]);
}

#[test]
fn only_an_issued_letter_is_revoked() {
    let after = outcomes(|letter| letter.revoke("gone".to_owned(), now()));

    let no = || Err("ISSUED");
    assert_eq!(after, [no(), no(), no(), Ok(State::Revoked(imprint(), proof(), "gone".to_owned())), no(), no()]);
}

#[test]
fn an_approved_letter_and_one_that_was_broken_off_can_be_issued() {
    let after = outcomes(|letter| letter.require_issuable().map(|()| letter.approve_again()));

    let no = || Err("APPROVED");
    assert_eq!(after, [no(), Ok(State::Approved), Ok(State::Issuing(imprint())), no(), no(), no()]);
}

impl Letter {
    /// Stands for a change that keeps the state, so that a check can be tabled like a verb.
    fn approve_again(self) -> Self {
        let state = self.state.clone();
        self.turn(state, now())
    }
}

#[test]
fn a_letter_that_holds_or_may_come_to_hold_is_in_the_way_of_another() {
    assert_eq!(Stage::ALL.map(Stage::is_live), [true, true, true, true, false, false]);
    assert_eq!(states().map(|state| state.stage()), Stage::ALL);
}

#[test]
fn only_what_was_issued_tells_anything_to_whoever_verifies_it() {
    let told = states().map(|state| {
        let letter = Letter { state, ..requested(LetterTemplate::ChinaM) };
        letter.verification(&event(), &issuer())
    });

    let verification = |standing| Verification {
        number: "ZBRA-2023-000001".to_owned(),
        standing,
        issue_date: day("2023-08-01"),
        issuer: issuer().profile.title,
        event: event().plan.title,
        initials: "K. A.".to_owned(),
        visit_window: wanted(LetterTemplate::ChinaM).visit_window,
        digest: "d1".to_owned(),
        sealed_digest: None,
        specimen: false,
    };
    let [issued, revoked] = [Standing::Issued, Standing::Revoked].map(verification);
    assert_eq!(told, [None, None, None, Some(issued), None, Some(revoked)]);
}

#[test]
fn a_letter_is_asked_for_of_a_host_once_and_while_the_event_takes_place() {
    let ask = |event: &Event, existing: Option<LetterName>, issuer: &str| {
        let wanted = Request { issuer: issuer.parse().unwrap(), ..wanted(LetterTemplate::Generic) };
        request(&Opening { event, requester: member(0), existing }, UUID.parse().unwrap(), wanted, now())
            .map(|letter| letter.state)
    };
    let cancelled = event().cancel(now()).unwrap();
    let existing = requested(LetterTemplate::Generic).name();

    assert_eq!(ask(&event(), None, "zbra"), Ok(State::Requested));
    assert_eq!(ask(&event(), None, "stranger"), Err(Refusal::IssuerNotHost { issuer: "stranger".parse().unwrap() }));
    assert_eq!(ask(&event(), Some(existing.clone()), "zbra"), Err(Refusal::Exists { existing }));
    assert_eq!(
        ask(&cancelled, None, "zbra"),
        Err(Refusal::Event(event::Refusal::Cancelled("ciftis-2023".parse().unwrap())))
    );
}

#[test]
fn a_letter_is_dated_by_the_calendar_of_the_place() {
    let late: DateTime<Utc> = "2023-12-31T20:00:00Z".parse().unwrap();

    let issue_date = issue_date(&event(), late);

    assert_eq!(issue_date, day("2024-01-01"));
    assert_eq!(number(&issuer().letter_prefix(), issue_date, 42), "ZBRA-2024-000042");
}
