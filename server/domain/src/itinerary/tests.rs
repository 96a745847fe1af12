use chrono::NaiveDate;

use super::*;
use crate::{engagement::Commitment, interval::Occupation, localized::Localized, pool::Sharing, schedule::SessionKey};

const PAKISTAN: &str = "Asia/Karachi";
const CHINA: &str = "Asia/Shanghai";

fn person(number: u8) -> PersonName {
    format!("organizations/zbra/persons/7f1c3f3e-9f57-4b0c-8f29-0000000000{number:02}").parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    format!("2023-09-{text}").parse().unwrap()
}

/// An id that sorts as its name does.
fn id(name: &str) -> uuid::Uuid {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    uuid::Uuid::from_bytes(bytes)
}

fn key(key: &str) -> StopName {
    format!("events/ciftis-2023/itineraries/{}/stops/{}", id("visit"), id(key)).parse().unwrap()
}

/// A stop of another itinerary of the event.
fn theirs(key: &str) -> StopName {
    format!("events/ciftis-2023/itineraries/{}/stops/{}", id("other"), id(key)).parse().unwrap()
}

fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

fn city(name: &str) -> CityKey {
    let region = region(if name == "Islamabad" { "PK" } else { "CN" });
    CityKey { region, city: name.to_owned() }
}

fn resource_key(name: &str) -> ResourceName {
    format!("events/ciftis-2023/resources/{}", id(name)).parse().unwrap()
}

/// A clock of September 2023, such as `04T09:30`.
fn clock(text: &str, zone: &str) -> Zoned {
    Zoned::parse(&format!("2023-09-{text}"), zone).unwrap()
}

fn span(start: &str, end: &str) -> Interval {
    Interval::between(&clock(start, CHINA), &clock(end, CHINA)).unwrap()
}

fn stop(name: &str, course: Course, start: Zoned, end: Zoned) -> Stop {
    Stop { key: key(name), start, end, course, travellers: vec![person(1)], uses: Vec::new() }
}

fn leg(name: &str, mode: Mode, way: [&str; 2], start: Zoned, end: Zoned) -> Stop {
    let [from, to] = way.map(city);
    stop(name, Course::Leg { mode, from, to }, start, end)
}

fn occasion(name: &str, place: &str, start: &str, end: &str) -> Stop {
    stop(name, Course::Occasion { kind: Kind::Meeting, city: city(place) }, clock(start, CHINA), clock(end, CHINA))
}

fn stay(name: &str, place: &str, start: &str, end: &str) -> Stop {
    stop(name, Course::Stay { city: city(place) }, clock(start, CHINA), clock(end, CHINA))
}

/// From Islamabad in the night of the 3rd to the 4th to Beijing, and back in the night after the 7th.
fn sound() -> Vec<Stop> {
    vec![
        leg("out", Mode::Flight, ["Islamabad", "Beijing"], clock("03T22:45", PAKISTAN), clock("04T07:40", CHINA)),
        leg("car", Mode::Transfer, ["Beijing", "Beijing"], clock("04T08:30", CHINA), clock("04T09:30", CHINA)),
        stay("hotel", "Beijing", "04T14:00", "06T12:00"),
        occasion("forum", "Beijing", "05T09:00", "05T17:00"),
        leg("train", Mode::Train, ["Beijing", "Shanghai"], clock("06T13:00", CHINA), clock("06T17:30", CHINA)),
        stay("inn", "Shanghai", "06T15:00", "07T12:00"),
        occasion("plant", "Shanghai", "07T09:00", "07T15:00"),
        leg("back", Mode::Flight, ["Shanghai", "Islamabad"], clock("07T21:00", CHINA), clock("08T00:30", PAKISTAN)),
    ]
}

fn plan(stops: Vec<Stop>) -> Plan {
    Plan {
        window: VisitWindow::new(day("04"), day("07"), vec![Localized::new("Beijing", "北京").unwrap()]).unwrap(),
        region: region("CN"),
        stops,
        resources: Vec::new(),
        engagements: Vec::new(),
        held: Vec::new(),
        wanted: Vec::new(),
    }
}

