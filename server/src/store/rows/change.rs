//! The table `changes`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub actor: Option<String>,
    pub resource: String,
    pub verb: String,
    pub person: Option<String>,
    #[serde(skip)]
    pub before: Option<Vec<u8>>,
    #[serde(skip)]
    pub after: Option<Vec<u8>>,
    pub create_time: DateTimeUtc,
    /// Which write it was: who saw what another wrote has a higher number.
    pub write_number: i64,
    /// Which entry of that write, from 0.
    pub ordinal: i64,
    /// Which entry of its owner, from 1 and without gaps; none until it is numbered.
    pub position: Option<i64>,
    /// The link of the chain that ends in it.
    #[serde(skip)]
    pub digest: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
