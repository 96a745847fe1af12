use std::path::PathBuf;

use super::*;
use crate::exchange::{icalendar, schedule::specimen};

const BRUSSELS: Tz = Tz::Europe__Brussels;

/// A real schedule; tells that there is none by nothing.
fn real(name: &str, test: &str) -> Option<Vec<u8>> {
    let data = std::env::var_os("ATTACHE_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(data);
    let found = std::fs::read(root.join("real/schedules").join(name)).ok();
    if found.is_none() {
        println!("skipped {test}: no ATTACHE_DATA");
    }
    found
}

fn sessions(reading: &Reading) -> Vec<&Session> {
    reading.items.iter().filter_map(|item| item.session.as_ref().ok()).collect()
}

/// How many sessions, rooms and speakers a reading has.
fn counts(reading: &Reading) -> (usize, usize, usize) {
    let sessions = sessions(reading);
    let rooms: std::collections::BTreeSet<_> = sessions.iter().filter_map(|session| session.room.as_ref()).collect();
    let speakers = sessions.iter().flat_map(|session| session.speakers.iter().flatten());
    let speakers: std::collections::BTreeSet<_> = speakers.map(|speaker| &speaker.identity).collect();
    (sessions.len(), rooms.len(), speakers.len())
}

#[test]
fn real_schedules_are_read_whole() {
    let files = [
        ("fosdem_2021.xml", Format::Xml, (773, 106, 684)),
        ("31c3.xml", Format::Xml, (138, 4, 198)),
        ("camp2019.json", Format::Json, (79, 2, 90)),
        ("pretalx-democon.json", Format::Json, (36, 2, 27)),
        ("kielux_2020.ics", Format::Icalendar, (24, 4, 0)),
    ];
    for (name, format, expected) in files {
        let Some(bytes) = real(name, "real_schedules_are_read_whole") else { return };

        let reading = read(format, &bytes, BRUSSELS).unwrap();

        let flawed: Vec<_> = reading.items.iter().filter(|item| item.session.is_err()).collect();
        assert_eq!(flawed, Vec::<&Item>::new(), "{name}");
        assert_eq!(counts(&reading), expected, "{name}");
    }
}

#[test]
fn session_without_a_date_stands_on_its_day_and_before_the_change_of_day_in_the_night_after_it() {
    let xml = r#"<schedule><conference><day_change>06:00</day_change></conference><day date="2021-02-06"><room name="Hall">
        <event id="1"><title>Late</title><start>23:30</start><duration>01:00</duration></event>
        <event id="2"><title>Later</title><start>00:30</start><duration>1:00:00</duration></event>
    </room></day></schedule>"#;

    let reading = read(Format::Xml, xml.as_bytes(), BRUSSELS).unwrap();

    let starts: Vec<String> = sessions(&reading).iter().map(|session| session.slot.start().local_text()).collect();
    assert_eq!(starts, ["2021-02-06T23:30", "2021-02-07T00:30"]);
}

#[test]
fn what_is_wrong_with_an_item_is_told_at_once_and_keeps_no_other_out() {
    let xml = r#"<schedule><day date="2021-02-06"><room name="Hall">
<event id="1"><title>Good</title><start>09:00</start><duration>01:00</duration></event>
<event id="1"><title> </title><start>25:00</start><duration>x</duration><persons><person id="7">…</person></persons></event>
<event><title>Nobody's</title><start>09:00</start><duration>00:00</duration></event>
</room></day></schedule>"#;

    let reading = read(Format::Xml, xml.as_bytes(), BRUSSELS).unwrap();

    let told: Vec<(&str, Vec<String>)> = reading
        .items
        .iter()
        .filter_map(|item| Some((item.place.as_str(), item.session.as_ref().err()?.clone())))
        .collect();
    assert_eq!(
        told,
        [
            (
                "line 3",
                vec![
                    "has the identifier of the one at line 2".to_owned(),
                    "has no title".to_owned(),
                    "its start is not written as HH:MM".to_owned(),
                    "its speaker 1: the name is empty".to_owned(),
                ]
            ),
            (
                "line 4",
                vec![
                    "its event has no identifier of 1 to 200 characters".to_owned(),
                    "the end 2021-02-06 08:00:00 UTC is not after the start 2021-02-06 08:00:00 UTC".to_owned(),
                ]
            ),
        ]
    );
    assert_eq!(sessions(&reading).len(), 1);
}

#[test]
fn file_that_is_no_schedule_is_refused_with_its_place() {
    let bomb = "<!DOCTYPE s [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<schedule>&b;</schedule>";
    let deep = "<schedule>".repeat(40);
    let cases: [(Format, &[u8], &str); 14] = [
        (Format::Xml, bomb.as_bytes(), "line 1: declares a document type"),
        (Format::Xml, b"<schedule>\n&b;</schedule>", "line 2: refers to an entity that XML does not have"),
        (Format::Xml, b"<html>\n</html>", "line 1: the outermost element is not <schedule>"),
        (Format::Xml, b"<schedule>\n<day>", "line 2: the file ends in the element of line 2"),
        (Format::Xml, b"<schedule>\n</day></schedule>", "line 2: its elements do not fit into each other"),
        (Format::Xml, b"<schedule>\n<day \xff", "line 2: is not UTF-8"),
        (Format::Xml, deep.as_bytes(), "line 1: elements lie too deep in each other"),
        (Format::Xml, b"<schedule/>", "file: has no sessions"),
        (Format::Json, b"{\"schedule\": {\n", "line 2: the file ends in the middle"),
        (
            Format::Json,
            b"{\"schedule\": {\"conference\": {\"days\": [{}]}}}",
            "schedule.conference.days[0].rooms: is not an object",
        ),
        (Format::Json, b"[]", "file: is not a schedule.json"),
        (Format::Icalendar, b"<schedule/>", "line 1: is not a line of a calendar"),
        (Format::Icalendar, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "line 2: the file ends in the middle"),
        (Format::Icalendar, b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "line 2: ends what was not begun"),
    ];
    for (format, bytes, expected) in cases {
        let Unreadable(flaws) = read(format, bytes, BRUSSELS).unwrap_err();

        let told: Vec<String> = flaws.iter().map(ToString::to_string).collect();
        assert_eq!(told, [expected]);
    }
}

#[test]
fn file_beyond_its_bounds_is_refused() {
    let large = vec![b' '; MAX_BYTES + 1];
    let many = format!("<schedule><day><room>{}</room></day></schedule>", "<event/>".repeat(MAX_SESSIONS + 1));

    let refused = [read(Format::Json, &large, BRUSSELS), read(Format::Xml, many.as_bytes(), BRUSSELS)];

    let whole = |description: String| Err(Unreadable::whole(description));
    let expected = [format!("has more than {MAX_BYTES} bytes"), format!("has more than {MAX_SESSIONS} sessions")];
    assert_eq!(refused, expected.map(whole));
}

#[test]
fn real_file_cut_short_anywhere_is_refused_or_read_without_panic() {
    let name = "real_file_cut_short_anywhere_is_refused_or_read_without_panic";
    for (file, format) in [("31c3.xml", Format::Xml), ("camp2019.json", Format::Json)] {
        let Some(bytes) = real(file, name) else { return };
        for cut in (0..bytes.len()).step_by(bytes.len() / 40) {
            assert!(read(format, &bytes[..cut], BRUSSELS).is_err(), "{file} at {cut}");
        }
    }
}

#[test]
fn calendar_tells_what_is_no_session() {
    let event = |lines: &str| format!("BEGIN:VEVENT\r\nSUMMARY:A\r\n{lines}\r\nEND:VEVENT\r\n");
    let calendar = [
        event("UID:1\r\nDTSTART;TZID=Asia/Karachi:20230905T094000\r\nDURATION:PT1H30M"),
        event("UID:2\r\nDTSTART:20230905T044000Z\r\nDTEND:20230905T054000Z\r\nLOCATION:Hall\\, eas\r\n t wing"),
        event("UID:3\r\nDTSTART;VALUE=DATE:20230905\r\nRRULE:FREQ=DAILY"),
        event("UID:4\r\nDTSTART:20230905T094000\r\nSTATUS:CANCELLED"),
    ];
    let calendar = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", calendar.concat());

    let reading = read(Format::Icalendar, calendar.as_bytes(), Tz::Asia__Shanghai).unwrap();

    let read: Vec<_> = reading
        .items
        .iter()
        .map(|item| {
            let session = item.session.as_ref().map_err(Clone::clone)?;
            Ok((session.slot.start().local_text(), session.slot.end().local_text(), session.room.clone()))
        })
        .collect();
    assert_eq!(
        read,
        [
            Ok(("2023-09-05T09:40".to_owned(), "2023-09-05T11:10".to_owned(), None)),
            Ok(("2023-09-05T12:40".to_owned(), "2023-09-05T13:40".to_owned(), Some("Hall, east wing".to_owned()))),
            Err(vec!["repeats, which no session does".to_owned(), "its DTSTART is a whole day".to_owned()]),
            Err(vec!["was called off".to_owned(), "has neither DTEND nor DURATION".to_owned()]),
        ]
    );
}

#[test]
fn what_we_write_is_read_back() {
    let schedule = specimen();
    let written = [
        (Format::Xml, schedule_xml::write(&schedule)),
        (Format::Json, schedule_json::write(&schedule)),
        (Format::Icalendar, icalendar::write(&calendar(&schedule))),
    ];
    for (format, bytes) in written {
        let reading = read(format, &bytes, Tz::UTC).unwrap();

        let mut read: Vec<_> = sessions(&reading)
            .iter()
            .map(|session| {
                (session.identity.guid.unwrap(), session.title.clone(), session.slot.interval(), session.room.clone())
            })
            .collect();
        read.sort();
        let interval =
            |session: &super::super::schedule::Session| Slot::new(session.start, session.end).unwrap().interval();
        let expected: Vec<_> = schedule
            .sessions
            .iter()
            .map(|session| (session.id, session.title.clone(), interval(session), session.room.clone()))
            .collect();
        assert_eq!(read, expected, "{format:?}");
        let people = sessions(&reading).iter().filter_map(|session| session.speakers.as_ref()).flatten().count();
        assert_eq!(people, usize::from(format != Format::Icalendar), "{format:?}");
    }
}

fn calendar(schedule: &super::super::schedule::Schedule) -> icalendar::Calendar {
    let entry = |session: &super::super::schedule::Session| icalendar::Entry {
        uid: format!("{}{}", session.id, icalendar::OWN_DOMAIN),
        sequence: session.sequence,
        stamp: schedule.stamp,
        start: session.start,
        end: session.end,
        summary: session.title.clone(),
        location: session.room.clone(),
        description: None,
        url: None,
    };
    icalendar::Calendar { name: schedule.title.clone(), entries: schedule.sessions.iter().map(entry).collect() }
}
