//! Places that categories share: who comes in takes one of each pool, and who waits is served by the time they came, whichever category they wait in.

use attache_client::Failure;
use attache_tests::fixtures::{PRESS, text};

use super::{chance::Chance, *};

fn hall(capacity: i32, categories: &[&str]) -> v1::SharedPool {
    v1::SharedPool {
        id: "hall".to_owned(),
        title: Some(text("Hall", "大厅")),
        capacity,
        categories: categories.iter().map(|&name| name.to_owned()).collect(),
    }
}

async fn share(house: &House, pools: Vec<v1::SharedPool>) -> Result<tonic::Response<v1::Event>, tonic::Status> {
    let event = v1::Event { name: FORUM.to_owned(), shared_pools: pools, ..Default::default() };
    let update_mask = mask(&["shared_pools"]);
    let request = v1::UpdateEventRequest { event: Some(event), update_mask, ..Default::default() };
    house.owner.events().update_event(request).await
}

/// A forum with so many places for delegates and for the press, which share a hall.
async fn sharing(delegates: i32, press: i32, chairs: i32) -> House {
    let house = boot().await;
    house.forum_with_seats(delegates).await;
    house.press(v1::Category { capacity: Some(press), ..Default::default() }).await;
    share(&house, vec![hall(chairs, &[DELEGATES, PRESS])]).await.done();
    house
}

async fn comes(house: &House, name: &str, category: &str) -> v1::Registration {
    let mut request = registration_of(person(name, &format!("{name}@example.org")));
    category.clone_into(&mut request.registration.as_mut().unwrap().category);
    house.owner.registrations().create_registration(request).await.done()
}

/// How many of a category's places are taken, how many wait, and how many chairs of the hall are taken.
async fn taken(house: &House, category: &str) -> (i32, i32, i32) {
    let request = v1::GetCapacityRequest { name: category.to_owned() };
    let capacity = house.owner.categories().get_capacity(request).await.done();
    (capacity.held, capacity.waiting, capacity.shared_pools.iter().map(|pool| pool.held).sum())
}

async fn resized(house: &House, category: &str, capacity: i32) -> Result<tonic::Response<v1::Category>, tonic::Status> {
    let category = v1::Category { name: category.to_owned(), capacity: Some(capacity), ..Default::default() };
    let update_mask = mask(&["capacity"]);
    let request = v1::UpdateCategoryRequest { category: Some(category), update_mask, ..Default::default() };
    house.owner.categories().update_category(request).await
}

#[tokio::test]
async fn chair_that_comes_free_goes_to_the_first_who_waits_in_any_category_that_has_a_place() {
    let house = sharing(2, 1, 2).await;
    let [ana, bo] = [comes(&house, "ana", DELEGATES).await, comes(&house, "bo", PRESS).await];
    // The press is full, and so is the hall.
    let chen = comes(&house, "chen", PRESS).await;
    let dai = comes(&house, "dai", DELEGATES).await;
    let emre = comes(&house, "emre", DELEGATES).await;
    assert_eq!([&chen, &dai, &emre].map(v1::Registration::state), [State::Waiting; 3]);
    assert_eq!((taken(&house, DELEGATES).await, taken(&house, PRESS).await), ((1, 2, 2), (1, 1, 2)));

    // A delegate's chair: the first who waits has no place in the press, the next has one among the delegates.
    withdraw(&house, &ana.name).await;
    assert_eq!(
        states(&house, &[chen.name.clone(), dai.name.clone(), emre.name.clone()]).await,
        [State::Waiting, State::Submitted, State::Waiting]
    );
    // One of the press: the first who waits has a place in it now.
    withdraw(&house, &bo.name).await;
    assert_eq!((state(&house, &chen.name).await, state(&house, &emre.name).await), (State::Submitted, State::Waiting));
    assert_eq!((taken(&house, DELEGATES).await, taken(&house, PRESS).await), ((1, 1, 2), (1, 0, 2)));
    share(&house, vec![hall(3, &[DELEGATES, PRESS])]).await.done();
    assert_eq!(state(&house, &emre.name).await, State::Submitted);
}

