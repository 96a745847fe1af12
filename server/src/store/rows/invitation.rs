//! The table `invitations`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organization: String,
    pub person: String,
    pub category: String,
    pub external_id: Option<String>,
    #[serde(skip)]
    pub code_digest: String,
    pub expire_time: DateTimeUtc,
    pub reserve_time: Option<DateTimeUtc>,
    pub skips_approval: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub remind_times: Json,
    pub transferable: bool,
    /// Until when a place is kept, while one is.
    pub kept_until: Option<DateTimeUtc>,
    /// `NONE`, while there is none.
    pub answer: String,
    pub end_time: Option<DateTimeUtc>,
    pub open_time: Option<DateTimeUtc>,
    pub mail_state: Option<String>,
    pub attempts: i64,
    pub next_attempt_time: Option<DateTimeUtc>,
    #[serde(skip)]
    pub lease_time: Option<DateTimeUtc>,
    pub send_time: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub reminders: i64,
    pub create_time: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