/// The sound visit with one stop changed.
fn with(name: &str, change: impl Fn(&mut Stop)) -> Vec<Finding> {
    let mut stops = sound();
    stops.iter_mut().filter(|stop| stop.key == key(name)).for_each(change);
    check(&plan(stops))
}

/// The sound visit without one stop.
fn without(name: &str) -> Vec<Finding> {
    check(&plan(sound().into_iter().filter(|stop| stop.key != key(name)).collect()))
}

/// The sound visit with one stop more.
fn and(stop: Stop) -> Vec<Finding> {
    check(&plan(sound().into_iter().chain([stop]).collect()))
}

#[test]
fn a_sound_visit_has_no_findings_in_any_order() {
    let mut stops = sound();

    for _ in 0..stops.len() {
        assert_eq!(check(&plan(stops.clone())), []);
        stops.rotate_left(1);
    }
}

#[test]
fn a_stop_that_ends_before_it_starts_is_told_by_instants() {
    assert_eq!(with("forum", |forum| forum.end = forum.start), [Finding::EndsBeforeItStarts { stop: key("forum") }]);

    // Westwards the clock may run backwards on board: 21:00 in Auckland is before 13:30 of the same day in Los Angeles.
    let westwards = leg(
        "long",
        Mode::Flight,
        ["Auckland", "Los Angeles"],
        clock("05T21:00", "Pacific/Auckland"),
        clock("05T14:30", "America/Los_Angeles"),
    );
    assert_eq!(check(&plan(vec![westwards])), []);
}

#[test]
fn a_stop_outside_the_days_of_the_visit_is_told_except_for_the_way_in_and_out() {
    assert_eq!(with("inn", |inn| inn.end = clock("08T12:00", CHINA)), [Finding::OutsideVisit { stop: key("inn") }]);
    assert_eq!(
        with("out", |out| (out.start, out.end) = (clock("02T22:00", PAKISTAN), clock("03T06:00", CHINA))),
        [Finding::OutsideVisit { stop: key("out") }]
    );
}

#[test]
fn the_way_in_and_out_at_home_may_be_up_to_a_week_off() {
    let briefing = |day: &str| and(occasion("briefing", "Islamabad", &format!("{day}T09:00"), &format!("{day}T10:00")));

    assert_eq!(briefing("14"), []);
    assert_eq!(briefing("15"), [Finding::OutsideVisit { stop: key("briefing") }]);
}

fn engaged(number: u8, activity: Commitment, start: &str, end: &str) -> Engagement {
    Occupation { subject: person(number), activity, interval: span(start, end) }
}

#[test]
fn a_traveller_wanted_twice_is_told_across_kinds() {
    let mut plan = plan(sound());
    plan.stops.push(occasion("lunch", "Beijing", "05T12:00", "05T13:00"));
    let session = Commitment::Session(SessionKey("opening".to_owned()));
    let dinner = Commitment::Stop(theirs("dinner"));
    plan.engagements = vec![
        engaged(1, dinner.clone(), "07T14:00", "07T16:00"),
        engaged(1, session.clone(), "04T09:00", "04T10:00"),
        engaged(2, session.clone(), "05T09:00", "05T10:00"),
    ];
    let overlap = |first: Commitment, second: Commitment, overlap: Interval| Finding::TravellerOverlap {
        traveller: person(1),
        first,
        second,
        overlap,
    };

    let findings = check(&plan);

    assert_eq!(
        findings,
        [
            overlap(Commitment::Stop(key("car")), session, span("04T09:00", "04T09:30")),
            overlap(Commitment::Stop(key("forum")), Commitment::Stop(key("lunch")), span("05T12:00", "05T13:00")),
            overlap(Commitment::Stop(key("plant")), dinner, span("07T14:00", "07T15:00")),
        ]
    );
    assert_eq!(findings[0].session(), Some(&SessionKey("opening".to_owned())));
    assert_eq!(findings[2].stops(), [&key("plant"), &theirs("dinner")]);
}

#[test]
fn what_clashes_elsewhere_alone_is_left_to_be_found_there() {
    let mut plan = plan(sound());
    let session = |name: &str| Commitment::Session(SessionKey(name.to_owned()));
    plan.engagements = [session("a"), session("b"), Commitment::Stop(theirs("dinner"))]
        .map(|activity| engaged(1, activity, "06T09:00", "06T10:00"))
        .to_vec();

    assert_eq!(check(&plan), []);
}

