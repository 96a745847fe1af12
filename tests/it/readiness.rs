//! Readiness through the whole house: who lacks what, and who can be where.

use attache_client::{
    Client, Code,
    v1::{self, ErrorReason, ReadinessItemKind as Kind, ReadinessStatus as Status},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, FORUM, beijing, person, registration_of, text},
    visits::{Visit, flight, meeting, place, stay},
};

fn readiness(parent: &str) -> v1::GetReadinessRequest {
    v1::GetReadinessRequest { parent: parent.to_owned(), ..Default::default() }
}

fn presence(parent: &str, persons: &[&str], day: &str, start: &str, end: &str) -> v1::CheckPresenceRequest {
    v1::CheckPresenceRequest {
        parent: parent.to_owned(),
        persons: persons.iter().map(|&person| person.to_owned()).collect(),
        start_time: Some(beijing(&format!("2023-09-{day}T{start}"))),
        end_time: Some(beijing(&format!("2023-09-{day}T{end}"))),
        city: "Beijing".to_owned(),
        region_code: "CN".to_owned(),
    }
}

/// The way back to Islamabad.
fn way_out() -> v1::Stop {
    v1::Stop {
        title: Some(text("Beijing to Islamabad", "北京飞往伊斯兰堡")),
        start_time: Some(beijing("2023-09-08T15:00")),
        start_place: Some(place("Beijing Capital International Airport (PEK)", "Beijing", "CN")),
        end_time: Some(beijing("2023-09-08T21:00")),
        end_place: Some(place("Islamabad International Airport (ISB)", "Islamabad", "PK")),
        ..flight()
    }
}

/// Calls as the focal point of a delegation.
async fn focal_point(house: &House, visit: &Visit) -> Client {
    house.member(v1::Role::FocalPoint, &visit.itinerary.delegation).await
}

async fn register(house: &House, who: &str) {
    let registration =
        v1::Registration { category: DELEGATES.to_owned(), person: who.to_owned(), ..Default::default() };
    let request = v1::CreateRegistrationRequest {
        registration: Some(registration),
        new_person: None,
        ..registration_of(person("", ""))
    };
    let name = house.owner.registrations().create_registration(request).await.done().name;
    let request = v1::ConfirmRegistrationRequest { name, ..Default::default() };
    house.owner.registrations().confirm_registration(request).await.done();
}

fn told(person: &v1::PersonReadiness) -> Vec<(Kind, Status, &str)> {
    person.items.iter().map(|item| (item.kind(), item.status(), item.reason.as_str())).collect()
}

#[tokio::test]
async fn everybody_is_told_what_they_lack_item_by_item() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let [zarmina, hina] = &visit.travellers;
    house.stop(&visit, flight()).await;
    house.stop(&visit, way_out()).await;
    house.stop(&visit, stay()).await;
    register(&house, zarmina).await;
    house.passport(zarmina).await;
    let alone = house.register("Alone", "alone@example.org").await.person;

    let answer = house.owner.readiness().get_readiness(readiness(FORUM)).await.done();

    let mut names = vec![zarmina.as_str(), hina, &alone];
    names.sort_unstable();
    assert_eq!(answer.people.iter().map(|person| person.person.as_str()).collect::<Vec<_>>(), names);
    assert_eq!(answer.total_size, 3);
    let of = |name: &str| answer.people.iter().find(|person| person.person == *name).unwrap();
    assert_eq!((of(zarmina).display_name.as_str(), &of(zarmina).delegation), ("Zarmina", &visit.itinerary.delegation));
    assert_eq!(
        told(of(zarmina)),
        [
            (Kind::Form, Status::Ready, "registration_confirmed"),
            (Kind::Photo, Status::NotNeeded, "photo_not_asked"),
            (Kind::Document, Status::Ready, "passport_valid"),
            (Kind::Letter, Status::Missing, "letter_missing"),
            (Kind::Visa, Status::NotTracked, "not_tracked"),
            (Kind::Flight, Status::InProgress, "way_planned"),
            (Kind::Room, Status::InProgress, "nights_planned"),
            (Kind::Clearance, Status::NotTracked, "not_tracked"),
        ]
    );
    assert_eq!(of(zarmina).items[5].resource, visit.itinerary.name);
    assert_eq!(told(of(hina))[0], (Kind::Form, Status::Missing, "registration_missing"));
    assert_eq!(told(of(hina))[2], (Kind::Document, Status::Missing, "passport_missing"));
    assert_eq!(told(of(&alone))[5], (Kind::Flight, Status::NotTracked, "travels_alone"));
}

#[tokio::test]
async fn focal_point_sees_their_own_delegation_and_no_more() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    house.register("Alone", "alone@example.org").await;
    let client = focal_point(&house, &visit).await;
    let mut chinese = tonic::Request::new(readiness(&visit.itinerary.delegation));
    chinese.metadata_mut().insert("accept-language", "zh-CN".parse().unwrap());

    let own = client.readiness().get_readiness(chinese).await.done();
    let all = client.readiness().get_readiness(readiness(FORUM)).await;
    let other = format!("{FORUM}/delegations/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let others = client.readiness().get_readiness(readiness(&other)).await;
    let nowhere = house.owner.readiness().get_readiness(readiness(&other)).await;

    let mut travellers = visit.travellers.to_vec();
    travellers.sort_unstable();
    assert_eq!(own.people.iter().map(|person| person.person.clone()).collect::<Vec<_>>(), travellers);
    assert_eq!(own.people[0].items[0].description, "没有报名。");
    assert_eq!(verdict(all), (Code::PermissionDenied, ErrorReason::PermissionDenied));
    assert_eq!(verdict(others), (Code::PermissionDenied, ErrorReason::PermissionDenied));
    assert_eq!(verdict(nowhere), (Code::NotFound, ErrorReason::NotFound));
}

