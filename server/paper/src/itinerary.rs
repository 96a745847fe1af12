//! The booklet of a delegation's visit: who travels, and where everybody has to be each day.
//!
//! It is made to be read in a car at midnight: large times, each with its own zone, and every day on a sheet of its own
//! that a driver can carry alone.
//!
//! **Invariant:** every time is printed as the local clock on the spot shows it, with the name of its zone beside it.

use chrono::{NaiveDate, NaiveTime};
use serde::{Serialize, Serializer};

pub use crate::Language;
use crate::PaperError;
use crate::desk::Job;
use crate::facts::{date_text, plain};
use crate::press;

const TEMPLATE: (&str, &str) = ("itinerary.typ", include_str!("../templates/itinerary.typ"));

/// Everything a booklet says. Like its parts it has no `Debug`: names must not find a way into a log.
#[derive(Clone)]
pub struct Facts {
    /// What makes this booklet itself, such as the itinerary's resource name and release. It is not printed.
    pub identity: String,
    /// The name of the visit, as the heading of the booklet; not empty.
    pub title: String,
    /// The name of the delegation, repeated on every sheet.
    pub delegation: String,
    /// The dates and cities of the visit in one line.
    pub subtitle: String,
    /// The language of the fixed words, dates and typography.
    pub language: Language,
    /// Which release this is, such as "Release 3, replaces release 2", so that old copies can be told.
    pub release: String,
    /// The date on the booklet, and the date the PDF says it was made on.
    pub issue_date: NaiveDate,
    /// Whether SPECIMEN stands across each sheet.
    pub specimen: bool,
    /// The members of the delegation, head first.
    pub travellers: Vec<Traveller>,
    /// The days of the visit in order.
    pub days: Vec<Day>,
    /// Whom to call; the list stands at the end.
    pub contacts: Vec<Contact>,
}

/// A member of the delegation. Empty parts are left out.
#[derive(Clone, Serialize)]
pub struct Traveller {
    /// The name people call the traveller by.
    pub display_name: String,
    /// The name in the traveller's own script.
    pub native_name: Option<String>,
    /// The name as the passport spells it, which airlines and hotels ask for.
    pub passport_name: String,
    /// The part played in the delegation, such as "Head of delegation".
    pub role: String,
}

/// One day of the visit.
#[derive(Clone)]
pub struct Day {
    /// The date, as the calendar on the spot shows it.
    pub date: NaiveDate,
    /// The name of the weekday in the booklet's language.
    pub weekday: String,
    /// The city or cities of the day.
    pub city: String,
    /// What happens, in order of time.
    pub stops: Vec<Stop>,
}

/// Something the delegation does at a place and time. Empty parts are left out.
#[derive(Clone, Serialize)]
pub struct Stop {
    /// The kind of stop in the booklet's language, such as "Flight", "Stay" or "Meeting".
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// When it begins.
    pub start: Clock,
    /// When it ends, if that is known.
    pub end: Option<Clock>,
    /// The name of the place; for a journey, from where to where.
    pub place: String,
    /// The postal address of the place, as a driver needs it.
    pub address: String,
    /// Flight number, vehicle, room, contact: one to a line.
    pub details: Vec<String>,
    /// Who takes part, when it is not everybody.
    pub travellers: String,
}

/// What a clock on the wall of the place shows.
#[derive(Clone, Serialize)]
pub struct Clock {
    /// The local time, printed as hours and minutes.
    #[serde(serialize_with = "hours_and_minutes")]
    pub time: NaiveTime,
    /// The zone the time is in, such as "Asia/Shanghai (UTC+8)".
    pub zone: String,
    /// How many days after the sheet's date this is; zero is not printed.
    pub day_offset: i32,
}

/// Somebody to call during the visit. Empty parts are left out.
#[derive(Clone, Serialize)]
pub struct Contact {
    /// The contact's name.
    pub name: String,
    /// What the contact is there for, such as "Liaison officer, Lahore".
    pub role: String,
    /// The telephone number in international form.
    pub telephone: String,
}

/// Makes the PDF of a booklet.
///
/// # Errors
///
/// [`PaperError::MissingGlyph`] for a character outside the embedded fonts.
pub fn render(facts: &Facts) -> Result<Vec<u8>, PaperError> {
    let data = data(facts)?;
    press::print(&job(facts, &data))
}

pub(crate) fn job<'a>(facts: &'a Facts, data: &'a serde_json::Value) -> Job<'a> {
    Job {
        template: TEMPLATE,
        facts: data,
        images: Vec::new(),
        photos: Vec::new(),
        identity: &facts.identity,
        date: facts.issue_date,
    }
}

/// What `templates/itinerary.typ` reads.
#[derive(Serialize)]
struct Data<'a> {
    title: &'a str,
    delegation: &'a str,
    subtitle: &'a str,
    language: Language,
    release: &'a str,
    issue_date: String,
    specimen: bool,
    travellers: &'a [Traveller],
    days: Vec<DatedDay<'a>>,
    contacts: &'a [Contact],
}

#[derive(Serialize)]
struct DatedDay<'a> {
    date: String,
    weekday: &'a str,
    city: &'a str,
    stops: &'a [Stop],
}

pub(crate) fn data(facts: &Facts) -> Result<serde_json::Value, PaperError> {
    let Facts {
        identity: _,
        title,
        delegation,
        subtitle,
        language,
        release,
        issue_date,
        specimen,
        travellers,
        days,
        contacts,
    } = facts;
    plain(&Data {
        title,
        delegation,
        subtitle,
        language: *language,
        release,
        issue_date: date_text(*issue_date, *language),
        specimen: *specimen,
        travellers,
        days: days.iter().map(|day| dated(day, *language)).collect(),
        contacts,
    })
}

fn dated(day: &Day, language: Language) -> DatedDay<'_> {
    let Day { date, weekday, city, stops } = day;
    DatedDay { date: date_text(*date, language), weekday, city, stops }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn hours_and_minutes<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.format("%H:%M"))
}

#[cfg(test)]
mod tests;
