//! The table `merges`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: String,
    /// Whom they were merged into, whoever that one was merged into since.
    pub stays: String,
    /// The revision of the one who stays that the merge made.
    pub revision: i64,
    /// Who went, sealed under their own key.
    pub gone_row: Vec<u8>,
    /// Who stays, before and after, sealed under the key of that one.
    pub stays_rows: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
