//! Itineraries through the whole house: drafted, checked, released.

mod beside;
mod holds;

use attache_client::{
    Failure,
    v1::{self, ErrorReason, FindingSeverity, ItineraryState},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, text},
    visits::{Moment, Visit, entries, flight, karachi, meeting, place, rooms, stay},
};

fn release_of(visit: &Visit) -> v1::ReleaseItineraryRequest {
    v1::ReleaseItineraryRequest { name: visit.itinerary.name.clone(), ..Default::default() }
}

/// The way back, so that nobody is left in Beijing.
fn return_flight() -> v1::Stop {
    let there = flight();
    v1::Stop {
        title: Some(text("Beijing to Islamabad", "北京飞往伊斯兰堡")),
        start_time: Some(attache_tests::fixtures::beijing("2023-09-08T18:30")),
        end_time: Some(karachi("2023-09-08T22:00")),
        start_place: there.end_place.clone(),
        end_place: there.start_place.clone(),
        number: "XX 0853".to_owned(),
        ..there
    }
}

async fn sound_visit(house: &House) -> (Visit, [v1::Stop; 4]) {
    let visit = house.visit_to_beijing().await;
    let there = house.stop(&visit, flight()).await;
    let rooms = v1::Allocation { resource: house.resource(rooms(2)).await, quantity: 2 };
    let stay = house.stop(&visit, v1::Stop { allocations: vec![rooms], ..stay() }).await;
    let alone = v1::Stop { travellers: vec![visit.travellers[1].clone()], ..meeting("04", "09:00", "10:00") };
    let meeting = house.stop(&visit, alone).await;
    let back = house.stop(&visit, return_flight()).await;
    (visit, [there, stay, meeting, back])
}

async fn findings(house: &House, visit: &Visit) -> Vec<v1::ItineraryFinding> {
    let request = v1::CheckItineraryRequest { name: visit.itinerary.name.clone() };
    house.owner.itineraries().check_itinerary(request).await.unwrap().into_inner().findings
}

#[tokio::test]
async fn an_itinerary_is_drafted_with_the_days_of_its_delegation() {
    let house = boot().await;

    let drafted = house.visit_to_beijing().await.itinerary;

    let window = v1::VisitWindow {
        start_date: "2023-09-03".to_owned(),
        end_date: "2023-09-08".to_owned(),
        cities: vec![text("Beijing", "北京"), text("Tianjin", "天津")],
    };
    let v1::Itinerary { name, delegation, create_time, update_time, etag, .. } = drafted.clone();
    let expected = v1::Itinerary {
        name: name.clone(),
        title: Some(text("Visit to Beijing and Tianjin", "北京、天津访问行程")),
        delegation: delegation.clone(),
        visit_window: Some(window),
        region_code: "CN".to_owned(),
        language_code: "en".to_owned(),
        state: ItineraryState::Draft.into(),
        create_time,
        update_time,
        etag,
        ..Default::default()
    };
    assert_eq!(drafted, expected);
    let read = house.owner.itineraries().get_itinerary(v1::GetItineraryRequest { name }).await.unwrap().into_inner();
    let filter = format!("state = DRAFT AND delegation = \"{delegation}\"");
    let list = v1::ListItinerariesRequest { parent: FORUM.to_owned(), filter, ..Default::default() };
    let listed = house.owner.itineraries().list_itineraries(list).await.unwrap().into_inner();
    assert_eq!(read, drafted);
    assert_eq!((listed.itineraries, listed.total_size), (vec![drafted], 1));
}

