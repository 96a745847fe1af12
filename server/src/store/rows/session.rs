//! The table `sessions`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub title_en: Option<String>,
    pub title_zh: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub description: Option<Json>,
    pub room: Option<String>,
    pub start_time: Option<DateTimeUtc>,
    pub start_local: Option<String>,
    pub start_zone: Option<String>,
    pub end_time: Option<DateTimeUtc>,
    pub end_local: Option<String>,
    pub end_zone: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub signing: Option<Json>,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