#[test]
fn a_city_that_no_leg_leads_to_is_told() {
    assert_eq!(
        without("train"),
        [
            Finding::PlaceDiscontinuity {
                traveller: person(1),
                after: key("forum"),
                from: city("Beijing"),
                before: key("plant"),
                to: city("Shanghai"),
            },
            Finding::NightElsewhere { traveller: person(1), stay: key("inn"), night: day("06"), city: city("Beijing") },
        ]
    );
}

#[test]
fn a_night_without_a_bed_is_told_but_not_one_on_board() {
    let nights = |nights: &[&str]| -> Vec<Finding> {
        nights.iter().map(|night| Finding::NightWithoutStay { traveller: person(1), night: day(night) }).collect()
    };

    assert_eq!(without("hotel"), nights(&["04", "05"]));
    assert_eq!(with("hotel", |hotel| hotel.end = clock("05T12:00", CHINA)), nights(&["05"]));
    assert_eq!(without("inn"), nights(&["06"]));
    // A sleeper takes the bed's place, and one that leaves after midnight still does.
    for (leaves, arrives) in [("05T21:00", "06T09:00"), ("06T01:00", "06T11:00")] {
        let mut stops = sound();
        stops[4] = leg("train", Mode::Train, ["Beijing", "Shanghai"], clock(leaves, CHINA), clock(arrives, CHINA));
        stops[2].end = clock("05T12:00", CHINA);
        assert_eq!(check(&plan(stops)), [], "{leaves}");
    }
}

#[test]
fn two_beds_for_a_night_are_told_once() {
    assert_eq!(
        and(stay("villa", "Beijing", "04T16:00", "06T10:00")),
        [Finding::TwoStays { traveller: person(1), first: key("hotel"), second: key("villa"), night: day("04") }]
    );
}

#[test]
fn a_room_kept_over_an_early_departure_is_no_second_bed() {
    assert_eq!(with("hotel", |hotel| hotel.start = clock("04T00:30", CHINA)), []);
}

#[test]
fn a_mistyped_year_gives_no_more_nights_than_the_visit_has() {
    let findings = and(stop(
        "typo",
        Course::Stay { city: city("Shanghai") },
        clock("07T14:00", CHINA),
        Zoned::parse("9023-09-08T12:00", CHINA).unwrap(),
    ));

    assert_eq!(findings, [Finding::OutsideVisit { stop: key("typo") }]);
}

#[test]
fn a_short_connection_to_what_does_not_wait_is_told() {
    let onward = |leaves: &str| {
        let hop = [
            leg("hop", Mode::Flight, ["Beijing", "Tianjin"], clock(leaves, CHINA), clock("04T12:00", CHINA)),
            leg("return", Mode::Train, ["Tianjin", "Beijing"], clock("04T14:00", CHINA), clock("04T15:00", CHINA)),
        ];
        check(&plan(sound().into_iter().chain(hop).collect()))
    };

    assert_eq!(
        onward("04T10:59"),
        [Finding::ShortConnection {
            traveller: person(1),
            arriving: key("car"),
            leaving: key("hop"),
            gap: TimeDelta::minutes(89),
            minimum: TimeDelta::minutes(90),
        }]
    );
    assert_eq!(onward("04T11:00"), []);
    let catching = |arrives: &str| {
        let transfer =
            leg("taxi", Mode::Transfer, ["Beijing", "Beijing"], clock("06T11:30", CHINA), clock(arrives, CHINA));
        and(transfer).len()
    };
    assert_eq!([catching("06T12:31"), catching("06T12:30")], [1, 0]);
    // The car waits, however late the flight: that one needs no gap.
    assert_eq!(with("car", |car| car.start = clock("04T07:40", CHINA)), []);
}

#[test]
fn travellers_are_looked_at_one_by_one() {
    let mut stops = sound();
    for stop in &mut stops {
        stop.travellers.push(person(2));
    }
    // The second traveller takes another way to the plant, which nobody has written down.
    stops[4].travellers.pop();
    let own_night =
        Finding::NightElsewhere { traveller: person(2), stay: key("inn"), night: day("06"), city: city("Beijing") };

    let findings = check(&plan(stops));

    assert_eq!(findings.iter().map(Finding::traveller).collect::<Vec<_>>(), [Some(&person(2)); 2]);
    assert_eq!(findings[1], own_night);
}

