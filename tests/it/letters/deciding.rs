//! Approving, rejecting and revoking, and what keeps a letter from it.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, LetterState},
};
use attache_tests::{
    boot,
    fixtures::{FORUM, ZBRA, person},
    paperwork::{letter_for, request_for},
};

#[tokio::test]
async fn an_incomplete_letter_is_told_all_that_it_lacks() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let request = v1::CreatePersonRequest {
        parent: ZBRA.to_owned(),
        person: Some(person("Ayesha Khan", "")),
        ..Default::default()
    };
    let person = house.owner.persons().create_person(request).await.unwrap().into_inner().name;
    let mut wanted = v1::Letter { relationship: None, expense_bearer: 0, ..letter_for(&person) };
    wanted.visit_window.as_mut().unwrap().end_date = "2023-09-04".to_owned();
    let letter = house.owner.letters().request_letter(request_for(wanted)).await.unwrap().into_inner();

    let request = v1::ApproveLetterRequest { name: letter.name.clone(), ..Default::default() };
    let refused: Failure = house.owner.letters().approve_letter(request).await.unwrap_err().into();

    let lacks: Vec<(&str, &str)> = refused
        .precondition_violations
        .iter()
        .map(|violation| (violation.kind.as_str(), violation.subject.as_str()))
        .collect();
    let expected = [
        "passport_name_missing",
        "sex_missing",
        "birth_date_missing",
        "passport_number_missing",
        "nationality_missing",
        "affiliation_missing",
        "relationship_missing",
        "expenses_missing",
        "stamp_missing",
        "signature_missing",
        "visit_outside_event",
    ];
    assert_eq!((refused.code, refused.is(ErrorReason::LetterIncomplete)), (Code::FailedPrecondition, true));
    assert_eq!(lacks, expected.map(|lack| (lack, letter.name.as_str())));
    assert_eq!(house.letter(&letter.name).await, letter);
}

#[tokio::test]
async fn a_letter_is_approved_once_and_as_it_was_seen() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.request_letter("", "").await;
    let approve = async |etag: &str| {
        let request =
            v1::ApproveLetterRequest { name: letter.name.clone(), etag: etag.to_owned(), ..Default::default() };
        house.owner.letters().approve_letter(request).await.map(tonic::Response::into_inner).map_err(Failure::from)
    };

    let stale = approve("r7").await.unwrap_err();
    let approved = approve(&letter.etag).await.unwrap();
    let again = approve("").await.unwrap_err();

    assert_eq!((stale.code, stale.is(ErrorReason::EtagMismatch)), (Code::Aborted, true));
    let expected = v1::Letter {
        state: LetterState::Approved.into(),
        approvals: vec![v1::LetterApproval {
            member: house.name_of(&house.owner).await,
            approve_time: approved.update_time,
        }],
        etag: "r2".to_owned(),
        update_time: approved.update_time,
        ..letter.clone()
    };
    assert_eq!(approved, expected);
    assert_eq!((again.code, again.is(ErrorReason::WrongState)), (Code::FailedPrecondition, true));
    let facts = ["resource", "state", "wanted"].map(|key| again.metadata[key].clone());
    assert_eq!(facts, [letter.name.clone(), "APPROVED".to_owned(), "REQUESTED or REJECTED".to_owned()]);
}

#[tokio::test]
async fn a_letter_that_is_not_there_is_not_found() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let name = format!("{FORUM}/letters/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let letters = house.owner.letters();

    let approve = v1::ApproveLetterRequest { name: name.clone(), ..Default::default() };
    let reject = v1::RejectLetterRequest { name: name.clone(), ..Default::default() };
    let revoke = v1::RevokeLetterRequest { name: name.clone(), reason: "No".to_owned(), ..Default::default() };
    let issue = v1::IssueLettersRequest { parent: FORUM.to_owned(), names: vec![name.clone()], ..Default::default() };
    let codes = [
        letters.clone().get_letter(v1::GetLetterRequest { name, ..Default::default() }).await.unwrap_err().code(),
        letters.clone().approve_letter(approve).await.unwrap_err().code(),
        letters.clone().reject_letter(reject).await.unwrap_err().code(),
        letters.clone().revoke_letter(revoke).await.unwrap_err().code(),
        letters.clone().issue_letters(issue).await.unwrap_err().code(),
    ];

    assert_eq!(codes, [Code::NotFound; 5]);
}

#[tokio::test]
async fn a_letter_is_revoked_for_a_reason_that_is_said() {
    let house = boot().await;
    let name = format!("{FORUM}/letters/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let revoke = async |reason: &str| {
        let request = v1::RevokeLetterRequest { name: name.clone(), reason: reason.to_owned(), ..Default::default() };
        Failure::from(house.owner.letters().revoke_letter(request).await.unwrap_err())
    };

    let (unsaid, endless) = (revoke(" ").await, revoke(&"x".repeat(401)).await);

    let fields = |failure: &Failure| failure.field_violations.iter().map(|v| v.field.clone()).collect::<Vec<_>>();
    assert_eq!((fields(&unsaid), fields(&endless)), (vec!["reason".to_owned()], vec!["reason".to_owned()]));
}
