//! An import of a list of people, as its job's row holds it.

use attache_domain::{
    cell::DateOrder,
    invitation::Terms,
    job::RegistrationImport,
    registration::import::{Columns, Settings, Tally, Told, Understood},
    resource::FileName,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::TABLE;
use crate::store::{StoreError, error::column};

const COLUMN: &str = "registration_import";

#[derive(Serialize, Deserialize)]
pub(super) struct ImportJson {
    sheet: Option<String>,
    category: Option<String>,
    columns: Vec<(String, Option<String>)>,
    date_order: Option<OrderJson>,
    language_code: String,
    skip_bad_rows: bool,
    notify: bool,
    #[serde(default)]
    invitation: Option<TermsJson>,
    encoding: Option<String>,
    delimiter: Option<char>,
    read_sheet: Option<String>,
    header_row: u32,
    read_columns: Vec<(String, Option<String>)>,
    rows: u32,
    created: u32,
    updated: u32,
    unchanged: u32,
    skipped: u32,
    findings: Vec<ToldJson>,
    finding_count: u32,
}

#[derive(Serialize, Deserialize)]
struct TermsJson {
    expire_time: DateTime<Utc>,
    reserve_time: Option<DateTime<Utc>>,
    skips_approval: bool,
    remind_times: Vec<DateTime<Utc>>,
    #[serde(default)]
    transferable: bool,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OrderJson {
    DayFirst,
    MonthFirst,
}

#[derive(Serialize, Deserialize)]
struct ToldJson {
    row: u32,
    column: Option<u32>,
    header: String,
    is_error: bool,
    reason: String,
    description: String,
}

type NamedColumns<T> = Vec<(String, Option<T>)>;

impl From<&RegistrationImport> for ImportJson {
    fn from(import: &RegistrationImport) -> Self {
        let RegistrationImport { settings, understood, rows, tally, findings, finding_count } = import.clone();
        let Settings { file: _, sheet, category, columns, date_order, language, skip_bad_rows, notify, invitation } =
            settings;
        let Understood { encoding, delimiter, sheet: read_sheet, columns: Columns { row: header_row, read } } =
            understood;
        let Tally { created, updated, unchanged, skipped } = tally;
        Self {
            sheet,
            category: category.map(|category| category.to_string()),
            columns: written(columns),
            date_order: date_order.map(|order| match order {
                DateOrder::DayFirst => OrderJson::DayFirst,
                DateOrder::MonthFirst => OrderJson::MonthFirst,
            }),
            language_code: language.as_str().to_owned(),
            skip_bad_rows,
            notify,
            invitation: invitation.map(TermsJson::from),
            encoding,
            delimiter,
            read_sheet,
            header_row,
            read_columns: written(read),
            rows,
            created,
            updated,
            unchanged,
            skipped,
            findings: findings.into_iter().map(ToldJson::from).collect(),
            finding_count,
        }
    }
}

impl ImportJson {
    pub(super) fn read(self, file: FileName) -> Result<RegistrationImport, StoreError> {
        let settings = Settings {
            file,
            sheet: self.sheet,
            category: self.category.map(|category| column(TABLE, COLUMN, &category)).transpose()?,
            columns: read(self.columns)?,
            date_order: self.date_order.map(|order| match order {
                OrderJson::DayFirst => DateOrder::DayFirst,
                OrderJson::MonthFirst => DateOrder::MonthFirst,
            }),
            language: column(TABLE, COLUMN, &self.language_code)?,
            skip_bad_rows: self.skip_bad_rows,
            notify: self.notify,
            invitation: self.invitation.map(Terms::from),
        };
        let understood = Understood {
            encoding: self.encoding,
            delimiter: self.delimiter,
            sheet: self.read_sheet,
            columns: Columns { row: self.header_row, read: read(self.read_columns)? },
        };
        let (created, updated, unchanged, skipped) = (self.created, self.updated, self.unchanged, self.skipped);
        Ok(RegistrationImport {
            settings,
            understood,
            rows: self.rows,
            tally: Tally { created, updated, unchanged, skipped },
            findings: self.findings.into_iter().map(Told::from).collect(),
            finding_count: self.finding_count,
        })
    }
}

impl From<Terms> for TermsJson {
    fn from(terms: Terms) -> Self {
        let Terms { expire_time, reserve_time, skips_approval, remind_times, transferable } = terms;
        Self { expire_time, reserve_time, skips_approval, remind_times, transferable }
    }
}

impl From<TermsJson> for Terms {
    fn from(terms: TermsJson) -> Self {
        let TermsJson { expire_time, reserve_time, skips_approval, remind_times, transferable } = terms;
        Self { expire_time, reserve_time, skips_approval, remind_times, transferable }
    }
}

fn written<T: ToString>(columns: NamedColumns<T>) -> NamedColumns<String> {
    columns.into_iter().map(|(header, target)| (header, target.map(|target| target.to_string()))).collect()
}

fn read<T: std::str::FromStr>(columns: NamedColumns<String>) -> Result<NamedColumns<T>, StoreError> {
    let read = |(header, target): (String, Option<String>)| {
        let target = target.map(|target| column(TABLE, COLUMN, &target)).transpose()?;
        Ok((header, target))
    };
    columns.into_iter().map(read).collect()
}

impl From<Told> for ToldJson {
    fn from(told: Told) -> Self {
        let Told { row, column, header, is_error, reason, description } = told;
        Self { row, column, header, is_error, reason, description }
    }
}

impl From<ToldJson> for Told {
    fn from(told: ToldJson) -> Self {
        let ToldJson { row, column, header, is_error, reason, description } = told;
        Self { row, column, header, is_error, reason, description }
    }
}
