//! Many at once: who comes, leaves, accepts, declines and is too late, while the clock moves and two workers look at it.

use std::collections::BTreeMap;

use attache_client::{
    Client,
    v1::{self, OfferState, RegistrationState as State},
};
use attache_server::app;
use attache_tests::{House, answers::Answer as _};
use chrono::TimeDelta;
use tokio::task::JoinSet;

use super::{accept, decline, forum, level, offers, person, registration_of, registrations, withdraw};

const SEATS: i32 = 5;

/// Registers so many people over several connections.
async fn crowd(clients: &[Client], round: usize) {
    let mut calls = JoinSet::new();
    for (number, client) in clients.iter().enumerate() {
        for guest in 0..4 {
            let request = registration_of(person("Guest", &format!("guest{round}-{number}-{guest}@example.org")));
            let client = client.clone();
            calls.spawn(async move { client.registrations().create_registration(request).await.done() });
        }
    }
    calls.join_all().await;
}

/// Has every open offer accepted and declined at once, some holders withdrawn, and what expired ended by a second worker.
async fn storm(house: &House, clients: &[Client]) {
    let pending = offers(house, "state = PENDING").await;
    let holders = registrations(house).await;
    let holders = holders.into_iter().filter(|each| each.state() == State::Submitted).take(2);
    let mut calls: JoinSet<bool> = JoinSet::new();
    for (index, offer) in pending.into_iter().enumerate() {
        let (one, other) = (clients[index % clients.len()].clone(), clients[(index + 1) % clients.len()].clone());
        let (yes, no) = (accept(&offer), decline(&offer));
        calls.spawn(async move { one.waitlists().accept_offer(yes).await.is_ok() });
        calls.spawn(async move { other.waitlists().decline_offer(no).await.is_ok() });
    }
    for (index, holder) in holders.enumerate() {
        let client = clients[index % clients.len()].clone();
        let request = v1::WithdrawRegistrationRequest { name: holder.name, ..Default::default() };
        calls.spawn(async move { client.registrations().withdraw_registration(request).await.is_ok() });
    }
    let app = std::sync::Arc::clone(&house.app);
    calls.spawn(async move { app::waitlists::lapse_due(&app).await.is_ok() });
    calls.join_all().await;
}

/// Holds the ledger against the registrations, and these against the offers, once nothing moves any more.
async fn assert_agreement(house: &House) {
    let (all, offers) = (registrations(house).await, offers(house, "").await);
    let count = |states: &[State]| all.iter().filter(|each| states.contains(&each.state())).count();
    let held = count(&[State::Submitted, State::Confirmed, State::Offered]);
    let (ledger, waiting) = level(house).await;
    assert_eq!((ledger, waiting), (i32::try_from(held).unwrap(), i32::try_from(count(&[State::Waiting])).unwrap()));
    // Nobody waits beside a free place, and none is given twice.
    assert!(ledger == SEATS || (ledger < SEATS && waiting == 0), "{ledger} held, {waiting} wait");

    let mut open = BTreeMap::new();
    for offer in &offers {
        *open.entry(offer.registration.as_str()).or_insert(0) += usize::from(offer.state() == OfferState::Pending);
    }
    for registration in &all {
        let pending = open.get(registration.name.as_str()).copied().unwrap_or_default();
        assert_eq!(pending, usize::from(registration.state() == State::Offered), "{registration:?}");
    }
    assert!(offers.iter().all(|offer| offer.state() != OfferState::Unspecified));
}

/// Lesson 1: looking first and inserting then sells a place twice.
#[tokio::test]
async fn lesson_1_many_takers_offers_and_lapses_at_once_leave_every_place_with_one_owner() {
    let house = forum(SEATS).await;
    let mut clients = Vec::new();
    for _ in 0..4 {
        clients.push(house.client(Some(house.owner_token())).await);
    }

    for round in 0..3 {
        tokio::join!(crowd(&clients, round), storm(&house, &clients));
        // What is open expires while it is answered: each ends one way.
        house.app.clock.advance(TimeDelta::hours(24));
        storm(&house, &clients).await;
        super::pass(&house, TimeDelta::minutes(1)).await;
        assert_agreement(&house).await;
    }
    for registration in registrations(&house).await {
        if registration.state() == State::Submitted {
            withdraw(&house, &registration.name).await;
        }
    }
    assert_agreement(&house).await;
    let ended = offers(&house, "state != PENDING").await;
    assert!(ended.iter().any(|offer| offer.state() == OfferState::Lapsed), "{ended:?}");
}
