//! The registrations of a database by one prepared statement, behind the server's own RPC and nothing else.

use anyhow::Result;
use attache_client::v1;
use attache_tests::fixtures::FORUM;
use prost::{Message as _, bytes::Bytes};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbErr, QueryResult, Statement};
use tonic::Status;

use crate::{database::opened, forums::FIRST};

/// How many connections read, as many as the server has for SQLite.
const CONNECTIONS: u32 = 4;
/// How long a page is.
const PAGE: usize = 50;

/// The rows that a condition leaves.
pub struct Rows {
    database: DatabaseConnection,
    statement: String,
}

impl Rows {
    /// Opens a database.
    pub async fn open(address: &str, condition: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(address);
        options.max_connections(CONNECTIONS).test_before_acquire(false).sqlx_logging(false);
        let database = opened(options).await?;
        let statement = format!(
            "SELECT id, category, organization, person, state, create_time, update_time, revision FROM registrations \
             WHERE event = $1 AND {condition} ORDER BY create_time, id LIMIT {}",
            PAGE + 1
        );
        Ok(Self { database, statement })
    }

    /// A page, encoded.
    pub async fn page(&self) -> Result<Bytes, Status> {
        let mut registrations = self.rows().await.map_err(|error| Status::internal(error.to_string()))?;
        registrations.truncate(PAGE);
        let page = v1::ListRegistrationsResponse { registrations, ..Default::default() };
        Ok(page.encode_to_vec().into())
    }

    async fn rows(&self) -> Result<Vec<v1::Registration>, DbErr> {
        let backend = self.database.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, &self.statement, [FIRST.into()]);
        self.database.query_all_raw(statement).await?.iter().map(registration).collect()
    }
}

fn registration(row: &QueryResult) -> Result<v1::Registration, DbErr> {
    let text = |index: usize| row.try_get_by_index::<String>(index);
    let time = |index: usize| {
        let time: chrono::DateTime<chrono::Utc> = row.try_get_by_index(index)?;
        let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
        Ok::<_, DbErr>(Some(prost_types::Timestamp { seconds: time.timestamp(), nanos }))
    };
    let revision: i64 = row.try_get_by_index(7)?;
    let state = v1::RegistrationState::from_str_name(&format!("REGISTRATION_STATE_{}", text(4)?)).unwrap_or_default();
    Ok(v1::Registration {
        name: format!("{FORUM}/registrations/{}", text(0)?),
        category: format!("{FORUM}/categories/{}", text(1)?),
        person: format!("organizations/{}/persons/{}", text(2)?, text(3)?),
        state: state.into(),
        create_time: time(5)?,
        update_time: time(6)?,
        etag: revision.to_string(),
        ..Default::default()
    })
}