#[tokio::test]
async fn who_is_put_ahead_is_ahead_of_those_in_other_categories_too() {
    let house = sharing(5, 5, 1).await;
    let ana = comes(&house, "ana", DELEGATES).await;
    let [bo, chen] = [comes(&house, "bo", DELEGATES).await, comes(&house, "chen", PRESS).await];
    house.owner.waitlists().promote_registration(promotion(&chen.name)).await.done();

    withdraw(&house, &ana.name).await;

    assert_eq!((state(&house, &bo.name).await, state(&house, &chen.name).await), (State::Waiting, State::Submitted));
}

#[tokio::test]
async fn pool_counts_who_is_in_when_a_category_comes_to_share_it_and_no_more_when_it_leaves() {
    let house = sharing(5, 5, 2).await;
    let [ana, _] = [comes(&house, "ana", DELEGATES).await, comes(&house, "bo", PRESS).await];
    let chen = comes(&house, "chen", PRESS).await;

    share(&house, vec![hall(2, &[PRESS])]).await.done();
    assert_eq!((taken(&house, DELEGATES).await, taken(&house, PRESS).await), ((1, 0, 0), (2, 0, 2)));
    assert_eq!(state(&house, &chen.name).await, State::Submitted);
    let below = share(&house, vec![hall(2, &[PRESS, DELEGATES])]).await.refused();
    assert!(below.is(ErrorReason::CapacityBelowHeld), "{below:?}");
    let told = ["pool", "capacity", "held"].map(|key| below.metadata[key].as_str());
    assert_eq!(told, ["events/ciftis-2023/shared/hall", "2", "3"]);
    let event = share(&house, vec![hall(3, &[PRESS, DELEGATES])]).await.done();
    assert_eq!(event.shared_pools, [hall(3, &[PRESS, DELEGATES])]);
    withdraw(&house, &ana.name).await;
    assert_eq!(taken(&house, PRESS).await, (2, 0, 2));
    assert_eq!(verdict(share(&house, vec![hall(1, &[PRESS])]).await).1, ErrorReason::CapacityBelowHeld);

    let delete = v1::DeleteCategoryRequest { name: DELEGATES.to_owned(), ..Default::default() };
    let in_use = house.owner.categories().delete_category(delete).await;
    assert_eq!(verdict(in_use), (Code::FailedPrecondition, ErrorReason::InUse));
    share(&house, Vec::new()).await.done();
    assert_eq!(taken(&house, PRESS).await, (2, 0, 0));
    // Nothing is left of it: the same pool counts from the beginning.
    share(&house, vec![hall(2, &[PRESS])]).await.done();
    assert_eq!(taken(&house, PRESS).await, (2, 0, 2));
}

#[tokio::test]
async fn every_wrong_part_of_a_shared_pool_is_told() {
    let house = sharing(5, 5, 2).await;
    let other = "events/launch-2023/categories/guest";
    let wrong = v1::SharedPool { id: "H".to_owned(), title: None, ..hall(-1, &["press", other]) };
    let of = |parts: &[&str]| parts.iter().map(|part| format!("event.shared_pools{part}")).collect::<Vec<_>>();

    let told = wrong_fields(share(&house, vec![wrong, hall(1, &[])]).await);
    let twice = wrong_fields(share(&house, vec![hall(1, &[PRESS]), hall(2, &[DELEGATES])]).await);
    let doubled = wrong_fields(share(&house, vec![hall(1, &[PRESS, PRESS])]).await);
    let unknown = share(&house, vec![hall(1, &["events/ciftis-2023/categories/vip"])]).await;
    let event = v1::Event { shared_pools: vec![hall(1, &[PRESS])], ..attache_tests::fixtures::forum() };
    let request = v1::CreateEventRequest { event: Some(event), ..Default::default() };
    let early = wrong_fields(house.owner.events().create_event(request).await);

    let parts = ["[0].id", "[0].title", "[0].capacity", "[0].categories[0]", "[0].categories[1]", "[1].categories"];
    assert_eq!(told, of(&parts));
    assert_eq!((twice, doubled, early), (of(&[""]), of(&[""]), of(&[""])));
    assert_eq!(verdict(unknown).0, Code::NotFound);
}

