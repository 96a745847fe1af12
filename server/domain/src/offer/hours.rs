//! Working hours: where an offer's time runs in them alone, nobody loses a place over a night, a weekend or a holiday.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use crate::zoned::{first_showing, last_showing};

/// How many days can be named that are closed, and how many that are open.
pub const MOST_DATES: usize = 400;

/// The hours of the week in which somebody works, by the clocks of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    zone: Tz,
    span: (NaiveTime, NaiveTime),
    weekdays: Vec<Weekday>,
    dates: Dates,
}

/// How a time of day is written.
const CLOCK: &str = "%H:%M";

/// Reads a time of day as it is written, `09:00`.
pub fn clock(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, CLOCK).ok().filter(|read| written(*read) == text)
}

/// Writes a time of day, `09:00`.
pub fn written(clock: NaiveTime) -> String {
    clock.format(CLOCK).to_string()
}

/// Reads a day of the week by its number in ISO 8601, of which 1 is Monday and 7 Sunday.
pub fn weekday(number: i64) -> Option<Weekday> {
    let since_monday = u8::try_from(number).ok()?.checked_sub(1)?;
    Weekday::try_from(since_monday).ok()
}

/// Days that are not as their day of the week says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    /// Those that are not worked.
    pub closed: BTreeSet<NaiveDate>,
    /// Those that are.
    pub open: BTreeSet<NaiveDate>,
}

/// Why hours are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// They end before they begin.
    #[error("is not later than open_time")]
    Reversed,
    /// Too many days are named that are closed.
    #[error("names more than {MOST_DATES} days")]
    ManyClosed,
    /// Too many days are named that are open.
    #[error("names more than {MOST_DATES} days")]
    ManyOpen,
    /// A day is said to be both.
    #[error("names {0}, which is closed")]
    Both(NaiveDate),
}

impl WorkingHours {
    /// What is worked where nothing is said: Monday to Friday.
    const USUAL: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

    /// Makes hours of a time of day, from and until; on the usual days of the week, when there are none. Tells everything that is wrong.
    pub fn new(
        zone: Tz,
        span: (NaiveTime, NaiveTime),
        mut weekdays: Vec<Weekday>,
        dates: Dates,
    ) -> Result<Self, Vec<Flaw>> {
        let flaws = [
            (span.1 <= span.0).then_some(Flaw::Reversed),
            (dates.closed.len() > MOST_DATES).then_some(Flaw::ManyClosed),
            (dates.open.len() > MOST_DATES).then_some(Flaw::ManyOpen),
            dates.closed.intersection(&dates.open).next().copied().map(Flaw::Both),
        ];
        let flaws: Vec<Flaw> = flaws.into_iter().flatten().collect();
        if !flaws.is_empty() {
            return Err(flaws);
        }
        weekdays.sort_by_key(Weekday::number_from_monday);
        weekdays.dedup();
        if weekdays.is_empty() {
            weekdays = Self::USUAL.to_vec();
        }
        Ok(Self { zone, span, weekdays, dates })
    }

    /// By whose clocks.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// From when until when a day is worked.
    pub fn span(&self) -> (NaiveTime, NaiveTime) {
        self.span
    }

    /// On which days of the week, Monday first.
    pub fn weekdays(&self) -> &[Weekday] {
        &self.weekdays
    }

    /// The days that are not as their day of the week says.
    pub fn dates(&self) -> &Dates {
        &self.dates
    }

    /// When so much working time has passed since a start; `latest`, if that comes first.
    pub(super) fn after(&self, start: DateTime<Utc>, time: TimeDelta, latest: DateTime<Utc>) -> DateTime<Utc> {
        let first = start.with_timezone(&self.zone).date_naive();
        let mut left = time;
        for day in first.iter_days().filter(|day| self.is_worked(*day)) {
            let (open, close) = (day.and_time(self.span.0), day.and_time(self.span.1));
            let Some((open, close)) = first_showing(open, self.zone).zip(last_showing(close, self.zone)) else {
                continue;
            };
            if open >= latest {
                return latest;
            }
            let begins = open.max(start);
            let worked = close - begins;
            if worked >= left {
                return latest.min(begins + left);
            }
            left -= worked.max(TimeDelta::zero());
        }
        latest
    }

