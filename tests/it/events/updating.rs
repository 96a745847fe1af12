//! Events changed: what the mask names, unless somebody changed it meanwhile.

use attache_client::{
    Code,
    v1::{self, ErrorReason},
};
use attache_tests::{
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{FORUM, forum, text},
};

use super::{cancellation, update};

#[tokio::test]
async fn update_changes_the_fields_of_its_mask_alone() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let before = house.owner.events().get_event(v1::GetEventRequest { name: FORUM.to_owned() }).await.done();
    let given = v1::Event {
        title: Some(text("Forum", "")),
        contact_email: "other@example.org".to_owned(),
        specimen: true,
        etag: "r1".to_owned(),
        ..Default::default()
    };

    let after = house.owner.events().update_event(update(given, &["title", "specimen"])).await.done();

    let expected = v1::Event {
        title: Some(text("Forum", "")),
        specimen: true,
        update_time: after.update_time,
        etag: "r2".to_owned(),
        ..before
    };
    assert_eq!(after, expected);
}

#[tokio::test]
async fn update_without_a_mask_changes_what_is_set() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let given = v1::Event { contact_email: "other@example.org".to_owned(), ..Default::default() };

    let after = house.owner.events().update_event(update(given, &[])).await.done();

    assert_eq!((after.contact_email.as_str(), after.title), ("other@example.org", forum().title));
}

#[tokio::test]
async fn stale_etag_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let renamed = v1::Event { title: Some(text("Renamed", "")), etag: "r1".to_owned(), ..Default::default() };
    house.owner.events().update_event(update(renamed.clone(), &["title"])).await.done();

    let updated = house.owner.events().update_event(update(renamed, &["title"])).await;
    let cancelled = v1::CancelEventRequest { etag: "r1".to_owned(), ..cancellation() };
    let cancelled = house.owner.events().cancel_event(cancelled).await;

    assert_eq!(verdict(updated), (Code::Aborted, ErrorReason::EtagMismatch));
    assert_eq!(verdict(cancelled), (Code::Aborted, ErrorReason::EtagMismatch));
}

#[tokio::test]
async fn update_of_what_cannot_be_changed_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let specimen = v1::Event { specimen: true, ..Default::default() };
    house.owner.events().update_event(update(specimen, &[])).await.done();
    let refused = async |event: v1::Event, paths: &[&str]| {
        wrong_fields(house.owner.events().update_event(update(event, paths)).await)
    };

    let other = v1::Event { controller: "organizations/launchers".to_owned(), ..Default::default() };
    assert_eq!(refused(other, &["controller", "specimen"]).await, ["event.controller", "event.specimen"]);
    assert_eq!(refused(v1::Event::default(), &["state", "colour"]).await, ["update_mask", "update_mask"]);
    let torn = v1::Event { etag: "one".to_owned(), ..Default::default() };
    assert_eq!(refused(torn, &["title"]).await, ["event.etag", "event.title"]);
}
