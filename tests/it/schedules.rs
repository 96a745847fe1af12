//! Schedules through the whole house: checked, released, read by the public, exported.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, FindingSeverity, ScheduleChangeKind, ScheduleFormat, SessionKind, SpeakerRole},
};
use attache_tests::{House, boot, fixtures::FORUM};

use crate::{
    rooms::add_room,
    sessions::{add_person, add_session, placed, talk},
    speakers::add_speaker,
};

mod importing;
mod reading;
mod watching;

const SCHEDULE: &str = "events/ciftis-2023/schedule";

async fn release(house: &House) -> v1::ReleaseScheduleResponse {
    let request = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
    house.owner.schedules().release_schedule(request).await.unwrap().into_inner()
}

async fn update(house: &House, session: v1::Session) -> v1::Session {
    let request = v1::UpdateSessionRequest { session: Some(session), ..Default::default() };
    house.owner.sessions().update_session(request).await.unwrap().into_inner()
}

async fn get(house: &House, name: &str) -> v1::Schedule {
    let request = v1::GetScheduleRequest { name: name.to_owned(), ..Default::default() };
    house.client(None).await.schedules().get_schedule(request).await.unwrap().into_inner()
}

async fn export(house: &House, name: &str, format: ScheduleFormat) -> (String, String) {
    let request = v1::ExportScheduleRequest { name: name.to_owned(), format: format.into(), ..Default::default() };
    let file = house.owner.schedules().export_schedule(request).await.unwrap().into_inner();
    (String::from_utf8(file.content).unwrap(), file.media_type)
}

/// A keynote of one speaker in the main hall.
async fn keynote(house: &House) -> v1::Session {
    house.forum_with_seats(1).await;
    let hall = add_room(house, "main-hall", "Main Hall").await;
    let zarmina = add_person(house, "Zarmina", "zarmina@example.org").await;
    let session = add_session(house, placed(talk("Keynote"), &hall.name, "09:40", "10:00")).await;
    add_speaker(house, &session, &zarmina).await;
    session
}

#[tokio::test]
async fn check_finds_everything_and_release_refuses_the_errors() {
    let house = boot().await;
    let first = keynote(&house).await;
    let second = add_session(&house, placed(talk("Rival"), &first.room, "09:50", "10:10")).await;
    let late = add_session(&house, placed(talk("Late"), "", "17:00", "18:00")).await;
    let open = add_session(&house, v1::Session { kind: SessionKind::Break.into(), ..talk("Coffee") }).await;

    let request = v1::CheckScheduleRequest { parent: FORUM.to_owned() };
    let check = house.owner.schedules().check_schedule(request).await.unwrap().into_inner();
    let request = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
    let refused: Failure = house.owner.schedules().release_schedule(request).await.unwrap_err().into();

    let clash = &check.findings[0];
    assert_eq!((clash.reason.as_str(), &clash.room), ("room_double_booked", &first.room));
    assert_eq!(clash.sessions, [first.name.clone(), second.name.clone()]);
    let mut found: Vec<(&str, FindingSeverity, &str)> = check.findings[1..]
        .iter()
        .map(|finding| (finding.reason.as_str(), finding.severity(), finding.sessions[0].as_str()))
        .collect();
    found.sort_unstable_by_key(|(reason, _, session)| (*reason, *session));
    let mut expected = [
        ("outside_event", FindingSeverity::Error, late.name.as_str()),
        ("without_room", FindingSeverity::Warning, late.name.as_str()),
        ("without_room", FindingSeverity::Warning, open.name.as_str()),
        ("without_speaker", FindingSeverity::Warning, late.name.as_str()),
        ("without_speaker", FindingSeverity::Warning, second.name.as_str()),
        ("without_time", FindingSeverity::Warning, open.name.as_str()),
    ];
    expected.sort_unstable_by_key(|(reason, _, session)| (*reason, *session));
    assert_eq!(found, expected);
    assert!(refused.is(ErrorReason::ScheduleClashes), "{refused:?}");
    let told: Vec<(&str, &str)> = refused
        .precondition_violations
        .iter()
        .map(|violation| (violation.kind.as_str(), violation.subject.as_str()))
        .collect();
    let both = format!("{}, {}", first.name, second.name);
    assert_eq!(told, [("room_double_booked", both.as_str()), ("outside_event", late.name.as_str())]);
}

