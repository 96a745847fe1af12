//! Registration categories through the whole house.

use attache_client::{
    Code,
    v1::{self, ErrorReason},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, FORUM, mask, once, text},
};

const NOBODY: &str = "events/ciftis-2023/categories/nobody";

fn creation(id: &str) -> v1::CreateCategoryRequest {
    v1::CreateCategoryRequest {
        parent: FORUM.to_owned(),
        category: Some(v1::Category { title: Some(text("Press", "媒体")), ..Default::default() }),
        category_id: id.to_owned(),
        request_id: String::new(),
        validate_only: false,
    }
}

fn resize(capacity: Option<i32>, etag: &str) -> v1::UpdateCategoryRequest {
    let category = v1::Category { name: DELEGATES.to_owned(), capacity, etag: etag.to_owned(), ..Default::default() };
    v1::UpdateCategoryRequest { category: Some(category), update_mask: mask(&["capacity"]), ..Default::default() }
}

fn deletion(name: &str) -> v1::DeleteCategoryRequest {
    v1::DeleteCategoryRequest { name: name.to_owned(), ..Default::default() }
}

async fn capacity(house: &House) -> v1::Capacity {
    house.owner.categories().get_capacity(v1::GetCapacityRequest { name: DELEGATES.to_owned() }).await.done()
}

#[tokio::test]
async fn category_is_created_read_and_listed() {
    let house = boot().await;
    house.forum_with_seats(3).await;
    let request = v1::CreateCategoryRequest { request_id: once(), ..creation("press") };

    let created = house.owner.categories().create_category(request.clone()).await.done();
    let again = house.owner.categories().create_category(request).await.done();

    let expected = v1::Category {
        name: format!("{FORUM}/categories/press"),
        title: Some(text("Press", "媒体")),
        confirmation: v1::ConfirmationPolicy::ByHand.into(),
        create_time: created.create_time,
        update_time: created.create_time,
        etag: "r1".to_owned(),
        ..Default::default()
    };
    assert_eq!((&created, &again), (&expected, &expected));
    let request = v1::GetCategoryRequest { name: created.name.clone() };
    assert_eq!(house.owner.categories().get_category(request).await.done(), created);
    let request = v1::ListCategoriesRequest { parent: FORUM.to_owned(), ..Default::default() };
    let list = house.owner.categories().list_categories(request).await.done();
    let names: Vec<_> = list.categories.iter().map(|category| category.name.as_str()).collect();
    assert_eq!((names, list.total_size), (vec![DELEGATES, created.name.as_str()], 2));
}

#[tokio::test]
async fn capacity_is_never_below_what_is_held() {
    let house = boot().await;
    house.forum_with_seats(3).await;
    house.register("First", "first@example.org").await;
    house.register("Second", "second@example.org").await;

    let below = house.owner.categories().update_category(resize(Some(1), "")).await.refused();
    house.owner.categories().update_category(resize(Some(2), "")).await.done();
    assert_eq!(capacity(&house).await, v1::Capacity { capacity: Some(2), held: 2, waiting: 0, ..Default::default() });
    house.owner.categories().update_category(resize(None, "")).await.done();

    assert_eq!((below.code, below.is(ErrorReason::CapacityBelowHeld)), (Code::FailedPrecondition, true));
    assert_eq!(["capacity", "held"].map(|key| below.metadata[key].as_str()), ["1", "2"]);
    assert_eq!(capacity(&house).await, v1::Capacity { capacity: None, held: 2, waiting: 0, ..Default::default() });
}

#[tokio::test]
async fn category_confirmed_at_once_confirms() {
    let house = boot().await;
    house.forum_with_seats(3).await;
    let category = v1::Category {
        name: DELEGATES.to_owned(),
        confirmation: v1::ConfirmationPolicy::AtOnce.into(),
        ..Default::default()
    };
    let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
    house.owner.categories().update_category(request).await.done();

    let registration = house.register("Guest", "guest@example.org").await;

    assert_eq!(registration.state(), v1::RegistrationState::Confirmed);
}

#[tokio::test]
async fn who_comes_off_the_waiting_list_is_confirmed_as_the_category_confirms() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let first = house.register("First", "first@example.org").await;
    let second = house.register("Second", "second@example.org").await;
    let category = v1::Category {
        name: DELEGATES.to_owned(),
        confirmation: v1::ConfirmationPolicy::AtOnce.into(),
        ..Default::default()
    };
    let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
    house.owner.categories().update_category(request).await.done();

    let request = v1::WithdrawRegistrationRequest { name: first.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();

    let request = v1::GetRegistrationRequest { name: second.name, ..Default::default() };
    let second = house.owner.registrations().get_registration(request).await.done();
    assert_eq!(second.state(), v1::RegistrationState::Confirmed);
}

#[tokio::test]
async fn category_in_use_is_not_deleted_and_another_is() {
    let house = boot().await;
    house.forum_with_seats(3).await;
    house.register("Guest", "guest@example.org").await;
    let press = house.owner.categories().create_category(creation("press")).await.done().name;

    let used = house.owner.categories().delete_category(deletion(DELEGATES)).await.refused();
    let stale = v1::DeleteCategoryRequest { etag: "r9".to_owned(), ..deletion(&press) };
    let stale = house.owner.categories().delete_category(stale).await;
    let request = v1::DeleteCategoryRequest { request_id: once(), ..deletion(&press) };
    house.owner.categories().delete_category(request.clone()).await.done();
    house.owner.categories().delete_category(request).await.done();
    let gone = house.owner.categories().get_capacity(v1::GetCapacityRequest { name: press }).await;

    assert_eq!((used.code, used.is(ErrorReason::InUse)), (Code::FailedPrecondition, true));
    assert_eq!(["resource", "referrer"].map(|key| used.metadata[key].as_str()), [DELEGATES, "registrations"]);
    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
    assert_eq!(verdict(gone), (Code::NotFound, ErrorReason::NotFound));
}

#[tokio::test]
async fn category_that_cannot_be_so_is_refused() {
    let house = boot().await;
    house.forum_with_seats(3).await;
    let wrong = v1::Category {
        capacity: Some(-1),
        language_codes: vec!["en".to_owned(), "klingon".to_owned()],
        confirmation: 9,
        ..Default::default()
    };
    let wrong = v1::CreateCategoryRequest { category: Some(wrong), ..creation("A") };
    let wrong = house.owner.categories().create_category(wrong).await;
    let nowhere = v1::CreateCategoryRequest { parent: "events/nowhere".to_owned(), ..creation("press") };
    let nowhere = house.owner.categories().create_category(nowhere).await;
    let taken = house.owner.categories().create_category(creation("delegate")).await;
    let stale = house.owner.categories().update_category(resize(Some(9), "r9")).await;

    let fields = [
        "category_id",
        "category.title",
        "category.capacity",
        "category.language_codes[1].code",
        "category.confirmation",
    ];
    assert_eq!(wrong_fields(wrong), fields);
    assert_eq!(verdict(nowhere), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(taken), (Code::AlreadyExists, ErrorReason::AlreadyExists));
    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
    let request = v1::GetCategoryRequest { name: NOBODY.to_owned() };
    assert_eq!(verdict(house.owner.categories().get_category(request).await).1, ErrorReason::NotFound);
    assert_eq!(verdict(house.owner.categories().delete_category(deletion(NOBODY)).await).1, ErrorReason::NotFound);
    let request = v1::UpdateCategoryRequest { update_mask: mask(&["held"]), ..resize(None, "one") };
    let fields = wrong_fields(house.owner.categories().update_category(request).await);
    assert_eq!(fields, ["update_mask", "category.etag"]);
}
