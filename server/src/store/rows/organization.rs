//! The table `organizations`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub title_en: Option<String>,
    pub title_zh: Option<String>,
    pub kind: Option<String>,
    pub region_code: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub address_lines: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub address_lines_zh: Json,
    pub phone_number: Option<String>,
    pub email: Option<String>,
    pub registration_number: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub signatory: Option<Json>,
    pub stamp_file: Option<String>,
    pub signature_file: Option<String>,
    pub letter_prefix: Option<String>,
    pub letter_approvals: i64,
    pub self_approval_forbidden: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub sectors: Json,
    pub sector_codes: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub offers: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub needs: Json,
    pub website_uri: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub contact: Option<Json>,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
