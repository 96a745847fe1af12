//! Schedules of other programs through the whole house: what they bring in, and what is refused.

use std::{collections::BTreeMap, path::PathBuf};

use attache_client::{
    Failure,
    v1::{self, ErrorReason, JobState, ScheduleFormat, SessionKind},
};
use attache_server::app::AppError;
use attache_tests::{
    House, boot,
    fixtures::{FORUM, LAUNCH, ZBRA, once, text},
};

use super::{export, keynote};

const CONGRESS: &str = "events/congress";

/// A small schedule: two talks, of which one says who speaks, in two rooms.
const SMALL: &str = r#"<?xml version="1.0"?>
<schedule><conference><acronym>small</acronym></conference><day date="2023-09-05">
<room name="Main Hall"><event id="1"><title>Opening</title><type>opening</type><start>09:30</start><duration>00:30</duration>
<abstract>&lt;p&gt;First &amp;amp; foremost&lt;/p&gt;</abstract><persons><person id="7">Zarmina</person><person id="8">Aslam</person></persons></event></room>
<room name="Side Room"><event id="2"><title>Talk</title><start>10:00</start><duration>01:00</duration></event></room>
</day></schedule>"#;

/// A real schedule; a test that has none says so.
fn real(name: &str, test: &str) -> Option<Vec<u8>> {
    let data = std::env::var_os("ATTACHE_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(data);
    let found = std::fs::read(root.join("real/schedules").join(name)).ok();
    if found.is_none() {
        println!("skipped {test}: no ATTACHE_DATA");
    }
    found
}

/// Creates an event of two years, whose clocks are those of a zone.
async fn congress(house: &House, time_zone: &str, years: [&str; 2]) {
    house.forum_with_seats(1).await;
    let [start_time, end_time] = years.map(|year| {
        let local_time = format!("{year}-01-01T00:00");
        Some(v1::ZonedTime { local_time, time_zone: time_zone.to_owned(), ..Default::default() })
    });
    let event = v1::Event {
        title: Some(text("Congress", "")),
        start_time,
        end_time,
        controller: ZBRA.to_owned(),
        ..Default::default()
    };
    let event_id = "congress".to_owned();
    let request = v1::CreateEventRequest { event: Some(event), event_id, ..Default::default() };
    house.owner.events().create_event(request).await.unwrap();
}

fn wanted(event: &str, file: &str) -> v1::ImportScheduleRequest {
    v1::ImportScheduleRequest { parent: event.to_owned(), file: file.to_owned(), ..Default::default() }
}

async fn import(house: &House, request: v1::ImportScheduleRequest) -> Result<v1::Job, Failure> {
    let job = house.owner.schedules().import_schedule(request).await?.into_inner();
    Ok(if job.name.is_empty() { job } else { house.ended(&job.name).await })
}

/// Uploads a file to an event and imports it to the end.
async fn bring(house: &House, event: &str, media_type: &str, bytes: &[u8]) -> v1::Job {
    let file = house.upload(event, "schedule", media_type, bytes).await;
    import(house, wanted(event, &file)).await.unwrap()
}

async fn sessions(house: &House, event: &str) -> Vec<v1::Session> {
    let request = v1::ListSessionsRequest { parent: event.to_owned(), page_size: 1000, ..Default::default() };
    house.owner.sessions().list_sessions(request).await.unwrap().into_inner().sessions
}

async fn findings(house: &House, event: &str) -> BTreeMap<String, usize> {
    let request = v1::CheckScheduleRequest { parent: event.to_owned() };
    tally(&house.owner.schedules().check_schedule(request).await.unwrap().into_inner().findings)
}

fn tally(findings: &[v1::ScheduleFinding]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for finding in findings {
        *tally.entry(finding.reason.clone()).or_default() += 1;
    }
    tally
}

/// New, changed and unchanged: sessions, rooms, people.
fn counts(job: &v1::Job) -> [[i32; 3]; 3] {
    let import = job.schedule_import.clone().unwrap();
    [import.sessions, import.rooms, import.persons].map(|count| {
        let v1::ImportCount { created, updated, unchanged } = count.unwrap();
        [created, updated, unchanged]
    })
}

async fn comes_in(file: &str, years: [&str; 2], zone: &str, expected: [i32; 3], clashes: &[(&str, usize)], test: &str) {
    let Some(bytes) = real(file, test) else { return };
    let house = boot().await;
    congress(&house, zone, years).await;
    let uploaded = house.upload(CONGRESS, file, "application/xml", &bytes).await;

    let look = wanted(CONGRESS, &uploaded);
    let looked = import(&house, v1::ImportScheduleRequest { validate_only: true, ..look }).await.unwrap();
    let untouched = sessions(&house, CONGRESS).await;
    let begun = std::time::Instant::now();
    let job = import(&house, wanted(CONGRESS, &uploaded)).await.unwrap();
    println!("{file} came in in {:?}", begun.elapsed());
    let again = import(&house, wanted(CONGRESS, &uploaded)).await.unwrap();

    let clashes: BTreeMap<String, usize> =
        clashes.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
    assert_eq!(untouched, []);
    assert_eq!((looked.state(), counts(&looked)), (JobState::Succeeded, expected.map(|count| [count, 0, 0])));
    assert_eq!(tally(&looked.schedule_import.unwrap().findings), clashes);
    assert_eq!((job.state(), job.done, job.total), (JobState::Succeeded, expected[0], expected[0]));
    assert_eq!(counts(&job), expected.map(|count| [count, 0, 0]));
    assert_eq!(findings(&house, CONGRESS).await, clashes);
    assert_eq!(counts(&again), expected.map(|count| [0, 0, count]));
}

#[tokio::test]
async fn fosdem_2021_comes_in_with_the_one_clash_it_has() {
    let clashes = [("room_double_booked", 1), ("without_speaker", 102)];
    let test = "fosdem_2021_comes_in_with_the_one_clash_it_has";
    comes_in("fosdem_2021.xml", ["2021", "2022"], "Europe/Brussels", [773, 106, 684], &clashes, test).await;
}

#[tokio::test]
async fn congress_of_2014_comes_in_with_the_two_clashes_it_has() {
    let clashes = [("person_double_booked", 2)];
    let test = "congress_of_2014_comes_in_with_the_two_clashes_it_has";
    comes_in("31c3.xml", ["2014", "2015"], "Europe/Berlin", [138, 4, 198], &clashes, test).await;
}

#[tokio::test]
async fn small_schedule_is_taken_in_as_it_is_told() {
    let house = boot().await;
    house.forum_with_seats(1).await;

    let job = bring(&house, FORUM, "text/xml", SMALL.as_bytes()).await;

    let sessions = sessions(&house, FORUM).await;
    let titles: Vec<(&str, SessionKind)> =
        sessions.iter().map(|session| (session.title.as_ref().unwrap().en.as_str(), session.kind())).collect();
    assert_eq!(counts(&job), [[2, 0, 0], [2, 0, 0], [2, 0, 0]]);
    assert_eq!((titles.contains(&("Opening", SessionKind::Opening)), titles.len()), (true, 2));
    let opening = sessions.iter().find(|session| session.kind() == SessionKind::Opening).unwrap();
    let start = opening.start_time.as_ref().unwrap();
    assert_eq!((start.local_time.as_str(), start.time_zone.as_str()), ("2023-09-05T09:30", "Asia/Shanghai"));
    assert_eq!(opening.description, Some(text("First & foremost", "")));
    let request = v1::ListSpeakersRequest { parent: opening.name.clone(), ..Default::default() };
    let speakers = house.owner.speakers().list_speakers(request).await.unwrap().into_inner().speakers;
    let mut names: Vec<(i32, &str)> =
        speakers.iter().map(|speaker| (speaker.position, speaker.display_name.as_str())).collect();
    names.sort_unstable();
    assert_eq!(names, [(0, "Zarmina"), (1, "Aslam")]);
}

#[tokio::test]
async fn file_that_changed_changes_what_it_brought_and_nothing_else() {
    let house = boot().await;
    let keynote = keynote(&house).await;
    bring(&house, FORUM, "application/xml", SMALL.as_bytes()).await;
    let before = sessions(&house, FORUM).await;
    let changed = SMALL.replace("Talk", "Panel").replace("<person id=\"8\">Aslam</person>", "");

    let job = bring(&house, FORUM, "application/xml", changed.as_bytes()).await;

    let after = sessions(&house, FORUM).await;
    assert_eq!(counts(&job), [[0, 2, 0], [0, 0, 2], [0, 0, 1]]);
    assert_eq!((before.len(), after.len()), (3, 3));
    let name = |sessions: &[v1::Session]| sessions.iter().map(|session| session.name.clone()).collect::<Vec<_>>();
    assert_eq!(name(&before), name(&after));
    assert!(after.contains(&keynote), "{after:?}");
    assert!(after.iter().any(|session| session.title == Some(text("Panel", ""))));
}

#[tokio::test]
async fn what_was_exported_comes_back_as_what_it_is() {
    let house = boot().await;
    keynote(&house).await;
    bring(&house, FORUM, "application/xml", SMALL.as_bytes()).await;
    let before = sessions(&house, FORUM).await;

    let formats = [
        (ScheduleFormat::Xml, "application/xml"),
        (ScheduleFormat::Json, "application/json"),
        (ScheduleFormat::Icalendar, "text/calendar"),
    ];
    for (format, media_type) in formats {
        let (written, _) = export(&house, &format!("{FORUM}/draft"), format).await;

        let job = bring(&house, FORUM, media_type, written.as_bytes()).await;

        let people = if format == ScheduleFormat::Icalendar { 0 } else { 3 };
        assert_eq!(counts(&job), [[0, 0, 3], [0, 0, 2], [0, 0, people]], "{format:?}");
        assert_eq!(sessions(&house, FORUM).await, before, "{format:?}");
    }
}

#[tokio::test]
async fn what_was_exported_comes_into_another_event_as_the_same_programme() {
    let house = boot().await;
    congress(&house, "Asia/Shanghai", ["2023", "2024"]).await;
    bring(&house, FORUM, "application/xml", SMALL.as_bytes()).await;
    let (written, _) = export(&house, &format!("{FORUM}/draft"), ScheduleFormat::Json).await;

    let job = bring(&house, CONGRESS, "application/json", written.as_bytes()).await;

    let told = |sessions: Vec<v1::Session>| {
        let mut told: Vec<String> = sessions
            .iter()
            .map(|session| {
                let v1::Session { kind, title, description, start_time, end_time, .. } = session;
                format!("{kind} {title:?} {description:?} {start_time:?} {end_time:?}")
            })
            .collect();
        told.sort_unstable();
        told
    };
    // The people are the same controller's, and so the same people.
    assert_eq!(counts(&job), [[2, 0, 0], [2, 0, 0], [0, 0, 2]]);
    assert_eq!(told(sessions(&house, CONGRESS).await), told(sessions(&house, FORUM).await));
}

#[tokio::test]
async fn item_that_is_wrong_is_told_and_the_others_come_in() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let wrong = SMALL.replace("<start>10:00</start>", "<start>25:00</start>").replace("<title>Talk", "<title>");

    let job = bring(&house, FORUM, "application/xml", wrong.as_bytes()).await;

    let failure = v1::JobFailure {
        resource: "line 5".to_owned(),
        reason: "ERROR_REASON_INVALID_FIELDS".to_owned(),
        description: "has no title; its start is not written as HH:MM".to_owned(),
    };
    assert_eq!((job.state(), job.failures.clone()), (JobState::Failed, vec![failure]));
    assert_eq!((counts(&job)[0], sessions(&house, FORUM).await.len()), ([1, 0, 0], 1));
}

