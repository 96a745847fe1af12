//! Lists of a meeting service: who joined, and by which link of their own each does.

use attache_client::v1::{self, CheckInListKind as Kind, CheckInMode};
use attache_tests::{
    answers::Answer as _,
    fixtures::{FORUM, PRESS, person, registration_of, text},
};

use super::{
    House,
    joining::{MEETING, join, online_forum, until},
    list,
};

/// A list that is a file of the forum.
async fn file(house: &House, text: &str) -> String {
    house.upload(FORUM, "meeting.csv", "text/csv", text.as_bytes()).await
}

fn attendance(file: &str) -> v1::ImportAttendanceRequest {
    v1::ImportAttendanceRequest {
        parent: FORUM.to_owned(),
        file: file.to_owned(),
        gate: "Zoom".to_owned(),
        ..Default::default()
    }
}

async fn import(house: &House, request: v1::ImportAttendanceRequest) -> v1::ImportAttendanceResponse {
    house.owner.check_ins().import_attendance(request).await.done()
}

fn told(findings: &[v1::ImportFinding]) -> Vec<(i32, &str, &str)> {
    findings.iter().map(|one| (one.row, one.header.as_str(), one.reason.as_str())).collect()
}

/// Somebody who is confirmed: their registration.
async fn confirmed(house: &House, name: &str, email: &str) -> String {
    let registered = house.owner.registrations().create_registration(registration_of(person(name, email))).await.done();
    let request = v1::ConfirmRegistrationRequest { name: registered.name.clone(), ..Default::default() };
    house.owner.registrations().confirm_registration(request).await.done();
    registered.name
}

#[tokio::test]
async fn whoever_joined_is_checked_in_at_their_first_time_and_once() {
    let (house, _, _) = online_forum().await;
    let hina = confirmed(&house, "Hina", "hina@example.org").await;
    let zhang = confirmed(&house, "张三", "").await;
    let asked = registration_of(person("Undecided", "undecided@example.org"));
    house.owner.registrations().create_registration(asked).await.done();
    until(&house, "2023-09-05T10:00:00Z").await;
    let csv = "会议主题：开幕\n用户昵称,邮箱,入会时间\n\
               Hina K,HINA@example.org,2023-09-05 09:30:00\nHina K,hina@example.org,2023-09-05 09:01:00\n\
               张三,,2023/9/5 上午9:05\nGuest,guest@example.com,2023-09-05 09:00:00\n\
               Undecided,undecided@example.org,2023-09-05 09:00:00\nHina,hina@example.org,05/09/2023 09:00:00\n";
    let file = file(&house, csv).await;

    let tried = import(&house, v1::ImportAttendanceRequest { validate_only: true, ..attendance(&file) }).await;
    let kept = list(&house, "").await;
    let request_id = attache_client::fresh_request_id();
    let request = v1::ImportAttendanceRequest { request_id, ..attendance(&file) };
    let first = import(&house, request.clone()).await;
    let repeated = import(&house, request).await;
    let again = import(&house, attendance(&file)).await;

    assert_eq!((&tried, kept.len()), (&first, 0));
    let counts = (first.row_count, first.checked_in_count, first.already_count, first.left_out_count);
    assert_eq!(counts, (6, 2, 0, 3));
    let findings = [
        (5, "用户昵称", "by_name"),
        (6, "邮箱", "not_registered"),
        (7, "邮箱", "not_confirmed"),
        (8, "入会时间", "invalid"),
    ];
    assert_eq!(told(&first.findings), findings);
    assert_eq!(repeated, v1::ImportAttendanceResponse { findings: Vec::new(), ..first });
    assert_eq!((again.checked_in_count, again.already_count), (0, 2));
    let mut came: Vec<_> = list(&house, "").await;
    came.sort_by_key(|one| one.check_in_time.map(|time| time.seconds));
    let noted: Vec<_> = came
        .iter()
        .map(|one| (&one.registration, one.mode(), one.gate.as_str(), one.check_in_time.map_or(0, |time| time.seconds)))
        .collect();
    let nine = 1_693_875_600;
    assert_eq!(
        noted,
        [(&hina, CheckInMode::Online, "Zoom", nine + 60), (&zhang, CheckInMode::Online, "Zoom", nine + 300)]
    );

    // What was undone is not done again by the same list.
    let request = v1::UndoCheckInRequest { name: came[0].name.clone(), ..Default::default() };
    house.owner.check_ins().undo_check_in(request).await.done();
    assert_eq!(import(&house, attendance(&file)).await.checked_in_count, 0);
}

