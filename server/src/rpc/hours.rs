//! The wire of working hours.

use std::collections::BTreeSet;

use attache_domain::offer::hours::{Dates, Flaw, WorkingHours, clock, weekday, written};
use attache_proto::v1 as pb;
use chrono::{NaiveDate, NaiveTime, Weekday};

use super::{
    fields::Fields,
    values::{day, encode_count, zone_named},
};

/// Reads working hours.
pub(super) fn decode_hours(fields: &mut Fields, hours: pb::WorkingHours) -> Option<WorkingHours> {
    let pb::WorkingHours { time_zone, open_time, close_time, weekdays, closed_dates, open_dates } = hours;
    if time_zone.is_empty() {
        fields.refuse("time_zone", "is required");
    }
    let zone = zone_named(fields, &time_zone);
    let span = (decode_clock(fields, "open_time", &open_time), decode_clock(fields, "close_time", &close_time));
    let weekdays = decode_weekdays(fields, &weekdays);
    let closed = decode_dates(fields, "closed_dates", &closed_dates);
    let open = decode_dates(fields, "open_dates", &open_dates);
    let made = WorkingHours::new(zone??, (span.0?, span.1?), weekdays?, Dates { closed: closed?, open: open? });
    let refuse = |flaws: Vec<Flaw>| {
        for flaw in flaws {
            let part = match flaw {
                Flaw::Reversed => "close_time",
                Flaw::ManyClosed => "closed_dates",
                Flaw::ManyOpen | Flaw::Both(_) => "open_dates",
            };
            fields.refuse(part, flaw);
        }
    };
    made.map_err(refuse).ok()
}

/// Writes working hours.
pub(super) fn encode_hours(hours: &WorkingHours) -> pb::WorkingHours {
    let (open, close) = hours.span();
    let Dates { closed, open: opened } = hours.dates();
    let dates = |days: &BTreeSet<NaiveDate>| days.iter().map(ToString::to_string).collect();
    pb::WorkingHours {
        time_zone: hours.zone().to_string(),
        open_time: written(open),
        close_time: written(close),
        weekdays: hours.weekdays().iter().map(|day| encode_count(day.number_from_monday())).collect(),
        closed_dates: dates(closed),
        open_dates: dates(opened),
    }
}

fn decode_clock(fields: &mut Fields, field: &str, text: &str) -> Option<NaiveTime> {
    let read = clock(text);
    if read.is_none() {
        fields.refuse(field, "is not a time of day written as HH:MM");
    }
    read
}

fn decode_weekdays(fields: &mut Fields, numbers: &[i32]) -> Option<Vec<Weekday>> {
    let read = numbers.iter().map(|number| weekday((*number).into())).collect::<Option<_>>();
    if read.is_none() {
        fields.refuse("weekdays", "is not 1 for Monday to 7 for Sunday");
    }
    read
}

fn decode_dates(fields: &mut Fields, field: &str, dates: &[String]) -> Option<BTreeSet<NaiveDate>> {
    let read = fields.each(field, dates.to_vec(), |fields, date| day(fields, "date", &date));
    read.map(|days| days.into_iter().collect())
}