#[tokio::test]
async fn what_is_missing_after_the_deadline_of_its_delegation_is_late() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let time = |text: &str| Some(text.parse().unwrap());
    let deadlines = v1::DelegationDeadlines {
        document_time: time("2023-07-31T00:00:00Z"),
        travel_time: time("2023-08-31T00:00:00Z"),
        ..Default::default()
    };
    let delegation =
        v1::Delegation { name: visit.itinerary.delegation.clone(), deadlines: Some(deadlines), ..Default::default() };
    let request = v1::UpdateDelegationRequest { delegation: Some(delegation), ..Default::default() };
    house.owner.delegations().update_delegation(request).await.done();

    let people = house.owner.readiness().get_readiness(readiness(FORUM)).await.done().people;

    let late: Vec<Kind> = people[0].items.iter().filter(|item| item.late).map(v1::ReadinessItem::kind).collect();
    assert_eq!(late, [Kind::Form, Kind::Document]);
    assert_eq!(people[0].items[5].due_time, time("2023-08-31T00:00:00Z"));
    assert_eq!(people[0].items[3].due_time, None);
}

#[tokio::test]
async fn pages_show_each_person_once_and_fit_their_own_parent() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    for number in 0..3 {
        house.register("Guest", &format!("guest{number}@example.org")).await;
    }
    let page = async |parent: &str, token: &str| {
        let request = v1::GetReadinessRequest { page_size: 2, page_token: token.to_owned(), ..readiness(parent) };
        house.owner.readiness().get_readiness(request).await
    };

    let mut found = Vec::new();
    let mut token = String::new();
    loop {
        let answer = page(FORUM, &token).await.done();
        assert_eq!(answer.total_size, 5);
        found.extend(answer.people.into_iter().map(|person| person.person));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let first = page(FORUM, "").await.done().next_page_token;

    let all = house.owner.readiness().get_readiness(readiness(FORUM)).await.done().people;
    assert_eq!(found, all.into_iter().map(|person| person.person).collect::<Vec<_>>());
    assert_eq!(
        verdict(page(&visit.itinerary.delegation, &first).await),
        (Code::InvalidArgument, ErrorReason::PageTokenInvalid)
    );
}

#[tokio::test]
async fn presence_is_checked_against_registration_stops_and_place_with_all_that_is_against_it() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let [zarmina, hina] = &visit.travellers;
    house.stop(&visit, flight()).await;
    let meeting = house.stop(&visit, meeting("05", "09:00", "11:00")).await;
    register(&house, zarmina).await;
    let ask = async |day: &str, start: &str, end: &str| {
        let request = presence(FORUM, &[zarmina, hina], day, start, end);
        let answer = house.owner.readiness().check_presence(request).await.done();
        let told = |presence: v1::Presence| {
            let reasons = presence.obstacles.iter().map(|obstacle| obstacle.reason.clone()).collect::<Vec<_>>();
            (presence.person, presence.possible, reasons.join(" "))
        };
        answer.presences.into_iter().map(told).collect::<Vec<_>>()
    };
    let expected = |first: &str, second: &str| {
        let told = |who: &str, reasons: &str| (who.to_owned(), reasons.is_empty(), reasons.to_owned());
        vec![told(zarmina, first), told(hina, second)]
    };

    assert_eq!(ask("05", "11:00", "12:00").await, expected("", "registration_missing"));
    assert_eq!(ask("05", "10:00", "12:00").await, expected("on_stop", "registration_missing on_stop"));
    assert_eq!(ask("02", "10:00", "12:00").await, expected("elsewhere", "registration_missing elsewhere"));
    let request = presence(FORUM, &[zarmina], "05", "10:30", "12:00");
    let obstacle = house.owner.readiness().check_presence(request).await.done().presences.remove(0).obstacles.remove(0);
    let instant = |seconds: i64| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let end = meeting.end_time.and_then(|time| time.instant_time).unwrap().seconds;
    assert_eq!(
        (obstacle.resource, obstacle.start_time, obstacle.end_time),
        (meeting.name, instant(end - 1800), instant(end))
    );
}

#[tokio::test]
async fn presence_is_not_told_of_strangers_nor_for_no_time_at_all() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let [zarmina, hina] = &visit.travellers;
    let alone = house.register("Alone", "alone@example.org").await.person;
    let client = focal_point(&house, &visit).await;
    let delegation = &visit.itinerary.delegation;

    let own = client.readiness().check_presence(presence(delegation, &[zarmina, hina], "05", "09:00", "10:00")).await;
    let other =
        client.readiness().check_presence(presence(delegation, &[zarmina, &alone], "05", "09:00", "10:00")).await;
    let event = client.readiness().check_presence(presence(FORUM, &[zarmina], "05", "09:00", "10:00")).await;
    let nobody = "organizations/zbra/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
    let nobody = house.owner.readiness().check_presence(presence(FORUM, &[nobody], "05", "09:00", "10:00")).await;
    let never = presence(FORUM, &[zarmina, zarmina, "x"], "05", "10:00", "10:00");
    let never = v1::CheckPresenceRequest { city: String::new(), ..never };
    let never = house.owner.readiness().check_presence(never).await;

    assert_eq!(own.done().presences.len(), 2);
    assert_eq!(verdict(other), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(event), (Code::PermissionDenied, ErrorReason::PermissionDenied));
    assert_eq!(verdict(nobody), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(wrong_fields(never), ["persons[1]", "persons[2]", "city", "end_time"]);
}
