//! Stops through the whole house.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, StopKind},
};
use attache_tests::{
    boot,
    fixtures::{FORUM, ZBRA, person, text},
    visits::{flight, meeting, place, rooms, stay},
};

#[tokio::test]
async fn an_overnight_flight_keeps_the_clock_at_each_end() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;

    let created = house.stop(&visit, flight()).await;

    let read = house.owner.stops().get_stop(v1::GetStopRequest { name: created.name.clone() }).await.unwrap();
    let said = |time: &Option<v1::ZonedTime>| {
        let time = time.clone().unwrap();
        (time.local_time, time.time_zone, time.instant_time.unwrap().seconds)
    };
    // 21:30 at UTC+5 is 16:30 UTC, 06:30 at UTC+8 is 22:30 UTC: six hours in the air, nine on the clocks.
    assert_eq!(
        [said(&created.start_time), said(&created.end_time)],
        [
            ("2023-09-02T21:30".to_owned(), "Asia/Karachi".to_owned(), 1_693_672_200),
            ("2023-09-03T06:30".to_owned(), "Asia/Shanghai".to_owned(), 1_693_693_800),
        ]
    );
    let v1::Stop { name, start_time, end_time, create_time, update_time, etag, .. } = created.clone();
    assert_eq!(created, v1::Stop { name, start_time, end_time, create_time, update_time, etag, ..flight() });
    assert_eq!(read.into_inner(), created);
}

#[tokio::test]
async fn stops_are_listed_by_their_instants_in_pages_and_by_kind() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let meeting = house.stop(&visit, meeting("04", "09:00", "10:00")).await;
    let stay = house.stop(&visit, stay()).await;
    let flight = house.stop(&visit, flight()).await;
    let list = v1::ListStopsRequest { parent: visit.itinerary.name, page_size: 2, ..Default::default() };

    let first = house.owner.stops().list_stops(list.clone()).await.unwrap().into_inner();
    let next = v1::ListStopsRequest { page_token: first.next_page_token.clone(), ..list.clone() };
    let second = house.owner.stops().list_stops(next).await.unwrap().into_inner();
    let of_kind = v1::ListStopsRequest { filter: "kind = FLIGHT".to_owned(), ..list };
    let flights = house.owner.stops().list_stops(of_kind).await.unwrap().into_inner();

    assert_eq!((first.stops, first.total_size), (vec![flight.clone(), stay], 3));
    assert_eq!((second.stops, second.next_page_token), (vec![meeting], String::new()));
    assert_eq!((flights.stops, flights.total_size), (vec![flight], 1));
}

#[tokio::test]
async fn a_local_time_that_exists_twice_or_not_at_all_is_refused_with_both_readings() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let berlin = |local: &str| {
        Some(v1::ZonedTime { local_time: local.to_owned(), time_zone: "Europe/Berlin".to_owned(), instant_time: None })
    };
    let stop = v1::Stop { start_time: berlin("2023-03-26T02:30"), end_time: berlin("2023-10-29T02:30"), ..flight() };
    let request = v1::CreateStopRequest { parent: visit.itinerary.name, stop: Some(stop), ..Default::default() };

    let failure: Failure = house.owner.stops().create_stop(request).await.unwrap_err().into();

    assert_eq!(failure.code, Code::InvalidArgument);
    let fields: Vec<&str> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["stop.start_time.local_time", "stop.end_time.local_time"]);
    let readings = [["+01:00", "+02:00"]; 2];
    for (violation, readings) in failure.field_violations.iter().zip(readings) {
        for reading in readings {
            assert!(violation.description.contains(reading), "{}", violation.description);
        }
    }
}

