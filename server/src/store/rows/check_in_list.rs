//! The table `check_in_lists`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "check_in_lists")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title_en: Option<String>,
    pub title_zh: Option<String>,
    pub kind: String,
    pub date: Option<String>,
    pub session: Option<String>,
    pub resource: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub categories: Json,
    pub online_uri: Option<String>,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