fn minibus(sharing: Sharing) -> Resource {
    Resource { key: resource_key("minibus"), supply: Supply { capacity: 7, sharing } }
}

/// A stop that uses so much of the minibus.
fn user(name: &str, traveller: u8, (start, end, quantity): (&str, &str, u32)) -> Stop {
    Stop {
        travellers: vec![person(traveller)],
        uses: vec![Use { resource: resource_key("minibus"), quantity }],
        ..occasion(name, "Beijing", start, end)
    }
}

/// Two stops of different travellers, each using so much of one resource.
fn sharing(sharing: Sharing, first: (&str, &str, u32), second: (&str, &str, u32)) -> Vec<Finding> {
    check(&Plan { resources: vec![minibus(sharing)], ..plan(vec![user("a", 1, first), user("b", 2, second)]) })
}

fn over(interval: Interval, wanted: u64, stops: &[StopName], rivalry: Rivalry) -> Finding {
    let stops = stops.to_vec();
    Finding::OverCapacity { resource: resource_key("minibus"), interval, wanted, capacity: 7, stops, rivalry }
}

fn overlapping(first: StopName, second: StopName, overlap: Interval, rivalry: Rivalry) -> Finding {
    Finding::ResourceOverlap { resource: resource_key("minibus"), first, second, overlap, rivalry }
}

#[test]
fn what_serves_one_stop_cannot_be_at_two() {
    let one = |first, second| sharing(Sharing::OneHolder, first, second);

    assert_eq!(one(("05T09:00", "05T10:00", 7), ("05T10:00", "05T11:00", 7)), []);
    assert_eq!(
        one(("05T09:00", "05T10:00", 3), ("05T09:30", "05T11:00", 8)),
        [
            overlapping(key("a"), key("b"), span("05T09:30", "05T10:00"), Rivalry::Within),
            over(span("05T09:30", "05T11:00"), 8, &[key("b")], Rivalry::Within),
        ]
    );
}

#[test]
fn what_serves_many_stops_is_counted_together() {
    let many = |first, second| sharing(Sharing::ManyHolders, first, second);

    assert_eq!(many(("05T09:00", "05T10:00", 3), ("05T09:30", "05T11:00", 4)), []);
    assert_eq!(many(("05T09:00", "05T10:00", 7), ("05T10:00", "05T11:00", 7)), []);
    assert_eq!(
        many(("05T09:00", "05T10:00", 4), ("05T09:30", "05T11:00", 4)),
        [over(span("05T09:30", "05T10:00"), 8, &[key("a"), key("b")], Rivalry::Within)]
    );
}

/// A stop of one's own from nine to ten that uses five of the minibus, beside what others hold and want.
fn beside(sharing: Sharing, held: &[(&str, &str, u32)], wanted: &[(&str, &str, u32)]) -> Vec<Finding> {
    let demands = |name: &str, all: &[(&str, &str, u32)]| {
        let stops = all.iter().map(|claim| Stop { key: theirs(name), ..user(name, 2, *claim) });
        stops.flat_map(|stop| stop.demands()).collect()
    };
    check(&Plan {
        resources: vec![minibus(sharing)],
        held: demands("held", held),
        wanted: demands("wanted", wanted),
        ..plan(vec![user("own", 1, ("05T09:00", "05T10:00", 5))])
    })
}

#[test]
fn what_others_hold_is_an_error_and_what_they_want_a_warning() {
    let (held, wanted) = (theirs("held"), theirs("wanted"));
    let (three, half) = (("05T09:30", "05T11:00", 3), span("05T09:30", "05T10:00"));
    let excess = |stop: &StopName, rivalry| over(half, 8, &[key("own"), stop.clone()], rivalry);

    for (sharing, by_hold, by_want) in [
        (Sharing::ManyHolders, excess(&held, Rivalry::Held), excess(&wanted, Rivalry::Wanted)),
        (
            Sharing::OneHolder,
            overlapping(key("own"), held.clone(), half, Rivalry::Held),
            overlapping(key("own"), wanted.clone(), half, Rivalry::Wanted),
        ),
    ] {
        let severities = [&by_hold, &by_want].map(Finding::severity);
        assert_eq!(severities, [Severity::Error, Severity::Warning]);
        assert_eq!(beside(sharing, &[three], &[]), [by_hold]);
        assert_eq!(beside(sharing, &[], &[three]), [by_want]);
        assert_eq!(beside(sharing, &[("05T10:00", "05T11:00", 7)], &[("05T08:00", "05T09:00", 7)]), []);
    }
}

