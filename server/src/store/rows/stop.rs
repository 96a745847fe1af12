//! The table `stops`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "stops")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub itinerary: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub title_en: Option<String>,
    pub title_zh: Option<String>,
    pub start_time: DateTimeUtc,
    pub start_local: String,
    pub start_zone: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub start_place: Json,
    pub end_local: String,
    pub end_zone: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub end_place: Option<Json>,
    pub carrier: Option<String>,
    pub number: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub details: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub organizations: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub travellers: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub allocations: Json,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
