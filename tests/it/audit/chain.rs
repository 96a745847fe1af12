//! The chain that runs through the change log: whole as it was written, and broken by whoever changes it.

use attache_client::v1::{self, ErrorReason};
use attache_server::{installation, settings::Settings};
use attache_tests::{House, database, fixtures::FORUM};
use sea_orm::{ConnectionTrait as _, Database};

use super::{super::backups, changes, house, watching::Watching};

/// Changes the database past the server.
async fn tamper(house: &House, statements: &[&str]) {
    let database = Database::connect(database::address(&house.database)).await.unwrap();
    for statement in statements {
        database.execute_unprepared(statement).await.unwrap();
    }
    database.close().await.unwrap();
}

/// A house whose forum has five entries at least, all numbered.
async fn written() -> House {
    let house = house().await;
    house.register("First", "first@example.org").await;
    house.register("Second", "second@example.org").await;
    house.mail().await;
    assert!(changes(&house.owner, FORUM, "").await.unwrap().len() > 5);
    house
}

#[tokio::test]
async fn chain_holds_in_every_trail_as_it_was_written() {
    let house = written().await;
    changes(&house.owner, "installation", "").await.unwrap();
    changes(&house.owner, "organizations/zbra", "").await.unwrap();

    for trail in [FORUM, "organizations/zbra", "installation", "organizations/nobody"] {
        assert_eq!(house.broken_at(trail).await, None, "{trail}");
    }
}

#[tokio::test]
async fn entry_that_was_changed_put_in_or_taken_away_breaks_the_chain_there() {
    for (statements, position) in [
        (&["UPDATE changes SET verb = 'dreamt' WHERE owner = 'events/ciftis-2023' AND position = 3"][..], 3),
        (&["UPDATE changes SET actor = NULL WHERE owner = 'events/ciftis-2023' AND position = 2"], 2),
        (&["UPDATE changes SET after = before WHERE owner = 'events/ciftis-2023' AND position = 1"], 1),
        (&["DELETE FROM changes WHERE owner = 'events/ciftis-2023' AND position = 4"], 4),
        (
            &[
                "DELETE FROM changes WHERE owner = 'events/ciftis-2023' AND position = 4",
                "UPDATE changes SET position = position - 1 WHERE owner = 'events/ciftis-2023' AND position = 5",
            ],
            4,
        ),
        (&["DELETE FROM changes WHERE owner = 'events/ciftis-2023' AND position > 4"], 5),
    ] {
        let house = written().await;

        tamper(&house, statements).await;

        assert_eq!(house.broken_at(FORUM).await, Some(position), "{statements:?}");
    }
}

#[tokio::test]
async fn what_was_left_without_a_position_has_one_before_anything_is_written() {
    let mut house = written().await;
    house.close().await;
    tamper(&house, &["UPDATE changes SET position = NULL, digest = NULL", "DELETE FROM trails"]).await;
    let settings = Settings { no_migrate: true, ..backups::settings(&house.folder, &house.database) };

    let opened = installation::open(&settings, house.address, house.app.clock.clone()).await.unwrap();

    assert_eq!(opened.server.app.store.unnumbered().await.unwrap(), []);
    assert_eq!(house.broken_at(FORUM).await, None);
}

#[tokio::test]
async fn cursor_into_a_trail_that_was_set_back_is_refused() {
    let house = written().await;
    let mut watching = Watching::begin(&house.owner, FORUM, &[], "start").await;
    let early = watching.take(3).await;
    let kept = watching.cursor.clone();
    watching.take(1).await;

    let set_back = "UPDATE trails SET position = 3, digest = \
                    (SELECT digest FROM changes WHERE owner = 'events/ciftis-2023' AND position = 3) \
                    WHERE owner = 'events/ciftis-2023'";
    tamper(&house, &["DELETE FROM changes WHERE owner = 'events/ciftis-2023' AND position > 3", set_back]).await;
    let ask = async |cursor: &str| {
        let request =
            v1::WatchChangesRequest { parent: FORUM.to_owned(), cursor: cursor.to_owned(), ..Default::default() };
        house.owner.audit().watch_changes(request).await.map(|_| ()).map_err(attache_client::Failure::from)
    };
    let behind = ask(&watching.cursor).await.unwrap_err();
    house.register("Third", "third@example.org").await;
    let grown = ask(&watching.cursor).await.unwrap_err();

    assert!(behind.is(ErrorReason::PageTokenInvalid) && grown.is(ErrorReason::PageTokenInvalid));
    assert_eq!((early.len(), ask(&kept).await), (3, Ok(())));
}