#[test]
fn what_a_graver_finding_says_is_not_repeated() {
    let both = beside(Sharing::ManyHolders, &[("05T09:00", "05T10:00", 3)], &[("05T09:00", "05T10:00", 3)]);

    assert_eq!(both, [over(span("05T09:00", "05T10:00"), 8, &[theirs("held"), key("own")], Rivalry::Held)]);
}

#[test]
fn what_others_hold_and_want_is_not_added_up() {
    let two = ("05T09:00", "05T10:00", 2);

    assert_eq!(beside(Sharing::ManyHolders, &[two], &[two]), []);
}

#[test]
fn a_stay_uses_rooms_by_the_night() {
    let guest = |name: &str, start: &str, end: &str| Stop {
        uses: vec![Use { resource: resource_key("minibus"), quantity: 7 }],
        ..stay(name, "Beijing", start, end)
    };
    let wanted = |stop: Stop| stop.demands()[0].claim.interval;

    // Who comes early in the day finds the room of those who leave late on it.
    assert_eq!(wanted(guest("first", "04T09:00", "06T15:00")), span("04T12:00", "06T12:00"));
    assert_eq!(wanted(guest("second", "06T08:00", "07T12:00")), span("06T12:00", "07T12:00"));
    assert_eq!(wanted(guest("day", "06T08:00", "06T18:00")), span("06T08:00", "06T18:00"));
    assert_eq!(guest("typo", "06T08:00", "05T18:00").demands(), []);
}

#[test]
fn what_the_visit_does_not_have_is_told() {
    let using = |stop: &mut Stop| stop.uses = vec![Use { resource: resource_key("yacht"), quantity: 1 }];

    assert_eq!(
        with("forum", using),
        [Finding::UnknownResource { stop: key("forum"), resource: resource_key("yacht") }]
    );
}

#[test]
fn what_is_impossible_is_an_error_and_what_may_be_meant_a_warning() {
    let worst = |findings: Vec<Finding>| findings.iter().map(Finding::severity).max();

    assert_eq!(worst(without("train")), Some(Severity::Warning));
    assert_eq!(worst(without("inn")), Some(Severity::Warning));
    assert_eq!(worst(with("forum", |forum| forum.end = forum.start)), Some(Severity::Error));
    assert_eq!(worst(and(occasion("tea", "Beijing", "05T10:00", "05T11:00"))), Some(Severity::Error));
}

#[test]
fn a_note_takes_nobodys_time_and_gives_nobody_a_bed() {
    let note = Stop {
        course: Course::Occasion { kind: Kind::Note, city: city("Beijing") },
        ..occasion("note", "Beijing", "05T09:00", "05T17:00")
    };

    assert_eq!(and(note), []);
}

#[test]
fn a_traveller_speaks_in_the_session_that_is_a_stop_of_their_visit_and_in_no_other_meanwhile() {
    let speaks = || Occupation {
        subject: person(1),
        activity: Commitment::Session(SessionKey("talk".to_owned())),
        interval: span("05T10:00", "05T11:00"),
    };
    let findings = |kind: Kind| {
        let mut stops = sound();
        let forum = stops.iter_mut().filter(|stop| stop.key == key("forum"));
        forum.for_each(|stop| stop.course = Course::Occasion { kind, city: city("Beijing") });
        check(&Plan { engagements: vec![speaks()], ..plan(stops) })
    };

    assert_eq!(findings(Kind::Session), []);
    let overlap = Finding::TravellerOverlap {
        traveller: person(1),
        first: Commitment::Stop(key("forum")),
        second: Commitment::Session(SessionKey("talk".to_owned())),
        overlap: span("05T10:00", "05T11:00"),
    };
    assert_eq!(findings(Kind::Meeting), [overlap]);
}
