//! How many statements a page costs: as many for one row as for three hundred, and no more than two where nothing is said against it.

use attache_tests::{House, by_name, database, made::Made};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};

use super::{asked, furnished, page};

/// How many rows every list has at least.
const ROWS: usize = 301;

/// Every list, with each of its views that gives more: its RPC, below what, the view, the table of its rows, what distinguishes them, and how
/// many statements a page of it costs at most.
#[rustfmt::skip]
const LISTS: &[(&str, &str, &str, &str, &str, usize)] = &[
    ("PersonService/ListPersons", "$ZBRA", "", "persons", "id", 1),
    ("AccessService/ListMembers", "", "", "members", "id", 2),
    ("AccessService/ListTokens", "<member>", "", "tokens", "id", 1),
    // What waits for its position in the log gets it first, so that whoever has just written something finds it; and what an entry says of
    // a person is opened with that person's key.
    ("AuditService/ListChanges", "$EVENT", "", "changes", "id", 3),
    ("AuditService/ListChanges", "$ZBRA", "", "changes", "id", 3),
    ("CategoryService/ListCategories", "$EVENT", "", "categories", "id", 1),
    ("CheckInListService/ListCheckInLists", "$EVENT", "", "check_in_lists", "id", 1),
    ("CheckInService/ListCheckIns", "$EVENT", "", "check_ins", "id", 1),
    ("DelegationService/ListDelegationMembers", "<delegation>", "", "delegation_members", "id", 2),
    ("DelegationService/ListDelegations", "$EVENT", "", "delegations", "id", 1),
    ("DelegationService/ListDelegations", "$EVENT", "DELEGATION_VIEW_FULL", "delegations", "id", 2),
    ("EventService/ListEvents", "", "", "events", "id", 1),
    ("IdentityDocumentService/ListIdentityDocuments", "<person>", "", "identity_documents", "id", 1),
    ("InvitationService/ListInvitations", "$EVENT", "", "invitations", "id", 1),
    ("ItineraryService/ListItineraries", "$EVENT", "", "itineraries", "id", 2),
    ("JobService/ListJobs", "$EVENT", "", "jobs", "id", 1),
    ("LetterService/ListLetters", "$EVENT", "", "letters", "id", 1),
    // Of whom a letter is, and who issues it.
    ("LetterService/ListLetters", "$EVENT", "LETTER_VIEW_FULL", "letters", "id", 3),
    ("LinkService/ListLinks", "$EVENT", "", "links", "id", 1),
    ("NoticeService/ListNotices", "$EVENT", "", "notices", "id", 1),
    ("OrganizationService/ListOrganizations", "", "", "organizations", "id", 1),
    ("RegistrationService/ListRegistrations", "$EVENT", "", "registrations", "id", 2),
    // Of whom a registration is, what they answered, and their place on the waiting list; under which keys answers lie, where there are some.
    ("RegistrationService/ListRegistrations", "$EVENT", "REGISTRATION_VIEW_FULL", "registrations", "id", 4),
    // Of the registrations again, which are many by then.
    ("CheckInService/ListRevokedBadges", "$EVENT", "", "registrations", "", 1),
    ("ResourceService/ListResources", "$EVENT", "", "resources", "id", 1),
    ("RoomService/ListRooms", "$EVENT", "", "rooms", "id", 1),
    ("ScheduleService/ListReleases", "$EVENT", "", "releases", "version", 1),
    ("SessionService/ListSessions", "$EVENT", "", "sessions", "id", 1),
    ("SpeakerService/ListSpeakers", "<dated>", "", "speakers", "id", 2),
    ("StopService/ListStops", "<itinerary>", "", "stops", "id", 1),
    ("WaitlistService/ListOffers", "$EVENT", "", "offers", "id", 1),
];

/// A job that has ended, which no call makes without more.
const JOB: &str = "INSERT INTO jobs (event, id, kind, letters, done, failures, create_time, end_time) \
                   SELECT event, '7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d', 'issue_letters', '[]', 0, '[]', create_time, create_time \
                   FROM registrations LIMIT 1";

/// A release of nothing: what there is to be released clashes.
const RELEASE: &str = "INSERT INTO releases (event, version, programme, create_time) \
                       SELECT event, 1, '[]', create_time FROM registrations LIMIT 1";

