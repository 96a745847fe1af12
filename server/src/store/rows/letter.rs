//! The table `letters`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "letters")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organization: String,
    pub person: String,
    pub issuer: String,
    pub template: String,
    pub region_code: String,
    pub start_date: Date,
    pub end_date: Date,
    #[sea_orm(column_type = "JsonBinary")]
    pub cities: Json,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub purpose: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub relationship: Option<Json>,
    pub expense_bearer: Option<String>,
    pub state: String,
    pub number: Option<String>,
    pub issue_date: Option<Date>,
    pub code: Option<String>,
    pub file: Option<String>,
    pub digest: Option<String>,
    pub initials: Option<String>,
    pub reason: Option<String>,
    pub requester: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub approvals: Json,
    pub sealed_file: Option<String>,
    pub sealed_digest: Option<String>,
    pub sealed_time: Option<DateTimeUtc>,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
