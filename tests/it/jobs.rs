//! Jobs through the whole house.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, JobState, LetterState},
};
use attache_tests::{
    House,
    answers::Answer as _,
    boot,
    fixtures::{FORUM, LAUNCH, once},
    paperwork::PieceInHand,
};

const NOBODY: &str = "events/ciftis-2023/jobs/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

#[tokio::test]
async fn a_job_is_told_at_once_and_at_each_change_until_it_ends() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.approved_letter("عائشہ خان", "").await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;

    let begun = house.issue(&[&letter.name]).await;
    let request = v1::WatchJobRequest { name: begun.name.clone() };
    let mut states = viewer.jobs().watch_job(request).await.unwrap().into_inner();
    let mut seen = Vec::new();
    while let Some(job) = states.message().await.unwrap() {
        seen.push(job);
    }

    let ended = seen.pop().unwrap();
    assert_eq!(seen, vec![begun.clone(); seen.len()]);
    assert_eq!(
        ended,
        v1::Job { state: JobState::Succeeded.into(), done: 1, end_time: ended.end_time, ..begun.clone() }
    );
    let request = v1::GetJobRequest { name: begun.name.clone() };
    assert_eq!(viewer.jobs().get_job(request).await.unwrap().into_inner(), ended);
    let request = v1::ListJobsRequest { parent: FORUM.to_owned(), ..Default::default() };
    let list = viewer.jobs().list_jobs(request).await.unwrap().into_inner();
    assert_eq!((list.jobs, list.next_page_token.as_str(), list.total_size), (vec![ended.clone()], "", 1));
    // Whoever begins to watch a job that has ended is told so, once.
    assert_eq!(house.ended(&begun.name).await, ended);
}

#[tokio::test]
async fn a_job_that_is_not_there_is_not_found() {
    let house = boot().await;
    house.forum_with_seats(1).await;

    let request = v1::GetJobRequest { name: NOBODY.to_owned() };
    let unknown: Failure = house.owner.jobs().get_job(request).await.unwrap_err().into();
    let request = v1::WatchJobRequest { name: NOBODY.to_owned() };
    let unwatched: Failure = house.owner.jobs().watch_job(request).await.unwrap_err().into();
    let request = v1::WatchJobRequest { name: "jobs/1".to_owned() };
    let misnamed: Failure = house.owner.jobs().watch_job(request).await.unwrap_err().into();

    assert!(unknown.is(ErrorReason::NotFound), "{unknown:?}");
    assert!(unwatched.is(ErrorReason::NotFound), "{unwatched:?}");
    assert!(misnamed.is(ErrorReason::InvalidFields), "{misnamed:?}");
}

#[tokio::test]
async fn jobs_are_for_whoever_may_see_their_event() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let refused = async |client: &attache_client::Client| {
        let (get, watch) =
            (v1::GetJobRequest { name: NOBODY.to_owned() }, v1::WatchJobRequest { name: NOBODY.to_owned() });
        let list = v1::ListJobsRequest { parent: FORUM.to_owned(), ..Default::default() };
        [
            client.jobs().get_job(get).await.unwrap_err().code(),
            client.jobs().list_jobs(list).await.unwrap_err().code(),
            client.jobs().watch_job(watch).await.map(|_| ()).unwrap_err().code(),
        ]
    };

    assert_eq!(refused(&house.client(None).await).await, [Code::Unauthenticated; 3]);
    house.foreign_event().await;
    assert_eq!(refused(&house.member(v1::Role::Organizer, LAUNCH).await).await, [Code::PermissionDenied; 3]);
}

/// A house with a job that issues two letters, one piece of which a worker has in hand that goes on when the test says so.
async fn house_with_a_piece_in_hand() -> (House, PieceInHand, [v1::Letter; 2]) {
    let mut house = boot().await;
    house.forum_that_issues_letters().await;
    let letters = [house.approved_letter("عائشہ خان", "").await, house.approved_letter("王伟", "").await];
    house.close().await;
    house.issue_unattended(&[&letters[0].name, &letters[1].name]).await;
    let in_hand = house.claim_piece().await;
    (house.reopen().await, in_hand, letters)
}

#[tokio::test]
async fn a_cancelled_job_begins_no_other_piece_and_its_letters_can_be_issued_again() {
    let (house, in_hand, letters) = Box::pin(house_with_a_piece_in_hand()).await;
    let name = in_hand.job();
    let begun = house.owner.jobs().get_job(v1::GetJobRequest { name: name.clone() }).await.done();

    let cancel = v1::CancelJobRequest { name: name.clone(), request_id: once(), validate_only: false };
    let trying = v1::CancelJobRequest { validate_only: true, request_id: String::new(), ..cancel.clone() };
    let tried = house.owner.jobs().cancel_job(trying).await.done();
    let still = house.owner.jobs().get_job(v1::GetJobRequest { name: name.clone() }).await.done();
    let cancelled = house.owner.jobs().cancel_job(cancel.clone()).await.done();
    let again = house.owner.jobs().cancel_job(cancel).await.done();
    // The lease of a worker that never came back has ended by then.
    house.pass(chrono::TimeDelta::minutes(10)).await;

    assert_eq!((tried.state(), &still), (JobState::Cancelled, &begun));
    let expected = v1::Job { state: JobState::Cancelled.into(), end_time: cancelled.end_time, ..begun };
    assert_eq!((&cancelled, &again, cancelled.end_time.is_some()), (&expected, &expected, true));
    assert_eq!(house.ended(&name).await, expected);
    for letter in &letters {
        assert_eq!(house.letter(&letter.name).await, *letter);
    }
    let issued = house.issue(&[&letters[0].name, &letters[1].name]).await;
    assert_eq!(house.ended(&issued.name).await.state(), JobState::Succeeded);
}

#[tokio::test]
async fn the_piece_in_hand_when_a_job_is_cancelled_is_finished_and_counted() {
    let (house, in_hand, letters) = Box::pin(house_with_a_piece_in_hand()).await;
    let name = in_hand.job();
    let cancel = v1::CancelJobRequest { name: name.clone(), ..Default::default() };
    let cancelled = house.owner.jobs().cancel_job(cancel).await.done();

    in_hand.finish(&house).await;

    assert_eq!(house.ended(&name).await, v1::Job { done: 1, ..cancelled });
    let states = [house.letter(&letters[0].name).await.state(), house.letter(&letters[1].name).await.state()];
    assert_eq!(states, [LetterState::Issued, LetterState::Approved]);
}

#[tokio::test]
async fn a_job_that_ended_is_not_cancelled() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.approved_letter("", "").await;
    let ended = house.ended(&house.issue(&[&letter.name]).await.name).await;

    let cancel = v1::CancelJobRequest { name: ended.name.clone(), ..Default::default() };
    let refused: Failure = house.owner.jobs().cancel_job(cancel).await.unwrap_err().into();

    assert!(refused.is(ErrorReason::WrongState), "{refused:?}");
    assert_eq!((refused.metadata["state"].as_str(), refused.metadata["wanted"].as_str()), ("SUCCEEDED", "RUNNING"));
    assert_eq!(house.ended(&ended.name).await, ended);
}
