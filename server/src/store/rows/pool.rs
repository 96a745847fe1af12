//! The table `pools`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "pools")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub capacity: Option<i64>,
    pub held: i64,
    pub sharing: Option<String>,
    pub waiting: i64,
    /// Of which other pools whoever has a place of this one has one too.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub shared: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