#[tokio::test]
async fn an_itinerary_is_for_a_delegation_of_its_event() {
    let house = boot().await;
    let drafted = house.visit_to_beijing().await.itinerary;
    let creating = |delegation: String| v1::CreateItineraryRequest {
        parent: FORUM.to_owned(),
        itinerary: Some(v1::Itinerary { delegation, ..drafted.clone() }),
        ..Default::default()
    };
    let unknown = format!("{FORUM}/delegations/{}", attache_client::fresh_request_id());
    let foreign = drafted.delegation.replace(FORUM, "events/another-2023");

    let missing: Failure =
        house.owner.itineraries().create_itinerary(creating(unknown.clone())).await.unwrap_err().into();
    let wrong: Failure = house.owner.itineraries().create_itinerary(creating(foreign)).await.unwrap_err().into();

    assert!(missing.is(ErrorReason::NotFound), "{missing:?}");
    assert_eq!(missing.metadata.get("resource"), Some(&unknown));
    assert!(wrong.is(ErrorReason::InvalidFields), "{wrong:?}");
    assert_eq!(wrong.field_violations[0].field, "itinerary.delegation");
}

#[tokio::test]
async fn a_sound_visit_has_no_findings() {
    let house = boot().await;
    let (visit, _) = sound_visit(&house).await;

    assert_eq!(findings(&house, &visit).await, []);
}

#[tokio::test]
async fn everything_that_stands_in_the_way_is_found_at_once() {
    let house = boot().await;
    let (visit, [_, stay, meeting, _]) = sound_visit(&house).await;
    let rooms = stay.allocations[0].resource.clone();
    let more = v1::Stop { allocations: vec![v1::Allocation { resource: rooms.clone(), quantity: 1 }], ..stay.clone() };
    let second = house.stop(&visit, v1::Stop { travellers: vec![visit.travellers[0].clone()], ..more }).await;
    let tea = house.stop(&visit, attache_tests::visits::meeting("04", "09:30", "10:30")).await;
    let late = house.stop(&visit, attache_tests::visits::meeting("09", "10:00", "09:00")).await;

    let found = findings(&house, &visit).await;

    let finding = |reason: &str, severity: FindingSeverity, stops: &[&v1::Stop], traveller: &str, resource: &str| {
        let description = found.iter().find(|found| found.reason == reason).map(|found| found.description.clone());
        v1::ItineraryFinding {
            reason: reason.to_owned(),
            severity: severity.into(),
            stops: stops.iter().map(|stop| stop.name.clone()).collect(),
            traveller: traveller.to_owned(),
            resource: resource.to_owned(),
            description: description.unwrap_or_default(),
            ..Default::default()
        }
    };
    let [head, other] = &visit.travellers;
    let mut expected = vec![
        finding("ends_before_it_starts", FindingSeverity::Error, &[&late], "", ""),
        finding("traveller_overlap", FindingSeverity::Error, &[&meeting, &tea], other, ""),
        finding("two_stays", FindingSeverity::Warning, &[&stay, &second], head, ""),
        finding("over_capacity", FindingSeverity::Error, &[&stay, &second], "", &rooms),
    ];
    // Two stays that begin together come in the order of their random ids.
    let in_order = |mut findings: Vec<v1::ItineraryFinding>| {
        for finding in &mut findings {
            finding.stops.sort();
        }
        findings.sort_by(|one, other| one.reason.cmp(&other.reason));
        findings
    };
    expected = in_order(expected);
    assert_eq!(in_order(found), expected);
}