    fn is_worked(&self, day: NaiveDate) -> bool {
        let usually = self.weekdays.contains(&day.weekday()) && !self.dates.closed.contains(&day);
        usually || self.dates.open.contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn dates(days: &[&str]) -> BTreeSet<NaiveDate> {
        days.iter().map(|day| day.parse().unwrap()).collect()
    }

    fn at(text: &str) -> NaiveTime {
        clock(text).unwrap()
    }

    /// Nine to five in Beijing, in the year in which the National Day holiday was worked for on a Sunday and a Saturday.
    fn beijing() -> WorkingHours {
        let closed = ["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"];
        let dates = Dates { closed: dates(&closed), open: dates(&["2026-09-20", "2026-10-10"]) };
        WorkingHours::new(chrono_tz::Asia::Shanghai, (at("09:00"), at("17:00")), Vec::new(), dates).unwrap()
    }

    fn until(hours: &WorkingHours, start: &str, time: i64) -> DateTime<Utc> {
        hours.after(instant(start), TimeDelta::hours(time), instant("2027-01-01T00:00:00Z"))
    }

    #[test]
    fn time_runs_while_somebody_works_and_stands_still_over_nights_weekends_and_holidays() {
        let hours = beijing();

        // Monday noon to Monday evening, where the last hour of a day is still in it; then into Tuesday.
        assert_eq!(until(&hours, "2026-09-07T04:00:00Z", 5), instant("2026-09-07T09:00:00Z"));
        assert_eq!(until(&hours, "2026-09-07T04:00:00Z", 6), instant("2026-09-08T02:00:00Z"));
        // Friday night to Monday.
        assert_eq!(until(&hours, "2026-09-04T15:00:00Z", 1), instant("2026-09-07T02:00:00Z"));
        // The Sunday that is worked, and from the last afternoon before the holiday to the Thursday after it.
        assert_eq!(until(&hours, "2026-09-19T00:00:00Z", 2), instant("2026-09-20T03:00:00Z"));
        assert_eq!(until(&hours, "2026-09-30T08:00:00Z", 2), instant("2026-10-08T02:00:00Z"));
        assert_eq!(until(&hours, "2026-10-09T08:30:00Z", 1), instant("2026-10-10T01:30:00Z"));
    }

    #[test]
    fn an_hour_that_clocks_leap_over_is_not_worked_and_one_that_comes_twice_is_worked_twice() {
        let all_week = (1..=7).filter_map(weekday).collect();
        let span = (at("01:00"), at("04:00"));
        let hours = WorkingHours::new(chrono_tz::Europe::Berlin, span, all_week, Dates::default()).unwrap();

        // 29 March 2026 has two of these hours, 25 October 2026 has four.
        assert_eq!(until(&hours, "2026-03-28T12:00:00Z", 3), instant("2026-03-30T00:00:00Z"));
        assert_eq!(until(&hours, "2026-10-24T12:00:00Z", 4), instant("2026-10-25T03:00:00Z"));
    }

    /// 02:30 comes not on 29 March 2026 in Berlin, and twice on 25 October.
    #[test]
    fn hours_begin_once_clocks_have_leapt_and_end_when_they_show_the_end_for_the_last_time() {
        let hours = |open, close| {
            let all_week = (1..=7).filter_map(weekday).collect();
            WorkingHours::new(chrono_tz::Europe::Berlin, (at(open), at(close)), all_week, Dates::default()).unwrap()
        };

        assert_eq!(until(&hours("02:30", "04:00"), "2026-03-29T00:00:00Z", 1), instant("2026-03-29T02:00:00Z"));
        assert_eq!(until(&hours("01:30", "02:30"), "2026-10-24T22:00:00Z", 2), instant("2026-10-25T01:30:00Z"));
    }

    #[test]
    fn time_of_day_and_day_of_the_week_are_read_as_they_are_written() {
        assert_eq!(
            ["09:00", "9:00", " 9:00", "24:00", "09:00:00"].map(|text| clock(text).is_some()),
            [true, false, false, false, false]
        );
        assert_eq!([0, 1, 7, 8, -1].map(weekday), [None, Some(Weekday::Mon), Some(Weekday::Sun), None, None]);
    }

    #[test]
    fn time_ends_at_the_latest_when_it_is_told_to() {
        let hours = beijing();
        let latest = |latest: &str| hours.after(instant("2026-09-07T04:00:00Z"), TimeDelta::hours(9), instant(latest));

        assert_eq!(latest("2026-09-08T02:30:00Z"), instant("2026-09-08T02:30:00Z"));
        assert_eq!(latest("2026-09-07T12:00:00Z"), instant("2026-09-07T12:00:00Z"));
    }

    #[test]
    fn everything_that_is_wrong_with_hours_is_told() {
        let day = "2026-10-01".parse().unwrap();
        let dates = Dates { closed: BTreeSet::from([day]), open: BTreeSet::from([day]) };

        let refused = WorkingHours::new(chrono_tz::Asia::Karachi, (at("09:00"), at("09:00")), Vec::new(), dates);

        assert_eq!(refused, Err(vec![Flaw::Reversed, Flaw::Both(day)]));
        assert_eq!(beijing().weekdays(), WorkingHours::USUAL);
    }
}
