//! What anybody may see of an event, and the registrations that people make by themselves.

use attache_client::{
    Code,
    v1::{self, ErrorReason, FormFieldKind, PublicCategoryState, RegistrationState},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot, database,
    fixtures::{DELEGATES, FORUM, LAUNCH, mask, person, text},
};
use chrono::TimeDelta;

const ADDRESS: &str = "visitor@example.org";

/// A forum of so many seats whose delegates register by themselves.
async fn public_forum(seats: i32) -> House {
    let house = boot().await;
    house.forum_with_seats(seats).await;
    let category = v1::Category { name: DELEGATES.to_owned(), public: true, ..Default::default() };
    let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    house
}

async fn submit(house: &House, email: &str) -> Result<tonic::Response<v1::SubmitRegistrationResponse>, tonic::Status> {
    let person = v1::Person { native_name: "张秘密".to_owned(), ..person("Zhang Mimi", email) };
    let request =
        v1::SubmitRegistrationRequest { parent: DELEGATES.to_owned(), person: Some(person), answers: Vec::new() };
    house.client(None).await.public().submit_registration(request).await
}

async fn confirm(
    house: &House,
    name: &str,
    code: &str,
) -> Result<tonic::Response<v1::ConfirmSubmissionResponse>, tonic::Status> {
    let request = v1::ConfirmSubmissionRequest { name: name.to_owned(), code: code.to_owned() };
    house.client(None).await.public().confirm_submission(request).await
}

async fn public_event(house: &House, name: &str) -> Result<tonic::Response<v1::PublicEvent>, tonic::Status> {
    let request = v1::GetPublicEventRequest { name: name.to_owned() };
    house.client(None).await.public().get_public_event(request).await
}

async fn held(house: &House) -> (i32, i32) {
    let request = v1::GetCapacityRequest { name: DELEGATES.to_owned() };
    let capacity = house.owner.categories().get_capacity(request).await.done();
    (capacity.held, capacity.waiting)
}

async fn registrations(house: &House) -> Vec<v1::Registration> {
    let request = v1::ListRegistrationsRequest {
        parent: FORUM.to_owned(),
        view: v1::RegistrationView::Full.into(),
        ..Default::default()
    };
    house.owner.registrations().list_registrations(request).await.done().registrations
}

#[tokio::test]
async fn event_shows_its_public_categories_and_how_full_they_are() {
    let house = public_forum(1).await;
    house.press(v1::Category::default()).await;
    let state = async || public_event(&house, FORUM).await.done().categories[0].state();

    let shown = public_event(&house, FORUM).await.done();
    let before = state().await;
    house.register("First", "first@example.org").await;
    let after = state().await;

    let categories: Vec<_> = shown.categories.iter().map(|category| category.name.as_str()).collect();
    assert_eq!(categories, [DELEGATES]);
    assert_eq!(shown.categories[0].language_codes, ["en", "zh"]);
    assert_eq!([before, after], [PublicCategoryState::Open, PublicCategoryState::Full]);
    assert_eq!(shown.title, Some(text("Technology and Innovation Forum", "科技创新论坛")));
    assert_eq!(shown.controller_title.unwrap().zh, "一带一路产业促进会");
    assert_eq!(shown.start_time.unwrap().local_time, "2023-09-05T09:00");
    assert!(shown.registration_open);
    house.app.clock.advance(TimeDelta::days(60));
    assert!(!public_event(&house, FORUM).await.done().registration_open);
}

#[tokio::test]
async fn event_and_category_that_take_no_public_registrations_are_nobodys_to_see() {
    let house = public_forum(1).await;
    house.foreign_event().await;
    let guests = format!("{LAUNCH}/categories/guest");

    let request = v1::GetFormRequest { name: guests.clone() };
    let form = house.client(None).await.public().get_form(request).await;
    let request =
        v1::SubmitRegistrationRequest { parent: guests, person: Some(person("Visitor", ADDRESS)), answers: Vec::new() };
    let submitted = house.client(None).await.public().submit_registration(request).await;

    let not_found = (Code::NotFound, ErrorReason::NotFound);
    assert_eq!(verdict(public_event(&house, LAUNCH).await), not_found);
    assert_eq!(verdict(form), not_found);
    assert_eq!(verdict(submitted), not_found);
}

