//! The waiting list under whatever happens, in an order that chance has: what has to hold, holds after each deed.

use std::collections::BTreeMap;

use attache_client::{
    Failure,
    v1::{self, ErrorReason, OfferState, RegistrationState as State},
};
use attache_tests::{
    House,
    answers::Answer as _,
    fixtures::{DELEGATES, FORUM, bringing, guests_field, mask, person, registration_of},
};
use chrono::TimeDelta;

use super::{accept, decline, forum, level, offers, promotion, set};

/// How many deeds there are with each beginning.
const DEEDS: usize = 60;
/// How many times somebody is passed over who needs more places than are free.
const MOST_PASSES: i32 = 3;
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
fn queue(all: &[v1::Registration]) -> Vec<&v1::Registration> {
    let mut waiting: Vec<_> = all.iter().filter(|each| each.state() == State::Waiting).collect();
    waiting.sort_by_key(|each| each.waiting_position);
    waiting
}

/// All registrations with what was answered.
async fn registrations(house: &House) -> Vec<v1::Registration> {
    let view = v1::RegistrationView::Full.into();
    let request =
        v1::ListRegistrationsRequest { parent: FORUM.to_owned(), page_size: 1000, view, ..Default::default() };
    house.owner.registrations().list_registrations(request).await.done().registrations
}

/// How many places somebody and their companions take.
fn party(registration: &v1::Registration) -> i32 {
    1 + i32::try_from(registration.answers.iter().map(|answer| answer.values.len()).sum::<usize>()).unwrap()
}

/// Has somebody bring other companions; more, only where places are free for them.
async fn bring(house: &House, one: &v1::Registration, companions: usize) {
    let registration = v1::Registration { name: one.name.clone(), answers: bringing(companions), ..Default::default() };
    let (registration, update_mask) = (Some(registration), mask(&["answers"]));
    let request = v1::UpdateRegistrationRequest { registration, update_mask, ..Default::default() };
    if let Err(refused) = house.owner.registrations().update_registration(request).await {
        assert!(Failure::from(refused).is(ErrorReason::NoPlaces) && one.state() != State::Waiting, "{one:?}");
    }
}

/// Lets something happen that chance has.
async fn happen(house: &House, chance: &mut Chance, seen: &mut Seen) {
    let all = registrations(house).await;
    let pending: Vec<v1::Offer> = offers(house, "state = PENDING").await;
    let taken = [State::Submitted, State::Confirmed, State::Offered, State::Waiting];
    match chance.below(10) {
        0..=2 => {
            seen.guests += 1;
            let mut request = registration_of(person("Guest", &format!("guest{}@example.org", seen.guests)));
            request.registration.as_mut().unwrap().answers = bringing(chance.below(6).saturating_sub(2));
            house.owner.registrations().create_registration(request).await.done();
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
        7 => {
            let live: Vec<_> = all.iter().filter(|each| taken.contains(&each.state())).collect();
            if let Some(one) = chance.one_of(&live) {
                bring(house, one, chance.below(4)).await;
            }
        }
        8 => resize(house, i32::try_from(chance.below(10)).unwrap(), seen).await,
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
    let update_mask = mask(&["capacity"]);
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
    let places =
        |states: &[State]| -> i32 { all.iter().filter(|each| states.contains(&each.state())).map(party).sum() };
    let (queue_before, queue_now) = (queue(before), queue(&all));
    assert_eq!(held, places(&[State::Submitted, State::Confirmed, State::Offered]), "what the ledger holds");
    assert_eq!(waiting, i32::try_from(queue_now.len()).unwrap(), "who the ledger says waits");
    assert!(queue_now.iter().all(|each| each.waiting_places == party(each)), "{queue_now:?}");
    assert!(held <= seen.capacity, "{held} of {} places are held", seen.capacity);

    // Whoever waits needs more than is free, unless that is kept for one before them, who was put ahead, or passed over often enough, and who fits.
    let owed = |first: &v1::Registration| !first.precedence_reason.is_empty() || first.passed_over_count >= MOST_PASSES;
    let free = seen.capacity - held;
    let keeper = queue_now.iter().position(|each| owed(each) && party(each) <= seen.capacity);
    let could = queue_now.iter().take(keeper.map_or(usize::MAX, |keeper| keeper + 1)).find(|each| party(each) <= free);
    assert!(could.is_none(), "{could:?} waits beside {free} free places");

    // Whoever waited and got a place stood before all who wait still and waited then, but for those who needed more, and unless they were put
    // ahead.
    let served = |each: &&&v1::Registration| {
        let now = all.iter().find(|now| now.name == each.name && now.precedence_reason.is_empty());
        now.is_some_and(|now| [State::Submitted, State::Confirmed, State::Offered].contains(&now.state()))
    };
    for (index, left) in queue_before.iter().enumerate() {
        let Some(now) = queue_now.iter().find(|now| now.name == left.name) else { continue };
        let passed: Vec<_> = queue_before[index + 1..].iter().filter(served).collect();
        if party(now) == party(left) && left.precedence_reason == now.precedence_reason {
            assert!(passed.iter().all(|one| party(one) < party(left)), "{left:?} was passed over by {passed:?}");
            assert!(passed.is_empty() || now.passed_over_count > left.passed_over_count, "{now:?}");
            assert!(passed.is_empty() || !owed(left) || party(left) > seen.capacity, "{left:?} was passed over again");
        }
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
        let house = forum(4).await;
        set(&house, v1::Category { form_fields: vec![guests_field(5)], ..Default::default() }, "form_fields").await;
        let mut seen = Seen { capacity: 4, guests: 0, days: 0, offers: BTreeMap::new() };
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