/// Of two pools that a category shares the first has a chair, and the second has none.
#[tokio::test]
async fn who_finds_a_chair_in_one_pool_and_none_in_the_other_takes_neither() {
    let house = sharing(5, 5, 2).await;
    let dinner = v1::SharedPool { id: "dinner".to_owned(), ..hall(1, &[PRESS]) };
    share(&house, vec![hall(2, &[DELEGATES, PRESS]), dinner]).await.done();
    let bo = comes(&house, "bo", PRESS).await;
    let chen = comes(&house, "chen", PRESS).await;

    // The hall still has the chair that the press cannot take.
    let ana = comes(&house, "ana", DELEGATES).await;
    assert_eq!([&chen, &ana].map(v1::Registration::state), [State::Waiting, State::Submitted]);
    assert_eq!((taken(&house, PRESS).await, taken(&house, DELEGATES).await), ((1, 1, 3), (1, 0, 2)));
    withdraw(&house, &bo.name).await;
    assert_eq!(state(&house, &chen.name).await, State::Submitted);
    share(&house, vec![hall(2, &[DELEGATES, PRESS])]).await.done();
    assert_eq!(taken(&house, PRESS).await, (1, 0, 2));
}

/// Whoever lets an offer lapse goes behind those who wait for the hall in other categories too.
#[tokio::test]
async fn chair_whose_offer_lapsed_goes_to_the_first_who_waits_in_any_category() {
    let house = sharing(5, 5, 1).await;
    let terms = v1::Category { offer_hours: 24, lapsed_wait_again: true, ..Default::default() };
    for field in ["offer_hours", "lapsed_wait_again"] {
        set(&house, terms.clone(), field).await;
    }
    let first = comes(&house, "first", PRESS).await;
    let [ana, chen] = [comes(&house, "ana", DELEGATES).await, comes(&house, "chen", PRESS).await];
    withdraw(&house, &first.name).await;
    assert_eq!(state(&house, &ana.name).await, State::Offered);

    pass(&house, TimeDelta::hours(25)).await;

    assert_eq!((state(&house, &ana.name).await, state(&house, &chen.name).await), (State::Waiting, State::Submitted));
    withdraw(&house, &chen.name).await;
    assert_eq!((state(&house, &ana.name).await, taken(&house, DELEGATES).await), (State::Offered, (1, 0, 1)));
}

#[tokio::test]
async fn who_has_a_chair_brings_it_to_another_category_that_has_a_place() {
    let house = sharing(2, 2, 1).await;
    let bo = comes(&house, "bo", DELEGATES).await;
    let waiting = comes(&house, "waiting", PRESS).await;
    let update = async |name: &str, category: &str| {
        let moved = v1::Registration { name: name.to_owned(), category: category.to_owned(), ..Default::default() };
        let request = v1::UpdateRegistrationRequest { registration: Some(moved), ..Default::default() };
        house.owner.registrations().update_registration(request).await.done()
    };

    let moved = update(&bo.name, PRESS).await;

    assert_eq!((moved.state(), state(&house, &waiting.name).await), (State::Submitted, State::Waiting));
    assert_eq!((taken(&house, PRESS).await, taken(&house, DELEGATES).await), ((1, 1, 1), (0, 0, 1)));
    // Whoever was put ahead in one category is not in another that they are moved to.
    house.owner.waitlists().promote_registration(promotion(&waiting.name)).await.done();
    assert_eq!(update(&waiting.name, DELEGATES).await.precedence_reason, "");
}