#[tokio::test]
async fn a_release_is_refused_with_every_clash_and_allowed_without() {
    let house = boot().await;
    let (visit, [_, _, meeting, _]) = sound_visit(&house).await;
    let clash = house.stop(&visit, attache_tests::visits::meeting("04", "09:30", "10:30")).await;

    let refused: Failure = house.owner.itineraries().release_itinerary(release_of(&visit)).await.unwrap_err().into();

    assert!(refused.is(ErrorReason::ItineraryClashes), "{refused:?}");
    assert_eq!(refused.metadata.get("findings").map(String::as_str), Some("1"));
    let violations: Vec<(&str, &str)> = refused
        .precondition_violations
        .iter()
        .map(|violation| (violation.kind.as_str(), violation.subject.as_str()))
        .collect();
    let both = format!("{}, {}", meeting.name, clash.name);
    assert_eq!(violations, [("traveller_overlap", both.as_str())]);
    assert_eq!(house.mail().await.len(), 0);

    house
        .owner
        .stops()
        .delete_stop(v1::DeleteStopRequest { name: clash.name.clone(), ..Default::default() })
        .await
        .unwrap();
    let request = v1::ReleaseItineraryRequest {
        request_id: attache_client::fresh_request_id(),
        etag: visit.itinerary.etag.clone(),
        ..release_of(&visit)
    };
    let released = house.owner.itineraries().release_itinerary(request.clone()).await.unwrap().into_inner();
    let repeated = house.owner.itineraries().release_itinerary(request).await.unwrap().into_inner();
    let stale = v1::ReleaseItineraryRequest { etag: visit.itinerary.etag.clone(), ..release_of(&visit) };
    let stale: Failure = house.owner.itineraries().release_itinerary(stale).await.unwrap_err().into();

    assert_eq!((released.state(), released.release_number), (ItineraryState::Released, 1));
    assert_eq!(repeated, released);
    assert!(stale.is(ErrorReason::EtagMismatch), "{stale:?}");
    let again = house.owner.itineraries().release_itinerary(release_of(&visit)).await.unwrap().into_inner();
    assert_eq!(again.release_number, 2);
    assert_ne!(again.booklet_file, released.booklet_file);
}

#[tokio::test]
async fn every_traveller_is_mailed_the_booklet_and_the_calendar() {
    let house = boot().await;
    let (visit, _) = sound_visit(&house).await;

    let released = house.owner.itineraries().release_itinerary(release_of(&visit)).await.unwrap().into_inner();

    let booklet = house.file(&released.booklet_file).await;
    let calendar = house.file(&released.calendar_file).await;
    assert!(booklet.starts_with(b"%PDF-"));
    // A digest for each paper, since the bytes of two would fill the screen that shows a difference.
    let paper = |media_type: &str, bytes: &[u8]| (media_type.to_owned(), blake3::hash(bytes));
    let mut mail: Vec<_> = house
        .mail()
        .await
        .into_iter()
        .map(|mail| {
            let papers: Vec<_> = mail.attachments.iter().map(|file| paper(&file.media_type, &file.bytes)).collect();
            (mail.to.address, papers)
        })
        .collect();
    // Both were written at the same moment; which is sent first is left to their random ids.
    mail.sort_by(|one, other| one.0.cmp(&other.0));
    let papers = vec![paper("application/pdf", &booklet), paper("text/calendar; charset=UTF-8", &calendar)];
    assert_eq!(mail, [("hina@example.org".to_owned(), papers.clone()), ("zarmina@example.org".to_owned(), papers)]);
}

#[tokio::test]
async fn the_calendar_has_the_clock_at_each_end_of_a_leg() {
    let house = boot().await;
    let (visit, [there, ..]) = sound_visit(&house).await;
    let released = house.owner.itineraries().release_itinerary(release_of(&visit)).await.unwrap().into_inner();

    let entries = entries(&house.file(&released.calendar_file).await);

    let id = there.name.rsplit('/').next().unwrap();
    let flight = entries.iter().find(|entry| entry.uid.starts_with(id)).unwrap();
    let moment = |zone: &str, instant: &str| Moment { time_zone: zone.to_owned(), instant: instant.parse().unwrap() };
    assert_eq!(entries.len(), 4);
    assert_eq!(
        [&flight.start, &flight.end],
        [&moment("Asia/Karachi", "2023-09-02T16:30:00Z"), &moment("Asia/Shanghai", "2023-09-02T22:30:00Z"),]
    );
}

