//! Large installations: one registration made through the API, and copies of it made by SQL while nobody serves.
//!
//! A copy has ids, an address and times of its own. Of a mail only the beginning is copied: it is sent, and nobody reads it again.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use attache_client::{Client, v1};
use attache_tests::{
    database,
    fixtures::{FORUM, person, registration_of, text},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait as _};
use tokio::sync::Mutex;

use crate::{
    database::opened,
    forums::found_forums,
    recording::{growth, rows},
    scenario::Ground,
    site::{Manner, Site},
};

/// The address of the one who is copied, which is nobody else's; each copy has another number.
const EMAIL: &str = "original@example.org";
/// When the last copy was made, in milliseconds, as identifiers tell it: before there was this program.
const LAST_COPY: u64 = 1_763_000_000_000;
/// How long a mail of one guest may take until it is sent.
const PATIENCE: Duration = Duration::from_secs(30);

/// Filled installations by how many registrations they have, made once in a run.
#[derive(Default)]
pub struct Filled(Mutex<BTreeMap<u64, Arc<Site>>>);

impl Filled {
    /// An installation with so many registrations, or a few more.
    pub async fn with(&self, ground: &Ground, count: u64) -> Result<Arc<Site>> {
        let mut made = self.0.lock().await;
        if let Some(site) = made.get(&count) {
            return Ok(Arc::clone(site));
        }
        let site = Arc::new(make(ground, count).await?);
        made.insert(count, Arc::clone(&site));
        Ok(site)
    }

    /// Removes them all.
    pub async fn clear(self) -> Result<()> {
        for site in self.0.into_inner().into_values() {
            Arc::into_inner(site).context("an installation is in use")?.clear().await?;
        }
        Ok(())
    }
}

async fn make(ground: &Ground, count: u64) -> Result<Site> {
    let site = Site::found(ground, async |owner| furnish(&owner).await).await?;
    let before = rows(&site).await?;
    let process = site.serve(&Manner::default()).await?;
    let original = register(&site.client(&process).await?).await?;
    process.stop().await?;
    let tables = growth(&before, &rows(&site).await?).into_keys();

    let database = opened(database::address(&site.location())).await?;
    let sqlite = database.get_database_backend() == DbBackend::Sqlite;
    if sqlite {
        // Whatever breaks off is made anew, and a log of what is all new would be as long as the database.
        let loose = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000";
        database.execute_unprepared(loose).await?;
    }
    let tx = database.begin().await?;
    let indexes = if sqlite { without_indexes(&tx).await? } else { Vec::new() };
    for table in tables {
        for statement in copies(&tx, &table, &original, count).await? {
            tx.execute_unprepared(&statement).await.with_context(|| format!("{table} cannot be copied"))?;
        }
    }
    for index in indexes {
        tx.execute_unprepared(&index).await?;
    }
    tx.execute_unprepared(&format!("UPDATE pools SET held = held + {count}")).await?;
    let position = "SELECT max(position) FROM changes WHERE changes.owner = trails.owner";
    tx.execute_unprepared(&format!("UPDATE trails SET position = ({position}) WHERE position < ({position})")).await?;
    tx.commit().await?;
    if !sqlite {
        database.execute_unprepared("ANALYZE").await?;
    }
    database.close().await?;
    Ok(site)
}

/// Takes the indexes of a SQLite database away, and gives what makes them anew: sorted once, a million keys cost less than put in one by one.
async fn without_indexes<C: ConnectionTrait>(database: &C) -> Result<Vec<String>> {
    let made = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
    let mut indexes = Vec::new();
    for index in database.query_all_raw(Statement::from_string(DbBackend::Sqlite, made)).await? {
        let (name, sql): (String, String) = (index.try_get_by_index(0)?, index.try_get_by_index(1)?);
        database.execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
        indexes.push(sql);
    }
    Ok(indexes)
}

