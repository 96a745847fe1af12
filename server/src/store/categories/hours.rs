//! Working hours as the database has them, within their category.

use attache_domain::offer::hours::{Dates, WorkingHours, clock, weekday, written};
use chrono::Weekday;
use serde::{Deserialize, Serialize};

use super::{StoreError, TABLE, column};

const COLUMN: &str = "offer_working_hours";

/// Hours as they are written down, in the words of the wire.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    time_zone: String,
    open_time: String,
    close_time: String,
    weekdays: Vec<u32>,
    closed_dates: Vec<String>,
    open_dates: Vec<String>,
}

impl From<&WorkingHours> for Written {
    fn from(hours: &WorkingHours) -> Self {
        let (opens, closes) = hours.span();
        let Dates { closed, open } = hours.dates();
        Self {
            time_zone: hours.zone().to_string(),
            open_time: written(opens),
            close_time: written(closes),
            weekdays: hours.weekdays().iter().map(Weekday::number_from_monday).collect(),
            closed_dates: closed.iter().map(ToString::to_string).collect(),
            open_dates: open.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Written {
    /// Reads them as the rules' type.
    pub(super) fn hours(&self) -> Result<WorkingHours, StoreError> {
        let corrupt = || StoreError::Corrupt { table: TABLE, column: COLUMN };
        let dates = |days: &[String]| days.iter().map(|day| column(TABLE, COLUMN, day)).collect::<Result<_, _>>();
        let weekdays = self.weekdays.iter().map(|number| weekday((*number).into())).collect::<Option<Vec<_>>>();
        let dates = Dates { closed: dates(&self.closed_dates)?, open: dates(&self.open_dates)? };
        let span = clock(&self.open_time).zip(clock(&self.close_time)).ok_or_else(corrupt)?;
        let zone = column(TABLE, COLUMN, &self.time_zone)?;
        WorkingHours::new(zone, span, weekdays.ok_or_else(corrupt)?, dates).map_err(|_| corrupt())
    }
}