/// Whoever is put back has the place that an invitation kept for them, whoever waits.
#[tokio::test]
async fn who_is_put_back_has_the_place_that_an_invitation_kept_for_them() {
    let house = sharing(1, 5, 1).await;
    let ana = comes(&house, "ana", DELEGATES).await;
    withdraw(&house, &ana.name).await;
    house.keep_place(&ana.person, DELEGATES).await;
    let waiting = comes(&house, "waiting", DELEGATES).await;

    let request = v1::ReinstateRegistrationRequest { name: ana.name, ..Default::default() };
    let back = house.owner.registrations().reinstate_registration(request).await.done();

    assert_eq!((back.state(), state(&house, &waiting.name).await), (State::Submitted, State::Waiting));
    assert_eq!(taken(&house, DELEGATES).await, (1, 1, 1));
    withdraw(&house, &back.name).await;
    assert_eq!(taken(&house, DELEGATES).await, (1, 0, 1));
}

/// The chair that an invitation keeps is that of its person, in whichever category they are registered; a form that is not confirmed has one too.
#[tokio::test]
async fn chair_that_is_kept_for_somebody_goes_with_them() {
    let house = sharing(5, 5, 1).await;
    set(&house, v1::Category { public: true, ..Default::default() }, "public").await;
    let request = v1::CreatePersonRequest {
        parent: "organizations/zbra".to_owned(),
        person: Some(person("Ana", "")),
        ..Default::default()
    };
    let ana = house.owner.persons().create_person(request).await.done().name;
    house.keep_place(&ana, PRESS).await;
    let waiting = comes(&house, "waiting", PRESS).await;
    assert_eq!((waiting.state(), taken(&house, PRESS).await), (State::Waiting, (1, 1, 1)));

    let registration = v1::Registration { category: DELEGATES.to_owned(), person: ana, ..Default::default() };
    let request = v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(registration),
        ..Default::default()
    };
    let registered = house.owner.registrations().create_registration(request).await.done();
    assert_eq!((registered.state(), taken(&house, PRESS).await), (State::Submitted, (0, 1, 1)));
    withdraw(&house, &registered.name).await;
    assert_eq!(state(&house, &waiting.name).await, State::Submitted);

    share(&house, vec![hall(2, &[DELEGATES, PRESS])]).await.done();
    let form = v1::SubmitRegistrationRequest {
        parent: DELEGATES.to_owned(),
        person: Some(person("Zarmina", "zarmina@example.org")),
        ..Default::default()
    };
    let submitted = house.client(None).await.public().submit_registration(form).await.done();
    assert_eq!((submitted.place_held, taken(&house, DELEGATES).await), (true, (1, 0, 2)));
    house.pass(TimeDelta::minutes(31)).await;
    house.until(async || Some(taken(&house, DELEGATES).await).filter(|now| *now == (0, 0, 1))).await;
}

/// Whoever registers elsewhere, where all is taken, waits there, and the chair that was kept for them goes to those who came before.
#[tokio::test]
async fn chair_that_was_kept_goes_to_the_first_who_waits_when_its_person_registers_where_all_is_taken() {
    let house = sharing(1, 5, 2).await;
    let [_, guest] = [comes(&house, "ana", DELEGATES).await, comes(&house, "guest", PRESS).await];
    withdraw(&house, &guest.name).await;
    house.keep_place(&guest.person, PRESS).await;
    let waiting = comes(&house, "waiting", PRESS).await;
    assert_eq!((waiting.state(), taken(&house, PRESS).await), (State::Waiting, (1, 1, 2)));

    let registration = v1::Registration { category: DELEGATES.to_owned(), person: guest.person, ..Default::default() };
    let request = v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(registration),
        ..Default::default()
    };
    let registered = house.owner.registrations().create_registration(request).await.done();

    assert_eq!((registered.state(), state(&house, &waiting.name).await), (State::Waiting, State::Submitted));
    assert_eq!((taken(&house, DELEGATES).await, taken(&house, PRESS).await), ((1, 1, 2), (1, 0, 2)));
}

