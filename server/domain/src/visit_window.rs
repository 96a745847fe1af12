//! When and where to somebody travels, known long before tickets.

use chrono::NaiveDate;

use crate::localized::Localized;

/// The days and cities of a visit; letters speak of it, and the itinerary has to lie within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitWindow {
    start: NaiveDate,
    end: NaiveDate,
    cities: Vec<Localized>,
}

/// Says why a visit window cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The departure is before the arrival.
    #[error("the departure is before the arrival")]
    EndBeforeStart,
    /// It is longer than a year.
    #[error("a visit is at most 366 days long")]
    TooLong,
    /// It leads nowhere, or to too many places.
    #[error("needs 1 to 20 cities")]
    Cities,
}

impl VisitWindow {
    /// Takes the days of arrival and departure, and the cities in the order of the visit.
    pub fn new(start: NaiveDate, end: NaiveDate, cities: Vec<Localized>) -> Result<Self, Flaw> {
        if end < start {
            return Err(Flaw::EndBeforeStart);
        }
        if (end - start).num_days() > 366 {
            return Err(Flaw::TooLong);
        }
        if cities.is_empty() || cities.len() > 20 {
            return Err(Flaw::Cities);
        }
        Ok(Self { start, end, cities })
    }

    /// The day of arrival.
    pub fn start(&self) -> NaiveDate {
        self.start
    }

    /// The day of departure.
    pub fn end(&self) -> NaiveDate {
        self.end
    }

    /// The cities, in the order of the visit.
    pub fn cities(&self) -> &[Localized] {
        &self.cities
    }

    /// How many days it has, both ends counted.
    pub fn days(&self) -> i64 {
        (self.end - self.start).num_days() + 1
    }

    /// Whether it shares a day with the days from `start` to `end`, both counted.
    pub fn touches(&self, start: NaiveDate, end: NaiveDate) -> bool {
        self.start <= end && start <= self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn window(start: &str, end: &str) -> Result<VisitWindow, Flaw> {
        VisitWindow::new(day(start), day(end), vec![Localized::new("Beijing", "北京").unwrap()])
    }

    #[test]
    fn window_of_one_day_is_one() {
        assert_eq!(window("2023-09-05", "2023-09-05").unwrap().days(), 1);
        assert_eq!(window("2023-09-05", "2023-09-04"), Err(Flaw::EndBeforeStart));
        assert_eq!(window("2023-09-05", "2024-09-06"), Err(Flaw::TooLong));
        assert_eq!(VisitWindow::new(day("2023-09-05"), day("2023-09-05"), Vec::new()), Err(Flaw::Cities));
    }

    #[test]
    fn window_touches_the_day_it_ends_on() {
        let window = window("2023-09-03", "2023-09-05").unwrap();

        assert_eq!(
            [
                window.touches(day("2023-09-05"), day("2023-09-05")),
                window.touches(day("2023-09-06"), day("2023-09-07"))
            ],
            [true, false]
        );
    }
}
