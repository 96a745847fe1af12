//! The schema of a database at the start of a server: made by one of several, refused when it is too old or too new.

use attache_server::{store::Store, vault::MasterKey};
use attache_tests::{OPENING, database, fresh_folder};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, Database};

fn now() -> DateTime<Utc> {
    OPENING.parse().unwrap()
}

async fn empty() -> (Store, String) {
    let folder = fresh_folder();
    let location = database::fresh(&folder).await;
    (Store::open(&location, MasterKey::generate().unwrap()).await.unwrap(), database::address(&location))
}

#[tokio::test]
async fn servers_that_start_together_on_an_empty_database_all_find_it_made() {
    let folder = fresh_folder();
    let location = database::fresh(&folder).await;
    let mut starting = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = Store::open(&location, MasterKey::generate().unwrap()).await.unwrap();
        starting.spawn(async move {
            store.migrate(now()).await.map_err(|refused| refused.to_string())?;
            store.require_current().await.map_err(|refused| refused.to_string())
        });
    }

    assert_eq!(starting.join_all().await, [const { Ok(()) }; 4]);
}

#[tokio::test]
async fn database_that_is_behind_is_left_alone_when_that_is_asked() {
    let (store, _) = empty().await;

    let refused = store.require_current().await.unwrap_err().to_string();

    assert!(
        refused.starts_with("the database lacks ") && refused.ends_with("--no-migrate forbids making them"),
        "{refused}"
    );
    store.migrate(now()).await.unwrap();
    store.require_current().await.unwrap();
}

#[tokio::test]
async fn database_of_a_newer_version_is_refused() {
    let (store, address) = empty().await;
    store.migrate(now()).await.unwrap();
    let database = Database::connect(address).await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_tomorrow', 1)";
    database.execute_unprepared(newer).await.unwrap();

    let refused = [store.migrate(now()).await.unwrap_err(), store.require_current().await.unwrap_err()];

    let told = "the database was written by a newer version of attache-server (it knows m20991231_000001_tomorrow, this one does \
                not): run that version";
    assert_eq!(refused.map(|refused| refused.to_string()), [told, told]);
    database.close().await.unwrap();
}
