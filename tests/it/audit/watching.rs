//! Watches of the change log: everything once and in order, across broken streams, restarts and servers.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use attache_client::{
    Client, Code, Failure, Retries,
    v1::{self, ErrorReason, Role},
    watch,
};
use attache_server::mail::transport::{Memory, Transport};
use attache_tests::{
    House,
    answers::Answer as _,
    by_name, client, database,
    fixtures::{DELEGATES, FORUM, LAUNCH, ZBRA, person, registration_of, text},
    open, trails,
};
use chrono::TimeDelta;
use tonic::Streaming;

use super::{changes, create_person, house};

/// A watch as a caller keeps it: the stream, and the cursor that came last.
pub struct Watching {
    stream: Streaming<v1::WatchChangesResponse>,
    pub cursor: String,
}

fn asked(parent: &str, kinds: &[&str], cursor: &str) -> v1::WatchChangesRequest {
    let kinds = kinds.iter().map(|&kind| kind.to_owned()).collect();
    v1::WatchChangesRequest { parent: parent.to_owned(), kinds, cursor: cursor.to_owned() }
}

impl Watching {
    /// Begins to watch; the first message says how far it is.
    pub async fn begin(client: &Client, parent: &str, kinds: &[&str], cursor: &str) -> Self {
        let stream = client.audit().watch_changes(asked(parent, kinds, cursor)).await.unwrap().into_inner();
        let mut watching = Self { stream, cursor: cursor.to_owned() };
        assert_eq!(watching.told().await.unwrap(), None);
        watching
    }

    /// The next message: a change, or none in a heartbeat; why the stream ended, when it did.
    pub async fn told(&mut self) -> Result<Option<v1::Change>, Option<Failure>> {
        let message = self.stream.message().await.map_err(|status| Some(status.into()))?;
        let v1::WatchChangesResponse { change, cursor } = message.ok_or(None)?;
        assert!(!cursor.is_empty());
        self.cursor = cursor;
        Ok(change)
    }

    /// The next so many changes.
    pub async fn take(&mut self, count: usize) -> Vec<v1::Change> {
        let mut taken = Vec::new();
        while taken.len() < count {
            taken.extend(self.told().await.unwrap());
        }
        taken
    }
}

/// All the changes of the forum, once nothing is being done any more.
pub async fn whole(house: &House) -> Vec<v1::Change> {
    house.until(async || (house.app.store.queued_notices().await.unwrap() == 0).then_some(())).await;
    let request =
        v1::ListChangesRequest { parent: FORUM.to_owned(), page_size: 1000, ..v1::ListChangesRequest::default() };
    house.owner.audit().list_changes(request).await.done().changes
}

/// Three writes of one room.
async fn open_and_move_a_room(client: &Client) {
    let room = v1::Room { title: Some(text("Room", "")), ..Default::default() };
    let request = v1::CreateRoomRequest { parent: FORUM.to_owned(), room: Some(room), ..Default::default() };
    let mut room = client.rooms().create_room(request).await.done();
    for floor in ["1", "2"] {
        room = v1::Room { floor: floor.to_owned(), ..room };
        let request = v1::UpdateRoomRequest { room: Some(room), ..Default::default() };
        room = client.rooms().update_room(request).await.done();
    }
}

#[tokio::test]
async fn changes_are_told_once_and_in_order_while_fifty_write() {
    let house = house().await;
    let mut early = Watching::begin(&house.owner, FORUM, &[], "start").await;
    let mut writers = Vec::new();
    for writer in 0..5 {
        let client = house.client(Some(house.owner_token())).await;
        writers.push(tokio::spawn(async move {
            for number in 0..2 {
                let request = registration_of(person("Guest", &format!("guest{writer}-{number}@example.org")));
                let name = client.registrations().create_registration(request).await.done().name;
                let request = v1::WithdrawRegistrationRequest { name, ..Default::default() };
                client.registrations().withdraw_registration(request).await.done();
                open_and_move_a_room(&client).await;
            }
        }));
    }
    let mut told = early.take(30).await;
    for writer in writers {
        writer.await.unwrap();
    }

    let whole = whole(&house).await;
    told.extend(early.take(whole.len() - told.len()).await);

    assert_eq!(told, whole);
    let mut late = Watching::begin(&house.owner, FORUM, &["rooms"], "start").await;
    let rooms: Vec<_> = whole.iter().filter(|change| change.resource.contains("/rooms/")).cloned().collect();
    assert_eq!((rooms.len(), late.take(rooms.len()).await), (30, rooms.clone()));
    // What was done later to something follows what was done before: each state begins with the one before.
    for change in &rooms {
        let before = rooms.iter().take_while(|other| *other != change);
        let last = before.filter(|other| other.resource == change.resource).last();
        assert_eq!(last.map(|last| last.after.as_str()).unwrap_or_default(), change.before);
    }
}

