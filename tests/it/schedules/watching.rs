//! Watches of a released schedule, as the public has them.

use attache_client::{
    Client, Failure,
    v1::{self, ErrorReason},
};
use attache_tests::{boot, fixtures::FORUM};
use chrono::TimeDelta;
use tonic::Streaming;

use super::{keynote, release, update};
use crate::sessions::placed;

async fn begin(client: &Client, cursor: &str) -> Result<Streaming<v1::WatchScheduleResponse>, Failure> {
    let request = v1::WatchScheduleRequest { parent: FORUM.to_owned(), cursor: cursor.to_owned() };
    Ok(client.schedules().watch_schedule(request).await?.into_inner())
}

async fn told(stream: &mut Streaming<v1::WatchScheduleResponse>) -> (Option<v1::ScheduleRelease>, String) {
    let v1::WatchScheduleResponse { release, cursor } = stream.message().await.unwrap().unwrap();
    (release, cursor)
}

#[tokio::test]
async fn public_is_told_each_release_once_and_never_the_draft() {
    let house = boot().await;
    let session = keynote(&house).await;
    let public = house.client(None).await;
    let first = release(&house).await.release;
    let mut all = begin(&public, "start").await.unwrap();
    let mut later = begin(&public, "").await.unwrap();

    assert_eq!((told(&mut all).await.0, told(&mut later).await.0), (None, None));
    let (seen, cursor) = told(&mut all).await;
    assert_eq!(seen, first);
    // The draft changes, and nothing is told but that the watch is alive.
    update(&house, placed(session.clone(), &session.room, "14:00", "14:20")).await;
    house.app.clock.advance(TimeDelta::seconds(20));
    assert_eq!((told(&mut all).await.0, told(&mut later).await.0), (None, None));
    let second = release(&house).await.release;
    assert_eq!((told(&mut all).await.0, told(&mut later).await.0), (second.clone(), second.clone()));
    let mut again = begin(&public, &cursor).await.unwrap();
    assert_eq!((told(&mut again).await, told(&mut again).await.0), ((None, cursor), second));
    house.app.clock.advance(TimeDelta::minutes(5));
    assert_eq!((told(&mut again).await.0, again.message().await.unwrap()), (None, None));
}

#[tokio::test]
async fn schedule_that_was_never_released_and_a_cursor_of_another_are_refused() {
    let house = boot().await;
    keynote(&house).await;
    house.foreign_event().await;
    let public = house.client(None).await;

    let draft = begin(&public, "").await.unwrap_err();
    release(&house).await;
    let cursor = told(&mut begin(&public, "").await.unwrap()).await.1;
    let request = v1::ReleaseScheduleRequest { parent: "events/launch-2023".to_owned(), ..Default::default() };
    house.owner.schedules().release_schedule(request).await.unwrap();
    let request = v1::WatchScheduleRequest { parent: "events/launch-2023".to_owned(), cursor };
    let foreign: Failure = public.schedules().watch_schedule(request).await.unwrap_err().into();

    assert!(draft.is(ErrorReason::NotFound), "{draft:?}");
    assert!(foreign.is(ErrorReason::PageTokenInvalid), "{foreign:?}");
    assert!(begin(&public, "yesterday").await.unwrap_err().is(ErrorReason::PageTokenInvalid));
}

#[tokio::test]
async fn release_is_read_once_for_one_watch_as_for_three_hundred() {
    let house = boot().await;
    keynote(&house).await;
    release(&house).await;
    let mut public = house.client(None).await;
    let mut watches = Vec::new();
    for many in [1, 3, 300] {
        while watches.len() < many {
            // A connection has no more streams than so many.
            if watches.len() % 100 == 0 {
                public = house.client(None).await;
            }
            let mut watch = begin(&public, "").await.unwrap();
            assert_eq!(told(&mut watch).await.0, None);
            watches.push(watch);
        }
        release(&house).await;
        for watch in &mut watches {
            told(watch).await;
        }
        house.statements.with("");

        let released = release(&house).await.release;
        for watch in &mut watches {
            assert_eq!(told(watch).await.0, released);
        }

        // Those that read for a watch, or for all of them; once more when there is nothing left.
        let read = house.statements.with(r#""version" > "#);
        assert!((1..=3).contains(&read.len()), "{many} watches: {read:#?}");
    }
}
