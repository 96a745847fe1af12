//! Lists that a meeting service writes: who joined and when, and by which link of their own each joins.
//!
//! Such a list knows people by what they typed when they joined. A line is about the one registration whose person has its address, or, where
//! that is nobody's or that of several, its name too; what may be about two is about nobody.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::{
    cell::{self, DateOrder, DayFlaw, plain},
    email::EmailAddress,
    name::NameText,
    organization::WebAddress,
    person::Profile,
    refusal::{self, Violation},
    registration::import::{Told, folded, forms},
    resource::{FileName, RegistrationName},
    zoned::first_showing,
};

/// Among how many rows the headers are looked for; what stands above them is titles.
const LOOKED_AT: usize = 30;
/// How many findings are told of one list.
pub const MOST_TOLD: usize = 1000;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The address by which somebody joined.
    Email,
    /// What they called themselves.
    Name,
    /// When they joined.
    JoinTime,
    /// The link by which they join.
    Link,
}

/// What columns are called, folded, in English and in Chinese, and what they say then.
const KNOWN: [(Column, &[&str]); 4] = [
    (
        Column::Email,
        &["email", "useremail", "emailaddress", "participantidupn", "upn", "邮箱", "电子邮箱", "用户邮箱", "邮箱地址"],
    ),
    (
        Column::Name,
        &[
            "name",
            "nameoriginalname",
            "username",
            "fullname",
            "participant",
            "participantname",
            "displayname",
            "姓名",
            "昵称",
            "用户昵称",
            "用户昵称入会昵称",
            "参会者",
            "参会人",
            "成员",
        ],
    ),
    (
        Column::JoinTime,
        &[
            "jointime",
            "firstjoin",
            "firstjointime",
            "joined",
            "joinedat",
            "timejoined",
            "入会时间",
            "首次入会时间",
            "加入时间",
            "进入时间",
        ],
    ),
    (
        Column::Link,
        &["joinlink", "joinurl", "joiningurl", "joininglink", "personallink", "参会链接", "入会链接", "会议链接"],
    ),
];

/// Which list it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who joined, and when, by the clocks of a zone.
    Attendance(Tz, Option<DateOrder>),
    /// By which link of their own each joins.
    Links,
}

/// Where a list says what, 0 first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What each column is called.
    headers: Vec<String>,
    email: Option<usize>,
    name: Option<usize>,
    said: usize,
}

/// What a line says of whoever it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// When they joined.
    Joined(DateTime<Utc>),
    /// By which link they join.
    Link(WebAddress),
}

/// What there may be to tell of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Issue {
    /// It is about nobody who is registered.
    #[error("is nobody who is registered")]
    Unknown,
    /// It may be about several.
    #[error("may be one of several who are registered")]
    Ambiguous,
    /// It was found by the name alone.
    #[error("was found by the name alone")]
    ByName,
    /// It does not say when somebody joined.
    #[error("does not say when: write it as 2026-12-31 09:30:00")]
    NoTime,
    /// The day in it cannot be read.
    #[error(transparent)]
    Day(#[from] DayFlaw),
    /// There is no link in it.
    #[error("holds no web address, https://example.org")]
    NoLink,
    /// The registration is not confirmed.
    #[error("is of a registration that is not confirmed")]
    NotConfirmed,
    /// The list is not for the registration's category.
    #[error("is of a registration of a category that the list is not for")]
    NotOnList,
}

impl Issue {
    /// Whether the line is left out for it.
    pub const fn is_error(self) -> bool {
        !matches!(self, Self::ByName)
    }

    const fn reason(self) -> &'static str {
        match self {
            Self::Unknown => "not_registered",
            Self::Ambiguous => "ambiguous",
            Self::ByName => "by_name",
            Self::NoTime | Self::Day(_) | Self::NoLink => "invalid",
            Self::NotConfirmed => "not_confirmed",
            Self::NotOnList => "not_on_list",
        }
    }
}

/// Why a list is not read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file has no row that names its columns")]
pub struct NoHeader {
    /// Which file.
    pub file: FileName,
    /// Which list it was to be.
    pub kind: Kind,
}

impl refusal::Refusal for NoHeader {
    fn kind(&self) -> refusal::Kind {
        refusal::Kind::Precondition
    }