#[tokio::test]
async fn watch_begun_again_with_its_cursor_misses_nothing_and_repeats_nothing() {
    let house = house().await;
    let mut told = Vec::new();
    let mut cursor = "start".to_owned();
    for round in 0..4 {
        let mut watching = Watching::begin(&house.owner, FORUM, &[], &cursor).await;
        house.register("Guest", &format!("guest{round}@example.org")).await;
        told.extend(watching.take(2).await);
        cursor = watching.cursor;
    }

    let whole = whole(&house).await;
    let mut watching = Watching::begin(&house.owner, FORUM, &[], &cursor).await;
    told.extend(watching.take(whole.len() - told.len()).await);

    assert_eq!(told, whole);
}

#[tokio::test]
async fn watch_goes_on_where_it_was_when_the_server_was_opened_again() {
    let house = house().await;
    let mut watching = Watching::begin(&house.owner, FORUM, &[], "start").await;
    house.register("First", "first@example.org").await;
    let mut told = watching.take(2).await;
    house.register("Second", "second@example.org").await;
    house.mail().await;

    let house = house.reopen().await;
    house.register("Third", "third@example.org").await;
    let whole = whole(&house).await;
    let mut watching = Watching::begin(&house.owner, FORUM, &[], &watching.cursor).await;
    told.extend(watching.take(whole.len() - told.len()).await);

    assert_eq!(told, whole);
}

#[tokio::test]
async fn watch_without_a_cursor_tells_what_is_done_from_now_on_and_of_its_kinds() {
    let house = house().await;
    house.register("Before", "before@example.org").await;

    let mut watching = Watching::begin(&house.owner, FORUM, &["registrations", "letters"], "").await;
    let registration = house.register("After", "after@example.org").await;
    let request = v1::ConfirmRegistrationRequest { name: registration.name.clone(), ..Default::default() };
    house.owner.registrations().confirm_registration(request).await.unwrap();

    let told = watching.take(2).await;
    let listed = changes(&house.owner, FORUM, &format!("resource = \"{}\"", registration.name)).await.unwrap();
    assert_eq!(told, listed);
    let mut people = Watching::begin(&house.owner, ZBRA, &[], "").await;
    let created = create_person(&house.owner, "Zarmina").await;
    let told = people.take(1).await;
    assert_eq!((told[0].resource.as_str(), told[0].after.contains("Zarmina")), (created.name.as_str(), true));
}

#[tokio::test]
async fn watch_says_that_it_is_alive_and_is_closed_as_planned_with_a_cursor() {
    let house = house().await;
    let mut watching = Watching::begin(&house.owner, FORUM, &["letters"], "").await;
    house.register("Guest", "guest@example.org").await;
    house.mail().await;

    house.app.clock.advance(TimeDelta::seconds(20));
    let alive = watching.told().await;
    house.app.clock.advance(TimeDelta::minutes(5));
    let (last, end) = (watching.told().await, watching.told().await);

    assert_eq!((alive, last, end), (Ok(None), Ok(None), Err(None)));
    let mut again = Watching::begin(&house.owner, FORUM, &["letters"], &watching.cursor).await;
    house.app.clock.advance(TimeDelta::seconds(20));
    assert_eq!(again.told().await, Ok(None));
}

#[tokio::test]
async fn client_opens_a_watch_again_that_was_closed_as_planned() {
    let house = house().await;
    let opened = AtomicU32::new(0);
    let mut watching = watch("start".to_owned(), Retries::NONE, async |cursor| {
        opened.fetch_add(1, Ordering::Relaxed);
        house.owner.audit().watch_changes(asked(FORUM, &["registrations"], &cursor)).await
    });
    let first = house.register("First", "first@example.org").await;
    let told = watching.next().await.unwrap();

    house.app.clock.advance(TimeDelta::minutes(5));
    let second = house.register("Second", "second@example.org").await;
    let then = watching.next().await.unwrap();

    let names = [told, then].map(|told| told.change.unwrap().resource);
    assert_eq!(names, [first.name, second.name]);
    assert_eq!(opened.into_inner(), 2);
}

