use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn sound() -> Facts {
    Facts {
        latency: TimeDelta::milliseconds(2),
        schema: Schema::Current("m1".to_owned()),
        log: Log { trails: 3, followed: 3, broken: Vec::new(), unnumbered_since: Some(now()) },
        vault: Vault::Opens,
        outbox: Outbox { queued: 4, due_since: Some(now() - LATE), failed: 0 },
        jobs: Jobs { running: 1, idle_since: Some(now() - STUCK) },
        scripts: vec![Script { name: "Latin", fault: None }, Script { name: "Urdu", fault: None }],
        clock: Clock { now: now(), last_change: Some(now() + BACKWARDS), time_zone_version: "2025b" },
        mail: Mail { way: "smtp", fault: None },
    }
}

/// The checks that are not well, each with what it says.
fn complaints(facts: &Facts) -> Vec<(&'static str, Status, String)> {
    let checks = examine(facts).into_iter();
    assert!(examine(facts).iter().all(|check| (check.status == Status::Ok) == check.advice.is_empty()));
    checks
        .filter(|check| check.status != Status::Ok)
        .map(|check| (check.kind, check.status, check.description))
        .collect()
}

#[test]
fn sound_installation_has_nothing_to_complain_of() {
    let kinds: Vec<&str> = examine(&sound()).iter().map(|check| check.kind).collect();

    assert_eq!(complaints(&sound()), []);
    assert_eq!(
        kinds,
        ["database", "schema", "change_log", "vault", "outbox", "jobs", "fonts", "clock", "time_zones", "mail"]
    );
}

#[test]
fn everything_that_is_wrong_is_told() {
    let (late, stuck) = (now() - LATE * 2, now() - STUCK * 2);
    let facts = Facts {
        latency: TimeDelta::seconds(3),
        schema: Schema::Behind(2),
        log: Log { trails: 3, followed: 2, broken: vec![("installation".to_owned(), 7)], unnumbered_since: Some(late) },
        vault: Vault::Closed,
        outbox: Outbox { queued: 4, due_since: Some(late), failed: 1 },
        jobs: Jobs { running: 2, idle_since: Some(stuck) },
        scripts: vec![Script { name: "Urdu", fault: Some("no font".to_owned()) }],
        clock: Clock { now: now(), last_change: Some(now() + TimeDelta::hours(1)), time_zone_version: "2024a" },
        mail: Mail { way: "smtp", fault: Some("no connection".to_owned()) },
    };

    let told = [
        ("database", Status::Warning, "The database answers, in 3000 ms."),
        ("schema", Status::Problem, "The schema lacks 2 changes that this version makes."),
        ("change_log", Status::Problem, "The chain of 1 of 2 trails breaks; that of installation at entry 7."),
        ("vault", Status::Problem, "The vault's key does not open what was sealed."),
        ("outbox", Status::Problem, "4 notices wait, and the first of them is due for 10 minutes."),
        ("jobs", Status::Problem, "2 jobs go on, and nobody works on any; the first was asked for 20 minutes ago."),
        ("fonts", Status::Problem, "Not every script can be set. Urdu: no font."),
        ("clock", Status::Problem, "The clock is 3600 s behind what was written last."),
        ("time_zones", Status::Warning, "The time-zone data is of 2024a."),
        ("mail", Status::Problem, "The way mail leaves (smtp) is closed: no connection."),
    ];
    assert_eq!(complaints(&facts), told.map(|(kind, status, said)| (kind, status, said.to_owned())));
}

#[test]
fn what_is_less_than_a_problem_is_told_too() {
    let facts = Facts {
        schema: Schema::Newer("m9".to_owned()),
        log: Log { unnumbered_since: Some(now() - LATE * 2), ..sound().log },
        outbox: Outbox { queued: 0, due_since: None, failed: 2 },
        ..sound()
    };

    let told = [
        ("schema", Status::Problem, "A newer version changed the schema (m9)."),
        ("change_log", Status::Warning, "Entries wait for their number for 10 minutes."),
        ("outbox", Status::Warning, "0 notices wait, and 2 were given up."),
    ];
    assert_eq!(complaints(&facts), told.map(|(kind, status, said)| (kind, status, said.to_owned())));
}
