//! What goes on beside an itinerary: sessions of the event and other itineraries, checked from both sides.

use attache_client::v1::{self, ErrorReason, FindingSeverity};
use attache_tests::{
    House,
    answers::Answer as _,
    boot,
    fixtures::FORUM,
    visits::{Visit, meeting, stay},
};

use super::{findings, release_of};
use crate::{
    rooms::add_room,
    sessions::{add_session, placed, talk},
    speakers::add_speaker,
};

fn for_one(stop: v1::Stop, traveller: &str) -> v1::Stop {
    v1::Stop { travellers: vec![traveller.to_owned()], ..stop }
}

/// A session of the forum from nine to ten in which the second traveller speaks.
async fn session_of(house: &House, visit: &Visit) -> v1::Session {
    let hall = add_room(house, "main-hall", "Main Hall").await;
    let session = add_session(house, placed(talk("Keynote"), &hall.name, "09:00", "10:00")).await;
    let speaker = v1::Person { name: visit.travellers[1].clone(), ..Default::default() };
    add_speaker(house, &session, &speaker).await;
    session
}

async fn errors(house: &House, visit: &Visit) -> Vec<v1::ItineraryFinding> {
    let mut errors = findings(house, visit).await;
    errors.retain(|finding| finding.severity() == FindingSeverity::Error);
    errors
}

#[tokio::test]
async fn a_speaker_who_travels_during_the_session_is_found_from_both_sides() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let session = session_of(&house, &visit).await;
    let stop = house.stop(&visit, meeting("05", "09:30", "10:30")).await;
    // From a hotel one comes and goes.
    house.stop(&visit, stay()).await;

    let of_visit = errors(&house, &visit).await;
    let check = v1::CheckScheduleRequest { parent: FORUM.to_owned() };
    let of_schedule = house.owner.schedules().check_schedule(check).await.done().findings;

    let expected = v1::ItineraryFinding {
        reason: "traveller_overlap".to_owned(),
        severity: FindingSeverity::Error.into(),
        stops: vec![stop.name.clone()],
        traveller: visit.travellers[1].clone(),
        resource: String::new(),
        description: "a traveller is wanted in two places at the same time".to_owned(),
        session: session.name.clone(),
    };
    assert_eq!(of_visit, [expected]);
    let expected = v1::ScheduleFinding {
        reason: "person_on_visit".to_owned(),
        severity: FindingSeverity::Error.into(),
        description: "a person has to be in a session and on a stop of a visit at the same time".to_owned(),
        sessions: vec![session.name.clone()],
        room: String::new(),
        person: visit.travellers[1].clone(),
        stop: stop.name.clone(),
    };
    assert_eq!(of_schedule, [expected]);
}

#[tokio::test]
async fn neither_side_is_released_before_the_speaker_can_be_at_both() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let session = session_of(&house, &visit).await;
    let stop = house.stop(&visit, meeting("05", "09:30", "10:30")).await;
    let schedule = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };

    let refused = [
        (
            house.owner.itineraries().release_itinerary(release_of(&visit)).await.refused(),
            ErrorReason::ItineraryClashes,
        ),
        (house.owner.schedules().release_schedule(schedule.clone()).await.refused(), ErrorReason::ScheduleClashes),
    ];

    for ((refused, reason), both) in
        refused.iter().zip([format!("{}, {}", stop.name, session.name), format!("{}, {}", session.name, stop.name)])
    {
        assert!(refused.is(*reason), "{refused:?}");
        assert_eq!(refused.precondition_violations[0].subject, both);
    }
    // Who does not speak may go there meanwhile.
    let other = for_one(stop, &visit.travellers[0]);
    house.owner.stops().update_stop(v1::UpdateStopRequest { stop: Some(other), ..Default::default() }).await.done();
    house.owner.itineraries().release_itinerary(release_of(&visit)).await.done();
    house.owner.schedules().release_schedule(schedule).await.done();
}

#[tokio::test]
async fn a_traveller_of_two_itineraries_is_found_until_one_is_cancelled() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    let beside = house.visit_beside(&visit).await;
    let [head, other] = &visit.travellers;
    let ours = house.stop(&visit, for_one(meeting("04", "09:00", "10:00"), head)).await;
    house.stop(&visit, for_one(meeting("05", "09:00", "10:00"), head)).await;
    let theirs = house.stop(&beside, for_one(meeting("04", "09:30", "10:30"), head)).await;
    house.stop(&beside, for_one(meeting("05", "09:00", "10:00"), other)).await;
    // What clashes over there is found over there.
    house.stop(&beside, for_one(meeting("06", "09:00", "10:00"), other)).await;
    house.stop(&beside, for_one(meeting("06", "09:00", "10:00"), other)).await;

    let found = errors(&house, &visit).await;
    let cancel = v1::CancelItineraryRequest { name: beside.itinerary.name, ..Default::default() };
    house.owner.itineraries().cancel_itinerary(cancel).await.done();

    let clashes: Vec<(&str, &[String], &str)> = found
        .iter()
        .map(|finding| (finding.reason.as_str(), finding.stops.as_slice(), finding.traveller.as_str()))
        .collect();
    assert_eq!(clashes, [("traveller_overlap", [ours.name, theirs.name].as_slice(), head.as_str())]);
    assert_eq!(errors(&house, &visit).await, []);
}
