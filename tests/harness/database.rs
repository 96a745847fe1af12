//! The database of a house: a file in its folder, or a schema of its own in the PostgreSQL database that
//! `ATTACHE_TEST_DATABASE_URL` names.

use std::path::Path;

use attache_server::store::Location;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};

/// The variable that names a PostgreSQL database to test on; what the tests make there is left there.
pub const VARIABLE: &str = "ATTACHE_TEST_DATABASE_URL";

/// Makes an empty database for a house in a folder.
pub async fn fresh(folder: &Path) -> Location {
    let Ok(url) = std::env::var(VARIABLE) else { return Location::File(folder.join("attache.db")) };
    let schema = format!("attache_test_{}", attache_client::fresh_request_id().replace('-', ""));
    let database = Database::connect(&url).await.expect("the database to test on");
    database.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.expect("a schema");
    database.close().await.expect("an orderly end");
    let separator = if url.contains('?') { '&' } else { '?' };
    // Under its name the connections of the house can be told from others.
    Location::Postgres(format!("{url}{separator}application_name={schema}&options[search_path]={schema}"))
}

/// Opens a database beside the server.
pub async fn opened(options: impl Into<ConnectOptions>) -> anyhow::Result<DatabaseConnection> {
    // Opening takes much room, which every caller would otherwise have to keep for it.
    Ok(Box::pin(Database::connect(options)).await?)
}

/// The word that the server has for the database that is tested on.
pub fn word() -> &'static str {
    if std::env::var_os(VARIABLE).is_some() { "postgres" } else { "sqlite" }
}

/// The database at an address that [`address`] gave.
pub fn at(address: &str) -> Location {
    match address.strip_prefix("sqlite://") {
        Some(file) => Location::File(file.into()),
        None => Location::Postgres(address.to_owned()),
    }
}

/// Writes every row of a PostgreSQL database into its house's folder, so that whoever searches the folder finds what
/// lies in the database; a SQLite file lies there already.
pub async fn spill(location: &Location, folder: &Path) {
    let Location::Postgres(url) = location else { return };
    let database = Database::connect(url).await.expect("the database of the house");
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()";
    let mut spilt = Vec::new();
    for table in texts(&database, tables).await {
        for row in texts(&database, &format!("SELECT to_jsonb(t)::text FROM \"{table}\" t")).await {
            spilt.extend_from_slice(row.as_bytes());
            spilt.extend(binary(&row));
        }
    }
    std::fs::write(folder.join("postgres.rows"), spilt).expect("a file beside the key");
}

async fn texts(database: &DatabaseConnection, query: &str) -> Vec<String> {
    let rows = database.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await.expect("rows");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

/// The bytes that a row shows in hexadecimal digits, column after column.
fn binary(row: &str) -> Vec<u8> {
    let hexadecimal = row.split("\\\\x").skip(1);
    let bytes = hexadecimal.flat_map(|column| {
        let digits: Vec<char> = column.chars().take_while(char::is_ascii_hexdigit).collect();
        digits.chunks(2).filter_map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).ok()).collect::<Vec<_>>()
    });
    bytes.collect()
}

/// The address under which a house's database can be looked into from outside.
pub fn address(location: &Location) -> String {
    match location {
        Location::File(file) => format!("sqlite://{}", file.display()),
        Location::Postgres(url) => url.clone(),
    }
}