#[tokio::test]
async fn public_goes_by_the_latest_release_and_not_by_the_draft() {
    let house = boot().await;
    let session = keynote(&house).await;
    let first = release(&house).await;
    let moved = placed(session.clone(), &session.room, "14:00", "14:20");
    update(&house, moved.clone()).await;

    let meanwhile = get(&house, SCHEDULE).await;
    let second = release(&house).await;

    let slot = |session: &v1::Session, schedule: &v1::Schedule| v1::ScheduleSlot {
        title: session.title.clone(),
        start_time: schedule.entries[0].start_time.clone(),
        end_time: schedule.entries[0].end_time.clone(),
        room: session.room.clone(),
    };
    let latest = get(&house, SCHEDULE).await;
    assert_eq!(get(&house, "events/ciftis-2023/releases/1").await, meanwhile);
    assert_eq!(get(&house, "events/ciftis-2023/releases/2").await, latest);
    let change = |kind: ScheduleChangeKind, before, after| v1::ScheduleChange {
        session: session.name.clone(),
        kind: kind.into(),
        before,
        after,
        ..Default::default()
    };
    let (before, after) = (slot(&session, &meanwhile), slot(&session, &latest));
    assert_eq!(first.changes, [change(ScheduleChangeKind::Added, None, Some(before.clone()))]);
    let told = second.changes[0].told.clone();
    assert_eq!(told.iter().map(|person| person.display_name.as_str()).collect::<Vec<_>>(), ["Zarmina"]);
    let moved = change(ScheduleChangeKind::Moved, Some(before), Some(after));
    assert_eq!(second.changes, [v1::ScheduleChange { told_count: 1, told, ..moved }]);
    let local = |schedule: &v1::Schedule| schedule.entries[0].start_time.clone().unwrap().local_time;
    assert_eq!((local(&meanwhile), local(&latest)), ("2023-09-05T09:40".to_owned(), "2023-09-05T14:00".to_owned()));
    let speaker = v1::ScheduleSpeaker { display_name: "Zarmina".to_owned(), role: SpeakerRole::Speaker.into() };
    assert_eq!(latest.entries[0].speakers, [speaker]);
    let request = v1::ListReleasesRequest { parent: FORUM.to_owned(), page_size: 1, ..Default::default() };
    let page = house.owner.schedules().list_releases(request.clone()).await.unwrap().into_inner();
    let request = v1::ListReleasesRequest { page_token: page.next_page_token, ..request };
    let next = house.owner.schedules().list_releases(request).await.unwrap().into_inner();
    assert_eq!((page.releases, page.total_size), (vec![second.release.unwrap()], 2));
    assert_eq!((next.releases, next.next_page_token), (vec![first.release.unwrap()], String::new()));
}

#[tokio::test]
async fn speakers_are_told_when_their_session_is_moved_or_taken_out_but_not_at_first() {
    let house = boot().await;
    let keynote = keynote(&house).await;
    let signatory = add_person(&house, "Signatory", "signatory@example.org").await;
    let signing = v1::Signing {
        parties: vec!["organizations/zbra".to_owned()],
        signatories: vec![signatory.name],
        document_title: keynote.title.clone(),
        ..Default::default()
    };
    let ceremony =
        v1::Session { kind: SessionKind::Signing.into(), signing: Some(signing), ..talk("Signing ceremony") };
    let ceremony = add_session(&house, placed(ceremony, &keynote.room, "11:00", "11:30")).await;
    release(&house).await;
    let told_at_first = house.mail().await.len();
    update(&house, placed(keynote.clone(), &keynote.room, "14:00", "14:20")).await;
    let request = v1::DeleteSessionRequest { name: ceremony.name, ..Default::default() };
    house.owner.sessions().delete_session(request).await.unwrap();

    let request = v1::ReleaseScheduleRequest {
        parent: FORUM.to_owned(),
        request_id: attache_client::fresh_request_id(),
        ..Default::default()
    };
    let second = house.owner.schedules().release_schedule(request.clone()).await.unwrap().into_inner();
    let again = house.owner.schedules().release_schedule(request).await.unwrap().into_inner();

    assert_eq!(second, again);
    let mut told: Vec<(String, String)> =
        house.mail().await.into_iter().map(|mail| (mail.to.address, mail.subject)).collect();
    told.sort();
    assert_eq!(told_at_first, 0);
    let subjects: Vec<(&str, bool, bool)> = told
        .iter()
        .map(|(to, subject)| (to.as_str(), subject.contains("Signing ceremony"), subject.contains("Keynote")))
        .collect();
    assert_eq!(subjects, [("signatory@example.org", true, false), ("zarmina@example.org", false, true)]);
}

