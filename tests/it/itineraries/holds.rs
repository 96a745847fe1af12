//! What itineraries hold of rooms and vehicles: from their release on, and never more than there is.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, FindingSeverity, ItineraryState},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict},
    boot,
    fixtures::beijing,
    visits::{Visit, meeting, rooms, stay, van},
};

use super::{findings, release_of};

/// A stop of the traveller alone who has this place in the delegation, which uses so much of a resource.
fn using(visit: &Visit, traveller: usize, stop: v1::Stop, resource: &str, quantity: i32) -> v1::Stop {
    let allocations = vec![v1::Allocation { resource: resource.to_owned(), quantity }];
    v1::Stop { travellers: vec![visit.travellers[traveller].clone()], allocations, ..stop }
}

/// Two itineraries with a stop each that uses so much of one resource at the same time.
async fn two_visits(house: &House, used: v1::Resource, stop: v1::Stop, quantity: i32) -> [(Visit, v1::Stop); 2] {
    let first = house.visit_to_beijing().await;
    let second = house.visit_beside(&first).await;
    let used = house.resource(used).await;
    let ours = house.stop(&first, using(&first, 0, stop.clone(), &used, quantity)).await;
    let theirs = house.stop(&second, using(&second, 1, stop, &used, quantity)).await;
    [(first, ours), (second, theirs)]
}

/// What the check says of a visit's resources: reason, severity, and the stops in the order of their names.
async fn shortages(house: &House, visit: &Visit) -> Vec<(String, FindingSeverity, Vec<String>)> {
    let mut found = findings(house, visit).await;
    found.retain(|finding| !finding.resource.is_empty());
    let told = found.into_iter().map(|mut finding| {
        finding.stops.sort();
        (finding.reason.clone(), finding.severity(), finding.stops)
    });
    told.collect()
}

async fn release(house: &House, visit: &Visit) -> v1::Itinerary {
    house.owner.itineraries().release_itinerary(release_of(visit)).await.done()
}

async fn refused(house: &House, visit: &Visit) -> Failure {
    house.owner.itineraries().release_itinerary(release_of(visit)).await.refused()
}

async fn resource(house: &House, name: &str) -> v1::Resource {
    house.owner.resources().get_resource(v1::GetResourceRequest { name: name.to_owned() }).await.done()
}

fn fact<'a>(failure: &'a Failure, key: &str) -> &'a str {
    failure.metadata.get(key).map(String::as_str).unwrap_or_default()
}

#[tokio::test]
async fn two_drafts_see_each_other_and_the_first_released_has_the_van() {
    let house = boot().await;
    let [(first, ours), (second, theirs)] = two_visits(&house, van(), meeting("04", "09:00", "10:00"), 2).await;
    let van = ours.allocations[0].resource.clone();
    let mut both = vec![ours.name.clone(), theirs.name.clone()];
    both.sort();
    let told = |severity| vec![("resource_overlap".to_owned(), severity, both.clone())];

    let drafts = [shortages(&house, &first).await, shortages(&house, &second).await];
    release(&house, &first).await;
    let released = [shortages(&house, &first).await, shortages(&house, &second).await];
    let failure = refused(&house, &second).await;

    assert_eq!(drafts, [told(FindingSeverity::Warning), told(FindingSeverity::Warning)]);
    assert_eq!(released, [told(FindingSeverity::Warning), told(FindingSeverity::Error)]);
    assert!(failure.is(ErrorReason::ResourceTaken), "{failure:?}");
    let facts = ["resource", "interval", "wanted", "capacity"].map(|key| fact(&failure, key));
    assert_eq!(facts, [van.as_str(), "2023-09-04T01:00:00Z/2023-09-04T02:00:00Z", "2", "1"]);
    let subject = &failure.precondition_violations[0].subject;
    assert!(both.iter().all(|stop| subject.contains(stop)), "{subject}");
}

#[tokio::test]
async fn rooms_are_held_together_until_there_are_too_few() {
    let house = boot().await;
    let [(first, ours), (second, theirs)] = two_visits(&house, rooms(5), stay(), 2).await;
    let third = house.visit_beside(&first).await;
    let late = using(&third, 0, stay(), &ours.allocations[0].resource, 2);
    // Whoever leaves before noon makes room for who comes on that day.
    let after = v1::Stop { start_time: stay().end_time, end_time: Some(beijing("2023-09-09T12:00")), ..late.clone() };
    release(&house, &first).await;
    release(&house, &second).await;

    let stop = house.stop(&third, late).await;
    let failure = refused(&house, &third).await;
    let update = v1::Stop { name: stop.name.clone(), ..after };
    house.owner.stops().update_stop(v1::UpdateStopRequest { stop: Some(update), ..Default::default() }).await.done();

    assert!(failure.is(ErrorReason::ResourceTaken), "{failure:?}");
    let facts = ["interval", "wanted", "capacity"].map(|key| fact(&failure, key));
    assert_eq!(facts, ["2023-09-03T04:00:00Z/2023-09-08T04:00:00Z", "6", "5"]);
    let subject = &failure.precondition_violations[0].subject;
    assert!([ours, theirs, stop].iter().all(|stop| subject.contains(&stop.name)), "{subject}");
    assert_eq!(shortages(&house, &third).await, []);
}

