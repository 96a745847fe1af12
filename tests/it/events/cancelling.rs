//! Events cancelled, once.

use attache_client::{
    Code,
    v1::{self, ErrorReason, EventState},
};
use attache_tests::{
    answers::{Answer as _, verdict},
    boot,
    fixtures::{FORUM, once, person, registration_of},
};

use super::cancellation;

#[tokio::test]
async fn event_is_cancelled_once_and_takes_no_registrations_then() {
    let house = boot().await;
    house.forum_with_seats(1).await;

    let cancelled = house.owner.events().cancel_event(cancellation()).await.done();
    let again = house.owner.events().cancel_event(cancellation()).await;
    let late =
        house.owner.registrations().create_registration(registration_of(person("Late", "late@example.org"))).await;

    assert_eq!((cancelled.state(), cancelled.etag.as_str()), (EventState::Cancelled, "r2"));
    assert_eq!(verdict(again), (Code::FailedPrecondition, ErrorReason::EventCancelled));
    let late = late.refused();
    assert_eq!((late.code, late.is(ErrorReason::EventCancelled)), (Code::FailedPrecondition, true));
    assert_eq!(late.metadata.get("event").map(String::as_str), Some(FORUM));
}

#[tokio::test]
async fn cancellation_sent_again_answers_as_the_first_did() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let request = v1::CancelEventRequest { request_id: once(), etag: "r1".to_owned(), ..cancellation() };

    let first = house.owner.events().cancel_event(request.clone()).await.done();
    let again = house.owner.events().cancel_event(request).await.done();

    assert_eq!(first, again);
}
