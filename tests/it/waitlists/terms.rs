//! On what terms places are offered: in working hours alone, and again to who let one lapse.

use prost_types::Timestamp;

use super::*;

fn instant(time: Option<Timestamp>) -> DateTime<Utc> {
    let Timestamp { seconds, nanos } = time.expect("a time");
    DateTime::from_timestamp(seconds, nanos.try_into().expect("a part of a second")).expect("an instant")
}

/// A place comes free on a Tuesday at eight in the morning in Beijing, as the house opens.
#[tokio::test]
async fn offer_runs_in_working_hours_where_the_category_says_so() {
    let house = forum(1).await;
    let [holder, waiting] = registered(&house).await;
    let hours = v1::WorkingHours {
        time_zone: "Asia/Shanghai".to_owned(),
        open_time: "08:00".to_owned(),
        close_time: "12:00".to_owned(),
        weekdays: vec![2, 1, 1],
        closed_dates: vec!["2023-08-07".to_owned()],
        open_dates: vec!["2023-08-05".to_owned()],
    };
    let category = v1::Category { offer_hours: 9, offer_working_hours: Some(hours.clone()), ..Default::default() };
    set(&house, category.clone(), "offer_hours").await;
    set(&house, category, "offer_working_hours").await;
    withdraw(&house, &holder).await;

    let kept = async || {
        let request = v1::GetCategoryRequest { name: DELEGATES.to_owned() };
        house.owner.categories().get_category(request).await.done().offer_working_hours
    };
    assert_eq!(kept().await, Some(v1::WorkingHours { weekdays: vec![1, 2], ..hours }));
    let offer = offers(&house, "").await.remove(0);
    assert_eq!((offer.registration, state(&house, &waiting).await), (waiting.clone(), State::Offered));
    // Four hours of that Tuesday and four of the Saturday that is worked; the Monday is off, and the next Tuesday has the ninth.
    let good_for = instant(offer.expire_time) - instant(offer.create_time);
    assert_eq!(good_for, TimeDelta::days(7) + TimeDelta::hours(1));
    set(&house, v1::Category::default(), "offer_working_hours").await;
    assert_eq!(kept().await, None);
}

#[tokio::test]
async fn everything_that_is_wrong_with_working_hours_is_told() {
    let house = forum(1).await;
    let hours = v1::WorkingHours {
        time_zone: "Asia/Peking".to_owned(),
        open_time: "9".to_owned(),
        close_time: "24:00".to_owned(),
        weekdays: vec![0],
        closed_dates: vec!["1 October".to_owned()],
        open_dates: Vec::new(),
    };
    let update = async |hours| {
        let category =
            v1::Category { name: DELEGATES.to_owned(), offer_working_hours: Some(hours), ..Default::default() };
        let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
        wrong_fields(house.owner.categories().update_category(request).await)
    };

    let unread = update(hours).await;
    let contradicting = update(v1::WorkingHours {
        time_zone: "Asia/Shanghai".to_owned(),
        open_time: "17:00".to_owned(),
        close_time: "09:00".to_owned(),
        closed_dates: vec!["2023-10-01".to_owned()],
        open_dates: vec!["2023-10-01".to_owned()],
        ..Default::default()
    })
    .await;

    let of =
        |parts: &[&str]| parts.iter().map(|part| format!("category.offer_working_hours.{part}")).collect::<Vec<_>>();
    assert_eq!(unread, of(&["time_zone", "open_time", "close_time", "weekdays", "closed_dates[0].date"]));
    assert_eq!(contradicting, of(&["close_time", "open_dates"]));
}

/// Whoever lets an offer lapse goes behind the others, and is offered a place anew when nobody else waits.
#[tokio::test]
async fn who_lets_an_offer_lapse_waits_again_where_the_category_says_so() {
    let house = forum(1).await;
    set(&house, v1::Category { lapsed_wait_again: true, ..Default::default() }, "lapsed_wait_again").await;
    let names: [String; 3] = registered(&house).await;
    house.owner.waitlists().promote_registration(promotion(&names[1])).await.done();
    withdraw(&house, &names[0]).await;

    pass(&house, TimeDelta::hours(25)).await;
    let behind = (states(&house, &names).await, level(&house).await);
    let next = offers(&house, "state = PENDING").await.remove(0);
    house.owner.waitlists().decline_offer(decline(&next)).await.done();
    let anew = states(&house, &names).await;
    pass(&house, TimeDelta::hours(25)).await;

    assert_eq!(behind, ([State::Withdrawn, State::Waiting, State::Offered], (1, 1)));
    assert_eq!(anew, [State::Withdrawn, State::Offered, State::Withdrawn]);
    assert_eq!((states(&house, &names).await, level(&house).await), (anew, (1, 0)));
    let made: Vec<_> = offers(&house, "").await.iter().map(v1::Offer::state).collect();
    assert_eq!(made, [OfferState::Lapsed, OfferState::Declined, OfferState::Lapsed, OfferState::Pending]);
    let registration = registrations(&house).await.remove(1);
    assert_eq!((registration.name.as_str(), registration.precedence_reason.as_str()), (names[1].as_str(), ""));
    let mails = house.mail().await;
    let theirs = mails.iter().filter(|mail| mail.to.address == "guest1@example.org");
    let lapsed: Vec<_> =
        theirs.filter(|mail| mail.text.contains("is back on the waiting list, behind everyone else")).collect();
    assert_eq!(lapsed.len(), 1);

    // The third is the last.
    pass(&house, TimeDelta::hours(25)).await;
    assert_eq!((state(&house, &names[1]).await, level(&house).await), (State::Lapsed, (0, 0)));
}

/// Where places are not offered any more when somebody's turn comes again, they have the next one for good.
#[tokio::test]
async fn who_waits_again_gets_a_place_at_once_where_none_are_offered_any_more() {
    let house = forum(1).await;
    set(&house, v1::Category { lapsed_wait_again: true, ..Default::default() }, "lapsed_wait_again").await;
    let names: [String; 3] = registered(&house).await;
    withdraw(&house, &names[0]).await;
    set(&house, v1::Category::default(), "offer_hours").await;

    pass(&house, TimeDelta::hours(25)).await;

    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Waiting, State::Submitted]);
    withdraw(&house, &names[2]).await;
    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Submitted, State::Withdrawn]);
}

/// Nobody waits for places that are given no more.
#[tokio::test]
async fn who_lets_an_offer_lapse_as_the_event_ends_does_not_wait_again() {
    let house = forum(1).await;
    set(&house, v1::Category { lapsed_wait_again: true, ..Default::default() }, "lapsed_wait_again").await;
    let names: [String; 2] = registered(&house).await;
    withdraw(&house, &names[0]).await;

    pass(&house, TimeDelta::days(60)).await;

    assert_eq!(states(&house, &names).await, [State::Withdrawn, State::Lapsed]);
    assert_eq!(offers(&house, "").await.len(), 1);
}
