use super::*;
use crate::zoned::Zoned;

fn slot(start: &str, end: &str) -> Interval {
    let clock = |text: &str| Zoned::parse(&format!("2023-09-{text}"), "Asia/Shanghai").unwrap();
    Interval::between(&clock(start), &clock(end)).unwrap()
}

fn room(id: &str) -> RoomId {
    id.parse().unwrap()
}

fn person(number: u8) -> PersonName {
    format!("organizations/zbra/persons/7f1c3f3e-9f57-4b0c-8f29-0000000000{number:02}").parse().unwrap()
}

fn key(key: &str) -> SessionKey {
    SessionKey(key.to_owned())
}

fn title(title: &str) -> Localized {
    Localized::new(title, "").unwrap()
}

fn session(name: &str, slot: Interval, room_id: &str, speakers: &[u8]) -> Session {
    Session {
        key: key(name),
        title: title(name),
        slot: Some(slot),
        room: Some(room(room_id)),
        speakers: speakers.iter().map(|number| person(*number)).collect(),
        expected: None,
    }
}

fn plan(sessions: Vec<Session>) -> Plan {
    Plan {
        window: slot("05T09:00", "06T18:00"),
        rooms: vec![Room { id: room("hall"), capacity: Some(200) }, Room { id: room("annexe"), capacity: None }],
        sessions,
    }
}

#[test]
fn a_sound_schedule_has_no_findings() {
    let sessions = vec![
        session("opening", slot("05T09:00", "05T09:40"), "hall", &[1, 2]),
        session("keynote", slot("05T09:40", "05T10:30"), "hall", &[1]),
        session("briefing", slot("05T09:40", "05T10:30"), "annexe", &[2]),
    ];

    assert_eq!(check(&plan(sessions)), []);
}

#[test]
fn rooms_and_people_wanted_twice_are_all_found() {
    let mut sessions = vec![
        session("a", slot("05T09:00", "05T12:00"), "hall", &[1]),
        session("b", slot("05T10:00", "05T11:00"), "hall", &[2]),
        session("c", slot("05T11:30", "05T12:30"), "annexe", &[1, 2, 1]),
        session("d", slot("05T11:00", "05T11:45"), "hall", &[3]),
    ];
    let in_hall = |first: &str, second: &str, overlap: Interval| Finding::RoomDoubleBooked {
        room: room("hall"),
        first: key(first),
        second: key(second),
        overlap,
    };
    let expected = [
        in_hall("a", "b", slot("05T10:00", "05T11:00")),
        in_hall("a", "d", slot("05T11:00", "05T11:45")),
        Finding::PersonDoubleBooked {
            person: person(1),
            first: key("a"),
            second: key("c"),
            overlap: slot("05T11:30", "05T12:00"),
        },
    ];

    assert_eq!(check(&plan(sessions.clone())), expected);
    sessions.reverse();
    assert_eq!(check(&plan(sessions)), expected);
}

#[test]
fn a_session_must_lie_within_the_event() {
    let whole = session("whole", slot("05T09:00", "06T18:00"), "hall", &[1]);
    let early = session("early", slot("05T08:59", "05T09:30"), "annexe", &[2]);
    let late = session("late", slot("06T17:30", "06T18:01"), "annexe", &[2]);
    let outside =
        |name: &str, slot: Interval, window: Interval| Finding::OutsideEvent { session: key(name), slot, window };
    let plan = plan(vec![whole, early, late]);

    assert_eq!(
        check(&plan),
        [
            outside("early", slot("05T08:59", "05T09:30"), plan.window),
            outside("late", slot("06T17:30", "06T18:01"), plan.window),
        ]
    );
}

#[test]
fn what_is_not_decided_is_a_warning() {
    let open = Session {
        slot: None,
        room: None,
        speakers: Vec::new(),
        ..session("open", slot("05T09:00", "05T10:00"), "hall", &[])
    };
    let findings = check(&plan(vec![open]));

    assert_eq!(
        findings,
        [
            Finding::WithoutTime { session: key("open") },
            Finding::WithoutRoom { session: key("open") },
            Finding::WithoutSpeaker { session: key("open") },
        ]
    );
    assert!(findings.iter().all(|finding| finding.severity() == Severity::Warning));
}

#[test]
fn a_room_must_exist_and_should_hold_everybody() {
    let expecting = |name: &str, room_id: &str, hour: u32, expected: u32| Session {
        expected: Some(expected),
        ..session(name, slot(&format!("05T{hour}:00"), &format!("05T{hour}:30")), room_id, &[1])
    };
    let sessions = vec![
        expecting("exact", "hall", 10, 200),
        expecting("full", "hall", 11, 201),
        expecting("uncounted", "annexe", 12, 5000),
        expecting("unknown", "cellar", 13, 1),
    ];

    assert_eq!(
        check(&plan(sessions)),
        [
            Finding::RoomTooSmall { session: key("full"), room: room("hall"), expected: 201, capacity: 200 },
            Finding::UnknownRoom { session: key("unknown"), room: room("cellar") },
        ]
    );
}

fn entry(name: &str, slot: Interval, room_id: &str) -> Entry {
    Entry { session: key(name), title: title(name), slot, room: Some(room(room_id)) }
}

#[test]
fn a_release_tells_what_it_changes_and_nothing_else() {
    let (morning, noon) = (slot("05T09:00", "05T10:00"), slot("05T12:00", "05T13:00"));
    let before = [
        entry("both", morning, "hall"),
        entry("gone", morning, "hall"),
        entry("room", morning, "hall"),
        entry("same", morning, "hall"),
        entry("time", morning, "hall"),
        entry("title", morning, "hall"),
    ];
    let after = [
        Entry { title: title("New"), ..entry("title", noon, "hall") },
        entry("time", noon, "hall"),
        entry("same", morning, "hall"),
        Entry { room: None, ..entry("room", morning, "hall") },
        entry("fresh", noon, "annexe"),
        entry("both", noon, "annexe"),
    ];
    let time = || Some(Move { before: morning, after: noon });
    let to_room = |after: Option<&str>| Some(Move { before: Some(room("hall")), after: after.map(room) });
    let moved = |name: &str, time, room| Change::Moved { session: key(name), time, room };

    assert_eq!(
        changes(&before, &after),
        [
            moved("both", time(), to_room(Some("annexe"))),
            Change::Added { entry: entry("fresh", noon, "annexe") },
            Change::Removed { entry: entry("gone", morning, "hall") },
            moved("room", None, to_room(None)),
            moved("time", time(), None),
            moved("title", time(), None),
            Change::Retitled { session: key("title"), title: Move { before: title("title"), after: title("New") } },
        ]
    );
    assert_eq!(changes(&after, &after), []);
}

#[test]
fn a_first_release_adds_everything() {
    let opening = entry("opening", slot("05T09:00", "05T10:00"), "hall");

    assert_eq!(changes(&[], std::slice::from_ref(&opening)), [Change::Added { entry: opening }]);
}
