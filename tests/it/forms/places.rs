//! Choices that so many may make and no more: taken, refused, given back, and counted however they came to be limited.

use attache_tests::fixtures::{bringing, guests_field, viewers_field};
use chrono::TimeDelta;
use tokio::task::JoinSet;

use super::*;

/// The trips of a forum, the first of which has so many places.
fn trips(places: Option<i32>) -> Vec<v1::FormField> {
    let mut trips = choices(&["city", "park"]);
    trips[0].places = places;
    vec![v1::FormField { choices: trips, ..field("trips", Kind::Choices) }]
}

/// A forum of so many seats whose delegates register by themselves and choose trips.
async fn forum_with_trips(seats: i32, places: Option<i32>) -> House {
    let house = boot().await;
    house.forum_with_seats(seats).await;
    let category = v1::Category { name: DELEGATES.to_owned(), public: true, ..Default::default() };
    let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    set_form(&house, trips(places)).await.done();
    house
}

fn to(trips: &[&str]) -> Vec<v1::Answer> {
    answers(&[("trips", trips)])
}

fn choosing(name: &str, trips: &[&str]) -> v1::CreateRegistrationRequest {
    let mut request = registration_of(person(name, &format!("{name}@example.org")));
    request.registration.as_mut().unwrap().answers = to(trips);
    request
}

async fn guest(house: &House, name: &str, trips: &[&str]) -> Result<Response<v1::Registration>, Status> {
    house.owner.registrations().create_registration(choosing(name, trips)).await
}

/// How many places of the city there are and are taken, as an organiser is told; nothing, where it is not limited.
async fn city(house: &House) -> Option<(i32, i32)> {
    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    let choices = house.owner.categories().get_capacity(request).await.done().choices;
    assert!(choices.iter().all(|one| (one.field.as_str(), one.choice.as_str()) == ("trips", "city")), "{choices:?}");
    choices.first().map(|city| (city.capacity, city.held))
}

/// How many may still choose each trip, as the form tells whoever fills it.
async fn free(house: &House) -> Vec<Option<i32>> {
    let request = v1::GetFormRequest { name: DELEGATES.to_owned() };
    let form = house.client(None).await.public().get_form(request).await.done();
    let trips = form.fields.into_iter().find(|field| field.id == "trips").expect("trips");
    trips.choices.iter().map(|choice| choice.free_places).collect()
}

fn full<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) {
    let refused = answer.refused();
    assert!(refused.is(ErrorReason::ChoiceFull), "{refused:?}");
    assert_eq!(refused.metadata["resource"], DELEGATES);
    let told: Vec<_> = refused.precondition_violations.iter().map(|one| (&*one.kind, &*one.subject)).collect();
    assert_eq!(told, [("choice_full", "answers.trips/city")]);
}