#[tokio::test]
async fn public_page_tells_that_a_category_is_full_when_what_it_shares_is() {
    let house = sharing(5, 5, 1).await;
    set(&house, v1::Category { public: true, ..Default::default() }, "public").await;
    let shown = async || {
        let request = v1::GetPublicEventRequest { name: FORUM.to_owned() };
        house.client(None).await.public().get_public_event(request).await.done().categories[0].state()
    };
    assert_eq!(shown().await, v1::PublicCategoryState::Open);
    comes(&house, "ana", PRESS).await;
    assert_eq!(shown().await, v1::PublicCategoryState::Full);
}

/// Lets something happen that chance has; `capacities` are those of the delegates, the press and the hall.
async fn happen(house: &House, chance: &mut Chance, guest: &str, capacities: &mut [i32; 3]) {
    let all = registrations(house).await;
    let taken = [State::Submitted, State::Confirmed, State::Waiting];
    let live: Vec<&v1::Registration> = all.iter().filter(|each| taken.contains(&each.state())).collect();
    let size = i32::try_from(chance.below(6)).unwrap();
    match chance.below(8) {
        0..=2 => {
            let category = [DELEGATES, PRESS][chance.below(2)];
            comes(house, guest, category).await;
        }
        3..=4 => {
            if let Some(one) = chance.one_of(&live) {
                withdraw(house, &one.name).await;
            }
        }
        5 => {
            if let Some(one) = chance.one_of(&live) {
                let to = if one.category == PRESS { DELEGATES } else { PRESS };
                let moved = v1::Registration { name: one.name.clone(), category: to.to_owned(), ..Default::default() };
                let request = v1::UpdateRegistrationRequest { registration: Some(moved), ..Default::default() };
                if let Err(refused) = house.owner.registrations().update_registration(request).await {
                    assert!(Failure::from(refused).is(ErrorReason::NoPlaces) && one.state() != State::Waiting);
                }
            }
        }
        6 => {
            let which = chance.below(2);
            if resized(house, [DELEGATES, PRESS][which], size).await.is_ok() {
                capacities[which] = size;
            }
        }
        _ => {
            if share(house, vec![hall(size, &[DELEGATES, PRESS])]).await.is_ok() {
                capacities[2] = size;
            }
        }
    }
}

/// Holds what there is against what has to hold.
async fn hold(house: &House, [of_delegates, of_press, of_hall]: [i32; 3]) {
    let all = registrations(house).await;
    let count = |category: &str, states: &[State]| {
        let counted = all.iter().filter(|each| each.category == category && states.contains(&each.state()));
        i32::try_from(counted.count()).unwrap()
    };
    let is_in = |category| count(category, &[State::Submitted, State::Confirmed]);
    let chairs = is_in(DELEGATES) + is_in(PRESS);
    assert!(chairs <= of_hall, "{chairs} of {of_hall} chairs are taken");
    for (category, places) in [(DELEGATES, of_delegates), (PRESS, of_press)] {
        let (held, waiting) = (is_in(category), count(category, &[State::Waiting]));
        assert_eq!(taken(house, category).await, (held, waiting, chairs), "what the ledger says of {category}");
        assert!(held <= places, "{held} of {places} places of {category} are taken");
        assert!(
            waiting == 0 || held == places || chairs == of_hall,
            "{waiting} wait for {category}, and could be served"
        );
    }
}

/// Lesson 1 and lesson 2 for places that are shared: never more than there are, and nobody waits who could be served.
#[tokio::test]
async fn lesson_2_whatever_happens_nobody_waits_who_could_have_a_place_in_their_category_and_in_the_hall() {
    for beginning in 1..=3 {
        let mut chance = Chance::beginning(beginning);
        let mut capacities = [3, 2, 3];
        let house = sharing(3, 2, 3).await;
        for deed in 0..60 {
            happen(&house, &mut chance, &format!("guest{beginning}-{deed}"), &mut capacities).await;
            hold(&house, capacities).await;
        }
    }
}
