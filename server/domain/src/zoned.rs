//! Civil times with their zone: what a person typed, what the wall clock says there, and the instant it stands for.
//!
//! Organisers type `2023-09-05T09:40` and `Asia/Shanghai`.
//! Both are kept, because a letter and a booklet print what the clock on the wall will say; everything that compares or
//! subtracts uses the instant.
//! A wall clock that is put forward skips times and one that is put back repeats them, so some typed times name no
//! instant and some name two.
//!
//! **Invariant:** a [`Zoned`] names exactly one instant, its local form is what a clock in its zone shows at that
//! instant, and both are whole microseconds.

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc,
};
use chrono_tz::{GapInfo, Tz};

mod text;

/// Says why a typed time and zone do not name one instant; carries the readings the organiser can choose from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text is not `YYYY-MM-DDTHH:MM`, with optional `:SS`, up to six decimals, and an optional `Z` or `±HH:MM`.
    #[error("the time is not written as YYYY-MM-DDTHH:MM[:SS][±HH:MM]")]
    Malformed,
    /// The zone is not in the IANA time zone database; the spelling, capitals included, matters.
    #[error("the time zone {zone:?} is not in the IANA database")]
    UnknownZone {
        /// What was given instead, cut to the length of the longest true zone name.
        zone: String,
    },
    /// Clocks were put forward over this time, so that no clock in the zone ever showed it.
    #[error("{local} does not exist in {zone}: clocks go from {before} to {after} around it")]
    Nonexistent {
        /// The time that was typed.
        local: NaiveDateTime,
        /// The zone whose clocks skip it.
        zone: Tz,
        /// What the typed time would be by clocks already put forward: it falls before the gap.
        before: DateTime<FixedOffset>,
        /// What the typed time would be by clocks not yet put forward: it falls after the gap.
        after: DateTime<FixedOffset>,
    },
    /// Clocks were put back over this time, so that they showed it twice; an explicit UTC offset decides.
    #[error("{local} exists twice in {zone}: as {earlier} and as {later}")]
    Ambiguous {
        /// The time that was typed.
        local: NaiveDateTime,
        /// The zone whose clocks repeat it.
        zone: Tz,
        /// The first time the clocks showed it.
        earlier: DateTime<FixedOffset>,
        /// The second time the clocks showed it.
        later: DateTime<FixedOffset>,
    },
    /// The explicit UTC offset is not one that clocks in the zone keep at this time.
    #[error("{local} in {zone} is not at offset {offset} from UTC")]
    OffsetContradictsZone {
        /// The time that was typed.
        local: NaiveDateTime,
        /// The zone that was named.
        zone: Tz,
        /// The offset that was typed.
        offset: FixedOffset,
    },
}

/// Names one moment by the clock of one place: the session starts at 09:40 in Shanghai, the flight lands at 23:15 in
/// Karachi.
///
/// Equality compares the local form and the zone too: the same instant in two zones is two different things to print.
/// Order and durations come from [`Zoned::instant`] only; over a flight the local clock may run backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zoned {
    local: NaiveDateTime,
    zone: Tz,
    instant: DateTime<Utc>,
}

impl Zoned {
    /// Reads what a person typed: a local time, perhaps with an explicit UTC offset, and an IANA zone name.
    ///
    /// The offset decides a time that exists twice and is otherwise only checked; it never stands in for the zone.
    pub fn parse(text: &str, zone: &str) -> Result<Self, Refusal> {
        let zone = parse_zone(zone)?;
        let typed = text::read(text).ok_or(Refusal::Malformed)?;
        match typed.offset {
            Some(offset) => Self::at_offset(typed.local, zone, offset),
            None => Self::resolve(typed.local, zone),
        }
    }

    /// Gives the moment at which clocks in the zone show the local time.
    ///
    /// The local time is cut to microseconds.
    pub fn resolve(local: NaiveDateTime, zone: Tz) -> Result<Self, Refusal> {
        let local = local.trunc_subsecs(6);
        match zone.from_local_datetime(&local) {
            MappedLocalTime::Single(reading) => Ok(Self { local, zone, instant: reading.to_utc() }),
            MappedLocalTime::Ambiguous(one, other) => {
                let (earlier, later) = if one <= other { (one, other) } else { (other, one) };
                Err(Refusal::Ambiguous { local, zone, earlier: earlier.fixed_offset(), later: later.fixed_offset() })
            }
            MappedLocalTime::None => Err(nonexistent(local, zone)),
        }
    }

