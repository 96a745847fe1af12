//! Who has to approve a letter, and when that is enough.

use super::*;

/// What is known of a letter whose issuer has a policy.
fn known(approvals: u32, forbids_self_approval: bool) -> Known {
    let mut known = Known::all();
    known.issuer.profile.letter_policy = LetterPolicy::new(approvals, forbids_self_approval).unwrap();
    known
}

fn approvals(members: &[u8]) -> Vec<Approval> {
    members
        .iter()
        .map(|digit| Approval { by: member(*digit), time: now(), document: Some(UUID.parse().unwrap()) })
        .collect()
}

/// Approves a requested letter by one member after the other; what it is after the last.
fn approved_by(known: &Known, members: &[u8]) -> Result<(State, Vec<Approval>), Refusal> {
    let mut letter = requested(LetterTemplate::ChinaM);
    for digit in members {
        letter = letter.approve(&known.approving(member(*digit)), now())?;
    }
    Ok((letter.state, letter.approvals))
}

#[test]
fn an_office_of_three_approves_what_one_of_them_requested() {
    assert_eq!(approved_by(&known(1, false), &[0]), Ok((State::Approved, approvals(&[0]))));
}

#[test]
fn a_letter_stays_requested_until_as_many_members_approved_it_as_its_issuer_asks_for() {
    let known = known(2, false);

    assert_eq!(approved_by(&known, &[0]), Ok((State::Requested, approvals(&[0]))));
    assert_eq!(approved_by(&known, &[0, 1]), Ok((State::Approved, approvals(&[0, 1]))));
}

#[test]
fn a_member_approves_a_letter_once() {
    let letter = requested(LetterTemplate::ChinaM).name();

    assert_eq!(
        approved_by(&known(3, false), &[1, 2, 1]),
        Err(Refusal::AlreadyApproved { letter, given: 2, required: 3 })
    );
}

#[test]
fn a_member_who_approved_under_a_stricter_policy_approves_again_and_counts_once() {
    let strict = known(2, false);
    let letter = requested(LetterTemplate::ChinaM).approve(&strict.approving(member(1)), now()).unwrap();

    let after = letter.approve(&known(1, false).approving(member(1)), now()).unwrap();

    assert_eq!((after.state, after.approvals), (State::Approved, approvals(&[1])));
}

#[test]
fn approval_by_another_passport_is_worth_nothing() {
    let (first, mut second) = (known(2, false), known(2, false));
    second.document = Some("7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5e".parse().unwrap());
    let half = requested(LetterTemplate::ChinaM).approve(&first.approving(member(1)), now()).unwrap();

    let again = half.clone().approve(&second.approving(member(2)), now()).unwrap();
    let whole = again.clone().approve(&second.approving(member(1)), now()).unwrap();

    assert_eq!((&again.state, again.approvals.len()), (&State::Requested, 1));
    assert_eq!((&whole.state, second.facts().require_complete(&whole)), (&State::Approved, Ok(())));
    // What was approved by the second is not made of the first, nor of a letter that nobody knows the passport of refused.
    let lacks = vec![Lack::PassportReplaced];
    assert_eq!(first.facts().require_complete(&whole), Err(Refusal::Incomplete { letter: whole.name(), lacks }));
    let of_before = Letter { approvals: vec![Approval { document: None, ..half.approvals[0].clone() }], ..half };
    assert_eq!(second.facts().require_complete(&of_before), Ok(()));
}

#[test]
fn whoever_requested_a_letter_does_not_approve_it_where_four_eyes_are_asked_for() {
    let known = known(1, true);
    let letter = requested(LetterTemplate::ChinaM).name();

    assert_eq!(approved_by(&known, &[0]), Err(Refusal::SelfApproval { letter }));
    assert_eq!(approved_by(&known, &[1]), Ok((State::Approved, approvals(&[1]))));
}

#[test]
fn a_rejection_takes_the_approvals_back_and_a_rejected_letter_begins_anew() {
    let known = known(2, false);
    let letter = requested(LetterTemplate::ChinaM).approve(&known.approving(member(1)), now()).unwrap();

    let rejected = letter.reject("no".to_owned(), now()).unwrap();
    let taken_up = rejected.clone().approve(&known.approving(member(1)), now()).unwrap();

    assert_eq!((rejected.state, rejected.approvals), (State::Rejected("no".to_owned()), Vec::new()));
    assert_eq!((taken_up.state, taken_up.approvals), (State::Requested, approvals(&[1])));
}

#[test]
fn a_rejected_letter_is_not_taken_up_beside_another_live_one() {
    let known = known(1, false);
    let letter = requested(LetterTemplate::ChinaM).reject("no".to_owned(), now()).unwrap();
    let existing: LetterName = format!("events/ciftis-2023/letters/{}", UUID.replace("5d", "5e")).parse().unwrap();
    let beside = |live: &LetterName| {
        let approving = Approving { live: Some(live.clone()), ..known.approving(member(1)) };
        letter.clone().approve(&approving, now()).map(|letter| letter.state)
    };

    assert_eq!(beside(&existing), Err(Refusal::Exists { existing: existing.clone() }));
    assert_eq!(beside(&letter.name()), Ok(State::Approved));
}
