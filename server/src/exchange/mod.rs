//! What other programs read and write: calendars, schedules and tables in the formats of their field.
//!
//! Values come in and bytes go out, or bytes come in and values go out; whoever asks has decided already what may be shown, and decides
//! what becomes of what was read.
//!
//! **Invariant:** nothing here reads a clock, a database or the network; the same values give the same bytes, and the same bytes the same
//! values.

pub mod icalendar;
pub mod photo;
pub mod reading;
pub mod schedule;
pub mod schedule_json;
pub mod schedule_xml;
pub mod sheet;
pub mod table;
