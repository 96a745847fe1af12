//! What a file of another program says of a schedule, read from any of the formats.
//!
//! A reader takes the file apart into items as it finds them; here each is understood or told apart by everything that is wrong with it.
//! A file that cannot be taken apart is refused whole; an item that cannot be understood does not keep the others out.
//!
//! **Invariant:** what is read is bounded ([`MAX_BYTES`], [`MAX_SESSIONS`], [`MAX_SPEAKERS`]), and the same bytes give the same reading.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

use attache_domain::{localized, name::NameText, session::Slot, zoned::Zoned};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{icalendar, schedule::NO_ROOM, schedule_json, schedule_xml};

mod text;

/// The largest file that is read; the largest conferences have a quarter of it.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// How many sessions a file has at most.
pub const MAX_SESSIONS: usize = 5_000;
/// How many speakers a session has at most.
pub const MAX_SPEAKERS: usize = 100;
/// How many problems are told of a file that is refused; a file that has more is not the kind of file it was taken for.
const MAX_FLAWS: usize = 100;
/// How many characters an identifier has at most.
const LONGEST_KEY: usize = 200;

/// A format that schedules come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `schedule.xml`.
    Xml,
    /// `schedule.json`.
    Json,
    /// iCalendar.
    Icalendar,
}

/// What is wrong at a place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where: `line 12`, or a path.
    pub place: String,
    /// What, without repeating what stands there.
    pub description: String,
}

/// Why a file is no schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub Vec<Flaw>);

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its items, in its order.
    pub items: Vec<Item>,
}

/// An item of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it stands: `line 12`, or a path.
    pub place: String,
    /// What it says, or everything that is wrong with it.
    pub session: Result<Session, Vec<String>>,
}

/// A session as a file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What it is known by.
    pub identity: Identity,
    /// What kind of item it is, where the file tells.
    pub kind: Option<Kind>,
    /// What the programme calls it.
    pub title: String,
    /// What it is about, as plain text of one paragraph, where the file tells; cut to what a text may have.
    pub description: Option<String>,
    /// When it is.
    pub slot: Slot,
    /// What the signs at its room say, when it has one.
    pub room: Option<String>,
    /// Who speaks, in the order of the programme; none, where the format does not tell.
    pub speakers: Option<Vec<Speaker>>,
}

/// Somebody who speaks, as a file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// What the person is known by.
    pub identity: Identity,
    /// What the person is called.
    pub name: NameText,
}

/// What something is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The identifier that is its own everywhere, where the file has one.
    pub guid: Option<Uuid>,
    /// What tells it from all others, in this file and in a later one of the same source.
    pub key: String,
}

/// What kinds of items the formats tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Opens or closes the event.
    Opening,
    /// One or more talks, whatever their source calls them.
    Talk,
    /// Several people before an audience.
    Panel,
    /// Agreements are signed.
    Signing,
    /// Coffee, a meal, time to move.
    Break,
    /// None of these.
    Other,
}

/// Reads a file; `zone` is what its clocks show where it does not say.
pub fn read(format: Format, bytes: &[u8], zone: Tz) -> Result<Reading, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::whole(format_args!("has more than {MAX_BYTES} bytes")));
    }
    let found = match format {
        Format::Xml => schedule_xml::reader::read(bytes),
        Format::Json => schedule_json::reader::read(bytes),
        Format::Icalendar => icalendar::reader::read(bytes),
    }?;
    found.understand(zone)
}

/// A file taken apart: what each item says, nothing of it understood yet.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Whose identifiers they are: the short name of the event, or its title.
    pub(super) source: String,
    /// The zone that is named for all of it.
    pub(super) zone: Option<String>,
    /// The hour at which a day of the programme begins, where it is not midnight.
    pub(super) day_change: Option<String>,
    pub(super) items: Vec<FoundItem>,
}

/// An item taken apart.
#[derive(Debug, Default)]
pub(super) struct FoundItem {
    pub(super) place: String,
    pub(super) guid: String,
    pub(super) id: String,
    pub(super) kind: Option<String>,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) time: FoundTime,
    pub(super) room: String,
    pub(super) speakers: Option<Vec<FoundSpeaker>>,
    /// What its reader found wrong with it already.
    pub(super) flaws: Vec<String>,
}

/// When an item is, as far as its format goes.
#[derive(Debug, Default)]
pub(super) enum FoundTime {
    /// From a moment on, for so long: `date` is a moment with its offset; without it, `start` is a time of the day.
    Lasting { date: String, day: String, start: String, duration: String },
    /// From one clock to another.
    Between { start: Clock, end: Clock },
    /// Nothing that could be read; why is among the flaws.
    #[default]
    Unread,
}

/// A time as a calendar writes it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clock {
    /// A moment, whatever clocks show.
    Instant(DateTime<Utc>),
    /// What a clock shows: that of a zone, or the file's own when it is not said.
    Local(NaiveDateTime, Option<Tz>),
}