#[tokio::test]
async fn attendance_of_a_list_is_of_its_categories_and_told_by_the_clocks_that_are_said() {
    let (house, guest, _) = online_forum().await;
    let press = v1::Category { title: Some(text("Press", "媒体")), ..Default::default() };
    let request = v1::CreateCategoryRequest {
        parent: FORUM.to_owned(),
        category: Some(press),
        category_id: "press".to_owned(),
        ..Default::default()
    };
    house.owner.categories().create_category(request).await.done();
    let pressed = v1::CheckInList {
        title: Some(text("Press hour", "媒体见面会")),
        kind: Kind::Area.into(),
        categories: vec![PRESS.to_owned()],
        ..Default::default()
    };
    let request =
        v1::CreateCheckInListRequest { parent: FORUM.to_owned(), check_in_list: Some(pressed), ..Default::default() };
    let pressed = house.owner.check_in_lists().create_check_in_list(request).await.done();
    let open =
        v1::CheckInList { title: Some(text("Opening", "开幕")), kind: Kind::Area.into(), ..Default::default() };
    let request =
        v1::CreateCheckInListRequest { parent: FORUM.to_owned(), check_in_list: Some(open), ..Default::default() };
    let open = house.owner.check_in_lists().create_check_in_list(request).await.done();
    until(&house, "2023-09-05T10:00:00Z").await;
    let request = v1::GetRegistrationRequest { name: guest.clone(), view: v1::RegistrationView::Full.into() };
    let known = house.owner.registrations().get_registration(request).await.done().embedded_person.expect("a person");
    let file = file(&house, &format!("Name\tJoin time\n{}\t09/05/2023 06:00 AM\n", known.display_name)).await;
    let of = |list: &v1::CheckInList| v1::ImportAttendanceRequest {
        list: list.name.clone(),
        time_zone: "Asia/Karachi".to_owned(),
        date_order: v1::DateOrder::MonthFirst.into(),
        ..attendance(&file)
    };

    let refused = import(&house, of(&pressed)).await;
    let taken = import(&house, of(&open)).await;

    assert_eq!(told(&refused.findings), [(2, "Name", "not_on_list"), (2, "Name", "by_name")]);
    assert_eq!((refused.checked_in_count, taken.checked_in_count), (0, 1));
    let came = list(&house, "").await;
    let noted: Vec<_> = came.iter().map(|one| (&one.list, one.check_in_time.map(|time| time.seconds))).collect();
    assert_eq!(noted, [(&open.name, Some(1_693_875_600))]);
}

#[tokio::test]
async fn each_is_led_to_the_meeting_by_a_link_of_their_own() {
    let (house, guest, ticket) = online_forum().await;
    let hina = confirmed(&house, "Hina", "hina@example.org").await;
    let own = "https://meet.example.org/w/1?tk=for-hina-alone";
    let csv = |link: &str| format!("Email,Join Link\nhina@example.org,{link}\nnobody@example.org,{MEETING}\n");
    let [first, second] = [file(&house, &csv(MEETING)).await, file(&house, &csv(own)).await];
    let links = |file: &str| v1::ImportJoiningLinksRequest {
        parent: FORUM.to_owned(),
        file: file.to_owned(),
        ..Default::default()
    };

    let taken = house.owner.check_ins().import_joining_links(links(&first)).await.done();
    let replaced = house.owner.check_ins().import_joining_links(links(&second)).await.done();
    until(&house, "2023-09-05T00:30:00Z").await;
    let day = v1::CheckInList {
        title: Some(text("First day", "首日")),
        kind: Kind::Day.into(),
        date: "2023-09-05".to_owned(),
        ..Default::default()
    };
    let request = v1::CreateCheckInListRequest {
        parent: FORUM.to_owned(),
        check_in_list: Some(day.clone()),
        ..Default::default()
    };
    let shared = house.owner.check_in_lists().create_check_in_list(request).await.done();
    let elsewhere = v1::CheckInList { online_uri: "https://meet.example.org/other".to_owned(), ..day };
    let request =
        v1::CreateCheckInListRequest { parent: FORUM.to_owned(), check_in_list: Some(elsewhere), ..Default::default() };
    let elsewhere = house.owner.check_in_lists().create_check_in_list(request).await.done();

    let counts = (taken.row_count, taken.linked_count, taken.replaced_count, taken.left_out_count);
    assert_eq!((counts, replaced.replaced_count), ((2, 1, 0, 1), 1));
    assert_eq!(told(&taken.findings), [(3, "Email", "not_registered")]);
    let request = v1::GetRegistrationRequest { name: hina, view: v1::RegistrationView::Full.into() };
    let registered = house.owner.registrations().get_registration(request).await.done();
    let delegate = house.delegate(&registered.person).await;
    let anybody = house.client(None).await;
    assert_eq!(join(&delegate, FORUM, "").await.unwrap().uri, own);
    assert_eq!(join(&delegate, &shared.name, "").await.unwrap().uri, own);
    assert_eq!(join(&delegate, &elsewhere.name, "").await.unwrap().uri, "https://meet.example.org/other");
    assert_eq!(join(&anybody, FORUM, &ticket).await.unwrap().uri, MEETING);
    assert_ne!(registered.name, guest);
    let request = v1::ListChangesRequest { parent: FORUM.to_owned(), page_size: 1000, ..Default::default() };
    let changes = house.owner.audit().list_changes(request).await.done().changes;
    assert!(changes.iter().any(|change| change.verb == "given a joining link"));
    assert!(changes.iter().all(|change| !change.after.contains("for-hina-alone")));
}