/// A forum with a second category, so that there is something to filter by.
async fn furnish(owner: &Client) -> Result<()> {
    found_forums(owner, 1).await?;
    let category = Some(v1::Category { title: Some(text("Press", "媒体")), ..Default::default() });
    let (parent, category_id) = (FORUM.to_owned(), "press".to_owned());
    let request = v1::CreateCategoryRequest { parent, category, category_id, ..Default::default() };
    owner.categories().create_category(request).await?;
    Ok(())
}

/// The ids by which one registration is told from another.
struct Original {
    registration: String,
    person: String,
}

/// Registers the one who is copied, and waits until everything is done that follows.
async fn register(owner: &Client) -> Result<Original> {
    let request = v1::CreateRegistrationRequest {
        request_id: attache_client::fresh_request_id(),
        ..registration_of(person("Guest", EMAIL))
    };
    let made = owner.registrations().create_registration(request).await?.into_inner();
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let begun = Instant::now();
    loop {
        let request = v1::ListNoticesRequest { parent: FORUM.to_owned(), ..Default::default() };
        let notices = owner.notices().list_notices(request).await?.into_inner().notices;
        let sent = !notices.is_empty() && notices.iter().all(|notice| notice.state() == v1::NoticeState::Sent);
        let request = v1::ListChangesRequest { parent: FORUM.to_owned(), page_size: 1000, ..Default::default() };
        let changes = owner.audit().list_changes(request).await?.into_inner().changes;
        if sent && changes.iter().any(|change| change.resource == made.name) {
            return Ok(Original { registration: last(&made.name), person: last(&made.person) });
        }
        if begun.elapsed() > PATIENCE {
            bail!("the mail of the first registration is not sent");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A column of a table.
struct Column {
    name: String,
    is_text: bool,
    /// Whether rows are told apart by it, as far as is asked for.
    is_key: bool,
}

/// The statements that copy the rows which speak of the one who is copied, a statement for each row.
async fn copies<C: ConnectionTrait>(database: &C, table: &str, original: &Original, count: u64) -> Result<Vec<String>> {
    let backend = database.get_database_backend();
    let columns = columns(database, table).await?;
    let place = if backend == DbBackend::Sqlite { "instr" } else { "strpos" };
    let Original { registration, person } = original;
    let speaks = |column: &Column| {
        let finds = |key: &str| format!("{place}(\"{}\", '{key}') > 0", column.name);
        [finds(registration), finds(person), finds(EMAIL)].join(" OR ")
    };
    let condition: Vec<String> = columns.iter().filter(|column| column.is_text).map(speaks).collect();
    let row = row_id(backend);
    let in_trails = table == "changes";
    let (trail, last) = if in_trails {
        ("owner", "coalesce((SELECT max(position) FROM changes numbered WHERE numbered.owner = changes.owner), 0)")
    } else {
        ("''", "0")
    };
    let spoken = condition.join(" OR ");
    let found = format!("SELECT {row}, {trail}, {last} FROM \"{table}\" WHERE {spoken} ORDER BY 1");
    let found = database.query_all_raw(Statement::from_string(backend, found)).await?;
    let mut rows: Vec<(String, String, i64)> = Vec::new();
    for row in found {
        rows.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?));
    }
    let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let copy = |(ordinal, (id, trail, last)): (usize, &(String, String, i64))| {
        let of_trail = |rows: &[(String, String, i64)]| rows.iter().filter(|(_, other, _)| other == trail).count();
        let place = format!("{last} + (k - 1) * {} + {}", of_trail(&rows), of_trail(&rows[..=ordinal]));
        let copier = Copier { backend, table, original, ordinal, place };
        let values: Vec<String> = columns.iter().map(|column| copier.value(column)).collect();
        // In the order of the key, so that each row goes beside the one before.
        let key = columns.iter().zip(1..).filter(|(column, _)| column.is_key).map(|(_, place)| place.to_string());
        let order = key.reduce(|before, place| format!("{before}, {place}")).map(|key| format!(" ORDER BY {key}"));
        format!(
            "{} INSERT INTO \"{table}\" ({}) SELECT {} FROM \"{table}\", n WHERE {row} = '{id}'{}",
            numbers(count),
            names.join(", "),
            values.join(", "),
            order.unwrap_or_default()
        )
    };
    Ok(rows.iter().enumerate().map(copy).collect())
}

async fn columns<C: ConnectionTrait>(database: &C, table: &str) -> Result<Vec<Column>> {
    let backend = database.get_database_backend();
    let query = if backend == DbBackend::Sqlite {
        format!("SELECT name, lower(type), pk > 0 FROM pragma_table_info('{table}')")
    } else {
        format!(
            "SELECT column_name::text, data_type::text, false FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        )
    };
    let mut columns = Vec::new();
    for row in database.query_all_raw(Statement::from_string(backend, query)).await? {
        let kind: String = row.try_get_by_index(1)?;
        columns.push(Column {
            name: row.try_get_by_index(0)?,
            is_text: kind == "text",
            is_key: row.try_get_by_index(2)?,
        });
    }
    Ok(columns)
}

/// What tells a row from others of its table, as text.
fn row_id(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Sqlite { "CAST(rowid AS TEXT)" } else { "ctid::text" }
}

/// The numbers of the copies, in a table `n` with a column `k`.
fn numbers(count: u64) -> String {
    format!("WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {count})")
}

/// What becomes of the columns of one row in its copies.
struct Copier<'a> {
    backend: DbBackend,
    table: &'a str,
    original: &'a Original,
    /// Which of the rows of its table it is.
    ordinal: usize,
    /// Where its copies stand in its trail, after all that is there.
    place: String,
}

impl Copier<'_> {
    fn value(&self, column: &Column) -> String {
        let name = format!("\"{}\"", column.name);
        let Original { registration, person } = self.original;
        match (self.table, column.name.as_str()) {
            ("registrations", "state") => {
                format!("CASE k % 10 WHEN 0 THEN 'CONFIRMED' WHEN 1 THEN 'REJECTED' ELSE {name} END")
            }
            ("registrations", "category") => format!("CASE k % 5 WHEN 0 THEN 'press' ELSE {name} END"),
            ("registrations", "ticket_part") => self.scattered(),
            ("notices", "text" | "html") => format!("substr({name}, 1, 40)"),
            ("changes" | "notices" | "requests", "id") => self.id(10 + self.ordinal),
            (_, "write_number") => format!("{name} + k"),
            ("changes", "position") => self.place.clone(),
            (_, "create_time" | "update_time") => self.earlier(&name),
            _ if column.is_text => {
                let ids =
                    format!("replace(replace({name}, '{registration}', {}), '{person}', {})", self.id(1), self.id(2));
                format!("replace({ids}, 'original@', 'copy-' || k || '@')")
            }
            _ => name,
        }
    }

    /// An identifier for each copy, by the time that [`Self::earlier`] gives it.
    fn id(&self, salt: usize) -> String {
        let (high, low) = (format!("({LAST_COPY} - k * 2) / 65536"), format!("({LAST_COPY} - k * 2) % 65536"));
        if self.backend == DbBackend::Sqlite {
            return format!("printf('%08x-%04x-7000-8{salt:03x}-%012x', {high}, {low}, k)");
        }
        let hex = |number: &str, digits: usize| format!("lpad(to_hex(({number})::bigint), {digits}, '0')");
        format!("({} || '-' || {} || '-7000-8{salt:03x}-' || {})", hex(&high, 8), hex(&low, 4), hex("k", 12))
    }

    /// Ten hexadecimal digits for each copy, in no order.
    fn scattered(&self) -> String {
        let number = "(k * 2654435761) % 1099511627776";
        if self.backend == DbBackend::Sqlite {
            return format!("printf('%010x', {number})");
        }
        format!("lpad(to_hex({}), 10, '0')", number.replace("k *", "k::bigint *"))
    }

    /// A time for each copy, two milliseconds before that of the one after it.
    fn earlier(&self, name: &str) -> String {
        if self.backend == DbBackend::Sqlite {
            format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', {name}, (-(k * 2 + 1) / 1000.0) || ' seconds')")
        } else {
            format!("{name} - (k * 2 + 1) * interval '1 millisecond'")
        }
    }
}