    fn reason(&self) -> &'static str {
        "ERROR_REASON_TABLE_UNREADABLE"
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![("resource", self.file.to_string())]
    }

    fn violations(&self) -> Vec<Violation> {
        let description = match self.kind {
            Kind::Attendance(..) => {
                "names no columns of who joined and when, as `Email` and `Join time`, or `用户昵称` and `入会时间`"
            }
            Kind::Links => {
                "names no columns of who joins and by which link, as `Email` and `Join link`, or `姓名` and `参会链接`"
            }
        };
        vec![Violation {
            code: "no_header".to_owned(),
            subject: "file".to_owned(),
            description: description.to_owned(),
        }]
    }
}

/// Finds the row that names the columns among the first of a list; it is told by its place among those given.
pub fn header<'a>(rows: impl Iterator<Item = Vec<&'a str>>, kind: Kind) -> Option<(usize, Columns)> {
    let wanted = match kind {
        Kind::Attendance(..) => Column::JoinTime,
        Kind::Links => Column::Link,
    };
    rows.take(LOOKED_AT).enumerate().find_map(|(index, cells)| {
        let of = |column: Column| cells.iter().position(|cell| called(cell) == Some(column));
        let (email, name) = (of(Column::Email), of(Column::Name));
        let said = of(wanted).filter(|_| email.or(name).is_some())?;
        let headers = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        Some((index, Columns { headers, email, name, said }))
    })
}

fn called(header: &str) -> Option<Column> {
    let (whole, first) = (folded(header), folded(header.split(['(', '（', '/', '\n']).next().unwrap_or_default()));
    let is_called =
        |(_, names): &&(Column, &[&str])| [&whole, &first].iter().any(|text| names.contains(&text.as_str()));
    KNOWN.iter().find(is_called).map(|(column, _)| *column)
}

impl Columns {
    /// A finding as it is told.
    pub fn told(&self, row: u32, issue: Issue) -> Told {
        let at = match issue {
            Issue::Unknown | Issue::Ambiguous | Issue::NotConfirmed | Issue::NotOnList => self.email.or(self.name),
            Issue::ByName => self.name,
            Issue::NoTime | Issue::Day(_) | Issue::NoLink => Some(self.said),
        };
        Told {
            row,
            column: at.and_then(|at| u32::try_from(at + 1).ok()),
            header: at.and_then(|at| self.headers.get(at)).cloned().unwrap_or_default(),
            is_error: issue.is_error(),
            reason: issue.reason().to_owned(),
            description: issue.to_string(),
        }
    }

    /// Reads what a line says of whoever it is about.
    pub fn read(&self, cells: &[&str], kind: Kind) -> Result<Said, Issue> {
        let text = plain(cells.get(self.said).copied().unwrap_or_default());
        match kind {
            Kind::Attendance(zone, order) => instant(text, zone, order).map(Said::Joined),
            Kind::Links => text.parse().map(Said::Link).map_err(|_| Issue::NoLink),
        }
    }

    fn email(&self, cells: &[&str]) -> Option<String> {
        let text = plain(self.email.and_then(|at| cells.get(at)).copied().unwrap_or_default());
        text.parse::<EmailAddress>().ok().map(|email| email.key())
    }

    /// What somebody called themselves, and what they were called before, which stands behind it in parentheses.
    fn names(&self, cells: &[&str]) -> BTreeSet<String> {
        let text = plain(self.name.and_then(|at| cells.get(at)).copied().unwrap_or_default());
        let parts = text.split(['(', ')', '（', '）']).chain([text]);
        parts.filter_map(|part| NameText::parse(part.trim()).ok()).map(|name| forms(&name)).collect()
    }
}

/// Reads a time of a list: `2026-12-31 09:30`, `12/31/2026 09:30:15 AM`, `2026/12/31 上午9:30`; or with its offset, as ISO 8601 has it.
fn instant(text: &str, zone: Tz, order: Option<DateOrder>) -> Result<DateTime<Utc>, Issue> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let clock = text.find(':').ok_or(Issue::NoTime)?;
    let is_of_clock = |c: char| c.is_ascii_digit() || "上下午APMapm.".contains(c);
    let start = text[..clock].trim_end_matches(is_of_clock).len();
    let (day, clock) = (text[..start].trim_end_matches(['T', ',', ' ', '，']), &text[start..]);
    let time = time(clock).ok_or(Issue::NoTime)?;
    let local = cell::day(day, order)?.and_time(time);
    first_showing(local, zone).ok_or(Issue::NoTime)
}