/// Somebody who speaks, taken apart.
#[derive(Debug, Default)]
pub(super) struct FoundSpeaker {
    pub(super) guid: String,
    pub(super) id: String,
    pub(super) name: String,
}

impl Unreadable {
    /// A file that is wrong as a whole.
    pub(super) fn whole(description: impl Display) -> Self {
        Self(vec![Flaw { place: "file".to_owned(), description: description.to_string() }])
    }

    /// A file that is wrong from a line on.
    pub(super) fn line(line: usize, description: impl Display) -> Self {
        Self(vec![Flaw { place: format!("line {line}"), description: description.to_string() }])
    }

    /// A file that is wrong in several places.
    pub(super) fn all(mut flaws: Vec<Flaw>) -> Self {
        flaws.truncate(MAX_FLAWS);
        Self(flaws)
    }
}

impl Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.description)
    }
}

/// What holds for all items of a file.
struct Frame {
    source: String,
    zone: Tz,
    day_change: NaiveTime,
}

impl Found {
    fn understand(self, zone: Tz) -> Result<Reading, Unreadable> {
        let Self { source, zone: named, day_change, items } = self;
        if items.is_empty() {
            return Err(Unreadable::whole("has no sessions"));
        }
        if items.len() > MAX_SESSIONS {
            return Err(Unreadable::whole(format_args!("has more than {MAX_SESSIONS} sessions")));
        }
        let zone = match named.as_deref().map(str::trim).filter(|named| !named.is_empty()) {
            None => zone,
            Some(named) => attache_domain::zoned::parse_zone(named).map_err(Unreadable::whole)?,
        };
        let day_change = match day_change.as_deref().map(str::trim).filter(|hour| !hour.is_empty()) {
            None => NaiveTime::MIN,
            Some(hour) => {
                time_of_day(hour).ok_or_else(|| Unreadable::whole("its day_change is not a time of the day"))?
            }
        };
        let frame = Frame { source: source.trim().to_owned(), zone, day_change };
        let mut seen = BTreeMap::new();
        let items = items.into_iter().map(|item| frame.item(item, &mut seen));
        Ok(Reading { items: items.collect() })
    }
}

impl Frame {
    fn item(&self, found: FoundItem, seen: &mut BTreeMap<String, String>) -> Item {
        let FoundItem { place, guid, id, kind, title, description, time, room, speakers, mut flaws } = found;
        let identity = self.identity(&guid, &id, "event", &mut flaws);
        if let Some(identity) = &identity
            && let Some(first) = seen.insert(identity.key.clone(), place.clone())
        {
            flaws.push(format!("has the identifier of the one at {first}"));
        }
        let title = line("title", &title, true, &mut flaws);
        let room = line("room", &room, false, &mut flaws);
        let slot = self.slot(&time, &mut flaws);
        let description = description.map(|text| text::shorten(&text::plain(&text), localized::MAX_CHARS));
        let speakers = speakers.map(|speakers| self.speakers(speakers, &mut flaws));
        let session = match (identity, slot, flaws.is_empty()) {
            (Some(identity), Some(slot), true) => Ok(Session {
                identity,
                kind: kind.as_deref().map(self::kind),
                title,
                description,
                slot,
                room: (!room.is_empty() && room != NO_ROOM).then_some(room),
                speakers,
            }),
            _ => Err(flaws),
        };
        Item { place, session }
    }

    /// A UUID is its own everywhere; a number is its source's.
    fn identity(&self, guid: &str, id: &str, what: &str, flaws: &mut Vec<String>) -> Option<Identity> {
        let (guid, id) = (guid.trim(), id.trim());
        if let Ok(uuid) = Uuid::try_parse(guid) {
            return Some(Identity { guid: Some(uuid), key: uuid.to_string() });
        }
        let own = if guid.is_empty() { id } else { guid };
        if own.is_empty() || own.chars().count() > LONGEST_KEY {
            flaws.push(format!("its {what} has no identifier of 1 to {LONGEST_KEY} characters"));
            return None;
        }
        Some(Identity { guid: None, key: format!("{}\n{own}", self.source) })
    }

    fn speakers(&self, found: Vec<FoundSpeaker>, flaws: &mut Vec<String>) -> Vec<Speaker> {
        if found.len() > MAX_SPEAKERS {
            flaws.push(format!("has more than {MAX_SPEAKERS} speakers"));
            return Vec::new();
        }
        let mut speakers: Vec<Speaker> = Vec::new();
        for (index, FoundSpeaker { guid, id, name }) in found.into_iter().enumerate() {
            let name = match NameText::parse(&text::one_line(&name)) {
                Ok(name) => name,
                Err(refusal) => {
                    flaws.push(format!("its speaker {}: {refusal}", index + 1));
                    continue;
                }
            };
            // Whoever has no identifier is known by the name.
            let id = if guid.trim().is_empty() && id.trim().is_empty() { name.as_str() } else { id.as_str() };
            let Some(identity) = self.identity(&guid, id, "speaker", flaws) else { continue };
            if speakers.iter().all(|known| known.identity != identity) {
                speakers.push(Speaker { identity, name });
            }
        }
        speakers
    }