#[tokio::test]
async fn form_describes_its_fields_in_both_languages() {
    let house = public_forum(1).await;
    let category =
        v1::Category { name: DELEGATES.to_owned(), language_codes: vec!["zh".to_owned()], ..Default::default() };
    let request = v1::UpdateCategoryRequest {
        category: Some(category),
        update_mask: mask(&["language_codes"]),
        ..Default::default()
    };
    house.owner.categories().update_category(request).await.done();

    let request = v1::GetFormRequest { name: DELEGATES.to_owned() };
    let form = house.client(None).await.public().get_form(request).await.done();

    let required = form.fields.iter().filter(|field| field.required).map(|field| field.path.as_str());
    assert_eq!(required.collect::<Vec<_>>(), ["person.display_name", "person.email"]);
    let labels = form.fields.iter().map(|field| field.label.clone().unwrap());
    assert!(labels.clone().all(|label| !label.en.is_empty() && !label.zh.is_empty()), "{form:?}");
    let last = form.fields.last().unwrap();
    assert_eq!((last.kind(), last.options.as_slice()), (FormFieldKind::Language, ["zh".to_owned()].as_slice()));
}

#[tokio::test]
async fn confirmed_submission_is_a_registration_like_any_other() {
    let house = public_forum(1).await;

    let submitted = submit(&house, ADDRESS).await.done();
    let before = (held(&house).await, registrations(&house).await);
    let code = house.code(ADDRESS).await;
    let mail = house.mail_memory().sent().remove(0);
    let confirmed = confirm(&house, &submitted.name, &code.to_uppercase()).await.done();
    let again = confirm(&house, &submitted.name, &code).await;

    // Nothing that was typed goes to an address before it is proven.
    assert_eq!([mail.text, mail.html].map(|text| text.contains("Zhang") || text.contains("张秘密")), [false; 2]);
    assert_eq!(mail.to.name.as_deref(), Some("guest"));
    assert!(submitted.place_held);
    assert_eq!(before, ((1, 0), vec![]));
    assert_eq!((confirmed.state(), confirmed.waiting_position), (RegistrationState::Submitted, 0));
    let registered = registrations(&house).await.remove(0);
    assert_eq!((registered.name.as_str(), held(&house).await), (confirmed.registration.as_str(), (1, 0)));
    assert_eq!(registered.embedded_person.unwrap().native_name, "张秘密");
    assert_eq!(verdict(again), (Code::FailedPrecondition, ErrorReason::CodeInvalid));
    let told = house.mail().await.pop().unwrap();
    assert_eq!(told.subject, "Registration received: Technology and Innovation Forum");
    let request = v1::ConfirmRegistrationRequest { name: registered.name, ..Default::default() };
    house.owner.registrations().confirm_registration(request).await.done();
}

#[tokio::test]
async fn place_is_held_for_half_an_hour_and_then_goes_to_whoever_waits() {
    let house = public_forum(1).await;
    let submitted = submit(&house, ADDRESS).await.done();
    let code = house.code(ADDRESS).await;
    let waiting = house.register("Second", "second@example.org").await;

    house.pass(TimeDelta::minutes(30)).await;
    let promoted = house
        .until(async || {
            let all = registrations(&house).await;
            all.into_iter().find(|each| each.state() == RegistrationState::Submitted)
        })
        .await;
    let late = confirm(&house, &submitted.name, &code).await;

    assert_eq!((waiting.state(), promoted.name), (RegistrationState::Waiting, waiting.name));
    assert_eq!(verdict(late), (Code::FailedPrecondition, ErrorReason::CodeInvalid));
    assert_eq!(held(&house).await, (1, 0));
}

