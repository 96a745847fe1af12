//! Issuing: numbers without gaps, what keeps a letter off paper, and crashes in between.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, JobState, LetterState},
};
use attache_server::app::{self, AppError};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, ZBRA},
    paperwork::{STAMP, letter_for, request_for},
};

/// A name in a script that none of the fonts has.
const UNPRINTABLE: &str = "आयशा";

async fn numbers(house: &House, letters: &[&v1::Letter]) -> Vec<(LetterState, String)> {
    let mut numbers = Vec::new();
    for letter in letters {
        let letter = house.letter(&letter.name).await;
        numbers.push((letter.state(), letter.number));
    }
    numbers
}

#[tokio::test]
async fn a_letter_that_cannot_be_printed_takes_no_number() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let unprintable = house.approved_letter(UNPRINTABLE, "").await;
    let printable = house.approved_letter("عائشہ خان", "").await;

    let begun = house.issue(&[&unprintable.name, &printable.name]).await;
    let ended = house.ended(&begun.name).await;

    let failure = v1::JobFailure {
        resource: unprintable.name.clone(),
        reason: "ERROR_REASON_GLYPH_MISSING".to_owned(),
        description: "no font has the character U+0906".to_owned(),
    };
    assert_eq!((begun.state(), begun.total, begun.done), (JobState::Running, 2, 0));
    assert_eq!((ended.state(), ended.done, ended.failures.clone()), (JobState::Failed, 2, vec![failure]));
    assert_eq!(
        numbers(&house, &[&unprintable, &printable]).await,
        [(LetterState::Approved, String::new()), (LetterState::Issued, "ZBRA-2023-000001".to_owned())]
    );
}

#[tokio::test]
async fn letters_are_issued_all_or_none() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let approved = house.approved_letter("", "").await;
    let requested = house.request_letter("", "").await;
    let issue = async |names: Vec<String>| {
        let request = v1::IssueLettersRequest { parent: FORUM.to_owned(), names, ..Default::default() };
        Failure::from(house.owner.letters().issue_letters(request).await.unwrap_err())
    };

    let refused = issue(vec![approved.name.clone(), requested.name.clone()]).await;
    let twice = issue(vec![approved.name.clone(), approved.name.clone()]).await;
    let foreign = issue(vec![approved.name.replace("ciftis-2023", "elsewhere")]).await;
    let none = issue(Vec::new()).await;
    let many = issue(vec![approved.name.clone(); 501]).await;

    assert_eq!((refused.code, refused.is(ErrorReason::WrongState)), (Code::FailedPrecondition, true));
    assert_eq!(refused.metadata["resource"], requested.name);
    let fields = |failure: &Failure| failure.field_violations.iter().map(|v| v.field.clone()).collect::<Vec<_>>();
    assert_eq!(
        [&twice, &foreign, &none, &many].map(fields),
        ["names[1]", "names[0]", "names", "names"].map(|field| vec![field.to_owned()])
    );
    let request = v1::ListJobsRequest { parent: FORUM.to_owned(), ..Default::default() };
    assert_eq!(house.owner.jobs().list_jobs(request).await.unwrap().into_inner().total_size, 0);
    assert_eq!(house.letter(&approved.name).await, approved);
}

#[tokio::test]
async fn a_letter_whose_passport_is_gone_since_or_whose_stamp_is_no_picture_is_not_issued() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let person = house.traveller("", "").await;
    let passport = house.passport(&person).await;
    let request = request_for(letter_for(&person));
    let gone = house.owner.letters().request_letter(request).await.unwrap().into_inner();
    let request = v1::ApproveLetterRequest { name: gone.name.clone(), ..Default::default() };
    house.owner.letters().approve_letter(request).await.unwrap();
    let request = v1::DestroyIdentityDocumentRequest { name: passport, ..Default::default() };
    house.owner.identity_documents().destroy_identity_document(request).await.unwrap();
    let stamped = house.approved_letter("", "").await;
    let stamp_file = house.upload(ZBRA, "stamp.png", "image/png", &STAMP[..40]).await;
    let organization = v1::Organization { name: ZBRA.to_owned(), stamp_file, ..Default::default() };
    let request = v1::UpdateOrganizationRequest { organization: Some(organization), ..Default::default() };
    house.owner.organizations().update_organization(request).await.unwrap();

    let job = house.issue(&[&gone.name, &stamped.name]).await;
    let ended = house.ended(&job.name).await;

    let failure = |letter: &v1::Letter, lacks: &str| v1::JobFailure {
        resource: letter.name.clone(),
        reason: "ERROR_REASON_LETTER_INCOMPLETE".to_owned(),
        description: format!("the letter lacks facts that its destination asks for: {lacks}"),
    };
    let passport = "the sex as in the passport is missing; the day of birth is missing: no passport is in the vault; \
                    the passport's number is missing: no passport is in the vault; the nationality is missing: no \
                    passport is in the vault";
    assert_eq!(
        ended.failures,
        [failure(&gone, passport), failure(&stamped, "the issuer's stamp is not a PNG of at most 4000 pixels a side"),]
    );
    assert_eq!(
        numbers(&house, &[&gone, &stamped]).await,
        [(LetterState::Approved, String::new()), (LetterState::Approved, String::new())]
    );
}

