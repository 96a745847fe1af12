//! The table `events`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title_en: Option<String>,
    pub title_zh: Option<String>,
    pub start_time: DateTimeUtc,
    pub start_local: String,
    pub start_zone: String,
    pub end_time: DateTimeUtc,
    pub end_local: String,
    pub end_zone: String,
    pub controller: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub hosts: Json,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub venue: Option<Json>,
    pub registration_open_time: Option<DateTimeUtc>,
    pub registration_close_time: Option<DateTimeUtc>,
    pub accreditation_end_time: Option<DateTimeUtc>,
    pub contact_email: Option<String>,
    pub specimen: bool,
    pub parent: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub other_venues: Json,
    pub online_uri: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub shared_pools: Json,
    pub state: String,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
