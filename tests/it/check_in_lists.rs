//! Check-in lists: days, sessions, meals, vehicles and lounges, each of which somebody is on once.

use attache_client::{
    Code,
    v1::{self, CheckInListKind as Kind, ErrorReason},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    fixtures::{DELEGATES, FORUM, LAUNCH, mask, text},
};

use crate::check_ins::{by_name, forum_with_a_guest, list, scan, sync};

fn meal() -> v1::CheckInList {
    v1::CheckInList {
        title: Some(text("Lunch", "午餐")),
        kind: Kind::Meal.into(),
        date: "2023-09-05".to_owned(),
        ..Default::default()
    }
}

fn creating(check_in_list: v1::CheckInList) -> v1::CreateCheckInListRequest {
    v1::CreateCheckInListRequest { parent: FORUM.to_owned(), check_in_list: Some(check_in_list), ..Default::default() }
}

async fn made(house: &House, check_in_list: v1::CheckInList) -> v1::CheckInList {
    house.owner.check_in_lists().create_check_in_list(creating(check_in_list)).await.done()
}

#[tokio::test]
async fn somebody_is_on_each_list_once_and_on_the_event_beside() {
    let (house, name, ticket) = forum_with_a_guest().await;
    let lunch = made(&house, meal()).await.name;
    let dinner = made(&house, v1::CheckInList { title: Some(text("Dinner", "")), ..meal() }).await.name;
    let on = |list: &str| v1::CheckInRequest { list: list.to_owned(), ..by_name(&name) };

    let mut already = Vec::new();
    for list in ["", &lunch, &dinner, &lunch, ""] {
        already.push(house.owner.check_ins().check_in(on(list)).await.done().already);
    }
    let brought = sync(&house, &[v1::Scan { list: dinner.clone(), ..scan(&ticket) }]).await;

    assert_eq!(already, [false, false, false, true, true]);
    assert!(brought[0].0);
    let at_lunch = list(&house, &format!("list = {lunch:?}")).await;
    assert_eq!(at_lunch.iter().map(|one| (&one.list, &one.registration)).collect::<Vec<_>>(), [(&lunch, &name)]);
    assert_eq!(list(&house, "").await.len(), 3);
}

#[tokio::test]
async fn list_for_some_categories_lets_in_nobody_else_and_any_of_them_keeps_the_place() {
    let (house, name, _) = forum_with_a_guest().await;
    let request = v1::CreateCategoryRequest {
        parent: FORUM.to_owned(),
        category: Some(v1::Category { title: Some(text("VIP", "")), ..Default::default() }),
        category_id: "vip".to_owned(),
        ..Default::default()
    };
    let vip = house.owner.categories().create_category(request).await.done().name;
    let area = |categories: &[&str]| v1::CheckInList {
        title: Some(text("Lounge", "")),
        kind: Kind::Area.into(),
        categories: categories.iter().map(|&name| name.to_owned()).collect(),
        ..Default::default()
    };
    let lounge = made(&house, area(&[&vip])).await;
    let on_it = v1::CheckInRequest { list: lounge.name.clone(), ..by_name(&name) };

    let refused = house.owner.check_ins().check_in(on_it.clone()).await.refused();
    let widened = v1::UpdateCheckInListRequest {
        check_in_list: Some(v1::CheckInList {
            name: lounge.name.clone(),
            etag: lounge.etag,
            ..area(&[&vip, DELEGATES])
        }),
        update_mask: mask(&["categories"]),
        ..Default::default()
    };
    let widened = house.owner.check_in_lists().update_check_in_list(widened).await.done();
    house.owner.check_ins().check_in(on_it).await.done();
    let withdraw = v1::WithdrawRegistrationRequest { name: name.clone(), ..Default::default() };
    let withdrawn = house.owner.registrations().withdraw_registration(withdraw).await;

    assert!(refused.is(ErrorReason::NotOnList));
    assert_eq!((&refused.metadata["registration"], &refused.metadata["list"]), (&name, &lounge.name));
    assert_eq!(widened.categories, [vip, DELEGATES.to_owned()]);
    assert_eq!(verdict(withdrawn), (Code::FailedPrecondition, ErrorReason::CheckedIn));
}

#[tokio::test]
async fn list_says_what_it_is_for_and_nothing_that_does_not_fit() {
    let (house, ..) = forum_with_a_guest().await;
    let wrong = async |check_in_list: v1::CheckInList| {
        wrong_fields(house.owner.check_in_lists().create_check_in_list(creating(check_in_list)).await)
    };
    let of_kind = |kind: Kind| v1::CheckInList { title: Some(text("A", "")), kind: kind.into(), ..Default::default() };
    let session = format!("{LAUNCH}/sessions/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");

    assert_eq!(wrong(v1::CheckInList::default()).await, ["check_in_list.title", "check_in_list.kind"]);
    assert_eq!(wrong(of_kind(Kind::Day)).await, ["check_in_list.date"]);
    assert_eq!(
        wrong(v1::CheckInList { date: "2023-02-30".to_owned(), ..of_kind(Kind::Meal) }).await,
        ["check_in_list.date"]
    );
    let misfit = v1::CheckInList { date: "2023-09-05".to_owned(), session: session.clone(), ..of_kind(Kind::Area) };
    assert_eq!(wrong(misfit).await, ["check_in_list.date", "check_in_list.session"]);
    assert_eq!(wrong(v1::CheckInList { session, ..of_kind(Kind::Session) }).await, ["check_in_list.session"]);
    let elsewhere = v1::CheckInList {
        categories: vec![DELEGATES.to_owned(), format!("{LAUNCH}/categories/guest")],
        online_uri: "javascript:alert(1)".to_owned(),
        ..of_kind(Kind::Area)
    };
    assert_eq!(wrong(elsewhere).await, ["check_in_list.categories[1]", "check_in_list.online_uri"]);
    let foreign =
        v1::CheckInRequest { parent: LAUNCH.to_owned(), list: format!("{FORUM}/checkInLists/lunch"), ..by_name("") };
    assert_eq!(wrong_fields(house.owner.check_ins().check_in(foreign).await), ["ticket_code", "list"]);
}

#[tokio::test]
async fn list_is_found_changed_and_deleted_while_nobody_is_on_it() {
    let (house, ..) = forum_with_a_guest().await;
    let lunch = made(&house, meal()).await;
    let get = v1::GetCheckInListRequest { name: lunch.name.clone() };
    let patch = |list: v1::CheckInList, paths: &[&str]| v1::UpdateCheckInListRequest {
        check_in_list: Some(v1::CheckInList { name: lunch.name.clone(), ..list }),
        update_mask: mask(paths),
        ..Default::default()
    };

    let got = house.owner.check_in_lists().get_check_in_list(get.clone()).await.done();
    let day = v1::CheckInList { kind: Kind::Day.into(), date: "2023-09-06".to_owned(), ..Default::default() };
    let changed = house.owner.check_in_lists().update_check_in_list(patch(day, &["kind", "date"])).await.done();
    let delete =
        v1::DeleteCheckInListRequest { name: lunch.name.clone(), etag: changed.etag.clone(), ..Default::default() };
    house.owner.check_in_lists().delete_check_in_list(delete).await.done();
    let gone = house.owner.check_in_lists().get_check_in_list(get).await;

    assert_eq!(got, lunch);
    assert_eq!((changed.kind(), changed.date.as_str(), &changed.title), (Kind::Day, "2023-09-06", &lunch.title));
    assert_ne!(changed.etag, lunch.etag);
    assert_eq!(verdict(gone), (Code::NotFound, ErrorReason::NotFound));
}
