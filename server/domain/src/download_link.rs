//! Links by which whoever has one downloads a file for a while, without a token.
//!
//! Nothing is kept of a link: what proves it is drawn from it under the vault's key, when it is made and again when it is opened.

use std::{fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    file::{File, Refusal},
    resource::{FileName, Malformed},
};

/// How long a link is good when its maker leaves it open.
const USUAL_LIFE: TimeDelta = TimeDelta::minutes(10);
/// The longest that a link may be good.
const LONGEST_LIFE: TimeDelta = TimeDelta::hours(1);
/// The shortest that a link may be good.
const SHORTEST_LIFE: TimeDelta = TimeDelta::seconds(1);

/// How long a link is good: 1 second to 1 hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(TimeDelta);

/// Says that a link may not be good for so long, or so short a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is 1 second to 1 hour")]
pub struct Unfit;

/// What a link says, beside what proves it: written as `{expiry in microseconds since 1970}/{file}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadLink {
    /// Which file it opens.
    pub file: FileName,
    /// Until when, that instant excluded.
    pub expire_time: DateTime<Utc>,
}

impl Lifetime {
    /// Takes a length of time that a link may be good.
    pub fn new(length: TimeDelta) -> Result<Self, Unfit> {
        (SHORTEST_LIFE..=LONGEST_LIFE).contains(&length).then_some(Self(length)).ok_or(Unfit)
    }
}

impl Default for Lifetime {
    fn default() -> Self {
        Self(USUAL_LIFE)
    }
}

impl DownloadLink {
    /// Makes a link to a file, which has to be complete.
    pub fn to(file: &File, Lifetime(length): Lifetime, now: DateTime<Utc>) -> Result<Self, Refusal> {
        file.require_complete()?;
        Ok(Self { file: file.name(), expire_time: now + length })
    }

    /// Whether it opens anything at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        now < self.expire_time
    }
}

impl fmt::Display for DownloadLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.expire_time.timestamp_micros(), self.file)
    }
}

impl FromStr for DownloadLink {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let read = || {
            let (expiry, file) = text.split_once('/')?;
            let expire_time = DateTime::from_timestamp_micros(expiry.parse().ok()?)?;
            Some(Self { file: file.parse().ok()?, expire_time })
        };
        read().ok_or(Malformed { pattern: "{expiry}/{file}" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Label;

    fn file(received: u32) -> File {
        let name = "events/forum/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap();
        let label = Label { file_name: "a.pdf".to_owned(), media_type: "application/pdf".to_owned(), size: 2 };
        File { received, ..File::begin(name, label, now()) }
    }

    fn now() -> DateTime<Utc> {
        "2023-08-01T00:00:00.000001Z".parse().unwrap()
    }

    #[test]
    fn link_is_good_for_ten_minutes_or_as_long_as_was_said() {
        let whole = file(2).finish("d".to_owned()).unwrap();
        let good_for = |lifetime| DownloadLink::to(&whole, lifetime, now()).unwrap().expire_time - now();
        let link = DownloadLink::to(&whole, Lifetime::default(), now()).unwrap();

        assert_eq!(good_for(Lifetime::default()), TimeDelta::minutes(10));
        assert_eq!(good_for(Lifetime::new(TimeDelta::hours(1)).unwrap()), TimeDelta::hours(1));
        for unfit in [TimeDelta::zero(), TimeDelta::seconds(-1), TimeDelta::milliseconds(999), TimeDelta::seconds(3601)]
        {
            assert_eq!(Lifetime::new(unfit), Err(Unfit), "{unfit}");
        }
        let end = now() + TimeDelta::minutes(10);
        assert_eq!([link.is_open(end - TimeDelta::microseconds(1)), link.is_open(end)], [true, false]);
    }

    #[test]
    fn file_that_is_not_complete_gets_no_link() {
        let refused = DownloadLink::to(&file(1), Lifetime::default(), now());

        assert_eq!(refused, Err(Refusal::Incomplete { file: file(1).name(), received: 1, size: 2 }));
    }

    #[test]
    fn link_reads_back_as_it_was_written() {
        let link = DownloadLink { file: file(2).name(), expire_time: now() };

        assert_eq!(link.to_string(), "1690848000000001/events/forum/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
        assert_eq!(link.to_string().parse(), Ok(link));
        for wrong in
            ["", "/", "1690848000000001", "x/events/forum/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d", "1/events/forum"]
        {
            assert!(wrong.parse::<DownloadLink>().is_err(), "{wrong}");
        }
    }
}
