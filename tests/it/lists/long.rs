//! Long lists: the index that leads to each page, and how far they are counted.

use attache_client::v1;
use attache_tests::{
    House,
    answers::Answer as _,
    boot, by_name, database,
    fixtures::{DELEGATES, FORUM},
};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait as _};
use serde_json::{Value, json};

use super::page;

const LIST: &str = "RegistrationService/ListRegistrations";

/// More registrations than are counted.
const MANY: usize = 1205;

/// The filters that are documented as indexed, and what an index is searched for by each beside the event.
const INDEXED: [(&str, &[&str]); 5] = [
    ("", &[]),
    ("state = WAITING", &["state"]),
    (r#"category = "events/ciftis-2023/categories/delegate""#, &["category"]),
    (r#"person = "organizations/zbra/persons/00000000-0000-4000-8000-000000000007""#, &["person"]),
    (r#"state = WAITING AND create_time > "2023-01-01T00:00:00Z""#, &["state", "create_time"]),
];

/// The forum, with copies of a registration that was made by a call: in four states and three categories, by different people.
async fn long() -> (House, DatabaseConnection) {
    let house = boot().await;
    house.forum_with_seats(9).await;
    house.register("Wang Weiming", "").await;
    let database = Database::connect(database::address(&house.database)).await.unwrap();
    let is_postgres = database.get_database_backend() == DbBackend::Postgres;
    let digits = if is_postgres { "lpad(to_hex(n), 12, '0')" } else { "printf('%012x', n)" };
    let id = format!("'00000000-0000-4000-8000-' || {digits}");
    let copies = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY}) \
         INSERT INTO registrations \
         (event, id, category, organization, person, state, create_time, update_time, revision) \
         SELECT event, {id}, CASE n % 3 WHEN 0 THEN category ELSE 'press-' || (n % 3) END, organization, {id}, \
         CASE n % 4 WHEN 0 THEN 'WAITING' WHEN 1 THEN 'CONFIRMED' WHEN 2 THEN 'REJECTED' ELSE state END, \
         create_time, update_time, revision FROM registrations, numbers"
    );
    database.execute_unprepared(&copies).await.unwrap();
    (house, database)
}

fn asked(filter: &str, order_by: &str, size: usize, token: &str) -> Value {
    json!({ "parent": FORUM, "filter": filter, "orderBy": order_by, "pageSize": size, "pageToken": token })
}

#[tokio::test]
async fn long_list_is_counted_to_a_thousand_and_paged_to_its_end() {
    let (house, _database) = long().await;
    for (filter, order_by, all, counted) in [
        ("", "", MANY + 1, 1001),
        ("", "create_time desc", MANY + 1, 1001),
        ("state = WAITING", "", MANY / 4, MANY / 4),
        ("state = WAITING", "state desc, category desc", MANY / 4, MANY / 4),
        ("", "state, create_time desc", MANY + 1, 1001),
    ] {
        let (mut names, mut totals, mut token) = (Vec::new(), Vec::new(), String::new());
        loop {
            let request = asked(filter, order_by, 100, &token).to_string();
            let answer = by_name::call(&house.owner, LIST, &request).await.expect("a page");
            let items = answer["registrations"].as_array().expect("registrations");
            names.extend(items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()));
            totals.push(answer["totalSize"].as_u64());
            match answer["nextPageToken"].as_str() {
                Some(next) => next.clone_into(&mut token),
                None => break,
            }
        }

        let told = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((told, names.len()), (all, all), "{filter} {order_by}");
        assert!(totals.iter().all(|total| *total == Some(counted as u64)), "{filter} {order_by}: {totals:?}");
    }
}

/// How the database would find what a statement asks for, a step a line; the plan holds whatever the statement is asked with.
async fn plan(database: &DatabaseConnection, statement: &str) -> Vec<String> {
    let backend = database.get_database_backend();
    let tx = database.begin().await.unwrap();
    let (explain, column) = if backend == DbBackend::Sqlite {
        (format!("EXPLAIN QUERY PLAN {statement}"), 3)
    } else {
        // A table of a thousand rows is sorted as fast as it is searched; of a million it is not.
        for unwanted in ["enable_seqscan", "enable_sort", "enable_bitmapscan", "enable_incremental_sort"] {
            tx.execute_unprepared(&format!("SET LOCAL {unwanted} = off")).await.unwrap();
        }
        tx.execute_unprepared("SET LOCAL plan_cache_mode = force_generic_plan").await.unwrap();
        tx.execute_unprepared(&format!("PREPARE asked AS {statement}")).await.unwrap();
        let values = (1..).take_while(|number| statement.contains(&format!("${number}"))).map(|_| "NULL");
        (format!("EXPLAIN EXECUTE asked({})", values.collect::<Vec<_>>().join(", ")), 0)
    };
    let rows = tx.query_all_raw(Statement::from_string(backend, explain)).await.unwrap();
    let steps = rows.iter().map(|row| row.try_get_by_index(column).unwrap()).collect();
    if backend == DbBackend::Postgres {
        tx.execute_unprepared("DEALLOCATE asked").await.unwrap();
    }
    tx.rollback().await.unwrap();
    steps
}

/// What is wrong with a plan, in which an index is to be searched by some columns.
fn flaw(plan: &[String], columns: &[&str]) -> Option<&'static str> {
    let sorts = ["TEMP B-TREE", "Sort"].iter().any(|sort| plan.iter().any(|step| step.contains(sort)));
    let scans = ["SCAN registrations", "Seq Scan"].iter().any(|scan| plan.iter().any(|step| step.contains(scan)));
    let found = |step: &&String| {
        (step.contains("SEARCH registrations") || step.contains("Index Cond"))
            && columns.iter().all(|column| step.contains(column))
    };
    match plan.iter().any(|step| found(&step)) {
        _ if sorts => Some("sorts"),
        _ if scans => Some("scans"),
        false => Some("is not searched by what is asked"),
        true => None,
    }
}