/// Reads the time of a day, by twelve hours or by twenty-four.
fn time(text: &str) -> Option<NaiveTime> {
    let folded = text.to_lowercase().replace(['.', ' ', '\u{202f}', '\u{a0}'], "");
    let is_late = folded.contains("pm") || folded.contains("下午");
    let is_early = folded.contains("am") || folded.contains("上午");
    let digits = folded.trim_matches(|c: char| !c.is_ascii_digit());
    let mut numbers = digits.split(':').map(str::parse::<u32>);
    let (hour, minute) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let second = numbers.next().unwrap_or(Ok(0)).ok()?;
    let hour = match (hour, is_early, is_late) {
        (12, true, _) => 0,
        (1..=11, _, true) => hour + 12,
        (13.., true, _) => return None,
        (hour, ..) => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second).filter(|_| numbers.next().is_none())
}

/// What came of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many lines it has.
    pub rows: u32,
    /// How many people were noted who were not before.
    pub noted: u32,
    /// How many were noted before.
    pub already: u32,
    /// How many lines are about nobody, or were not taken.
    pub left_out: u32,
}

/// What a list says.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// How many lines it has.
    pub rows: u32,
    /// Of whom it says what, and in which row: the first time that they joined, or the last link.
    pub about: BTreeMap<RegistrationName, (u32, Said)>,
    /// What there is to tell of lines, by their rows.
    pub findings: Vec<(u32, Issue)>,
}

/// Takes the lines of a list as being about guests, as far as they are.
pub fn take<'a>(
    lines: impl Iterator<Item = (u32, Vec<&'a str>)>,
    columns: &Columns,
    kind: Kind,
    guests: &Guests,
) -> Taken {
    let mut taken = Taken::default();
    for (row, cells) in lines {
        taken.rows += 1;
        let found = guests.find(columns, &cells).and_then(|found| Ok((found, columns.read(&cells, kind)?)));
        let ((name, by_name), said) = match found {
            Ok(found) => found,
            Err(issue) => {
                taken.findings.push((row, issue));
                continue;
            }
        };
        if by_name {
            taken.findings.push((row, Issue::ByName));
        }
        match (taken.about.get(name), &said) {
            (Some((_, Said::Joined(first))), Said::Joined(time)) if first <= time => {}
            _ => drop(taken.about.insert(name.clone(), (row, said))),
        }
    }
    taken
}

/// Those whom the lines of a list may be about.
#[derive(Clone, Debug, Default)]
pub struct Guests {
    names: Vec<RegistrationName>,
    by_email: BTreeMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Guests {
    /// Takes in somebody who is registered.
    pub fn add(&mut self, registration: RegistrationName, profile: &Profile) {
        let index = self.names.len();
        self.names.push(registration);
        if let Some(email) = &profile.email {
            self.by_email.entry(email.key()).or_default().push(index);
        }
        let name = &profile.name;
        let names: BTreeSet<String> =
            [Some(&name.display_name), name.native_name.as_ref()].into_iter().flatten().map(forms).collect();
        for name in names {
            self.by_name.entry(name).or_default().push(index);
        }
    }

    /// Finds whom a line is about, and whether by the name alone.
    pub fn find(&self, columns: &Columns, cells: &[&str]) -> Result<(&RegistrationName, bool), Issue> {
        let with_email = columns.email(cells).and_then(|email| self.by_email.get(&email));
        let named = || -> BTreeSet<usize> {
            columns.names(cells).iter().filter_map(|name| self.by_name.get(name)).flatten().copied().collect()
        };
        let (found, by_name) = match with_email {
            Some(one) if one.len() == 1 => (one.iter().copied().collect(), false),
            // One address serves several, as an assistant's does.
            Some(several) => (several.iter().copied().filter(|one| named().contains(one)).collect(), false),
            None => (named(), true),
        };
        match (Vec::from_iter(found).as_slice(), with_email) {
            ([one], _) => Ok((&self.names[*one], by_name)),
            ([], None) => Err(Issue::Unknown),
            (_, _) => Err(Issue::Ambiguous),
        }
    }
}

#[cfg(test)]
mod tests;
