//! The table `registrations`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "registrations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub category: String,
    pub organization: String,
    pub person: String,
    pub state: String,
    pub precedence_reason: Option<String>,
    pub external_id: Option<String>,
    pub badge_issue: i64,
    /// What its ticket begins with, which follows from the id.
    #[serde(skip)]
    pub ticket_part: String,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
