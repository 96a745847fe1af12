//! Whose approvals a letter needs, and how a rejected one is taken up again.

use attache_client::{
    Client, Code, Failure,
    v1::{self, ErrorReason, LetterState, Role},
};
use attache_tests::{
    boot,
    fixtures::FORUM,
    paperwork::{letter_for, request_for},
};

async fn approved(client: &Client, letter: &v1::Letter) -> Result<v1::Letter, Failure> {
    let request = v1::ApproveLetterRequest { name: letter.name.clone(), ..Default::default() };
    Ok(client.letters().approve_letter(request).await?.into_inner())
}

async fn rejected(client: &Client, letter: &v1::Letter) -> v1::Letter {
    let request =
        v1::RejectLetterRequest { name: letter.name.clone(), reason: "No time".to_owned(), ..Default::default() };
    client.letters().reject_letter(request).await.expect("a rejection").into_inner()
}

fn by(member: &str, letter: &v1::Letter) -> v1::LetterApproval {
    v1::LetterApproval { member: member.to_owned(), approve_time: letter.update_time }
}

#[tokio::test]
async fn a_letter_is_approved_by_as_many_members_as_its_issuer_asks_for() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    house.letter_policy(2, false).await;
    let approver = house.member(Role::Approver, FORUM).await;
    let letter = house.request_letter("", "").await;

    let half = approved(&house.owner, &letter).await.unwrap();
    let again = approved(&house.owner, &letter).await.unwrap_err();
    let whole = approved(&approver, &letter).await.unwrap();

    let first = by(&house.name_of(&house.owner).await, &half);
    let second = by(&house.name_of(&approver).await, &whole);
    assert_eq!((half.state(), half.approvals), (LetterState::Requested, vec![first.clone()]));
    assert_eq!((again.code, again.is(ErrorReason::LetterAlreadyApproved)), (Code::FailedPrecondition, true));
    let facts = ["letter", "given", "required"].map(|key| again.metadata[key].as_str());
    assert_eq!(facts, [letter.name.as_str(), "1", "2"]);
    assert_eq!((whole.state(), &whole.approvals), (LetterState::Approved, &vec![first, second]));
    assert_eq!(house.letter(&letter.name).await, whole);
}

#[tokio::test]
async fn a_letter_is_approved_by_somebody_else_than_who_requested_it_where_its_issuer_asks_for_that() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    house.letter_policy(1, true).await;
    let approver = house.member(Role::Approver, FORUM).await;
    let letter = house.request_letter("", "").await;

    let own = approved(&house.owner, &letter).await.unwrap_err();
    let other = approved(&approver, &letter).await.unwrap();

    assert_eq!((own.code, own.is(ErrorReason::SelfApproval)), (Code::FailedPrecondition, true));
    assert_eq!(own.metadata["letter"], letter.name);
    assert_eq!((other.state(), other.requester), (LetterState::Approved, house.name_of(&house.owner).await));
}

/// Whoever approves a letter looked at a passport: no other one is printed on it.
#[tokio::test]
async fn a_letter_is_issued_by_the_passport_that_it_was_approved_by_or_not_at_all() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    house.letter_policy(2, false).await;
    let approver = house.member(Role::Approver, FORUM).await;
    let letter = house.request_letter("", "").await;
    approved(&house.owner, &letter).await.unwrap();
    house.passport(&letter.person).await;

    let half = approved(&approver, &letter).await.unwrap();
    let whole = approved(&house.owner, &letter).await.unwrap();
    house.passport(&letter.person).await;
    let replaced = house.ended(&house.issue(&[&letter.name]).await.name).await;
    rejected(&house.owner, &letter).await;
    approved(&house.owner, &letter).await.unwrap();
    approved(&approver, &letter).await.unwrap();
    let issued = house.ended(&house.issue(&[&letter.name]).await.name).await;

    assert_eq!((half.state(), half.approvals.len()), (LetterState::Requested, 1));
    assert_eq!((whole.state(), whole.approvals.len()), (LetterState::Approved, 2));
    let told: Vec<_> = replaced.failures.iter().map(|failure| failure.description.as_str()).collect();
    let lack = "the letter lacks facts that its destination asks for: the passport is another one than the letter was approved \
                by: reject it, and approve it anew";
    assert_eq!(told, [lack]);
    assert_eq!((issued.failures, house.letter(&letter.name).await.state()), (Vec::new(), LetterState::Issued));
}

#[tokio::test]
async fn a_rejected_letter_is_reinstated_by_approvals_that_begin_anew() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    house.letter_policy(2, false).await;
    let approver = house.member(Role::Approver, FORUM).await;
    let letter = house.request_letter("", "").await;
    approved(&house.owner, &letter).await.unwrap();

    let no = rejected(&approver, &letter).await;
    let half = approved(&house.owner, &letter).await.unwrap();
    let whole = approved(&approver, &letter).await.unwrap();

    let found = |letter: &v1::Letter| (letter.state(), letter.reason.clone(), letter.approvals.len());
    let no_reason = String::new();
    assert_eq!(found(&no), (LetterState::Rejected, "No time".to_owned(), 0));
    assert_eq!(found(&half), (LetterState::Requested, no_reason.clone(), 1));
    assert_eq!(found(&whole), (LetterState::Approved, no_reason, 2));
}

#[tokio::test]
async fn a_rejected_letter_is_not_reinstated_beside_another_live_one() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.request_letter("", "").await;
    rejected(&house.owner, &letter).await;
    let request = request_for(letter_for(&letter.person));
    let other = house.owner.letters().request_letter(request).await.unwrap().into_inner();

    let beside = approved(&house.owner, &letter).await.unwrap_err();
    rejected(&house.owner, &other).await;
    let instead = approved(&house.owner, &letter).await.unwrap();

    assert_eq!((beside.code, beside.is(ErrorReason::LetterExists)), (Code::AlreadyExists, true));
    assert_eq!(beside.metadata["existing"], other.name);
    assert_eq!(instead.state(), LetterState::Approved);
}
