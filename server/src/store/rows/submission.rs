//! The table `submissions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "submissions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub category: String,
    pub address: String,
    pub wrapped_key: Vec<u8>,
    pub person: Vec<u8>,
    pub answers: Option<Vec<u8>>,
    pub holds_place: bool,
    pub tries: i64,
    pub mail_time: Option<DateTimeUtc>,
    pub lease_time: Option<DateTimeUtc>,
    pub create_time: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