#[tokio::test]
async fn a_character_without_a_shape_is_told_before_anything_is_released() {
    let house = boot().await;
    let (visit, _) = sound_visit(&house).await;
    let rune =
        v1::Stop { start_place: Some(place("Hall \u{16a0}", "Beijing", "CN")), ..meeting("05", "09:00", "10:00") };
    house.stop(&visit, rune).await;

    let failure: Failure = house.owner.itineraries().release_itinerary(release_of(&visit)).await.unwrap_err().into();

    assert!(failure.is(ErrorReason::GlyphMissing), "{failure:?}");
    assert_eq!(failure.metadata.get("character").map(String::as_str), Some("U+16A0"));
}

#[tokio::test]
async fn a_cancelled_itinerary_is_read_and_no_longer_changed() {
    let house = boot().await;
    let (visit, [there, ..]) = sound_visit(&house).await;
    let mut itineraries = house.owner.itineraries();
    let name = visit.itinerary.name.clone();
    let update = v1::Itinerary { language_code: "zh".to_owned(), ..visit.itinerary.clone() };
    let request = v1::UpdateItineraryRequest { itinerary: Some(update), ..Default::default() };
    let updated = itineraries.update_itinerary(request.clone()).await.unwrap().into_inner();
    let stale: Failure = itineraries.update_itinerary(request).await.unwrap_err().into();

    let cancel = v1::CancelItineraryRequest { name: name.clone(), ..Default::default() };
    let cancelled = itineraries.cancel_itinerary(cancel.clone()).await.unwrap().into_inner();

    let v1::Itinerary { update_time, etag, .. } = cancelled.clone();
    let expected = v1::Itinerary { state: ItineraryState::Cancelled.into(), update_time, etag, ..updated.clone() };
    assert_eq!((updated.language_code.as_str(), cancelled), ("zh", expected));
    assert!(stale.is(ErrorReason::EtagMismatch), "{stale:?}");
    let rename = v1::UpdateItineraryRequest {
        itinerary: Some(v1::Itinerary { name: name.clone(), region_code: "PK".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let delete = v1::DeleteStopRequest { name: there.name, ..Default::default() };
    let refused: [Failure; 4] = [
        itineraries.cancel_itinerary(cancel).await.unwrap_err().into(),
        itineraries.update_itinerary(rename).await.unwrap_err().into(),
        itineraries.release_itinerary(release_of(&visit)).await.unwrap_err().into(),
        house.owner.stops().delete_stop(delete).await.unwrap_err().into(),
    ];
    for failure in refused {
        assert!(failure.is(ErrorReason::WrongState), "{failure:?}");
        assert_eq!(failure.metadata.get("state").map(String::as_str), Some("CANCELLED"));
    }
}

#[tokio::test]
async fn itineraries_are_for_those_who_organise_the_event() {
    let house = boot().await;
    let (visit, _) = sound_visit(&house).await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;
    let check = v1::CheckItineraryRequest { name: visit.itinerary.name.clone() };

    let checked = viewer.itineraries().check_itinerary(check.clone()).await.unwrap().into_inner().findings;
    let denied: Failure = viewer.itineraries().release_itinerary(release_of(&visit)).await.unwrap_err().into();
    let unknown: Failure = house.client(None).await.itineraries().check_itinerary(check).await.unwrap_err().into();

    assert_eq!(checked, []);
    assert!(denied.is(ErrorReason::PermissionDenied), "{denied:?}");
    assert!(unknown.is(ErrorReason::TokenInvalid), "{unknown:?}");
}

#[tokio::test]
async fn a_released_booklet_cannot_be_deleted() {
    let house = boot().await;
    let (visit, _) = sound_visit(&house).await;
    let released = house.owner.itineraries().release_itinerary(release_of(&visit)).await.unwrap().into_inner();

    let request = v1::DeleteFileRequest { name: released.booklet_file, ..Default::default() };
    let failure: Failure = house.owner.files().delete_file(request).await.unwrap_err().into();

    assert!(failure.is(ErrorReason::InUse), "{failure:?}");
    assert_eq!(failure.metadata.get("referrer").map(String::as_str), Some("itinerary"));
}
