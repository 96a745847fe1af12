//! The table `persons`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "persons")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub display_name: String,
    pub native_name: Option<String>,
    pub surname: Option<String>,
    pub given_names: Option<String>,
    pub form_of_address: Option<String>,
    pub family_first: bool,
    pub email: Option<String>,
    pub email_key: Option<String>,
    pub phone_number: Option<String>,
    pub language_code: String,
    pub region_code: Option<String>,
    pub time_zone: Option<String>,
    pub affiliation: Option<String>,
    pub position: Option<String>,
    /// How the names read, which nothing but a search is told.
    #[serde(skip)]
    pub search_key: Option<String>,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