#[tokio::test]
async fn every_wrong_field_of_a_stop_is_told_at_once() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let room = house.resource(rooms(2)).await;
    let allocations = vec![v1::Allocation { resource: room, quantity: 1 }; 2];
    let wrong = v1::Stop {
        title: None,
        end_place: None,
        travellers: vec!["Zarmina".to_owned()],
        allocations,
        details: vec!["line".to_owned(); 21],
        ..flight()
    };
    let request = v1::CreateStopRequest { parent: visit.itinerary.name, stop: Some(wrong), ..Default::default() };

    let failure: Failure = house.owner.stops().create_stop(request).await.unwrap_err().into();

    let fields: Vec<&str> = failure.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    let expected = ["stop.title", "stop.end_place", "stop.details", "stop.travellers[0].name", "stop.allocations"];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn a_stop_is_changed_assigned_allocated_and_deleted() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let room = house.resource(rooms(2)).await;
    let before = house.stop(&visit, meeting("04", "09:00", "10:00")).await;
    let mut stops = house.owner.stops();

    let update = v1::Stop { title: Some(text("Dinner", "晚餐")), kind: StopKind::Meal.into(), ..before.clone() };
    let request = v1::UpdateStopRequest { stop: Some(update), ..Default::default() };
    let updated = stops.update_stop(request.clone()).await.unwrap().into_inner();
    let stale: Failure = stops.update_stop(request).await.unwrap_err().into();
    let name = before.name.clone();
    let travellers = vec![visit.travellers[1].clone()];
    let request = v1::AssignTravellersRequest {
        name: name.clone(),
        travellers: travellers.clone(),
        etag: updated.etag.clone(),
        ..Default::default()
    };
    let assigned = stops.assign_travellers(request).await.unwrap().into_inner();
    let allocations = vec![v1::Allocation { resource: room.clone(), quantity: 1 }];
    let request =
        v1::AllocateResourcesRequest { name: name.clone(), allocations: allocations.clone(), ..Default::default() };
    let allocated = stops.allocate_resources(request).await.unwrap().into_inner();

    let v1::Stop { etag, update_time, .. } = allocated.clone();
    let dinner = Some(text("Dinner", "晚餐"));
    let expected = v1::Stop { title: dinner, kind: StopKind::Meal.into(), travellers, allocations, ..before };
    assert_eq!(allocated, v1::Stop { etag, update_time, ..expected });
    assert_eq!(assigned.allocations, []);
    assert!(stale.is(ErrorReason::EtagMismatch), "{stale:?}");

    let delete = v1::DeleteResourceRequest { name: room, ..Default::default() };
    let used: Failure = house.owner.resources().delete_resource(delete.clone()).await.unwrap_err().into();
    assert!(used.is(ErrorReason::InUse), "{used:?}");
    stops.delete_stop(v1::DeleteStopRequest { name: name.clone(), ..Default::default() }).await.unwrap();
    let gone: Failure = stops.get_stop(v1::GetStopRequest { name }).await.unwrap_err().into();
    assert!(gone.is(ErrorReason::NotFound), "{gone:?}");
    house.owner.resources().delete_resource(delete).await.unwrap();
}

#[tokio::test]
async fn who_and_what_is_not_of_the_visit_is_not_found() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let request = v1::CreatePersonRequest {
        parent: ZBRA.to_owned(),
        person: Some(person("Stranger", "stranger@example.org")),
        ..Default::default()
    };
    let stranger = house.owner.persons().create_person(request).await.unwrap().into_inner().name;
    let room = house.resource(rooms(2)).await;
    let elsewhere = room.replace(FORUM, "events/another-2023");
    let allocations = vec![v1::Allocation { resource: elsewhere.clone(), quantity: 1 }];
    let nobody = "organizations/nobody".to_owned();
    let wrong = [
        (v1::Stop { travellers: vec![stranger.clone()], ..stay() }, stranger),
        (v1::Stop { allocations, ..stay() }, elsewhere),
        (v1::Stop { organizations: vec![nobody.clone()], ..stay() }, nobody),
    ];

    for (stop, missing) in wrong {
        let parent = visit.itinerary.name.clone();
        let request = v1::CreateStopRequest { parent, stop: Some(stop), ..Default::default() };
        let failure: Failure = house.owner.stops().create_stop(request).await.unwrap_err().into();

        assert!(failure.is(ErrorReason::NotFound), "{failure:?}");
        assert_eq!(failure.metadata.get("resource"), Some(&missing));
    }
}

#[tokio::test]
async fn stops_are_changed_by_organisers_only() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let stop = house.stop(&visit, v1::Stop { start_place: Some(place("Hall", "Beijing", "CN")), ..stay() }).await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;
    let delete = v1::DeleteStopRequest { name: stop.name.clone(), ..Default::default() };

    let read = viewer.stops().get_stop(v1::GetStopRequest { name: stop.name.clone() }).await.unwrap().into_inner();
    let denied: Failure = viewer.stops().delete_stop(delete.clone()).await.unwrap_err().into();
    let unknown: Failure = house.client(None).await.stops().delete_stop(delete).await.unwrap_err().into();

    assert_eq!(read, stop);
    assert!(denied.is(ErrorReason::PermissionDenied), "{denied:?}");
    assert!(unknown.is(ErrorReason::TokenInvalid), "{unknown:?}");
}