/// Makes a list longer, by copies of its first row.
async fn lengthen(database: &DatabaseConnection, table: &str, distinct: &str, first: &Value, people: &mut Vec<String>) {
    let backend = database.get_database_backend();
    let first = first["name"].as_str().and_then(|name| name.rsplit('/').next()).expect("a name");
    let row = format!("SELECT * FROM {table} WHERE CAST({distinct} AS TEXT) = '{first}'");
    let found = database.query_one_raw(Statement::from_string(backend, row.clone())).await.unwrap().expect("a row");
    let columns = found.column_names();
    let of_people =
        columns.iter().any(|column| column == "person") && !["changes", "identity_documents"].contains(&table);
    for number in 1..ROWS {
        let id = attache_client::fresh_request_id();
        let value = |column: &String| match (table, column.as_str()) {
            ("releases", "version") => format!("version + {number}"),
            ("changes", "position") => {
                "(SELECT max(position) FROM changes AS c WHERE c.owner = changes.owner) + 1".to_owned()
            }
            // Of what there may be one at a time there are many that are over.
            ("check_ins", "state") => "'UNDONE'".to_owned(),
            ("offers", "state") => "'DECLINED'".to_owned(),
            ("registrations", "state") => "'WAITING'".to_owned(),
            (_, "id") if ["categories", "check_in_lists", "events", "organizations", "rooms"].contains(&table) => {
                format!("'x{}'", id.replace('-', ""))
            }
            ("invitations" | "links", "code_digest") | (_, "id") => format!("'{id}'"),
            (_, "person") if of_people => format!("'{}'", people[number - 1]),
            (_, other) => format!("\"{other}\""),
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        let names: Vec<_> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let copy = row.replacen('*', &values.join(", "), 1);
        database.execute_unprepared(&format!("INSERT INTO {table} ({}) {copy}", names.join(", "))).await.unwrap();
        if table == "persons" {
            people.push(id);
        }
    }
}

async fn long_lists() -> (House, Made) {
    let (house, made) = furnished().await;
    house.mail().await;
    let database = Database::connect(database::address(&house.database)).await.unwrap();
    for row in [JOB, RELEASE] {
        database.execute_unprepared(row).await.unwrap();
    }
    let mut people = Vec::new();
    for (rpc, parent, view, table, distinct, _) in LISTS {
        if view.is_empty() && !distinct.is_empty() {
            let (items, _) = page(&house, rpc, asked(&made, parent, json!({ "pageSize": 1 }))).await;
            lengthen(&database, table, distinct, &items[0], &mut people).await;
        }
    }
    let heads = "UPDATE trails SET position = (SELECT max(position) FROM changes WHERE changes.owner = trails.owner)";
    database.execute_unprepared(heads).await.unwrap();
    database.close().await.unwrap();
    (house, made)
}

#[tokio::test]
async fn page_costs_as_many_statements_for_one_row_as_for_three_hundred() {
    let (house, made) = long_lists().await;
    let mut wrong = Vec::new();

    for (rpc, parent, view, _, _, most) in LISTS {
        let more = |size: usize, token: &str| {
            let mut more = json!({ "pageSize": size, "pageToken": token });
            if !view.is_empty() {
                more["view"] = json!(view);
            }
            asked(&made, parent, more)
        };
        let mut costs = Vec::new();
        let mut token = String::new();
        for size in [1, 3, 300] {
            let ((items, next), statements) = house.statements.of(page(&house, rpc, more(size, ""))).await;
            assert_eq!(items.len(), size, "{rpc}");
            costs.push(statements.len());
            token = next;
        }
        let (_, statements) = house.statements.of(page(&house, rpc, more(300, &token))).await;
        costs.push(statements.len());
        if costs.iter().max() != Some(most) {
            wrong.push(format!("{rpc} {view}: {costs:?} instead of {most}: {statements:#?}"));
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lists whose length is not that of a table: what the product brings, pairs of people, and everybody at an event.
#[test]
fn every_list_is_counted() {
    let lists = by_name::methods().into_iter().map(|rpc| by_name::name(&rpc));
    let lists = lists.filter(|rpc| rpc.contains("/List") && !rpc.starts_with("LetterTemplateService/"));

    let missing: Vec<_> = lists.filter(|rpc| !LISTS.iter().any(|(counted, ..)| counted == rpc)).collect();
    assert_eq!(missing, Vec::<String>::new());
}
