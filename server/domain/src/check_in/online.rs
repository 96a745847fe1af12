//! What is attended online, and when.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::Refusal;
use crate::{
    check_in_list::{CheckInList, Kind},
    event::Event,
    interval::Interval,
    localized::Localized,
    organization::WebAddress,
    session::Session,
    zoned::first_showing,
};

/// How long before something begins it can be joined.
const EARLY: TimeDelta = TimeDelta::hours(1);

/// An event, or a list of it, as it is attended online.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Its resource name.
    pub resource: String,
    /// What it is called.
    pub title: Localized,
    /// Where it is.
    pub address: WebAddress,
    /// From when until when it can be joined.
    pub open: Interval,
    /// Whether it is where the event itself is attended.
    pub is_shared: bool,
}

impl Meeting {
    /// An event that can be attended online.
    pub fn of_event(event: &Event) -> Result<Self, Refusal> {
        Self::new(event.name().to_string(), &event.plan.title, (None, event.plan.online.as_ref()), whole(event))
    }

    /// A list of an event that can be attended online, given its session: at an address of its own, or the event's, where it is for a day or
    /// a session.
    pub fn of_list(event: &Event, list: &CheckInList, session: Option<&Session>) -> Result<Self, Refusal> {
        let shared = event.plan.online.as_ref();
        let zone = event.plan.start.zone();
        let (shared, times) = match &list.plan.kind {
            Kind::Day(date) => (shared, day(*date, zone)),
            Kind::Session(_) => (shared, session.and_then(|session| session.plan.slot).map(|slot| slot.interval())),
            Kind::Meal(Some(date)) => (None, day(*date, zone)),
            Kind::Meal(None) | Kind::Vehicle(_) | Kind::Area => (None, whole(event)),
        };
        Self::new(list.name().to_string(), &list.plan.title, (list.plan.online.as_ref(), shared), times)
    }

    fn new(
        resource: String,
        title: &Localized,
        (own, shared): (Option<&WebAddress>, Option<&WebAddress>),
        times: Option<Interval>,
    ) -> Result<Self, Refusal> {
        let open = times.and_then(|times| Interval::new(times.start() - EARLY, times.end()).ok());
        match own.or(shared).zip(open) {
            Some((address, open)) => {
                let (title, address) = (title.clone(), address.clone());
                Ok(Self { resource, title, address, open, is_shared: own.is_none() })
            }
            None => Err(Refusal::NotOnline { resource }),
        }
    }

    /// Refuses who comes before it is open, or after.
    pub fn require_open(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.open.contains(now) {
            return Ok(());
        }
        Err(Refusal::JoiningClosed { resource: self.resource.clone(), open: self.open })
    }
}

fn whole(event: &Event) -> Option<Interval> {
    Interval::between(&event.plan.start, &event.plan.end).ok()
}

/// A day from its first instant in a zone to that of the next; where clocks leap over midnight, it begins when they have.
fn day(date: NaiveDate, zone: Tz) -> Option<Interval> {
    let begins = |date: NaiveDate| first_showing(date.and_time(NaiveTime::MIN), zone);
    Interval::new(begins(date)?, begins(date.succ_opt()?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_lasts_from_its_first_instant_to_that_of_the_next_whatever_clocks_do() {
        let hours = |date: &str, zone: &str| {
            let day = day(date.parse().unwrap(), zone.parse().unwrap()).unwrap();
            (day.start().to_rfc3339(), day.duration().num_hours())
        };

        assert_eq!(hours("2023-09-05", "Asia/Shanghai"), ("2023-09-04T16:00:00+00:00".to_owned(), 24));
        // In Cairo summer time begins at midnight, which there is none of then; in Berlin it ends at night.
        assert_eq!(hours("2023-04-28", "Africa/Cairo"), ("2023-04-27T22:00:00+00:00".to_owned(), 23));
        assert_eq!(hours("2023-10-29", "Europe/Berlin"), ("2023-10-28T22:00:00+00:00".to_owned(), 25));
    }
}