#[tokio::test]
async fn who_found_no_place_waits_once_the_address_is_proven() {
    let house = public_forum(1).await;
    house.register("First", "first@example.org").await;

    let submitted = submit(&house, ADDRESS).await.done();
    let unproven = held(&house).await;
    let code = house.code(ADDRESS).await;
    let confirmed = confirm(&house, &submitted.name, &code).await.done();

    assert_eq!((submitted.place_held, unproven), (false, (1, 0)));
    assert_eq!((confirmed.state(), confirmed.waiting_position), (RegistrationState::Waiting, 1));
    assert_eq!(held(&house).await, (1, 1));
}

#[tokio::test]
async fn who_is_registered_is_told_to_nobody_but_the_address_itself() {
    let house = public_forum(5).await;
    house.register("First", ADDRESS).await;

    let submitted = submit(&house, ADDRESS).await.done();
    let guessed = confirm(&house, &submitted.name, "00000000").await;
    let proven = confirm(&house, &submitted.name, &house.code(ADDRESS).await).await;

    assert_eq!(verdict(guessed), (Code::FailedPrecondition, ErrorReason::CodeInvalid));
    assert_eq!(verdict(proven), (Code::AlreadyExists, ErrorReason::AlreadyRegistered));
}

#[tokio::test]
async fn fifth_wrong_code_shuts_out_the_right_one() {
    let house = public_forum(5).await;
    let submitted = submit(&house, ADDRESS).await.done();
    let right = house.code(ADDRESS).await;
    let wrong = if right.starts_with('0') { "10000000" } else { "00000000" };

    for _ in 0..5 {
        confirm(&house, &submitted.name, wrong).await.refused();
    }
    let refused = confirm(&house, &submitted.name, &right).await;

    assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::CodeInvalid));
    assert_eq!(registrations(&house).await, []);
}

#[tokio::test]
async fn address_is_mailed_three_codes_and_more_when_the_forms_are_forgotten() {
    let house = public_forum(5).await;
    for _ in 0..3 {
        submit(&house, ADDRESS).await.done();
    }

    let refused = submit(&house, "VISITOR@example.org").await.refused();
    let other = submit(&house, "other@example.org").await;
    house.pass(TimeDelta::minutes(30)).await;
    house.until(async || (held(&house).await == (0, 0)).then_some(())).await;
    submit(&house, ADDRESS).await.done();

    assert_eq!((refused.code, refused.is(ErrorReason::TooManyRequests)), (Code::ResourceExhausted, true));
    assert!(refused.retry_delay.is_some());
    other.done();
}

#[tokio::test]
async fn form_that_is_not_filled_is_refused_field_by_field() {
    let house = public_forum(1).await;

    let refused = submit(&house, "").await;
    let request = v1::SubmitRegistrationRequest {
        parent: "delegate".to_owned(),
        person: Some(v1::Person { region_code: "China".to_owned(), ..person("", "visitor@") }),
        answers: Vec::new(),
    };
    let wrong = house.client(None).await.public().submit_registration(request).await;
    let named = confirm(&house, "submissions/1", "k7m2").await;

    assert_eq!(wrong_fields(refused), ["person.email"]);
    assert_eq!(wrong_fields(wrong), ["parent", "person.display_name", "person.email", "person.region_code"]);
    assert_eq!(wrong_fields(named), ["name", "code"]);
}

#[tokio::test]
async fn what_was_typed_lies_nowhere_in_clear_until_it_is_confirmed() {
    let mut house = public_forum(1).await;
    submit(&house, "unproven@example.org").await.done();
    house.code("unproven@example.org").await;

    house.close().await;
    database::spill(&house.database, &house.folder).await;

    let mut found = Vec::new();
    for entry in std::fs::read_dir(&house.folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        found.extend(["unproven@", "Zhang Mimi", "张秘密"].into_iter().filter(|text| holds(text)));
    }
    assert_eq!(found, [] as [&str; 0]);
}
