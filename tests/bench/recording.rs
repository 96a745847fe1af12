//! What a command asks of the database, overheard: the statements and their values.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result, ensure};
use attache_domain::{
    authority::{Caller, Grant, Organizer, Reach, Role},
    email::EmailAddress,
    language::LanguageTag,
    name::{NameText, PersonName},
    person::Profile,
    resource::{CategoryName, MemberId, TokenId, TokenName},
};
use attache_server::{
    app::{
        self, App,
        registrations::{Application, Registrant},
    },
    clock::Clock,
    store::{Location, Request, RequestKey, Store},
    vault::MasterKey,
};
use attache_tests::{database, fixtures::DELEGATES};
use sea_orm::{ConnectionTrait as _, Statement};
use uuid::Uuid;

use crate::{database::opened, site::Site, variation::Pattern};

/// How many rows a command adds to each table that it adds to.
pub type Growth = BTreeMap<String, i64>;

/// A registration, overheard.
pub struct Recorded {
    /// How commands like it go on.
    pub pattern: Pattern,
    /// What one of them leaves.
    pub growth: Growth,
}

/// Registers three people in an installation that nobody serves, and overhears the last two.
pub async fn registration(site: &Site) -> Result<Recorded> {
    let heard: Arc<Mutex<Vec<Statement>>> = Arc::default();
    let ear = Arc::clone(&heard);
    let master = MasterKey::from_file(&site.folder.join("vault.key"))?;
    let store = Box::pin(Store::open(&site.location(), master)).await?;
    let store =
        store.witnessed(move |statement| ear.lock().unwrap_or_else(PoisonError::into_inner).push(statement.clone()));
    let (public_url, personal_page) = ("http://localhost".to_owned(), "http://localhost/me".to_owned());
    let app = App { store, clock: Clock::default(), public_url, personal_page };
    let taken = || std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
    register(&app, 1).await?;
    taken();
    register(&app, 2).await?;
    let first = taken();
    let before = rows(site).await?;
    register(&app, 3).await?;
    let second = taken();
    let growth = growth(&before, &rows(site).await?);
    ensure!(!growth.is_empty(), "a registration left nothing");
    Ok(Recorded { pattern: Pattern::new(first, second)?, growth })
}

async fn register(app: &App, number: u8) -> Result<()> {
    let category: CategoryName = DELEGATES.parse()?;
    let profile = Profile {
        name: PersonName {
            display_name: NameText::parse(&format!("Guest {number}"))?,
            native_name: None,
            passport_name: None,
            form_of_address: None,
            family_first: false,
        },
        email: Some(EmailAddress::parse(&format!("guest.{number}@example.org"))?),
        phone_number: None,
        language: LanguageTag::English,
        region_code: None,
        time_zone: None,
        affiliation: None,
        position: None,
    };
    let registrant = Registrant::New(Box::new(profile));
    let application =
        Application { category: category.category.clone(), registrant, external_id: None, answers: Vec::new() };
    let key = RequestKey { id: Uuid::from_bytes([number; 16]), digest: [number; 32] };
    let request = Request { key: Some(key), validate_only: false };
    app::registrations::create(app, &organizer(&category)?, &application, request).await?;
    Ok(())
}

fn organizer(category: &CategoryName) -> Result<Organizer> {
    let token = TokenName { member: MemberId(Uuid::nil()), token: TokenId(Uuid::nil()) };
    let caller = Caller::new(token, vec![Grant { role: Role::Owner, reach: Reach::Installation }]);
    caller.organizer(&category.event).ok().context("an owner organises")
}

/// Counts the rows of every table.
pub async fn rows(site: &Site) -> Result<Growth> {
    let database = opened(database::address(&site.location())).await?;
    let backend = database.get_database_backend();
    let tables = match site.location() {
        Location::File(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Location::Postgres(_) => "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()",
    };
    let mut counted = Growth::new();
    for table in database.query_all_raw(Statement::from_string(backend, tables)).await? {
        let table: String = table.try_get_by_index(0)?;
        let count = Statement::from_string(backend, format!("SELECT count(*) FROM \"{table}\""));
        let row = database.query_one_raw(count).await?.context("a count")?;
        counted.insert(table, row.try_get_by_index(0)?);
    }
    database.close().await?;
    Ok(counted)
}

/// How much each table that grew did.
pub fn growth(before: &Growth, after: &Growth) -> Growth {
    let grown = after.iter().map(|(table, count)| (table.clone(), count - before.get(table).unwrap_or(&0)));
    grown.filter(|(_, count)| *count != 0).collect()
}
