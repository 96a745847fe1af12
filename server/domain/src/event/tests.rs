//! What an event may be, without a database.

use super::*;

fn at(local: &str) -> Zoned {
    Zoned::parse(local, "Asia/Shanghai").unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn forum() -> Plan {
    Plan {
        title: Localized::new("Forum", "论坛").unwrap(),
        start: at("2023-09-05T09:00"),
        end: at("2023-09-05T17:00"),
        controller: "zbra".parse().unwrap(),
        hosts: Vec::new(),
        venue: None,
        registration_open_time: Some(instant("2023-07-01T00:00:00Z")),
        registration_close_time: None,
        accreditation_end_time: None,
        contact_email: None,
        specimen: true,
        parent: None,
        other_venues: Vec::new(),
        shared_pools: Vec::new(),
        online: None,
    }
}

fn created() -> Event {
    create("ciftis-2023".parse().unwrap(), forum(), instant("2023-06-01T00:00:00Z")).unwrap()
}

#[test]
fn event_lists_its_controller_as_host() {
    let host = Host { organization: "zbra".parse().unwrap(), role: HostRole::Host };

    assert_eq!(created().plan.hosts, [host]);
}

#[test]
fn event_that_contradicts_itself_is_refused_with_every_contradiction() {
    let plan = Plan {
        end: at("2023-09-05T09:00"),
        registration_close_time: Some(instant("2023-07-01T00:00:00Z")),
        accreditation_end_time: Some(instant("2024-09-01T00:00:00Z")),
        controller: "stza".parse().unwrap(),
        specimen: false,
        ..forum()
    };

    let refusal = created().revise(plan, instant("2023-06-02T00:00:00Z"));

    let all = vec![
        Contradiction::EndNotAfterStart,
        Contradiction::CloseNotAfterOpen,
        Contradiction::AccreditationNotBeforeEnd,
        Contradiction::ControllerChanged,
        Contradiction::SpecimenCleared,
    ];
    assert_eq!(refusal, Err(Refusal::Contradictory(all)));
}

#[test]
fn registrations_are_taken_from_opening_until_the_event_ends() {
    let event = created();
    let taken = |text: &str| event.takes_registrations(instant(text));

    assert_eq!(
        [
            taken("2023-06-30T23:59:59Z"),
            taken("2023-07-01T00:00:00Z"),
            taken("2023-09-05T08:59:59Z"),
            taken("2023-09-05T09:00:00Z"),
        ],
        [false, true, true, false]
    );
}

#[test]
fn event_is_cancelled_once() {
    let cancelled = created().cancel(instant("2023-06-02T00:00:00Z")).unwrap();

    assert_eq!(
        (cancelled.state, cancelled.history.revision.0, cancelled.clone().cancel(instant("2023-06-03T00:00:00Z"))),
        (State::Cancelled, 2, Err(Refusal::Cancelled("ciftis-2023".parse().unwrap())))
    );
}

#[test]
fn event_is_not_part_of_itself_however_many_events_are_between() {
    let event = created();
    let part_of = |line: &[&str]| {
        let line: Vec<EventId> = line.iter().map(|id| id.parse().unwrap()).collect();
        event.require_part_of(&line)
    };

    let refused = |parent: &str| Err(Refusal::Circular { event: event.id.clone(), parent: parent.parse().unwrap() });
    assert_eq!([part_of(&[]), part_of(&["programme", "decade"])], [Ok(()), Ok(())]);
    assert_eq!(part_of(&["ciftis-2023"]), refused("ciftis-2023"));
    assert_eq!(part_of(&["dinner", "visit", "ciftis-2023"]), refused("dinner"));
}

#[test]
fn event_is_hosted_in_each_role_once() {
    let host = |role| Host { organization: "stza".parse().unwrap(), role };
    let hosted = |hosts: Vec<Host>| {
        let plan = Plan { hosts, ..forum() };
        create("ciftis-2023".parse().unwrap(), plan, instant("2023-06-01T00:00:00Z")).map(drop)
    };

    assert_eq!(hosted(vec![host(HostRole::CoHost), host(HostRole::Organizer)]), Ok(()));
    let twice = vec![host(HostRole::CoHost), host(HostRole::CoHost)];
    assert_eq!(hosted(twice), Err(Refusal::Contradictory(vec![Contradiction::HostTwice])));
}

#[test]
fn position_is_on_the_globe_and_kept_to_a_millionth_of_a_degree() {
    let kept = |latitude, longitude| {
        Position::new(latitude, longitude).map(|position| (position.latitude(), position.longitude()))
    };

    assert_eq!(kept(39.907_500_4, 116.397_230_6), Some((39.907_5, 116.397_231)));
    assert_eq!(kept(-90.0, 180.0), Some((-90.0, 180.0)));
    assert_eq!([kept(90.1, 0.0), kept(0.0, -180.1), kept(f64::NAN, 0.0), kept(0.0, f64::INFINITY)], [None; 4]);
}
