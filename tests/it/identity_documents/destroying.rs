//! Passports destroyed: when asked, and on their day.

use attache_client::v1::ErrorReason;
use attache_server::jobs::retention;
use chrono::TimeDelta;

use super::{destroy, destroyed, house, list, passport, put, read};

#[tokio::test]
async fn passport_destroyed_twice_is_destroyed_once() {
    let (house, person) = house().await;
    let document = put(&house.owner, &person, passport()).await.unwrap();

    let once = destroy(&house.owner, &document.name).await;
    house.app.clock.advance(TimeDelta::days(1));
    let again = destroy(&house.owner, &document.name).await;

    let expected = destroyed(document.clone(), "2023-08-01");
    assert_eq!((once, again), (Ok(expected.clone()), Ok(expected)));
    let refused = read(&house.owner, &document.name, "visa letter").await.unwrap_err();
    assert!(refused.is(ErrorReason::DocumentDestroyed), "{refused:?}");
}

#[tokio::test]
async fn passport_is_destroyed_on_its_day_and_not_before() {
    let (house, person) = house().await;
    let document = put(&house.owner, &person, passport()).await.unwrap();

    house.app.clock.advance(TimeDelta::days(89));
    assert_eq!(retention::destroy_due(&house.app).await.unwrap(), 0);
    assert_eq!(list(&house.owner, &person).await, Ok(vec![document.clone()]));
    house.app.clock.advance(TimeDelta::days(1));
    assert_eq!(retention::destroy_due(&house.app).await.unwrap(), 1);

    assert_eq!(list(&house.owner, &person).await, Ok(vec![destroyed(document, "2023-10-30")]));
}
