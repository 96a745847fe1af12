//! A database that is in a write's way, goes away in the midst of it, or takes no writes: PostgreSQL, whose triggers play all of that.

use std::time::Duration;

use attache_client::{
    Code,
    v1::{self, ErrorReason},
};
use attache_server::store::Location;
use attache_tests::{
    House,
    answers::{Answer as _, verdict},
    boot, database,
    fixtures::{FORUM, once, person, registration_of},
};
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

/// What a write meets whose view of the database is too old.
const CONFLICT: &str = "RAISE EXCEPTION USING ERRCODE = '40001'";
/// What a write meets when its connection ends.
const CUT: &str = "PERFORM pg_terminate_backend(pg_backend_pid())";
/// What a write meets when the disk is full.
const FULL: &str = "RAISE EXCEPTION USING ERRCODE = '53100'";

/// When a row meets it.
#[derive(Clone, Copy)]
enum Moment {
    Insertion,
    Commit,
}

/// A forum in PostgreSQL; nothing, where the tests run on SQLite.
async fn forum_on_postgres() -> Option<House> {
    let house = boot().await;
    house.forum_with_seats(1).await;
    matches!(house.database, Location::Postgres(_)).then_some(house)
}

async fn run(house: &House, statements: &str) {
    let Location::Postgres(url) = &house.database else { panic!("this is about PostgreSQL") };
    let database = Database::connect(url).await.unwrap();
    database.execute_unprepared(statements).await.unwrap();
    database.close().await.unwrap();
}

/// Lets the first rows of a table meet something; a sequence counts them, since it does not go back with what is undone.
async fn hinder(house: &House, table: &str, first: u32, moment: Moment, by: &str) {
    let trigger = match moment {
        Moment::Insertion => format!("CREATE TRIGGER hindrance BEFORE INSERT ON {table}"),
        Moment::Commit => {
            format!("CREATE CONSTRAINT TRIGGER hindrance AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED")
        }
    };
    let statements = format!(
        "CREATE SEQUENCE IF NOT EXISTS hindered;
         CREATE OR REPLACE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF nextval('hindered') <= {first} THEN {by}; END IF; RETURN NEW; END $$;
         {trigger} FOR EACH ROW EXECUTE FUNCTION hinder()"
    );
    run(house, &statements).await;
}

fn guest() -> v1::CreateRegistrationRequest {
    v1::CreateRegistrationRequest { request_id: once(), ..registration_of(person("Guest", "guest@example.org")) }
}

async fn registrations(house: &House) -> Vec<v1::Registration> {
    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), ..Default::default() };
    house.owner.registrations().list_registrations(request).await.done().registrations
}

/// On both databases.
#[tokio::test]
async fn database_is_tried_with_much_of_which_nothing_stays() {
    let house = boot().await;

    house.app.store.probe(house.app.clock.now()).await.unwrap();

    let database = Database::connect(database::address(&house.database)).await.unwrap();
    let left = Statement::from_string(database.get_database_backend(), "SELECT since FROM schema_lock WHERE id = 2");
    let left: String = database.query_one_raw(left).await.unwrap().expect("a row").try_get_by_index(0).unwrap();
    database.close().await.unwrap();
    assert!(left.parse::<chrono::DateTime<chrono::Utc>>().is_ok(), "{} bytes are left", left.len());
}

#[tokio::test]
async fn write_that_is_in_anothers_way_or_loses_its_connection_is_run_again_whole() {
    for (moment, by) in
        [(Moment::Insertion, CONFLICT), (Moment::Commit, CONFLICT), (Moment::Insertion, CUT), (Moment::Commit, CUT)]
    {
        let Some(house) = forum_on_postgres().await else { return };
        hinder(&house, "registrations", 3, moment, by).await;

        let registration = house.owner.registrations().create_registration(guest()).await.done();

        assert_eq!(registrations(&house).await, [registration]);
        assert_eq!(house.mail().await.len(), 1);
    }
}

#[tokio::test]
async fn write_without_an_id_is_not_run_again_when_nobody_knows_whether_it_was_committed() {
    let Some(house) = forum_on_postgres().await else { return };
    hinder(&house, "registrations", 1, Moment::Commit, CUT).await;

    let request = v1::CreateRegistrationRequest { request_id: String::new(), ..guest() };
    let refused = house.owner.registrations().create_registration(request).await;

    assert_eq!(verdict(refused), (Code::Unavailable, ErrorReason::OutcomeUnknown));
    assert_eq!(registrations(&house).await, []);
}

#[tokio::test]
async fn database_that_takes_no_writes_is_told_of_until_it_does_again() {
    let Some(house) = forum_on_postgres().await else { return };
    let mut health = HealthClient::new(house.client(None).await.channel());
    let mut told = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    let mut next = async || told.message().await.unwrap().unwrap().status();
    let before = next().await;
    hinder(&house, "registrations", 1000, Moment::Insertion, FULL).await;
    hinder(&house, "schema_lock", 1000, Moment::Insertion, FULL).await;

    let refused = house.owner.registrations().create_registration(guest()).await.refused();
    let meanwhile = next().await;
    run(&house, "DROP FUNCTION hinder() CASCADE").await;
    let afterwards = next().await;

    assert_eq!((refused.code, refused.metadata["cause"].as_str()), (Code::Unavailable, "DISK_FULL"));
    assert!(refused.is(ErrorReason::NotWritable) && refused.retry_delay.is_some(), "{refused:?}");
    assert_eq!(
        [before, meanwhile, afterwards],
        [ServingStatus::Serving, ServingStatus::NotServing, ServingStatus::Serving]
    );
    let registration = house.owner.registrations().create_registration(guest()).await.done();
    assert_eq!(registrations(&house).await, [registration]);
}

#[tokio::test]
async fn write_that_is_given_up_leaves_no_transaction_open() {
    let Some(house) = forum_on_postgres().await else { return };
    let Location::Postgres(url) = &house.database else { return };

    // Each is given up at another moment: waiting for its connection, for the begin, for the savepoint, for the commit.
    for micros in (0..4_000).step_by(20) {
        house.give_up_after(Duration::from_micros(micros)).await;
    }

    let database = Database::connect(url).await.unwrap();
    let open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = current_schema() AND state LIKE 'idle in transaction%'";
    let none_is_left = async {
        loop {
            let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, open)).await.unwrap().unwrap();
            if row.try_get_by_index::<i64>(0).unwrap() == 0 {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), none_is_left).await.expect("no transaction is left open");
}