#[tokio::test]
async fn an_index_leads_to_each_page_by_every_filter_that_is_documented_as_indexed() {
    let (house, database) = long().await;
    database.execute_unprepared("ANALYZE").await.unwrap();

    for (filter, columns) in INDEXED {
        for order_by in ["", "create_time desc"] {
            let ((_, token), first) = house.statements.of(page(&house, LIST, asked(filter, order_by, 50, ""))).await;
            let (_, next) = house.statements.of(page(&house, LIST, asked(filter, order_by, 50, &token))).await;
            // Of one person there are no two pages.
            let pages = [(&first, columns.to_vec()), (&next, [columns, &["create_time", "id"]].concat())];
            for (statements, columns) in pages.into_iter().take(if token.is_empty() { 1 } else { 2 }) {
                let plan = plan(&database, &statements[0]).await;
                assert_eq!(flaw(&plan, &columns), None, "{filter} {order_by}: {} {plan:#?}", statements[0]);
            }
        }
    }
}

#[tokio::test]
async fn nothing_that_a_registration_asks_is_looked_for_among_all_there_are() {
    let (house, database) = long().await;

    // Somebody who was registered before, at whose address it is looked further.
    let before = house.register("Li Na", "li.na@example.org").await;
    let request = v1::WithdrawRegistrationRequest { name: before.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let (_, statements) = house.statements.of(house.register("Li Na", "li.na@example.org")).await;

    let asked = statements.iter().flat_map(|statement| statement.split("; "));
    let asked: Vec<&str> =
        asked.filter(|one| ["SELECT", "UPDATE", "DELETE"].iter().any(|verb| one.starts_with(verb))).collect();
    assert!(asked.iter().any(|one| one.contains("FROM \"registrations\"")), "{asked:#?}");
    for one in asked {
        for step in plan(&database, one).await {
            // What waits for its position has an index of its own, mostly empty.
            let scans = (step.contains("SCAN") && !step.contains("CONSTANT ROW")) || step.contains("Seq Scan");
            let looks = step.contains("SEARCH registrations")
                || (one.contains("FROM \"registrations\"") && step.contains("Index Cond"));
            let among_all = looks && ["person=?", "person = ", "id=?"].iter().all(|narrow| !step.contains(narrow));
            assert!(!(scans || among_all) || step.contains("changes_unnumbered"), "{one}: {step}");
        }
    }
}

#[tokio::test]
async fn what_stands_or_waits_is_found_by_the_index_of_what_stands_or_waits() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let category = v1::Category { name: DELEGATES.to_owned(), offer_hours: 24, ..Default::default() };
    let request = v1::UpdateCategoryRequest { category: Some(category), ..Default::default() };
    house.owner.categories().update_category(request).await.done();
    let mut registrations = house.owner.registrations();
    let withdraw = |name: &str| v1::WithdrawRegistrationRequest { name: name.to_owned(), ..Default::default() };
    let holder = house.register("Li Na", "li.na@example.org").await.name;
    let guest = house.register("Zarmina", "zarmina@example.org").await.name;
    house.statements.with("");

    let request = v1::ConfirmRegistrationRequest { name: holder.clone(), ..Default::default() };
    registrations.confirm_registration(request).await.done();
    let request = v1::CheckInRequest { parent: FORUM.to_owned(), registration: holder.clone(), ..Default::default() };
    let admitted = house.owner.check_ins().check_in(request).await.done().check_in.expect("a check-in");
    let request = v1::UndoCheckInRequest { name: admitted.name, ..Default::default() };
    house.owner.check_ins().undo_check_in(request).await.done();
    registrations.withdraw_registration(withdraw(&holder)).await.done();
    let offered = async || {
        let request = v1::GetRegistrationRequest { name: guest.clone(), ..Default::default() };
        let guest = registrations.clone().get_registration(request).await.done();
        (guest.state() == v1::RegistrationState::Offered).then_some(())
    };
    house.until(offered).await;
    registrations.withdraw_registration(withdraw(&guest)).await.done();

    let database = Database::connect(database::address(&house.database)).await.unwrap();
    let sent = house.statements.with("SELECT");
    for (column, index) in [
        (r#""check_ins"."registration" = "#, "check_ins_standing"),
        (r#""offers"."registration" = "#, "offers_pending"),
        (r#""offers"."expire_time" <= "#, "offers_due"),
    ] {
        let statement = sent.iter().find(|one| one.contains(column)).unwrap_or_else(|| panic!("{column}: {sent:#?}"));
        let plan = plan(&database, statement).await;
        assert!(plan.iter().any(|step| step.contains(index)), "{statement}: {plan:#?}");
    }
}

#[tokio::test]
async fn sqlite_takes_one_plan_for_whatever_a_statement_is_asked_with() {
    let database = Database::connect("sqlite::memory:").await.unwrap();
    let options = Statement::from_string(DbBackend::Sqlite, "PRAGMA compile_options");

    let rows = database.query_all_raw(options).await.unwrap();

    let built_with: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    for option in ["ENABLE_QPSG", "DEFAULT_MEMSTATUS=0"] {
        assert!(built_with.iter().any(|built| built == option), "{option}: {built_with:#?}");
    }
}
