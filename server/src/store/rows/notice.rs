//! The table `notices`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "notices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub occasion: String,
    pub organization: String,
    pub person: String,
    pub display_name: String,
    pub email: String,
    pub reply_to: Option<String>,
    pub language_code: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub attachments: Json,
    pub state: String,
    pub attempts: i64,
    pub next_attempt_time: DateTimeUtc,
    pub lease_time: Option<DateTimeUtc>,
    pub send_time: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub create_time: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
