use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use attache_domain::{authority::Actor, resource::EventId};
use chrono::DateTime;
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};

use super::{
    super::{Deed, Location, Request, connection::Connections},
    batch::End,
    *,
};

struct Table {
    lanes: Lanes,
    database: DatabaseConnection,
    bell: watch::Receiver<u64>,
    _folder: Folder,
}

struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn table(pace: Pace) -> Table {
    table_of(1, pace).await
}

async fn table_of(lanes: usize, pace: Pace) -> Table {
    let folder = Folder(std::env::temp_dir().join(format!("attache-test-{}", ids::random())));
    std::fs::create_dir_all(&folder.0).unwrap();
    let location = Location::File(folder.0.join("attache.db"));
    let Connections { write, read, dialect } = Connections::open(&location).await.unwrap();
    write.execute_unprepared("CREATE TABLE guests (name TEXT PRIMARY KEY)").await.unwrap();
    let bells =
        Bells { commits: watch::Sender::new(0), rights: Arc::default(), shown: Arc::default(), trails: Arc::default() };
    let lanes =
        Lanes::beside_each_other(lanes, (&write, dialect), &Arc::new(MasterKey::generate().unwrap()), pace, &bells);
    Table { lanes, database: read, bell: bells.commits.subscribe(), _folder: folder }
}

impl Table {
    /// With several lanes, and with an organisation whose lane is not that of the event before its organisation is known.
    async fn of_many_lanes() -> (Self, OrganizationId) {
        let table = table_of(LANES, Pace::default()).await;
        let elsewhere = |organization: &OrganizationId| {
            let home = Trail::Owner(Owner::Organization(organization.clone()));
            !Arc::ptr_eq(table.lanes.lane_of(&home), table.lanes.lane_of(&trail("forum")))
        };
        let organization = (0..100).map(|number| format!("organization-{number}").parse().unwrap()).find(elsewhere);
        (table, organization.unwrap())
    }

