use super::*;
use crate::{event, resource::RoomName, zoned::Zoned};

fn now() -> DateTime<Utc> {
    "2023-08-01T00:00:00Z".parse().unwrap()
}

fn at(local: &str) -> Zoned {
    Zoned::parse(local, "Asia/Shanghai").unwrap()
}

fn english(text: &str) -> Localized {
    Localized::new(text, "").unwrap()
}

fn id(last: u8) -> uuid::Uuid {
    uuid::Uuid::from_bytes([15, 29, 42, 59, 159, 87, 75, 12, 143, 41, 0, 0, 0, 0, 0, last])
}

fn empty() -> Import {
    let plan = event::Plan {
        title: english("Forum"),
        start: at("2023-09-05T09:00"),
        end: at("2023-09-05T17:00"),
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
    let event = event::create("ciftis-2023".parse().unwrap(), plan, now()).unwrap();
    let draft = Draft { event, rooms: vec![], sessions: vec![], speakers: vec![], visits: vec![] };
    Import::into_draft_of(draft, Vec::new(), LanguageTag::English)
}

fn guest(person: u8, part: u8) -> Guest {
    Guest {
        person: Known { given: None, derived: PersonId(id(person)) },
        name: NameText::parse(&format!("Speaker {person}")).unwrap(),
        part: SpeakerId(id(part)),
    }
}

fn talk() -> Incoming {
    Incoming {
        session: Known { given: None, derived: SessionId(id(1)) },
        kind: None,
        title: english("Keynote"),
        description: None,
        slot: Slot::new(at("2023-09-05T09:40"), at("2023-09-05T10:00")).unwrap(),
        room: Some(("main-hall".parse().unwrap(), english("Main Hall"))),
        speakers: Some(vec![guest(10, 20), guest(11, 21)]),
    }
}

/// The same schedule with a new count, as a later import finds it.
fn again(import: Import) -> Import {
    let (language, people) = (import.language, import.people.values().cloned().collect());
    Import::into_draft_of(import.draft(), people, language)
}

fn count(created: u32, updated: u32, unchanged: u32) -> Count {
    Count { created, updated, unchanged }
}

#[test]
fn same_sessions_taken_twice_change_nothing_the_second_time() {
    let mut first = empty();
    let other = Incoming { session: Known { given: None, derived: SessionId(id(2)) }, ..talk() };
    first.take(&talk(), now());
    first.take(&other, now());
    let made = first.tally();
    let mut second = again(first);

    let deeds = [second.take(&talk(), now()), second.take(&other, now())];

    assert_eq!(made, Tally { rooms: count(1, 0, 0), sessions: count(2, 0, 0), persons: count(2, 0, 0) });
    assert_eq!(deeds, [Deeds::default(), Deeds::default()]);
    assert_eq!(second.tally(), Tally { rooms: count(0, 0, 1), sessions: count(0, 0, 2), persons: count(0, 0, 2) });
}

#[test]
fn speakers_come_go_and_change_places_and_who_presides_stays() {
    let mut import = empty();
    import.take(&talk(), now());
    let mut chair = import.speakers[&SessionId(id(1))][0].clone();
    (chair.id, chair.part.role, chair.part.position) = (SpeakerId(id(99)), Role::Chair, 7);
    chair.part.person.person = PersonId(id(98));
    import.speakers.get_mut(&SessionId(id(1))).unwrap().push(chair.clone());
    let mut import = again(import);

    let deeds = import.take(&Incoming { speakers: Some(vec![guest(11, 21), guest(12, 22)]), ..talk() }, now());

    let told: Vec<(&str, PersonId, u32)> = deeds
        .speakers
        .iter()
        .map(|save| match save {
            Save::Create(speaker) => ("new", speaker.part.person.person, speaker.part.position),
            Save::Update { after, .. } => ("moved", after.part.person.person, after.part.position),
            Save::Delete(speaker) => ("gone", speaker.part.person.person, speaker.part.position),
        })
        .collect();
    let person = |last| PersonId(id(last));
    assert_eq!(told, [("gone", person(10), 0), ("moved", person(11), 0), ("new", person(12), 1)]);
    assert!(import.speakers[&SessionId(id(1))].contains(&chair));
}

#[test]
fn what_a_file_does_not_say_stays() {
    let mut import = empty();
    let described = Localized::new("About", "关于").unwrap();
    import.take(&Incoming { kind: Some(Kind::Panel), description: Some(described.clone()), ..talk() }, now());
    let mut import = again(import);
    let moment = |local| Zoned::at(at(local).instant(), chrono_tz::Tz::UTC);
    let slot = Slot::new(moment("2023-09-05T09:40"), moment("2023-09-05T10:00")).unwrap();

    let silent = import.take(&Incoming { speakers: None, slot, ..talk() }, now());
    let spoken = import.take(&Incoming { description: Some(english("More")), ..talk() }, now());

    assert_eq!(silent, Deeds::default());
    let Some(Save::Update { before: _, after }) = spoken.session else { panic!("{spoken:?}") };
    assert_eq!((after.plan.kind, after.plan.description), (Kind::Panel, Some(described.overlaid(&english("More")))));
}

#[test]
fn session_that_comes_back_under_its_own_identifier_is_the_one_that_is_there() {
    let mut import = empty();
    import.take(&talk(), now());
    let mut import = again(import);
    let known = Known { given: Some(SessionId(id(1))), derived: SessionId(id(77)) };
    let stranger = Known { given: Some(SessionId(id(55))), derived: SessionId(id(78)) };

    let deeds = import.take(&Incoming { session: known, ..talk() }, now());
    let other = import.take(&Incoming { session: stranger, ..talk() }, now());

    assert_eq!(deeds, Deeds::default());
    let Some(Save::Create(session)) = other.session else { panic!("{other:?}") };
    assert_eq!(session.id, SessionId(id(78)));
}

#[test]
fn room_is_found_by_its_sign_and_by_the_name_it_was_made_under() {
    let mut import = empty();
    let chosen = RoomName { event: "ciftis-2023".parse().unwrap(), room: "hall-1".parse().unwrap() };
    let plan = room::Plan {
        title: Localized::new("Main Hall", "主厅").unwrap(),
        capacity: None,
        floor: None,
        description: None,
    };
    import.rooms.push(room::create(chosen.clone(), plan, now()));
    import.take(&talk(), now());
    import.rooms[0].plan.title = english("Great Hall");
    import.take(&talk(), now());
    import.rooms[1].plan.title = english("Small Hall");

    let deeds = import.take(&talk(), now());

    assert_eq!(deeds.room, None);
    assert_eq!(import.sessions[&SessionId(id(1))].plan.room, Some("main-hall".parse().unwrap()));
    assert_eq!(import.rooms.len(), 2);
}

#[test]
fn rooms_and_people_of_an_earlier_part_are_not_counted_again() {
    let mut first = empty();
    first.take(&talk(), now());
    let other = Incoming { session: Known { given: None, derived: SessionId(id(2)) }, ..talk() };
    let mut second = again(first.clone());
    second.skip(&talk());

    second.take(&other, now());

    let whole = first.tally().plus(second.tally());
    assert_eq!(whole, Tally { rooms: count(1, 0, 0), sessions: count(2, 0, 0), persons: count(2, 0, 0) });
}
