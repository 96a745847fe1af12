//! Who may call what, checked against the descriptor set, so that no RPC goes without.

use std::collections::BTreeSet;

use attache_client::{Code, v1::ErrorReason};
use attache_tests::{
    boot, by_name,
    fixtures::{FORUM, ZBRA},
};

mod callers;
mod table;

use callers::Callers;
use table::TABLE;

/// How many columns the table has: the public, the owner, and five roles of each of two events.
const COLUMNS: usize = 12;
/// Where the callers of the other event begin.
const FOREIGN: usize = 7;

/// The cells of a line, a column each.
fn cells(rights: &str) -> Vec<char> {
    rights.chars().filter(|cell| *cell != ' ').collect()
}

#[tokio::test]
async fn every_rpc_lets_through_whom_the_table_says() {
    let house = boot().await;
    let Callers { columns, delegation } = callers::in_house(&house).await;

    let mut wrong = Vec::new();
    let mut cases = 0;
    for (rpc, rights, request) in TABLE {
        let request = filled(request, FORUM, ZBRA, &delegation);
        let mut found = Vec::new();
        for caller in &columns {
            let answer = by_name::call(caller, rpc, &request).await;
            let barred = [Code::Unauthenticated, Code::PermissionDenied];
            found.push(if answer.is_err_and(|failure| barred.contains(&failure.code)) { '.' } else { 'x' });
            cases += 1;
        }
        if found != cells(rights) {
            wrong.push((*rpc, *rights, found.into_iter().collect::<String>()));
        }
    }

    println!("{cases} cases of {} RPCs and {} callers", by_name::methods().len(), columns.len());
    assert_eq!(wrong, []);
    assert_eq!((columns.len(), cases), (COLUMNS, TABLE.len() * COLUMNS));
}

#[test]
fn every_rpc_has_a_line_in_the_table() {
    let rpcs: BTreeSet<String> = by_name::methods().iter().map(by_name::name).collect();

    assert_eq!(rpcs, TABLE.iter().map(|(rpc, ..)| (*rpc).to_owned()).collect());
}

/// Every RPC about an event, an organisation or a member is asked about one that does not exist, by every caller: what is not there is foreign
/// to all but the owner, so that whoever is barred from a foreign event learns no more of it than that.
#[tokio::test]
async fn what_does_not_exist_is_not_found_by_who_may_see_it_and_barred_to_who_may_not() {
    let house = boot().await;
    let Callers { columns, delegation: _ } = callers::in_house(&house).await;
    let places = ["EVENT", "ORGANIZATION", "DELEGATION", "members/ID"];
    let about_a_place = TABLE.iter().filter(|(.., request)| places.iter().any(|place| request.contains(place)));

    let mut wrong = Vec::new();
    let mut lists = 0;
    for (rpc, rights, request) in about_a_place {
        let nowhere = nobodys_delegation("events/nowhere");
        let request = filled(request, "events/nowhere", "organizations/nobody", &nowhere);
        let rights = cells(rights);
        for (column, caller) in columns.iter().enumerate() {
            let refused = by_name::call(caller, rpc, &request).await.expect_err(rpc);
            let foreign = if column < 2 { column } else { FOREIGN + (column - 2) % 5 };
            let expected = match (rights[foreign], column) {
                ('x', _) => ErrorReason::NotFound,
                (_, 0) => ErrorReason::TokenInvalid,
                _ => ErrorReason::PermissionDenied,
            };
            if !refused.is(expected) {
                wrong.push((*rpc, column, expected, refused.code));
            }
        }
        lists += usize::from(rpc.contains("/List"));
    }

    assert_eq!(wrong, []);
    assert_eq!(lists, lists_below_something());
}

/// A list below a session, a delegation, an itinerary or a person that its event or organisation does not have.
#[tokio::test]
async fn list_below_what_an_event_or_organisation_does_not_have_is_not_found() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let below = ["/ID", "DELEGATION"];
    let nested = TABLE
        .iter()
        .filter(|(rpc, _, request)| rpc.contains("/List") && below.iter().any(|below| request.contains(below)));

    let mut found = Vec::new();
    for (rpc, _, request) in nested {
        let request = filled(request, FORUM, ZBRA, &nobodys_delegation(FORUM));
        let refused = by_name::call(&house.owner, rpc, &request).await.expect_err(rpc);
        found.push((rpc.split_once("/List").map(|(_, listed)| listed), refused.is(ErrorReason::NotFound)));
    }

    let lists = ["DelegationMembers", "IdentityDocuments", "Speakers", "Stops", "Tokens"];
    found.sort_unstable();
    assert_eq!(found, lists.map(|listed| (Some(listed), true)));
}

/// How many RPCs of the descriptor set list what lies below a parent.
fn lists_below_something() -> usize {
    by_name::methods()
        .iter()
        .filter(|method| method.name().starts_with("List") && method.input().get_field_by_name("parent").is_some())
        .count()
}

/// The name of a delegation that an event does not have.
fn nobodys_delegation(event: &str) -> String {
    format!("{event}/delegations/{NOTHING}")
}

/// An id that nothing has.
const NOTHING: &str = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";

/// A request of the table, about an event, an organisation and a delegation.
fn filled(request: &str, event: &str, organization: &str, delegation: &str) -> String {
    let request = request.replace("DELEGATION", delegation);
    request.replace("EVENT", event).replace("ORGANIZATION", organization).replace("ID", NOTHING)
}