async fn withdraw(house: &House, name: &str) {
    let request = v1::WithdrawRegistrationRequest { name: name.to_owned(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
}

#[tokio::test]
async fn last_place_of_a_choice_goes_to_one_of_those_who_want_it_at_once() {
    let house = forum_with_trips(50, Some(3)).await;
    let mut calls = JoinSet::new();
    for number in 0..12 {
        let (client, request) = (house.owner.clone(), choosing(&format!("guest{number}"), &["city"]));
        calls.spawn(async move { client.registrations().create_registration(request).await });
    }

    let (served, refused): (Vec<_>, Vec<_>) = calls.join_all().await.into_iter().partition(Result::is_ok);

    assert_eq!((served.len(), refused.len()), (3, 9));
    refused.into_iter().for_each(full);
    assert_eq!((city(&house).await, free(&house).await), (Some((3, 3)), vec![Some(0), None]));
    guest(&house, "rambler", &["park"]).await.done();
}

#[tokio::test]
async fn place_of_a_choice_is_free_when_another_is_made_or_the_registration_is_out_and_not_before() {
    let house = forum_with_trips(1, Some(1)).await;
    let inside = guest(&house, "inside", &["park"]).await.done();
    // Who waits for a place in the hall has theirs in the city.
    let waiting = guest(&house, "waiting", &["city", "park"]).await.done();
    assert_eq!(waiting.state(), State::Waiting);
    full(answer(&house, &inside.name, to(&["city"])).await);

    answer(&house, &waiting.name, to(&["park"])).await.done();
    answer(&house, &inside.name, to(&["park", "city"])).await.done();
    full(answer(&house, &waiting.name, to(&["city"])).await);
    withdraw(&house, &inside.name).await;
    assert_eq!(city(&house).await, Some((1, 0)));
    answer(&house, &waiting.name, to(&["city"])).await.done();

    let reinstate = v1::ReinstateRegistrationRequest { name: inside.name.clone(), ..Default::default() };
    full(house.owner.registrations().reinstate_registration(reinstate.clone()).await);
    // What is out takes no place, whatever is written of it.
    answer(&house, &inside.name, to(&["park"])).await.done();
    answer(&house, &inside.name, to(&["city"])).await.done();
    assert_eq!(city(&house).await, Some((1, 1)));
    withdraw(&house, &waiting.name).await;
    house.owner.registrations().reinstate_registration(reinstate).await.done();
    assert_eq!(city(&house).await, Some((1, 1)));
}

#[tokio::test]
async fn guest_chooses_by_their_own_link_what_has_places_and_sees_how_many() {
    let house = forum_with_trips(5, Some(1)).await;
    let [first, second] = [guest(&house, "first", &["city"]).await.done(), guest(&house, "second", &[]).await.done()];
    let delegate = house.delegate(&second.person).await;
    let seen = delegate.public().get_mine(v1::GetMineRequest {}).await.done().registrations.remove(0);
    let choose = async || {
        let registration = v1::Registration { name: second.name.clone(), answers: to(&["city"]), ..Default::default() };
        let request = v1::UpdateRegistrationRequest { registration: Some(registration), ..Default::default() };
        delegate.registrations().update_registration(request).await
    };

    full(choose().await);
    withdraw(&house, &first.name).await;
    choose().await.done();

    let form = seen.form.expect("a form");
    assert_eq!(form.fields[0].choices.iter().map(|one| one.free_places).collect::<Vec<_>>(), [Some(0), None]);
    assert_eq!(city(&house).await, Some((1, 1)));
}

#[tokio::test]
async fn choice_that_is_limited_later_counts_who_made_it_before() {
    let house = forum_with_trips(1, None).await;
    let [first, _] = [guest(&house, "first", &["city"]).await.done(), guest(&house, "second", &["city"]).await.done()];
    let third = guest(&house, "third", &["city"]).await.done();
    withdraw(&house, &third.name).await;
    submit(&house, to(&["city"])).await.done();

    let below = set_form(&house, trips(Some(2))).await.refused();
    set_form(&house, trips(Some(3))).await.done();
    full(answer(&house, &guest(&house, "fourth", &[]).await.done().name, to(&["city"])).await);
    let lower = set_form(&house, trips(Some(2))).await;
    set_form(&house, trips(Some(4))).await.done();

    assert!(below.is(ErrorReason::CapacityBelowHeld));
    assert_eq!((below.metadata["capacity"].as_str(), below.metadata["held"].as_str()), ("2", "3"));
    assert_eq!(verdict(lower), (Code::FailedPrecondition, ErrorReason::CapacityBelowHeld));
    assert_eq!(city(&house).await, Some((4, 3)));
    set_form(&house, trips(None)).await.done();
    assert_eq!(city(&house).await, None);
    withdraw(&house, &first.name).await;
    set_form(&house, trips(Some(9))).await.done();
    assert_eq!(city(&house).await, Some((9, 2)));
}

#[tokio::test]
async fn form_has_the_places_of_its_choices_until_the_address_is_proven_or_the_time_for_it_is_over() {
    let house = forum_with_trips(5, Some(1)).await;
    let early = v1::SubmitRegistrationRequest {
        parent: DELEGATES.to_owned(),
        person: Some(person("Early", "early@example.org")),
        answers: to(&["city"]),
    };
    house.client(None).await.public().submit_registration(early).await.done();
    full(guest(&house, "other", &["city"]).await);
    house.pass(TimeDelta::minutes(31)).await;
    house.until(async || city(&house).await.filter(|city| *city == (1, 0))).await;

    let submitted = submit(&house, to(&["city"])).await.done();
    let code = house.code("zarmina@example.org").await;
    let request = v1::ConfirmSubmissionRequest { name: submitted.name, code };
    house.client(None).await.public().confirm_submission(request).await.done();

    assert_eq!(city(&house).await, Some((1, 1)));
}

#[tokio::test]
async fn choices_are_made_anew_where_a_registration_is_moved_to() {
    let house = forum_with_trips(5, Some(1)).await;
    house.press(v1::Category { form_fields: trips(Some(1)), ..Default::default() }).await;
    let [first, second] = [guest(&house, "first", &["city"]).await.done(), guest(&house, "second", &[]).await.done()];
    let update = async |name: &str, category: &str, answers: Option<Vec<v1::Answer>>| {
        let paths: &[&str] = if answers.is_some() { &["category", "answers"] } else { &["category"] };
        let registration = v1::Registration {
            name: name.to_owned(),
            category: category.to_owned(),
            answers: answers.unwrap_or_default(),
            ..Default::default()
        };
        let request = v1::UpdateRegistrationRequest {
            registration: Some(registration),
            update_mask: mask(paths),
            ..Default::default()
        };
        house.owner.registrations().update_registration(request).await
    };

    update(&first.name, PRESS, None).await.done();
    assert_eq!(city(&house).await, Some((1, 0)));
    answer(&house, &second.name, to(&["city"])).await.done();
    let refused = update(&second.name, PRESS, None).await;
    let moved = update(&second.name, PRESS, Some(to(&["park"]))).await.done();

    assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::ChoiceFull));
    assert_eq!((moved.category.as_str(), city(&house).await), (PRESS, Some((1, 0))));
}