    /// Gives the moment at which clocks in the zone show the local time while they are `offset` ahead of UTC.
    pub fn at_offset(local: NaiveDateTime, zone: Tz, offset: FixedOffset) -> Result<Self, Refusal> {
        let local = local.trunc_subsecs(6);
        let contradicts = Refusal::OffsetContradictsZone { local, zone, offset };
        match zone.from_local_datetime(&local) {
            MappedLocalTime::Single(reading) => keep(reading, offset).ok_or(contradicts),
            MappedLocalTime::Ambiguous(one, other) => {
                keep(one, offset).or_else(|| keep(other, offset)).ok_or(contradicts)
            }
            MappedLocalTime::None => Err(nonexistent(local, zone)),
        }
    }

    /// Gives what clocks in the zone show at an instant, which is cut to microseconds.
    pub fn at(instant: DateTime<Utc>, zone: Tz) -> Self {
        let instant = truncate(instant);
        Self { local: instant.with_timezone(&zone).naive_local(), zone, instant }
    }

    /// Gives what the clock on the wall shows.
    pub fn local(&self) -> NaiveDateTime {
        self.local
    }

    /// Gives the zone whose clocks are meant.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Gives the moment itself, the only thing to compare or subtract.
    pub fn instant(&self) -> DateTime<Utc> {
        self.instant
    }

    /// Gives the civil day at the place: the day a hotel or a passport officer would write down.
    pub fn date(&self) -> NaiveDate {
        self.local.date()
    }

    /// Gives how far the clocks are ahead of UTC at this moment.
    pub fn offset(&self) -> FixedOffset {
        self.zone.offset_from_utc_datetime(&self.instant.naive_utc()).fix()
    }

    /// Gives how long it truly takes from this moment to another one; negative when the other one is earlier.
    pub fn until(&self, later: &Self) -> TimeDelta {
        later.instant - self.instant
    }

    /// Writes the local form so that [`Zoned::parse`] gives this very moment back: the UTC offset appears only where
    /// the clocks show the time twice.
    pub fn local_text(&self) -> String {
        let local = text::write(self.local);
        match self.zone.from_local_datetime(&self.local) {
            MappedLocalTime::Single(_) | MappedLocalTime::None => local,
            MappedLocalTime::Ambiguous(_, _) => format!("{local}{}", self.offset()),
        }
    }
}

/// How many minutes clocks leap over at most: Samoa once left out a day.
const LONGEST_LEAP: i64 = 24 * 60;

/// Finds a zone by its IANA name, such as `Asia/Karachi`.
pub fn parse_zone(name: &str) -> Result<Tz, Refusal> {
    // The longest name in the database has 32 letters: what is longer is a mistake, and need not be repeated in full.
    name.parse().map_err(|_| Refusal::UnknownZone { zone: name.chars().take(32).collect() })
}

/// Gives the first instant at which clocks in a zone show a local time; where they leap over it, the one at which they have leapt.
pub fn first_showing(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    showing(local, zone, MappedLocalTime::earliest)
}

/// Gives the last such instant.
pub fn last_showing(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    showing(local, zone, MappedLocalTime::latest)
}

fn showing(
    local: NaiveDateTime,
    zone: Tz,
    of: fn(MappedLocalTime<DateTime<Tz>>) -> Option<DateTime<Tz>>,
) -> Option<DateTime<Utc>> {
    let mut later = (0..=LONGEST_LEAP).map(|minutes| local + TimeDelta::minutes(minutes));
    later.find_map(|local| of(zone.from_local_datetime(&local))).map(|reading| reading.to_utc())
}

/// Cuts an instant to whole microseconds, the precision every database keeps.
pub fn truncate(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.trunc_subsecs(6)
}

/// Gives the reading if clocks keep the offset at it.
fn keep(reading: DateTime<Tz>, offset: FixedOffset) -> Option<Zoned> {
    (reading.offset().fix() == offset).then(|| Zoned {
        local: reading.naive_local(),
        zone: reading.timezone(),
        instant: reading.to_utc(),
    })
}

fn nonexistent(local: NaiveDateTime, zone: Tz) -> Refusal {
    let gap = GapInfo::new(&local, &zone);
    // Every gap of the database has clocks on both sides; were one missing, its own side's reading is as good as the
    // other's.
    let ahead = gap.as_ref().and_then(|gap| gap.end.map(|end| end.offset().fix()));
    let behind = gap.as_ref().and_then(|gap| gap.begin.map(|(_, offset)| offset.fix()));
    let read = |offset: Option<FixedOffset>| {
        let offset = offset.or(ahead).or(behind).unwrap_or_else(|| Utc.fix());
        zone.from_utc_datetime(&(local - offset)).fixed_offset()
    };
    Refusal::Nonexistent { local, zone, before: read(ahead), after: read(behind) }
}

#[cfg(test)]
mod tests;
