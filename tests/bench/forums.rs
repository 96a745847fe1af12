//! Forums that take registrations, and the guests who register for them.

use anyhow::Result;
use attache_client::{Client, fresh_request_id, v1};
use attache_tests::fixtures::{ZBRA, beijing, forum, found_forum, person, text};
use tonic::Status;

/// How many places each has: more than anybody registers for in a run.
const SEATS: i32 = 1_000_000_000;

/// The id of the first forum; the others are of the years after it.
pub const FIRST: &str = "ciftis-2023";
/// The year of the first forum.
pub const FIRST_YEAR: usize = 2023;

/// The id of a forum, counted from 0.
pub fn event_id(number: usize) -> String {
    format!("ciftis-{}", FIRST_YEAR + number)
}

/// Makes so many forums of one organisation, each with a category of many places.
pub async fn found_forums(owner: &Client, count: usize) -> Result<()> {
    found_forum(owner, yet_to_come(), SEATS).await;
    for number in 1..count {
        let event_id = event_id(number);
        let parent = format!("events/{event_id}");
        let event = v1::Event { controller: ZBRA.to_owned(), ..yet_to_come() };
        let request = v1::CreateEventRequest { event: Some(event), event_id, ..Default::default() };
        owner.events().create_event(request).await?;
        let title = Some(text("Delegates", "代表"));
        let category = Some(v1::Category { title, capacity: Some(SEATS), ..Default::default() });
        let category_id = "delegate".to_owned();
        let request = v1::CreateCategoryRequest { parent, category, category_id, ..Default::default() };
        owner.categories().create_category(request).await?;
    }
    Ok(())
}

/// A forum that is yet to come, and so takes registrations.
fn yet_to_come() -> v1::Event {
    let (start_time, end_time) = (Some(beijing("2036-09-05T09:00")), Some(beijing("2036-09-05T17:30")));
    v1::Event { start_time, end_time, ..forum() }
}

/// Registers a guest, each of another name, for one of the forums.
pub async fn register(client: Client, guest: u64, forum: usize) -> Result<(), Status> {
    let event = format!("events/{}", event_id(forum));
    let category = format!("{event}/categories/delegate");
    let request = v1::CreateRegistrationRequest {
        parent: event,
        registration: Some(v1::Registration { category, ..Default::default() }),
        new_person: Some(person(&format!("Guest {guest}"), &format!("guest{guest}@example.org"))),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    client.registrations().create_registration(request).await.map(drop)
}
