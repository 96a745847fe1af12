//! Viewers: a company that registers once has places for all who watch, or waits for all of them.

use attache_client::Failure;
use attache_tests::fixtures::{viewers_field, watching};

use super::*;

/// A forum of so many seats, under each of whose registrations up to six watch.
async fn watched(seats: i32) -> House {
    let house = boot().await;
    house.forum_with_seats(seats).await;
    let category = v1::Category { form_fields: vec![viewers_field(6)], public: true, ..Default::default() };
    house.set_category(DELEGATES, category).await;
    house
}

fn company(name: &str, viewers: &str) -> v1::CreateRegistrationRequest {
    let mut request = registration_of(person(name, &format!("{name}@example.org")));
    request.registration.as_mut().unwrap().answers = watching(viewers);
    request
}

async fn registers(house: &House, name: &str, viewers: &str) -> v1::Registration {
    house.owner.registrations().create_registration(company(name, viewers)).await.done()
}

/// Has so many watch from now on.
async fn watch(house: &House, name: &str, viewers: &str) -> Result<v1::Registration, Failure> {
    let registration = v1::Registration { name: name.to_owned(), answers: watching(viewers), ..Default::default() };
    let (registration, update_mask) = (Some(registration), mask(&["answers"]));
    let request = v1::UpdateRegistrationRequest { registration, update_mask, ..Default::default() };
    Ok(house.owner.registrations().update_registration(request).await.map_err(Failure::from)?.into_inner())
}

async fn read(house: &House, name: &str) -> v1::Registration {
    let view = v1::RegistrationView::Full.into();
    let request = v1::GetRegistrationRequest { name: name.to_owned(), view };
    house.owner.registrations().get_registration(request).await.done()
}

async fn waiting_places(house: &House, name: &str) -> i32 {
    read(house, name).await.waiting_places
}

#[tokio::test]
async fn company_has_places_for_all_who_watch_or_waits_for_all() {
    let house = watched(9).await;

    let marble = registers(&house, "marble", "5").await;
    assert_eq!((marble.state(), level(&house).await), (State::Submitted, (5, 0)));
    let textiles = registers(&house, "textiles", "6").await;
    assert_eq!((textiles.state(), textiles.waiting_position, textiles.waiting_places), (State::Waiting, 1, 6));
    assert_eq!(level(&house).await, (5, 1));

    let fewer = watch(&house, &marble.name, "2").await.unwrap();
    assert_eq!((fewer.state(), state(&house, &textiles.name).await), (State::Submitted, State::Submitted));
    assert_eq!(level(&house).await, (8, 0));

    let refused = watch(&house, &marble.name, "4").await.unwrap_err();
    assert!(refused.is(ErrorReason::NoPlaces), "{refused:?}");
    assert_eq!(["pool", "free"].map(|key| refused.metadata[key].as_str()), [DELEGATES, "1"]);
    withdraw(&house, &textiles.name).await;
    assert_eq!(level(&house).await, (2, 0));
}

#[tokio::test]
async fn company_that_waits_is_served_when_fewer_of_it_watch() {
    let house = watched(7).await;
    registers(&house, "marble", "5").await;
    let textiles = registers(&house, "textiles", "4").await;
    assert_eq!((textiles.state(), waiting_places(&house, &textiles.name).await), (State::Waiting, 4));

    let fewer = watch(&house, &textiles.name, "03").await.unwrap();
    let known = read(&house, &textiles.name).await;
    assert_eq!((fewer.state(), known.waiting_places, known.answers), (State::Waiting, 3, watching("3")));
    let two = watch(&house, &textiles.name, "2").await.unwrap();

    assert_eq!((two.state(), two.waiting_places, level(&house).await), (State::Submitted, 0, (7, 0)));
}

#[tokio::test]
async fn number_of_viewers_that_is_none_is_refused_and_no_answer_is_one() {
    let house = watched(9).await;
    let create = async |viewers: &str| {
        let mut request = company("marble", viewers);
        request.validate_only = true;
        house.owner.registrations().create_registration(request).await
    };

    for wrong in ["0", "7", "-1", "2.5", "five", "５"] {
        assert_eq!(wrong_fields(create(wrong).await), ["answers.viewers"], "{wrong}");
    }
    for good in ["1", "6", "3.0", ""] {
        create(good).await.done();
    }
    house.register("Alone", "alone@example.org").await;
    assert_eq!(level(&house).await, (1, 0));
}

/// Whoever fills the public form has places for all who watch while their address is proven.
#[tokio::test]
async fn public_form_takes_places_for_viewers() {
    let house = watched(9).await;
    let client = house.client(None).await;
    let form = client.public().get_form(v1::GetFormRequest { name: DELEGATES.to_owned() }).await.done();
    let asked = form.fields.iter().find(|field| field.id == "viewers").unwrap();
    assert_eq!((asked.kind(), asked.max_viewers), (v1::FormFieldKind::Viewers, 6));
    let submit = async |email: &str, viewers: &str| {
        let person = Some(person("Zarmina", email));
        let answers = watching(viewers);
        let request = v1::SubmitRegistrationRequest { parent: DELEGATES.to_owned(), person, answers };
        client.public().submit_registration(request).await.done()
    };

    let five = submit("five@example.org", "5").await;
    let six = submit("six@example.org", "6").await;

    assert_eq!((five.place_held, six.place_held, level(&house).await), (true, false, (5, 0)));
    let mut states = Vec::new();
    for (name, email) in [(five.name, "five@example.org"), (six.name, "six@example.org")] {
        let code = house.code(email).await;
        let confirmed = client.public().confirm_submission(v1::ConfirmSubmissionRequest { name, code }).await.done();
        states.push((confirmed.state(), waiting_places(&house, &confirmed.registration).await));
    }
    assert_eq!((&states[..], level(&house).await), (&[(State::Submitted, 0), (State::Waiting, 6)][..], (5, 1)));
}

#[tokio::test]
async fn ten_watch_at_most_where_nothing_else_is_said() {
    let house = watched(20).await;

    house.set_category(DELEGATES, v1::Category { form_fields: vec![viewers_field(0)], ..Default::default() }).await;

    let request = v1::GetCategoryRequest { name: DELEGATES.to_owned() };
    let category = house.owner.categories().get_category(request).await.done();
    assert_eq!(category.form_fields[0].max_viewers, 10);
}
