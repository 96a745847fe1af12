use super::*;
use crate::{resource::StopName, zoned::Zoned};

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
        engagements: Vec::new(),
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
fn a_speaker_on_a_stop_of_a_visit_is_found() {
    let id = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
    let stop = |number: u8| format!("events/ciftis-2023/itineraries/{id}/stops/{}{number}", &id[..35]);
    let stop = |number: u8| -> StopName { stop(number).parse().unwrap() };
    let on_stop = |number: u8, interval: Interval| Occupation {
        subject: person(1),
        activity: Commitment::Stop(stop(number)),
        interval,
    };
    let sessions = vec![
        session("keynote", slot("05T09:40", "05T10:30"), "hall", &[1]),
        session("briefing", slot("05T09:40", "05T10:30"), "annexe", &[2]),
    ];
    let engagements = vec![
        on_stop(1, slot("05T10:00", "05T12:00")),
        on_stop(2, slot("05T10:30", "05T11:00")),
        on_stop(3, slot("05T09:00", "05T10:30")),
    ];
    let found = |number: u8, overlap: Interval| Finding::PersonOnVisit {
        person: person(1),
        session: key("keynote"),
        stop: stop(number),
        overlap,
    };

    let findings = check(&Plan { engagements, ..plan(sessions) });

    assert_eq!(findings, [found(3, slot("05T09:40", "05T10:30")), found(1, slot("05T10:00", "05T10:30"))]);
    assert_eq!(findings[0].severity(), Severity::Error);
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

mod releasing {
    use super::super::{Change, Draft, Edition, Finding, Refusal, ScheduleName, Severity, release};
    use crate::{
        event::{self, Event},
        interval::Interval,
        localized::Localized,
        resource::{PersonName, SessionId},
        revision::History,
        room::{self, Room},
        session::{Kind, Plan, Session, Signing, Slot},
        speaker::{Part, Role, Speaker},
        zoned::Zoned,
    };
    use chrono::{DateTime, Utc};

    const IDS: [&str; 3] = [
        "0f1d2a3b-9f57-4b0c-8f29-7f1c3f3e4c51",
        "0f1d2a3b-9f57-4b0c-8f29-7f1c3f3e4c52",
        "0f1d2a3b-9f57-4b0c-8f29-7f1c3f3e4c53",
    ];

    fn now() -> DateTime<Utc> {
        "2023-08-01T00:00:00Z".parse().unwrap()
    }

    fn at(local: &str) -> Zoned {
        Zoned::parse(&format!("2023-09-05T{local}"), "Asia/Shanghai").unwrap()
    }

    fn slot(start: &str, end: &str) -> Slot {
        Slot::new(at(start), at(end)).unwrap()
    }

    fn forum() -> Event {
        let plan = event::Plan {
            title: Localized::new("Forum", "").unwrap(),
            start: at("09:00"),
            end: at("17:00"),
            controller: "zbra".parse().unwrap(),
            hosts: Vec::new(),
            venue: None,
            registration_open_time: None,
            registration_close_time: None,
            accreditation_end_time: None,
            contact_email: None,
            specimen: false,
            parent: None,
            other_venues: Vec::new(),
            shared_pools: Vec::new(),
            online: None,
        };
        event::create("ciftis-2023".parse().unwrap(), plan, now()).unwrap()
    }

    fn hall() -> Room {
        let plan =
            room::Plan { title: Localized::new("Hall", "").unwrap(), capacity: None, floor: None, description: None };
        room::create("events/ciftis-2023/rooms/main-hall".parse().unwrap(), plan, now())
    }

    fn session(number: usize, kind: Kind, slot: Option<Slot>) -> Session {
        let plan = Plan {
            kind,
            title: Localized::new("Session", "").unwrap(),
            description: None,
            room: Some("main-hall".parse().unwrap()),
            slot,
        };
        let id = IDS[number].parse().unwrap();
        Session { event: "ciftis-2023".parse().unwrap(), id, plan, history: History::begin(now()) }
    }

    fn speaker(number: usize) -> Speaker {
        let person: PersonName = format!("organizations/zbra/persons/{}", IDS[0]).parse().unwrap();
        Speaker {
            event: "ciftis-2023".parse().unwrap(),
            session: IDS[number].parse().unwrap(),
            id: IDS[number].parse().unwrap(),
            part: Part { person, role: Role::Speaker, position: 0 },
            history: History::begin(now()),
        }
    }

    fn draft(sessions: Vec<Session>) -> Draft {
        Draft {
            event: forum(),
            rooms: vec![hall()],
            sessions,
            speakers: vec![speaker(0), speaker(1)],
            visits: Vec::new(),
        }
    }

    fn sequences(draft: &Draft, last: &super::super::Release) -> Vec<(SessionId, u32)> {
        draft.programme(Some(last)).into_iter().map(|item| (item.session, item.sequence)).collect()
    }

    #[test]
    fn break_needs_no_speaker_and_a_panel_does() {
        let draft = draft(vec![
            session(0, Kind::Talk, Some(slot("09:00", "10:00"))),
            session(2, Kind::Break, Some(slot("10:00", "10:30"))),
        ]);
        let panel = Draft { speakers: Vec::new(), ..draft.clone() };

        assert_eq!(draft.findings(), []);
        assert_eq!(
            panel.findings(),
            [Finding::WithoutSpeaker { session: super::super::SessionKey(IDS[0].to_owned()) }]
        );
    }

    #[test]
    fn signing_without_signatories_is_told_and_needs_no_speaker() {
        let signing = Signing {
            parties: vec!["zbra".parse().unwrap()],
            signatories: Vec::new(),
            witnesses: Vec::new(),
            languages: Vec::new(),
            document_title: Localized::new("Memorandum", "").unwrap(),
            document_file: None,
            document_date: None,
            parts: Vec::new(),
        };
        let unsigned = draft(vec![session(2, Kind::Signing(Box::new(signing)), Some(slot("09:00", "10:00")))]);

        assert_eq!(
            unsigned.findings(),
            [Finding::WithoutSignatory { session: super::super::SessionKey(IDS[2].to_owned()) }]
        );
    }

    #[test]
    fn draft_that_cannot_take_place_is_not_released() {
        let draft = draft(vec![
            session(0, Kind::Talk, Some(slot("09:00", "10:00"))),
            session(1, Kind::Talk, Some(slot("09:30", "10:30"))),
            session(2, Kind::Break, None),
        ]);

        let refusal = release(&draft, None, now());

        let findings: Vec<Finding> =
            draft.findings().into_iter().filter(|finding| finding.severity() == Severity::Error).collect();
        let reasons: Vec<&str> = findings.iter().map(Finding::reason).collect();
        assert_eq!(reasons, ["room_double_booked", "person_double_booked"]);
        assert_eq!(refusal, Err(Refusal::Clashes { event: "ciftis-2023".parse().unwrap(), findings }));
    }

    #[test]
    fn sequence_rises_when_a_session_moves_and_never_falls() {
        let stays = session(0, Kind::Talk, Some(slot("09:00", "10:00")));
        let morning = session(1, Kind::Talk, Some(slot("10:00", "11:00")));
        let noon = session(1, Kind::Talk, Some(slot("11:00", "12:00")));
        let first = release(&draft(vec![stays.clone(), morning]), None, now()).unwrap();
        let second = release(&draft(vec![stays.clone(), noon.clone()]), Some(&first.release), now()).unwrap();
        let third = release(&draft(vec![stays.clone()]), Some(&second.release), now()).unwrap();
        let again = draft(vec![stays, noon]);

        let (one, other): (SessionId, SessionId) = (IDS[0].parse().unwrap(), IDS[1].parse().unwrap());
        let moved = |released: &super::super::Released| -> Vec<(SessionId, u32)> {
            released.release.programme.iter().map(|item| (item.session, item.sequence)).collect()
        };
        assert_eq!(moved(&first), [(one, 0), (other, 0)]);
        assert_eq!(moved(&second), [(one, 0), (other, 1)]);
        assert_eq!(moved(&third), [(one, 0)]);
        assert_eq!(sequences(&again, &third.release), [(one, 0), (other, 3)]);
        let key = super::super::SessionKey(IDS[1].to_owned());
        let (before, after): (Interval, Interval) =
            (slot("10:00", "11:00").interval(), slot("11:00", "12:00").interval());
        let time = Some(super::super::Move { before, after });
        assert_eq!(second.changes, [Change::Moved { session: key, time, room: None }]);
    }

    #[test]
    fn cancelled_event_releases_nothing() {
        let cancelled = forum().cancel(now()).unwrap();
        let draft = Draft { event: cancelled, ..draft(Vec::new()) };

        let refusal = release(&draft, None, now());

        assert_eq!(refusal, Err(Refusal::Event(event::Refusal::Cancelled("ciftis-2023".parse().unwrap()))));
    }

    #[test]
    fn schedule_name_reads_back_as_it_was_written_and_has_one_spelling() {
        let name = |text: &str| text.parse::<ScheduleName>().map(|name| (name.edition, name.to_string())).ok();

        let editions = [
            ("events/ciftis-2023/draft", Edition::Draft),
            ("events/ciftis-2023/schedule", Edition::Latest),
            ("events/ciftis-2023/releases/12", Edition::Version(12)),
        ];
        for (text, edition) in editions {
            assert_eq!(name(text), Some((edition, text.to_owned())));
        }
        for text in [
            "events/ciftis-2023",
            "events/ciftis-2023/releases/0",
            "events/ciftis-2023/releases/01",
            "events/ciftis-2023/releases/+1",
            "events/ciftis-2023/releases/",
            "events/ciftis-2023/releases/1/x",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }
}