    async fn guests(&self) -> Vec<String> {
        let all = Statement::from_string(DatabaseBackend::Sqlite, "SELECT name FROM guests ORDER BY name");
        let rows = self.database.query_all_raw(all).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    fn commits(&self) -> u64 {
        *self.bell.borrow()
    }
}

fn trail(event: &str) -> Trail {
    (&event.parse::<EventId>().unwrap()).into()
}

async fn write(member: &Member, name: &str) {
    member.tx.execute_unprepared(&format!("INSERT INTO guests VALUES ('{name}')")).await.unwrap();
}

/// Takes a turn, writes, leaves, and waits until that is durable.
async fn whole_write(lanes: &Lanes, event: &str, name: &str, left: Left) -> Result<(), StoreError> {
    let mut turn = lanes.turn(&trail(event)).await?;
    let member = turn.join().await?;
    write(&member, name).await;
    let (tx, end) = parted(member);
    turn.leave(tx, left).await?;
    end.wait(true).await
}

/// What a member writes with, and what becomes of it.
fn parted(Member { tx, gathered, end }: Member) -> (WriteTx, End) {
    let (actor, now, request) = (Actor::Server, DateTime::UNIX_EPOCH, Request::default());
    let deed = Deed { actor, trail: trail("forum"), now, request };
    (WriteTx::new(tx, gathered, Arc::new(MasterKey::generate().unwrap()), &deed), end)
}

/// Goes on with something as far as it goes; tells whether it has to wait.
async fn is_pending(mut future: Pin<&mut impl Future>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

#[tokio::test]
async fn writes_that_wait_for_the_same_turn_share_a_commit() {
    let table = table(Pace::default()).await;
    let (lanes, first) = (&table.lanes, table.lanes.turn(&trail("forum")).await.unwrap());
    let writes = ["ana", "bo", "chen", "dai"].map(|name| whole_write(lanes, "forum", name, Left::Work));
    let [ana, bo, chen, dai] = writes;

    let ((), ana, bo, chen, dai) = tokio::join!(async { drop(first) }, ana, bo, chen, dai);

    for outcome in [ana, bo, chen, dai] {
        outcome.unwrap();
    }
    assert_eq!((table.guests().await, table.commits()), (["ana", "bo", "chen", "dai"].map(str::to_owned).to_vec(), 1));
}

#[tokio::test]
async fn refusal_undoes_nothing_but_itself() {
    let table = table(Pace::default()).await;
    let (lanes, first) = (&table.lanes, table.lanes.turn(&trail("forum")).await.unwrap());

    let ((), ana, bo, chen) = tokio::join!(
        async { drop(first) },
        whole_write(lanes, "forum", "ana", Left::Work),
        whole_write(lanes, "forum", "bo", Left::Nothing),
        whole_write(lanes, "forum", "chen", Left::Work),
    );

    assert_eq!([ana.is_ok(), bo.is_ok(), chen.is_ok()], [true; 3]);
    assert_eq!(table.guests().await, ["ana", "chen"]);
}

#[tokio::test]
async fn who_goes_in_the_midst_of_a_write_leaves_nothing_and_the_turn_to_the_next() {
    let table = table(Pace::default()).await;
    let mut turn = table.lanes.turn(&trail("forum")).await.unwrap();
    let member = turn.join().await.unwrap();
    write(&member, "ana").await;

    drop((member, turn));
    whole_write(&table.lanes, "forum", "bo", Left::Work).await.unwrap();

    assert_eq!(table.guests().await, ["bo"]);
}

#[tokio::test]
async fn who_goes_while_waiting_is_passed_over() {
    let table = table(Pace::default()).await;
    let (lanes, turn) = (&table.lanes, table.lanes.turn(&trail("forum")).await.unwrap());
    assert!(is_pending(pin!(lanes.turn(&trail("forum")))).await);

    let ((), outcome) = tokio::join!(async { drop(turn) }, whole_write(lanes, "forum", "bo", Left::Work));

    outcome.unwrap();
    assert_eq!(table.guests().await, ["bo"]);
}

#[tokio::test]
async fn transaction_in_which_a_conflict_was_takes_nobody_else_in() {
    let table = table(Pace::default()).await;
    let (lanes, first) = (&table.lanes, table.lanes.turn(&trail("forum")).await.unwrap());

    let ((), ana, bo, chen) = tokio::join!(
        async { drop(first) },
        whole_write(lanes, "forum", "ana", Left::Work),
        whole_write(lanes, "forum", "bo", Left::Conflict),
        whole_write(lanes, "forum", "chen", Left::Work),
    );

    assert_eq!([ana.is_ok(), bo.is_ok(), chen.is_ok()], [true; 3]);
    assert_eq!((table.guests().await, table.commits()), (["ana", "chen"].map(str::to_owned).to_vec(), 2));
}

#[tokio::test]
async fn transaction_that_the_database_gave_up_is_undone_for_all_in_it_and_the_next_goes_on() {
    let table = table(Pace::default()).await;
    let mut turn = table.lanes.turn(&trail("forum")).await.unwrap();
    let member = turn.join().await.unwrap();
    write(&member, "ana").await;
    // As it does when the disk is full.
    let (tx, end) = parted(member);
    tx.db().await.unwrap().execute_unprepared("ROLLBACK").await.unwrap();

    assert!(turn.leave(tx, Left::Work).await.is_err());
    assert!(matches!(end.wait(true).await, Err(StoreError::Database(_))));
    whole_write(&table.lanes, "forum", "bo", Left::Work).await.unwrap();
    assert_eq!((table.guests().await, table.commits()), (vec!["bo".to_owned()], 1));
}

#[tokio::test]
async fn transaction_that_the_database_gave_up_is_found_so_by_the_next_who_tries_again() {
    let table = table(Pace::default()).await;
    let mut turn = table.lanes.turn(&trail("forum")).await.unwrap();
    let forum = trail("forum");
    let next = async { table.lanes.turn(&forum).await.unwrap().join().await.map(drop) };
    let (tx, end) = parted(turn.join().await.unwrap());
    tx.db().await.unwrap().execute_unprepared("ROLLBACK").await.unwrap();

    let (joined, left) = tokio::join!(next, turn.leave(tx, Left::Work));

    assert!(left.is_err());
    assert!(matches!((end.wait(true).await, joined), (Err(StoreError::Undone), Err(StoreError::Undone))));
    whole_write(&table.lanes, "forum", "bo", Left::Work).await.unwrap();
    assert_eq!(table.guests().await, ["bo"]);
}

#[tokio::test]
async fn turns_go_round_by_those_under_whose_names_is_written() {
    let table = table(Pace::default()).await;
    let lanes = &table.lanes;
    let first = lanes.turn(&trail("forum")).await.unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let come = |event: &'static str, name: &'static str| {
        let order = Arc::clone(&order);
        async move {
            let turn = lanes.turn(&trail(event)).await.unwrap();
            order.lock().unwrap().push(name);
            drop(turn);
        }
    };

    tokio::join!(
        come("forum", "forum 1"),
        come("forum", "forum 2"),
        come("forum", "forum 3"),
        come("launch", "launch 1"),
        async { drop(first) },
    );

    assert_eq!(*order.lock().unwrap(), ["forum 1", "launch 1", "forum 2", "forum 3"]);
}

#[tokio::test]
async fn more_than_may_wait_are_sent_away() {
    let table = table(Pace { together: 128, waiting: 1, slowed_by: Duration::ZERO }).await;
    let (lanes, first) = (&table.lanes, table.lanes.turn(&trail("forum")).await.unwrap());

    let (one, other, ()) = tokio::join!(
        whole_write(lanes, "forum", "ana", Left::Work),
        whole_write(lanes, "forum", "bo", Left::Work),
        async { drop(first) },
    );

    assert!(one.is_ok() && matches!(other, Err(StoreError::Crowded(_))), "{other:?}");
    assert_eq!(table.guests().await, ["ana"]);
}

#[tokio::test]
async fn each_write_has_a_commit_of_its_own_where_none_are_shared() {
    let table = table(Pace { together: 1, waiting: 4096, slowed_by: Duration::ZERO }).await;
    let (lanes, first) = (&table.lanes, table.lanes.turn(&trail("forum")).await.unwrap());

    let ((), ana, bo) = tokio::join!(
        async { drop(first) },
        whole_write(lanes, "forum", "ana", Left::Work),
        whole_write(lanes, "forum", "bo", Left::Work),
    );

    assert_eq!([ana.is_ok(), bo.is_ok()], [true; 2]);
    assert_eq!(table.commits(), 2);
}

#[test]
fn who_is_sent_away_comes_back_when_those_before_are_through() {
    let (begun, each) = (Instant::now(), Duration::from_millis(10));
    let mut turns = Turns::default();
    turns.begin(begun);
    (1..=2000).for_each(|turn| turns.pass(begun + each * turn));

    let through = turns.time_of(400);
    assert!(through.abs_diff(each * 400) < Duration::from_millis(1), "{through:?}");
    for _ in 0..100 {
        let wait = come_back_after(through);
        assert!(through <= wait && wait < 2 * through, "{wait:?}");
    }
    assert!(come_back_after(Duration::ZERO) >= SOONEST_RETURN);
    assert!(come_back_after(Duration::MAX) < 2 * LATEST_RETURN);
}

#[tokio::test]
async fn events_of_an_organisation_are_written_to_in_one_lane_once_they_are_known() {
    let table = table(Pace::default()).await;
    let of = |organization: &str| Trail::Owner(Owner::Organization(organization.parse().unwrap()));

    for (event, organization) in [("forum", "zbra"), ("launch", "zbra"), ("visit", "zbra"), ("visit", "acme")] {
        table.lanes.learn(&event.parse().unwrap(), &organization.parse().unwrap());
    }

    let homes = ["forum", "launch", "visit", "unknown"].map(|event| table.lanes.home(&trail(event)));
    assert_eq!(homes, [of("zbra"), of("zbra"), of("acme"), trail("unknown")]);
    assert_eq!(table.lanes.home(&of("zbra")), of("zbra"));
}

#[tokio::test]
async fn who_waits_goes_over_to_the_lane_of_the_organisation_once_it_is_known() {
    let (table, organization) = Table::of_many_lanes().await;
    let lanes = &table.lanes;
    let first = lanes.turn(&trail("forum")).await.unwrap();

    let (ana, bo, ()) = tokio::join!(
        whole_write(lanes, "forum", "ana", Left::Work),
        whole_write(lanes, "forum", "bo", Left::Work),
        async { lanes.learn(&"forum".parse().unwrap(), &organization) },
    );

    assert_eq!([ana.is_ok(), bo.is_ok()], [true; 2]);
    assert_eq!((table.guests().await, table.commits()), (["ana", "bo"].map(str::to_owned).to_vec(), 1));
    drop(first);
}

#[tokio::test]
async fn who_goes_over_stands_behind_those_who_have_their_turn_there() {
    let (table, organization) = Table::of_many_lanes().await;
    let (lanes, home) = (&table.lanes, Trail::Owner(Owner::Organization(organization.clone())));
    let (first, other) = (lanes.turn(&trail("forum")).await.unwrap(), lanes.turn(&home).await.unwrap());
    let forum = trail("forum");
    let mut ana = pin!(lanes.turn(&forum));
    assert!(is_pending(ana.as_mut()).await);

    lanes.learn(&"forum".parse().unwrap(), &organization);

    drop(first);
    assert!(is_pending(ana.as_mut()).await);
    drop(other);
    drop(ana.await.unwrap());
    whole_write(lanes, "forum", "bo", Left::Work).await.unwrap();
    assert_eq!(table.guests().await, ["bo"]);
}
