//! What the installation tells of itself: to anybody what runs here, and to its owners how it is.

use attache_client::v1::{self, DoctorCheckStatus as Status};
use attache_server::{
    mail::transport::{Smtp, Transport},
    store::Location,
};
use attache_tests::{House, answers::Answer as _, boot, boot_with, database, smtp::SmtpServer};
use sea_orm::{ConnectionTrait as _, Database};

/// What is not well in a house, and what is told of it.
async fn complaints(house: &House) -> Vec<(String, Status, String)> {
    let answer = house.owner.system().run_doctor(v1::RunDoctorRequest {}).await.done();
    assert!(answer.checks.iter().all(|check| (check.status() == Status::Ok) == check.advice.is_empty()), "{answer:?}");
    let unwell = answer.checks.into_iter().filter(|check| check.status() != Status::Ok);
    unwell.map(|check| (check.kind.clone(), check.status(), check.description)).collect()
}

#[tokio::test]
async fn anybody_may_ask_what_runs_here() {
    let house = boot().await;
    let nobody = house.client(None).await;

    let info = nobody.system().get_info(v1::GetInfoRequest {}).await.done();

    let expected = v1::Info {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time_zone_version: info.time_zone_version.clone(),
        database: database::word().to_owned(),
        mail: "memory".to_owned(),
        current_time: info.current_time,
        schema_version: info.schema_version.clone(),
    };
    assert_eq!(info, expected);
    assert!(info.time_zone_version.starts_with("20") && info.schema_version.starts_with("m20"), "{info:?}");
    // The house opened in August 2023.
    assert!((1_690_848_000..1_690_851_600).contains(&info.current_time.unwrap().seconds), "{info:?}");
}

#[tokio::test]
async fn a_house_at_work_is_well_in_every_part() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.register("First", "first@example.org").await;
    house.mail().await;

    let checks = house.owner.system().run_doctor(v1::RunDoctorRequest {}).await.done().checks;

    let kinds: Vec<_> = checks.iter().map(|check| check.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["database", "schema", "change_log", "vault", "outbox", "jobs", "fonts", "clock", "time_zones", "mail"]
    );
    assert_eq!(complaints(&house).await, []);
    let said = |kind: &str| checks.iter().find(|check| check.kind == kind).unwrap().description.as_str();
    assert_eq!(said("vault"), "The vault's key opens what was sealed under it.");
    assert_eq!(said("outbox"), "0 notices wait, none of them too long, and none was given up.");
    assert_eq!(said("fonts"), "A line in each of Latin, Chinese, Urdu was set.");
    assert_eq!(said("mail"), "The way mail leaves (memory) is open.");
}

#[tokio::test]
async fn the_mail_server_is_spoken_to_and_sent_nothing() {
    let relay = SmtpServer::start().await;
    let way = || Transport::Smtp(Box::new(Smtp::from_url(&relay.url()).unwrap()));
    let (house, cut_off) = (boot_with(way()).await, boot_with(way()).await);

    let reached = complaints(&house).await;
    let (conversations, received) = (relay.conversations(), relay.received());
    relay.stop().await;
    let unreached = complaints(&cut_off).await;

    assert_eq!((reached, conversations, received), (vec![], 1, vec![]));
    let told = "The way mail leaves (smtp) is closed: no connection.".to_owned();
    assert_eq!(unreached, [("mail".to_owned(), Status::Problem, told)]);
}

#[tokio::test]
async fn what_was_changed_past_the_server_is_told() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.register("First", "first@example.org").await;
    house.mail().await;
    assert_eq!(complaints(&house).await, []);

    let past = Database::connect(database::address(&house.database)).await.unwrap();
    let earlier = "UPDATE changes SET actor = NULL WHERE owner = 'events/ciftis-2023' AND position = 2";
    past.execute_unprepared(earlier).await.unwrap();
    past.execute_unprepared("UPDATE person_keys SET person = '00000000-0000-4000-8000-000000000000'").await.unwrap();
    past.close().await.unwrap();

    let told = complaints(&house).await;
    let [(log, Status::Problem, broken), (vault, Status::Problem, closed)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((log.as_str(), vault.as_str()), ("change_log", "vault"));
    assert!(broken.ends_with("trails breaks; that of events/ciftis-2023 at entry 2."), "{broken}");
    assert_eq!(closed, "The vault's key does not open what was sealed.");
}

#[tokio::test]
async fn what_no_worker_sees_to_is_told() {
    let mut house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.approved_letter("", "").await;
    house.mail().await;
    house.close().await;
    house.issue_unattended(&[&letter.name]).await;
    house.app.clock.advance(chrono::TimeDelta::minutes(11));

    let told = house.complaints_unattended().await;

    let mut expected =
        vec![("jobs", "1 jobs go on, and nobody works on any; the first was asked for 11 minutes ago.".to_owned())];
    // SQLite numbers entries as it writes them.
    if matches!(house.database, Location::Postgres(_)) {
        expected.insert(0, ("change_log", "Entries wait for their number for 11 minutes.".to_owned()));
    }
    assert_eq!(told, expected);
    let house = house.reopen().await;
    house.until(async || complaints(&house).await.is_empty().then_some(())).await;
}
