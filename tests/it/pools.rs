//! The capacity ledger by itself: places taken for a while, by takers who do not look first.

use attache_tests::{
    boot,
    ledger::{Booking, ROOMS},
};

/// How many rooms some bookings have in a night.
fn held(bookings: &[Booking], night: u32) -> u32 {
    bookings.iter().filter(|booking| booking.nights.contains(&night)).map(|booking| booking.rooms).sum()
}

#[tokio::test]
async fn twenty_at_once_hold_all_that_fits_and_no_more() {
    let house = boot().await;
    let hotel = house.hotel().await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..20 {
        // Stays of two nights, begun on four days, so that each meets some of the others.
        let (hotel, booking) = (hotel.clone(), Booking::new(3 + number % 4..5 + number % 4, 2));
        calls.spawn(async move { (hotel.take(&booking).await, booking) });
    }

    let all = calls.join_all().await;

    let booked: Vec<Booking> =
        all.iter().filter(|(taken, _)| taken.is_ok()).map(|(_, booking)| booking.clone()).collect();
    for night in 3..8 {
        assert!(held(&booked, night) <= ROOMS, "night {night}: {booked:?}");
    }
    for (taken, booking) in &all {
        let Err(refusal) = taken else { continue };
        let was_short = booking.nights.clone().any(|night| held(&booked, night) + booking.rooms > ROOMS);
        assert!(was_short && refusal.contains("others hold too many"), "{refusal}: {booking:?} beside {booked:?}");
    }
}

#[tokio::test]
async fn who_is_refused_more_keeps_what_is_held() {
    let house = boot().await;
    let hotel = house.hotel().await;
    let first = Booking::new(3..5, 3);
    let mut more = first.clone();
    more.rooms = 4;
    hotel.take(&first).await.unwrap();
    hotel.take(&Booking::new(4..6, 2)).await.unwrap();

    hotel.take(&more).await.unwrap_err();

    hotel.take(&Booking::new(4..5, 1)).await.unwrap_err();
    hotel.take(&Booking::new(3..4, 3)).await.unwrap_err();
    hotel.take(&Booking::new(3..4, 2)).await.unwrap();
    // What is asked for again takes the place of what was held, and does not stand in its own way.
    hotel.take(&first).await.unwrap();
}
