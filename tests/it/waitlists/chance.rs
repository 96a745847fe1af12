//! The waiting list under whatever happens, in an order that chance has: what has to hold, holds after each deed.

use std::collections::BTreeMap;

use attache_client::{
    Failure,
    v1::{self, ErrorReason, OfferState, RegistrationState as State},
};
use attache_tests::{House, answers::Answer as _, fixtures::DELEGATES};
use chrono::TimeDelta;

use super::{accept, decline, forum, level, offers, promotion, registrations};

/// How many deeds there are with each beginning.
const DEEDS: usize = 60;
/// How often a day may pass, so that the event is yet to come.
const MOST_DAYS: u64 = 12;

/// Numbers that look like chance and are the same each time (splitmix64, by S. Vigna, public domain).
pub struct Chance(u64);

impl Chance {
    pub fn beginning(number: u64) -> Self {
        Self(number)
    }

    /// A number below another.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    pub fn one_of<'a, T>(&mut self, some: &'a [T]) -> Option<&'a T> {
        if some.is_empty() { None } else { some.get(self.below(some.len())) }
    }
}

/// What is known of the list, to be held against what it becomes.
struct Seen {
    capacity: i32,
    guests: usize,
    days: u64,
    offers: BTreeMap<String, OfferState>,
}

fn of(all: &[v1::Registration], states: &[State]) -> Vec<String> {
    all.iter().filter(|each| states.contains(&each.state())).map(|each| each.name.clone()).collect()
}

/// Who waits, the first first.
fn queue(all: &[v1::Registration]) -> Vec<&str> {
    let mut waiting: Vec<_> = all.iter().filter(|each| each.state() == State::Waiting).collect();
    waiting.sort_by_key(|each| each.waiting_position);
    waiting.iter().map(|each| each.name.as_str()).collect()
}

/// Lets something happen that chance has.
async fn happen(house: &House, chance: &mut Chance, seen: &mut Seen) {
    let all = registrations(house).await;
    let pending: Vec<v1::Offer> = offers(house, "state = PENDING").await;
    let taken = [State::Submitted, State::Confirmed, State::Offered, State::Waiting];
    match chance.below(9) {
        0..=2 => {
            seen.guests += 1;
            house.register("Guest", &format!("guest{}@example.org", seen.guests)).await;
        }
        3 => {
            if let Some(name) = chance.one_of(&of(&all, &taken)) {
                super::withdraw(house, name).await;
            }
        }
        4 => {
            if let Some(offer) = chance.one_of(&pending) {
                house.owner.waitlists().accept_offer(accept(offer)).await.done();
            }
        }
        5 => {
            if let Some(offer) = chance.one_of(&pending) {
                house.owner.waitlists().decline_offer(decline(offer)).await.done();
            }
        }
        6 => {
            if let Some(name) = chance.one_of(&of(&all, &[State::Waiting])) {
                house.owner.waitlists().promote_registration(promotion(name)).await.done();
            }
        }
        7 => resize(house, i32::try_from(chance.below(7)).unwrap(), seen).await,
        _ => {
            let out = of(&all, &[State::Withdrawn, State::Lapsed]);
            if let Some(name) = chance.one_of(&out)
                && chance.below(2) == 0
            {
                let request = v1::ReinstateRegistrationRequest { name: name.clone(), ..Default::default() };
                house.owner.registrations().reinstate_registration(request).await.done();
            } else if seen.days < MOST_DAYS {
                seen.days += 1;
                super::pass(house, TimeDelta::hours(25)).await;
            }
        }
    }
}

/// Makes more places, or fewer; fewer than are held nobody may.
async fn resize(house: &House, capacity: i32, seen: &mut Seen) {
    let (held, _) = level(house).await;
    let category = v1::Category { name: DELEGATES.to_owned(), capacity: Some(capacity), ..Default::default() };
    let update_mask = attache_tests::fixtures::mask(&["capacity"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    match house.owner.categories().update_category(request).await.map_err(Failure::from) {
        Ok(_) => {
            assert!(capacity >= held, "{held} held, and {capacity} places");
            seen.capacity = capacity;
        }
        Err(failure) => {
            assert!(failure.is(ErrorReason::CapacityBelowHeld) && capacity < held, "{failure:?}");
        }
    }
}

/// Holds what there is against what has to hold.
async fn hold(house: &House, before: &[v1::Registration], seen: &mut Seen) {
    let (all, every) = (registrations(house).await, offers(house, "").await);
    let (held, waiting) = level(house).await;
    let count = |states: &[State]| i32::try_from(of(&all, states).len()).unwrap();
    assert_eq!(held, count(&[State::Submitted, State::Confirmed, State::Offered]), "what the ledger holds");
    assert_eq!(waiting, count(&[State::Waiting]), "who the ledger says waits");
    assert!(held <= seen.capacity, "{held} of {} places are held", seen.capacity);
    assert!(waiting == 0 || held == seen.capacity, "{waiting} wait beside {} free places", seen.capacity - held);

    // Whoever waited and got a place stood before all who wait still and waited then.
    let (queue_before, queue_now) = (queue(before), queue(&all));
    let served = |name: &&&str| {
        let state = all.iter().find(|each| each.name == ***name).map(v1::Registration::state);
        matches!(state, Some(State::Submitted | State::Confirmed | State::Offered))
    };
    let last_served = queue_before.iter().rposition(|name| served(&name));
    let first_left = queue_before.iter().position(|name| queue_now.contains(name));
    if let (Some(last), Some(first)) = (last_served, first_left) {
        assert!(last < first, "{queue_before:?} became {queue_now:?}");
    }

    for offer in &every {
        let was = seen.offers.insert(offer.name.clone(), offer.state()).unwrap_or(OfferState::Pending);
        assert!(was == OfferState::Pending || was == offer.state(), "{was:?} became {offer:?}");
    }
    for each in &all {
        let open = every.iter().filter(|offer| offer.registration == each.name && offer.state() == OfferState::Pending);
        assert_eq!(open.count(), usize::from(each.state() == State::Offered), "{each:?}");
    }
}

/// Lesson 2: a waiting list that serves the wrong one, revives a dead offer, or leaves a place free beside whoever waits.
#[tokio::test]
async fn lesson_2_whatever_happens_nobody_waits_beside_a_free_place_and_each_offer_ends_once() {
    for beginning in 1..=3 {
        let mut chance = Chance::beginning(beginning);
        let house = forum(2).await;
        let mut seen = Seen { capacity: 2, guests: 0, days: 0, offers: BTreeMap::new() };
        for _ in 0..DEEDS {
            let before = registrations(&house).await;
            happen(&house, &mut chance, &mut seen).await;
            hold(&house, &before, &mut seen).await;
        }
        // Whoever waits still is served when there is room: nobody is forgotten.
        resize(&house, 200, &mut seen).await;
        assert_eq!(level(&house).await.1, 0);
        assert!(seen.offers.values().any(|state| *state != OfferState::Pending), "{:?}", seen.offers);
    }
}
