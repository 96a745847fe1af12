//! The table `categories`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "categories")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title_en: Option<String>,
    pub title_zh: Option<String>,
    pub capacity: Option<i64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub languages: Json,
    pub confirmation: String,
    pub public: bool,
    pub offer_hours: Option<i64>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub offer_working_hours: Option<Json>,
    pub lapsed_wait_again: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub form: Json,
    pub color: Option<String>,
    pub photo_required: bool,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
