//! The table `jobs`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub letters: Json,
    pub file: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub schedule_import: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub registration_import: Option<Json>,
    pub done: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub failures: Json,
    pub lease_time: Option<DateTimeUtc>,
    pub create_time: DateTimeUtc,
    pub end_time: Option<DateTimeUtc>,
    pub cancelled: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