    fn slot(&self, time: &FoundTime, flaws: &mut Vec<String>) -> Option<Slot> {
        let read = || -> Result<Slot, String> {
            let (start, end) = match time {
                FoundTime::Unread => return Err(String::new()),
                FoundTime::Between { start, end } => (self.clock(*start)?, self.clock(*end)?),
                FoundTime::Lasting { date, day, start, duration } => {
                    let start = self.start(date, day, start)?;
                    let duration = self::duration(duration).ok_or("its duration is not written as HH:MM")?;
                    let end = start.instant().checked_add_signed(duration).ok_or("its end is no time")?;
                    (start, Zoned::at(end, start.zone()))
                }
            };
            Slot::new(start, end).map_err(|refusal| refusal.to_string())
        };
        match read() {
            Ok(slot) => Some(slot),
            Err(flaw) => {
                flaws.extend((!flaw.is_empty()).then_some(flaw));
                None
            }
        }
    }

    fn start(&self, date: &str, day: &str, start: &str) -> Result<Zoned, String> {
        let date = date.trim();
        if !date.is_empty() {
            if let Ok(moment) = DateTime::parse_from_rfc3339(date) {
                return Ok(Zoned::at(moment.to_utc(), self.zone));
            }
            // Without an offset it is what the clock shows.
            return Zoned::parse(date, self.zone.name()).map_err(|refusal| format!("its date: {refusal}"));
        }
        let day = NaiveDate::parse_from_str(day.trim(), "%Y-%m-%d")
            .map_err(|_| "it has no date, and its day has none written as YYYY-MM-DD".to_owned())?;
        let hour = time_of_day(start.trim()).ok_or("its start is not written as HH:MM")?;
        // What begins before the day of the programme does belongs to the night after it.
        let day = if hour < self.day_change { day.succ_opt().ok_or("its day is no day")? } else { day };
        Zoned::resolve(day.and_time(hour), self.zone).map_err(|refusal| format!("its start: {refusal}"))
    }

    fn clock(&self, clock: Clock) -> Result<Zoned, String> {
        let (local, zone) = match clock {
            Clock::Instant(instant) => return Ok(Zoned::at(instant, self.zone)),
            Clock::Local(local, zone) => (local, zone.unwrap_or(self.zone)),
        };
        match Zoned::resolve(local, zone) {
            // RFC 5545 §3.3.5: of a time that clocks show twice the first is meant.
            Err(attache_domain::zoned::Refusal::Ambiguous { earlier, .. }) => Ok(Zoned::at(earlier.to_utc(), zone)),
            other => other.map_err(|refusal| refusal.to_string()),
        }
    }
}

/// Reads a text of one line that a localised text can hold.
fn line(what: &str, text: &str, required: bool, flaws: &mut Vec<String>) -> String {
    let text = text::one_line(text);
    if required && text.is_empty() {
        flaws.push(format!("has no {what}"));
    }
    if text.chars().count() > localized::MAX_CHARS {
        flaws.push(format!("its {what} is longer than {} characters", localized::MAX_CHARS));
    }
    text
}

/// Reads hours and minutes, and seconds if there are any.
fn parts(text: &str) -> Option<(u32, u32, u32)> {
    let number = |part: &str| part.parse().ok().filter(|_| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit()));
    let mut parts = text.trim().split(':').map(number);
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    (parts.next().is_none() && minutes < 60 && seconds < 60).then_some((hours, minutes, seconds))
}

fn time_of_day(text: &str) -> Option<NaiveTime> {
    let (hours, minutes, seconds) = parts(text)?;
    NaiveTime::from_hms_opt(hours, minutes, seconds)
}

fn duration(text: &str) -> Option<TimeDelta> {
    let (hours, minutes, seconds) = parts(text)?;
    TimeDelta::try_seconds(i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds))
}

/// Understands the word for a kind. Sources call talks by the names of their tracks: what is not known is one.
fn kind(word: &str) -> Kind {
    match word.trim().to_lowercase().as_str() {
        "opening" | "closing" | "opening event" | "closing event" => Kind::Opening,
        "panel" | "podium" | "discussion" | "panel discussion" => Kind::Panel,
        "signing" => Kind::Signing,
        "break" | "coffee" | "coffee break" | "lunch" | "lunch break" => Kind::Break,
        "other" => Kind::Other,
        _ => Kind::Talk,
    }
}

#[cfg(test)]
mod tests;