#[tokio::test]
async fn file_that_is_no_schedule_is_refused_and_nothing_changed() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let large = vec![b' '; 8 * 1024 * 1024 + 1];
    let cases: [(&str, &[u8], &str, &str); 6] = [
        ("application/xml", &SMALL.as_bytes()[..500], "line 5", "the file ends in the element of line 5"),
        (
            "application/xml",
            b"<!DOCTYPE a [<!ENTITY b \"c\">]>\n<schedule>&b;</schedule>",
            "line 1",
            "declares a document type",
        ),
        ("application/json", SMALL.as_bytes(), "line 1", "is not JSON"),
        ("text/calendar", SMALL.as_bytes(), "line 1", "is not a line of a calendar"),
        ("image/png", SMALL.as_bytes(), "media_type", "is none of application/xml, application/json, text/calendar"),
        ("application/json", &large, "file", "has more than 8388608 bytes"),
    ];
    for (media_type, bytes, place, description) in cases {
        let file = house.upload(FORUM, "schedule", media_type, bytes).await;

        for validate_only in [true, false] {
            let request = v1::ImportScheduleRequest { validate_only, ..wanted(FORUM, &file) };
            let refused = import(&house, request).await.unwrap_err();

            assert!(refused.is(ErrorReason::ScheduleUnreadable), "{refused:?}");
            assert_eq!(refused.metadata["resource"], file);
            let told: Vec<(&str, &str)> = refused
                .precondition_violations
                .iter()
                .map(|violation| (violation.subject.as_str(), violation.description.as_str()))
                .collect();
            assert_eq!(told, [(place, description)]);
        }
    }
    let request = v1::ListJobsRequest { parent: FORUM.to_owned(), ..Default::default() };
    assert_eq!(house.owner.jobs().list_jobs(request).await.unwrap().into_inner().total_size, 0);
    assert_eq!(sessions(&house, FORUM).await, []);
}