#[tokio::test]
async fn server_that_stops_ends_its_watches_at_once() {
    let mut house = house().await;
    let mut watching = Watching::begin(&house.owner, FORUM, &[], "").await;
    let begun = Instant::now();

    house.close().await;

    let end = watching.told().await.unwrap_err().unwrap();
    assert_eq!((end.code, end.is(ErrorReason::Unavailable), end.breaks_a_stream()), (Code::Unavailable, true, true));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// PostgreSQL alone is shared by several servers.
#[tokio::test]
async fn watch_on_one_server_tells_what_was_done_on_another() {
    if database::word() != "postgres" {
        return println!("skipped watch_on_one_server_tells_what_was_done_on_another: SQLite has one server");
    }
    let house = house().await;
    let token = Some(house.owner_token().to_owned());
    let mail = Arc::new(Transport::Memory(Memory::default()));
    let other = open(house.folder.clone(), house.database.clone(), token, mail).await;
    let mut watching = Watching::begin(&other.owner, FORUM, &["registrations"], "").await;
    let clients = [client(house.address, Some(house.owner_token())).await, other.owner.clone()];

    let mut expected = Vec::new();
    for number in 0..20 {
        let request = registration_of(person("Guest", &format!("guest{number}@example.org")));
        expected.push(clients[number % 2].registrations().create_registration(request).await.done().name);
    }
    let told = watching.take(20).await;

    assert_eq!(told.into_iter().map(|change| change.resource).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn cursor_of_another_watch_is_refused() {
    let house = house().await;
    house.foreign_event().await;
    let organizer = house.member(Role::Organizer, FORUM).await;
    let cursor = Watching::begin(&house.owner, FORUM, &["registrations"], "").await.cursor;
    let refused = async |client: &Client, parent: &str, kinds: &[&str], cursor: &str| -> Failure {
        client.audit().watch_changes(asked(parent, kinds, cursor)).await.unwrap_err().into()
    };

    for (client, parent, kinds, cursor) in [
        (&house.owner, LAUNCH, &["registrations"][..], cursor.as_str()),
        (&house.owner, FORUM, &["letters"], &cursor),
        (&house.owner, FORUM, &[], &cursor),
        (&organizer, FORUM, &["registrations"], &cursor),
        (&house.owner, FORUM, &["registrations"], &cursor[..cursor.len() - 1]),
        (&house.owner, FORUM, &["registrations"], &cursor[1..]),
        (&house.owner, FORUM, &["registrations"], "beginning"),
    ] {
        let failure = refused(client, parent, kinds, cursor).await;
        assert!(failure.is(ErrorReason::PageTokenInvalid), "{parent} {kinds:?} {cursor}: {failure:?}");
    }
    let unknown = refused(&house.owner, FORUM, &["letters", "registration"], "").await;
    let fields: Vec<_> = unknown.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!((unknown.is(ErrorReason::InvalidFields), fields), (true, vec!["kinds[1]"]));
    // Kinds are a set: in another order, and told twice, they are the same.
    let cursor = Watching::begin(&house.owner, FORUM, &["letters", "registrations"], "").await.cursor;
    Watching::begin(&house.owner, FORUM, &["registrations", "letters", "letters"], &cursor).await;
}

#[tokio::test]
async fn watch_is_for_whoever_may_list() {
    let house = house().await;
    let viewer = house.member(Role::Viewer, FORUM).await;
    let nobody = house.client(None).await;

    for (client, parent, reason) in [
        (&viewer, FORUM, ErrorReason::PermissionDenied),
        (&viewer, "installation", ErrorReason::PermissionDenied),
        (&nobody, FORUM, ErrorReason::TokenInvalid),
        (&house.owner, "events/unheard", ErrorReason::NotFound),
        (&house.owner, DELEGATES, ErrorReason::InvalidFields),
    ] {
        let refused: Failure = client.audit().watch_changes(asked(parent, &[], "")).await.unwrap_err().into();
        assert!(refused.is(reason), "{parent}: {refused:?}");
    }
}

/// What is told of has a name, and the comment of that field says in which collection.
#[test]
fn every_kind_of_resource_can_be_watched() {
    // Of what strangers send in nothing is told before their address is proven.
    let never_told = ["changes", "letterTemplates", "submissions"];
    let identifiers = by_name::descriptors().all_messages().filter_map(|message| {
        let file = message.parent_file();
        let name = message.get_field_by_name("name")?;
        let source = file.file_descriptor_proto().source_code_info.clone()?;
        let comment = source.location.into_iter().find(|location| location.path == name.path())?;
        let (_, pattern) = comment.leading_comments().split_once("Identifier. `")?;
        Some(pattern.split('`').next()?.rsplit('/').nth(1)?.to_owned())
    });

    let named: BTreeSet<String> = identifiers.filter(|kind| !never_told.contains(&kind.as_str())).collect();
    // A person's identity documents and a schedule's releases among them.
    assert_eq!(trails::kinds(), named);
}
