//! The table `links`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organization: String,
    pub person: String,
    #[serde(skip)]
    pub code_digest: String,
    #[serde(skip)]
    pub token_digest: Option<String>,
    pub expire_time: DateTimeUtc,
    pub exchange_time: Option<DateTimeUtc>,
    pub revoke_time: Option<DateTimeUtc>,
    pub mail_state: Option<String>,
    pub attempts: i64,
    pub next_attempt_time: Option<DateTimeUtc>,
    #[serde(skip)]
    pub lease_time: Option<DateTimeUtc>,
    pub send_time: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub create_time: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
