//! The table `delegations`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "delegations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title_en: Option<String>,
    pub title_zh: Option<String>,
    pub sender: String,
    pub seats: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub seat_quotas: Json,
    pub start_date: Date,
    pub end_date: Date,
    #[sea_orm(column_type = "JsonBinary")]
    pub cities: Json,
    pub head_organization: Option<String>,
    pub head_person: Option<String>,
    pub nomination_time: Option<DateTimeUtc>,
    pub document_time: Option<DateTimeUtc>,
    pub letter_time: Option<DateTimeUtc>,
    pub travel_time: Option<DateTimeUtc>,
    pub needs_nomination_file: bool,
    pub nomination_file: Option<String>,
    /// What an organiser wrote, perhaps of a person: the log could not forget it.
    #[serde(skip)]
    pub return_reason: Option<String>,
    pub state: String,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