#[tokio::test]
async fn validated_release_is_told_and_not_kept() {
    let house = boot().await;
    keynote(&house).await;

    let request = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), validate_only: true, ..Default::default() };
    let previewed = house.owner.schedules().release_schedule(request).await.unwrap().into_inner();

    let request = v1::GetScheduleRequest { name: SCHEDULE.to_owned(), ..Default::default() };
    let none: Failure = house.owner.schedules().get_schedule(request).await.unwrap_err().into();
    assert!(none.is(ErrorReason::NotFound), "{none:?}");
    let released = release(&house).await;
    let version = |release: &v1::ReleaseScheduleResponse| release.release.as_ref().map(|release| release.version);
    assert_eq!((version(&previewed), version(&released)), (Some(1), Some(1)));
    assert_eq!(previewed.changes, released.changes);
}

#[tokio::test]
async fn export_says_the_same_in_every_format_and_twice_the_same_bytes() {
    let house = boot().await;
    let session = keynote(&house).await;
    release(&house).await;
    update(&house, placed(session.clone(), &session.room, "14:00", "14:20")).await;
    let id = session.name.rsplit('/').next().unwrap();

    let (xml, xml_type) = export(&house, SCHEDULE, ScheduleFormat::Xml).await;
    let (json, json_type) = export(&house, SCHEDULE, ScheduleFormat::Json).await;
    let (calendar, calendar_type) = export(&house, SCHEDULE, ScheduleFormat::Icalendar).await;
    let (draft, _) = export(&house, "events/ciftis-2023/draft", ScheduleFormat::Icalendar).await;

    assert_eq!(
        [xml_type.as_str(), &json_type, &calendar_type],
        ["application/xml", "application/json", "text/calendar; charset=utf-8"]
    );
    assert!(xml.contains(&format!("guid=\"{id}\"")) && xml.contains("2023-09-05T09:40:00+08:00"), "{xml}");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let entry = &json["schedule"]["conference"]["days"][0]["rooms"]["Main Hall"][0];
    assert_eq!(
        (&entry["guid"], &entry["start"], &entry["persons"][0]["name"]),
        (&id.into(), &"09:40".into(), &"Zarmina".into())
    );
    for line in [
        format!("UID:{id}@attache\r\n"),
        "DTSTART;TZID=Asia/Shanghai:20230905T094000\r\n".to_owned(),
        "SEQUENCE:0\r\n".to_owned(),
    ] {
        assert!(calendar.contains(&line), "{line} in {calendar}");
    }
    for line in ["DTSTART;TZID=Asia/Shanghai:20230905T140000\r\n", "SEQUENCE:1\r\n"] {
        assert!(draft.contains(line), "{line} in {draft}");
    }
    assert_eq!(export(&house, SCHEDULE, ScheduleFormat::Icalendar).await.0, calendar);
}

#[tokio::test]
async fn cancelled_event_releases_no_schedule() {
    let house = boot().await;
    keynote(&house).await;
    let request = v1::CancelEventRequest { name: FORUM.to_owned(), ..Default::default() };
    house.owner.events().cancel_event(request).await.unwrap();

    let request = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
    let refused: Failure = house.owner.schedules().release_schedule(request).await.unwrap_err().into();

    assert!(refused.is(ErrorReason::EventCancelled), "{refused:?}");
}

#[tokio::test]
async fn drafts_are_not_public_and_releasing_is_for_organisers() {
    let house = boot().await;
    keynote(&house).await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;
    let nobody = house.client(None).await;
    let check = v1::CheckScheduleRequest { parent: FORUM.to_owned() };
    let release = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
    let export = v1::ExportScheduleRequest {
        name: "events/ciftis-2023/draft".to_owned(),
        format: ScheduleFormat::Json.into(),
        ..Default::default()
    };
    let draft = v1::GetScheduleRequest { name: "events/ciftis-2023/draft".to_owned(), ..Default::default() };
    let foreign = v1::GetScheduleRequest { name: "events/no-such-event/schedule".to_owned(), ..Default::default() };

    viewer.schedules().check_schedule(check.clone()).await.unwrap();
    let refused: [Failure; 6] = [
        viewer.schedules().release_schedule(release).await.unwrap_err().into(),
        nobody.schedules().check_schedule(check).await.unwrap_err().into(),
        nobody.schedules().export_schedule(export).await.unwrap_err().into(),
        nobody.schedules().get_schedule(draft).await.unwrap_err().into(),
        nobody.schedules().get_schedule(foreign).await.unwrap_err().into(),
        nobody
            .schedules()
            .list_releases(v1::ListReleasesRequest { parent: FORUM.to_owned(), ..Default::default() })
            .await
            .unwrap_err()
            .into(),
    ];

    assert_eq!(
        refused.map(|failure| failure.code),
        [
            Code::PermissionDenied,
            Code::Unauthenticated,
            Code::Unauthenticated,
            Code::InvalidArgument,
            Code::NotFound,
            Code::Unauthenticated,
        ]
    );
}