#[tokio::test]
async fn request_sent_again_answers_with_the_same_job() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let file = house.upload(FORUM, "schedule.xml", "application/xml", SMALL.as_bytes()).await;
    let request = v1::ImportScheduleRequest { request_id: once(), ..wanted(FORUM, &file) };

    let first = import(&house, request.clone()).await.unwrap();
    let again = import(&house, request.clone()).await.unwrap();
    let other = import(&house, v1::ImportScheduleRequest { language_code: "zh".to_owned(), ..request }).await;

    assert_eq!(first, again);
    assert!(other.unwrap_err().is(ErrorReason::RequestIdReused));
}

#[tokio::test]
async fn file_of_another_event_or_of_nobody_is_no_file_of_this_one() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let foreign = house.upload(LAUNCH, "schedule.xml", "application/xml", SMALL.as_bytes()).await;
    let organizations = house.upload(ZBRA, "schedule.xml", "application/xml", SMALL.as_bytes()).await;
    let nobodys = format!("{FORUM}/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");

    for file in [foreign, organizations, nobodys] {
        let refused = import(&house, wanted(FORUM, &file)).await.unwrap_err();

        let told: Vec<(&str, &str)> = refused
            .field_violations
            .iter()
            .map(|violation| (violation.field.as_str(), violation.description.as_str()))
            .collect();
        assert_eq!(told, [("file", "is not a file of this event")]);
    }
    let request = v1::ImportScheduleRequest {
        language_code: "fr".to_owned(),
        time_zone: "Mars/Olympus".to_owned(),
        ..wanted("events", "x")
    };
    let refused = import(&house, request).await.unwrap_err();
    let mut fields: Vec<&str> = refused.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["file", "language_code", "parent", "time_zone"]);
}