#[tokio::test]
async fn an_itinerary_holds_what_it_was_released_with_until_it_is_released_again_or_cancelled() {
    let house = boot().await;
    let [(first, ours), (second, _)] = two_visits(&house, van(), meeting("04", "09:00", "10:00"), 2).await;
    release(&house, &first).await;
    let later = v1::Stop { name: ours.name.clone(), ..using(&first, 0, meeting("04", "11:00", "12:00"), "", 0) };
    let later = v1::Stop { allocations: ours.allocations.clone(), ..later };
    house.owner.stops().update_stop(v1::UpdateStopRequest { stop: Some(later), ..Default::default() }).await.done();

    let still = refused(&house, &second).await;
    release(&house, &first).await;
    let moved = release(&house, &second).await;
    let third = house.visit_beside(&first).await;
    house.stop(&third, v1::Stop { name: String::new(), ..ours.clone() }).await;
    let taken = refused(&house, &third).await;
    let cancel = v1::CancelItineraryRequest { name: second.itinerary.name.clone(), ..Default::default() };
    house.owner.itineraries().cancel_itinerary(cancel).await.done();
    let freed = release(&house, &third).await;

    assert!(still.is(ErrorReason::ResourceTaken) && taken.is(ErrorReason::ResourceTaken), "{still:?} {taken:?}");
    assert_eq!([moved.state(), freed.state()], [ItineraryState::Released; 2]);
}

#[tokio::test]
async fn a_resource_keeps_what_is_held_of_it() {
    let house = boot().await;
    let [(first, ours), (second, theirs)] = two_visits(&house, rooms(5), stay(), 2).await;
    release(&house, &first).await;
    release(&house, &second).await;
    let rooms = resource(&house, &ours.allocations[0].resource).await;
    let update = |change: v1::Resource| {
        let request = v1::UpdateResourceRequest { resource: Some(change), ..Default::default() };
        async { house.owner.resources().update_resource(request).await }
    };
    let changed = |capacity: i32, kind: v1::ResourceKind| v1::Resource { capacity, kind: kind.into(), ..rooms.clone() };

    let fewer = update(changed(3, v1::ResourceKind::HotelRoom)).await.refused();
    let vehicle = update(changed(9, v1::ResourceKind::Vehicle)).await.refused();
    for stop in [&ours, &theirs] {
        let request = v1::DeleteStopRequest { name: stop.name.clone(), ..Default::default() };
        house.owner.stops().delete_stop(request).await.done();
    }
    let delete = v1::DeleteResourceRequest { name: rooms.name.clone(), ..Default::default() };
    let deleted = house.owner.resources().delete_resource(delete.clone()).await.refused();
    let enough = update(changed(4, v1::ResourceKind::HotelRoom)).await.done();

    assert!(fewer.is(ErrorReason::CapacityBelowHeld), "{fewer:?}");
    assert_eq!(["capacity", "held"].map(|key| fact(&fewer, key)), ["3", "4"]);
    for failure in [vehicle, deleted] {
        assert!(failure.is(ErrorReason::InUse), "{failure:?}");
        assert_eq!(["resource", "referrer"].map(|key| fact(&failure, key)), [rooms.name.as_str(), "holds"]);
    }
    assert_eq!(enough.capacity, 4);
    release(&house, &first).await;
    release(&house, &second).await;
    house.owner.resources().delete_resource(delete).await.done();
}

#[tokio::test]
async fn of_two_released_at_once_one_has_the_van() {
    let house = boot().await;
    let [(first, _), (second, _)] = two_visits(&house, van(), meeting("04", "09:00", "10:00"), 2).await;
    let mut calls = tokio::task::JoinSet::new();
    for visit in [&first, &second] {
        let (client, request) = (house.client(Some(house.owner_token())).await, release_of(visit));
        calls.spawn(async move { client.itineraries().release_itinerary(request).await });
    }

    let (won, lost): (Vec<_>, Vec<_>) = calls.join_all().await.into_iter().partition(Result::is_ok);

    assert_eq!((won.len(), lost.len()), (1, 1));
    for lost in lost {
        assert_eq!(verdict(lost), (Code::FailedPrecondition, ErrorReason::ResourceTaken));
    }
}

#[tokio::test]
async fn rooms_are_never_held_twice() {
    let house = boot().await;
    let first = house.visit_to_beijing().await;
    let rooms = house.resource(rooms(5)).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let visit = house.visit_beside(&first).await;
        house.stop(&visit, using(&visit, 0, stay(), &rooms, 2)).await;
        let (client, request) = (house.client(Some(house.owner_token())).await, release_of(&visit));
        calls.spawn(async move { client.itineraries().release_itinerary(request).await });
    }

    let released = calls.join_all().await.into_iter().flatten().count();

    let smaller = v1::Resource { capacity: 1, ..resource(&house, &rooms).await };
    let request = v1::UpdateResourceRequest { resource: Some(smaller), ..Default::default() };
    let failure = house.owner.resources().update_resource(request).await.refused();
    assert_eq!((released, fact(&failure, "held")), (2, "4"));
}