#[tokio::test]
async fn the_file_of_an_issued_letter_is_not_deleted() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.approved_letter("", "").await;
    house.ended(&house.issue(&[&letter.name]).await.name).await;
    let file = house.letter(&letter.name).await.file;

    let request = v1::DeleteFileRequest { name: file.clone(), ..Default::default() };
    let refused: Failure = house.owner.files().delete_file(request).await.unwrap_err().into();

    let facts = ["resource", "referrer"].map(|key| refused.metadata[key].as_str());
    assert_eq!((refused.is(ErrorReason::InUse), facts), (true, [file.as_str(), "letter"]));
    assert!(house.download(&file).await.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn a_letter_that_a_crash_left_with_its_number_keeps_it() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let broken_off = house.approved_letter("", "").await;
    let next = house.approved_letter("", "").await;
    let name = broken_off.name.parse().unwrap();
    let numbered = app::letters::take_number(&house.app, &name).await.unwrap();

    let house = house.reopen().await;
    let before = numbers(&house, &[&broken_off]).await;
    let job = house.issue(&[&next.name, &broken_off.name]).await;
    let ended = house.ended(&job.name).await;

    let number = numbered.imprint().unwrap().number.clone();
    assert_eq!(before, [(LetterState::Issuing, number.clone())]);
    assert_eq!((ended.state(), number.as_str()), (JobState::Succeeded, "ZBRA-2023-000001"));
    assert_eq!(
        numbers(&house, &[&broken_off, &next]).await,
        [(LetterState::Issued, number), (LetterState::Issued, "ZBRA-2023-000002".to_owned())]
    );
}

#[tokio::test]
async fn a_job_that_a_restart_interrupts_goes_on_and_counts_each_letter_once() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letters =
        [house.approved_letter("", "one@example.org").await, house.approved_letter("", "two@example.org").await];
    let request = v1::IssueLettersRequest {
        parent: FORUM.to_owned(),
        names: letters.iter().map(|letter| letter.name.clone()).collect(),
        request_id: attache_client::fresh_request_id(),
        validate_only: false,
    };

    let begun = house.owner.letters().issue_letters(request.clone()).await.unwrap().into_inner();
    let house = house.reopen().await;
    let again = house.owner.letters().issue_letters(request).await.unwrap().into_inner();
    let ended = house.ended(&begun.name).await;

    assert_eq!(again.name, begun.name);
    assert_eq!((ended.state(), ended.done, ended.failures.len()), (JobState::Succeeded, 2, 0));
    assert_eq!(
        numbers(&house, &letters.each_ref()).await,
        ["ZBRA-2023-000001", "ZBRA-2023-000002"].map(|number| (LetterState::Issued, number.to_owned()))
    );
}

#[tokio::test]
async fn a_letter_in_two_jobs_is_issued_once() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.approved_letter("", "").await;
    let name = letter.name.parse().unwrap();
    app::letters::take_number(&house.app, &name).await.unwrap();

    let first = house.issue(&[&letter.name]).await;
    let second = house.issue(&[&letter.name]).await;
    let ends = [house.ended(&first.name).await, house.ended(&second.name).await];

    let failures: Vec<&str> =
        ends.iter().flat_map(|job| &job.failures).map(|failure| failure.reason.as_str()).collect();
    assert_eq!(ends.each_ref().map(v1::Job::state), [JobState::Succeeded, JobState::Failed]);
    assert_eq!(failures, ["ERROR_REASON_WRONG_STATE"]);
    assert_eq!(numbers(&house, &[&letter]).await, [(LetterState::Issued, "ZBRA-2023-000001".to_owned())]);
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_counts_nothing_and_issues_nothing() {
    let mut house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.approved_letter("", "").await;
    house.close().await;
    let begun = house.issue_unattended(&[&letter.name]).await;
    let (store, clock) = (&house.app.store, &house.app.clock);

    let slow = store.claim_job(clock.now()).await.unwrap();
    let leased = store.claim_job(clock.now()).await.unwrap();
    clock.advance(chrono::TimeDelta::minutes(3));
    let quick = store.claim_job(clock.now()).await.unwrap();
    let quick_end = app::letters::issue_next(&house.app, quick.as_ref().unwrap()).await;
    let slow_end = app::letters::issue_next(&house.app, slow.as_ref().unwrap()).await;

    assert_eq!((&slow, &leased, &quick), (&Some(begun.clone()), &None, &Some(begun.clone())));
    assert!(quick_end.is_ok(), "{quick_end:?}");
    assert!(matches!(slow_end, Err(AppError::Stale(ref job)) if *job == begun.name().to_string()), "{slow_end:?}");
    let house = house.reopen().await;
    let ended = house.ended(&begun.name().to_string()).await;
    assert_eq!((ended.state(), ended.done, ended.failures), (JobState::Succeeded, 1, Vec::new()));
    assert_eq!(numbers(&house, &[&letter]).await, [(LetterState::Issued, "ZBRA-2023-000001".to_owned())]);
}