/// Companions take places of a choice that counts them, also of those who chose it before it did.
#[tokio::test]
async fn companions_take_places_of_choices_that_count_them() {
    let house = forum_with_trips(20, Some(4)).await;
    let with_guests = |places, counts_companions| {
        let mut fields = trips(Some(places));
        fields[0].choices[0].counts_companions = counts_companions;
        fields.push(guests_field(3));
        fields
    };
    set_form(&house, with_guests(4, false)).await.done();
    let party = |name: &str, guests: usize| {
        let mut request = choosing(name, &["city"]);
        request.registration.as_mut().unwrap().answers.extend(bringing(guests));
        request
    };
    let register = async |request| house.owner.registrations().create_registration(request).await;
    let family = register(party("family", 2)).await.done();
    assert_eq!(city(&house).await, Some((4, 1)));

    let below = set_form(&house, with_guests(2, true)).await.refused();
    assert!(below.is(ErrorReason::CapacityBelowHeld), "{below:?}");
    set_form(&house, with_guests(4, true)).await.done();
    assert_eq!((city(&house).await, free(&house).await), (Some((4, 3)), vec![Some(1), None]));
    full(register(party("pair", 1)).await);
    register(party("one", 0)).await.done();
    assert_eq!(city(&house).await, Some((4, 4)));

    let answers = [to(&["city"]), bringing(1)].concat();
    let fewer = v1::Registration { name: family.name, answers, ..Default::default() };
    let request = v1::UpdateRegistrationRequest { registration: Some(fewer), ..Default::default() };
    house.owner.registrations().update_registration(request).await.done();
    assert_eq!(city(&house).await, Some((4, 3)));
    set_form(&house, with_guests(4, false)).await.done();
    assert_eq!(city(&house).await, Some((4, 2)));
    // Nothing is lost on the way.
    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    assert_eq!(house.owner.categories().get_capacity(request).await.done().held, 3);
}

#[tokio::test]
async fn everything_that_is_wrong_with_fields_for_companions_is_told() {
    let house = forum_with_trips(20, None).await;
    let mut idle = choices(&["city"]);
    idle[0].counts_companions = true;
    let wrong = vec![
        guests_field(21),
        v1::FormField { id: "others".to_owned(), ..guests_field(1) },
        v1::FormField { choices: idle, max_companions: 2, ..field("trips", Kind::Choices) },
        v1::FormField { max_companions: -1, ..guests_field(1) },
        v1::FormField { max_viewers: 2, ..guests_field(1) },
        v1::FormField { max_viewers: -1, ..viewers_field(1) },
    ];

    let told = wrong_fields(set_form(&house, wrong).await);

    assert_eq!(
        told,
        [
            "category.form_fields[2].choices[0].counts_companions",
            "category.form_fields[2].max_companions",
            "category.form_fields[3].max_companions",
            "category.form_fields[4].max_viewers",
            "category.form_fields[5].max_viewers",
        ]
    );
    let wrong = vec![guests_field(21), v1::FormField { id: "others".to_owned(), ..guests_field(1) }];
    let told = wrong_fields(set_form(&house, wrong).await);
    assert_eq!(told, ["category.form_fields[0].kind", "category.form_fields[1].kind"]);
    let told = wrong_fields(set_form(&house, vec![viewers_field(1001), guests_field(1)]).await);
    assert_eq!(told, ["category.form_fields[0].kind", "category.form_fields[1].kind"]);
}
