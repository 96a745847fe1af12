//! Jobs through the whole house.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, JobState},
};
use attache_tests::{
    boot,
    fixtures::{FORUM, LAUNCH},
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
