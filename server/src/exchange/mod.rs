//! What other programs read: calendars and schedules in the formats of their field.
//!
//! Values come in and bytes go out; whoever asks has decided already what may be shown.
//!
//! **Invariant:** nothing here reads a clock, a database or the network, and the same values give the same bytes.

pub mod icalendar;
pub mod schedule;
pub mod schedule_json;
pub mod schedule_xml;