#[tokio::test]
async fn server_stopped_in_the_middle_goes_on_where_it_was_and_the_file_stays_meanwhile() {
    let mut house = boot().await;
    house.forum_with_seats(1).await;
    let event = |number: u32| {
        let title = format!("<title>Talk {number}</title><start>10:00</start><duration>00:10</duration>");
        format!("<event id=\"{number}\">{title}<persons><person id=\"{}\">P</person></persons></event>", number % 7)
    };
    let events: String = (0..450).map(event).collect();
    let xml = format!("<schedule><day date=\"2023-09-05\"><room name=\"Hall\">{events}</room></day></schedule>");
    let file = house.upload(FORUM, "schedule.xml", "application/xml", xml.as_bytes()).await;
    house.close().await;

    let begun = house.import_a_part_unattended(&file).await;
    let deleted = house.delete_unattended(&file).await;
    let house = house.reopen().await;
    let job = house.ended(&begun).await;

    assert!(matches!(deleted, Err(AppError::InUse { referrer: "job", .. })), "{deleted:?}");
    assert_eq!((job.state(), job.done, job.failures.len()), (JobState::Succeeded, 450, 0));
    assert_eq!(counts(&job), [[450, 0, 0], [1, 0, 0], [7, 0, 0]]);
    assert_eq!(sessions(&house, FORUM).await.len(), 450);
    // Once the job has ended the file is its owner's again.
    let request = v1::DeleteFileRequest { name: file, ..Default::default() };
    house.owner.files().delete_file(request).await.unwrap();
}

#[tokio::test]
async fn preview_of_a_release_tells_whom_each_change_tells_and_names_them_to_organisers() {
    let house = boot().await;
    let keynote = keynote(&house).await;
    let preview = async |client: &attache_client::Client| {
        let request = v1::PreviewReleaseRequest { parent: FORUM.to_owned() };
        client.schedules().preview_release(request).await.unwrap().into_inner()
    };
    let first = preview(&house.owner).await;
    super::release(&house).await;
    let moved = crate::sessions::placed(keynote.clone(), &keynote.room, "14:00", "14:20");
    super::update(&house, moved).await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;

    let (named, counted) = (preview(&house.owner).await, preview(&viewer).await);
    let released = super::release(&house).await;

    let told = |changes: &[v1::ScheduleChange]| {
        let names = |change: &v1::ScheduleChange| {
            change.told.iter().map(|person| person.display_name.clone()).collect::<Vec<_>>()
        };
        changes.iter().map(|change| (change.told_count, names(change))).collect::<Vec<_>>()
    };
    assert_eq!(told(&first.changes), [(0, vec![])]);
    assert_eq!(told(&named.changes), [(1, vec!["Zarmina".to_owned()])]);
    assert_eq!(told(&counted.changes), [(1, vec![])]);
    assert_eq!(named.changes, released.changes);
    assert_eq!(named.release.unwrap().name, format!("{FORUM}/releases/2"));
}
