//! What people type into the cells of spreadsheets, and what spreadsheets make of it: days in every order, telephone numbers turned into
//! powers of ten.
//!
//! What can mean two things is refused and not guessed: a guess would put somebody on a flight a month early.
//!
//! **Invariant:** a [`Damage`] and a [`DayFlaw`] never repeat what stands in the cell.

use std::fmt;

use chrono::NaiveDate;

/// What may be damaged in a cell before it comes here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Damage {
    /// It holds a NUL or another control character.
    #[error("holds a control character")]
    Control,
    /// Characters were lost when the file was saved: a replacement or a question mark stands for them.
    #[error("lost characters when the file was saved: write them again, and save it as UTF-8 or as a workbook")]
    Lost,
    /// Its text was encoded twice.
    #[error("was encoded twice: save the list anew from where it was readable")]
    EncodedTwice,
    /// It holds a quotation mark that opens or closes nothing.
    #[error("holds a quotation mark that opens or closes nothing")]
    Quote,
    /// It is a number of more digits than a spreadsheet keeps, or was written as a power of ten.
    #[error("was rounded by a spreadsheet: format the column as text, and type it again")]
    Rounded,
    /// The spreadsheet could not compute it.
    #[error("is an error of the spreadsheet's")]
    Failed,
}

/// Which of the numbers of a day comes first where it is written with digits alone and the year last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/2026.
    DayFirst,
    /// 12/31/2026.
    MonthFirst,
}

/// Why a cell is not read as a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayFlaw {
    /// It is none.
    #[error("is not a day; write it as 2026-12-31")]
    NoDay,
    /// No calendar has it.
    #[error("is a day that there is not")]
    NoSuchDay,
    /// It is one of two days.
    #[error("may be one of two days; write it as 2026-12-31, or say whether the day or the month comes first")]
    Ambiguous,
    /// Its year has two digits, and may be of one century or the next.
    #[error("has a year of two digits; write all four")]
    ShortYear,
    /// It is the number by which a spreadsheet counts days, from one of two beginnings.
    #[error("is a spreadsheet's number for a day; format the column as a date")]
    Serial,
}

/// The names of the months in English, of which the first three letters tell them apart.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// What a spreadsheet takes for the beginning of a formula, also in the full width that Chinese keyboards write.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Takes off what is around a text, and the apostrophe by which spreadsheets mark what is no formula and no number.
pub fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || " ()-.".contains(c));
    match cell.strip_prefix(['\'', '’']) {
        Some(rest) if rest.starts_with(FORMULA) || is_number(rest) => rest.trim_start(),
        Some(_) | None => cell,
    }
}

/// Puts an apostrophe before what a spreadsheet would calculate, as a name that somebody typed might say anything; [`plain`] takes it off.
pub fn harmless(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// Reads a day as people write it: 2026-12-31, 2026/12/31, 2026.12.31, 2026年12月31日, 31-Dec-2026, December 31, 2026; and 31/12/2026 where
/// it can be only one day or the order is known. A time of midnight behind it, as spreadsheets add it, is left out.
pub fn day(cell: &str, order: Option<DateOrder>) -> Result<NaiveDate, DayFlaw> {
    let cell = plain(cell);
    let cell =
        ["T00:00:00", " 00:00:00", " 00:00", " 0:00"].iter().find_map(|time| cell.strip_suffix(time)).unwrap_or(cell);
    let parts = parts(cell)?;
    let (year, month, day) = match parts.as_slice() {
        [Part::Number(year, 4), Part::Number(month, 1..=2), Part::Number(day, 1..=2)]
        | [Part::Number(day, 1..=2), Part::Month(month), Part::Number(year, 4)]
        | [Part::Month(month), Part::Number(day, 1..=2), Part::Number(year, 4)] => (*year, *month, *day),
        [Part::Number(first, 1..=2), Part::Number(second, 1..=2), Part::Number(year, 4)] => {
            let (day, month) = ordered(*first, *second, order)?;
            (*year, month, day)
        }
        [Part::Number(_, 1..=2), Part::Month(_) | Part::Number(_, 1..=2), Part::Number(_, 2)]
        | [Part::Month(_), Part::Number(_, 1..=2), Part::Number(_, 2)] => return Err(DayFlaw::ShortYear),
        [Part::Number(_, 5)] => return Err(DayFlaw::Serial),
        [Part::Number(whole, 8)] => (whole / 10_000, whole / 100 % 100, whole % 100),
        _ => return Err(DayFlaw::NoDay),
    };
    let year = i32::try_from(year).map_err(|_| DayFlaw::NoSuchDay)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DayFlaw::NoSuchDay)
}

/// Which of two numbers is the day, and which the month.
fn ordered(first: u32, second: u32, order: Option<DateOrder>) -> Result<(u32, u32), DayFlaw> {
    match order {
        Some(DateOrder::DayFirst) => Ok((first, second)),
        Some(DateOrder::MonthFirst) => Ok((second, first)),
        None if first == second || second > 12 && first > 12 => Ok((first, second)),
        None if first > 12 => Ok((first, second)),
        None if second > 12 => Ok((second, first)),
        None => Err(DayFlaw::Ambiguous),
    }
}

enum Part {
    /// A number, and how many digits it has.
    Number(u32, usize),
    /// A month by its name.
    Month(u32),
}

/// The numbers and months of a day, less what stands between them.
fn parts(cell: &str) -> Result<Vec<Part>, DayFlaw> {
    let between = |c: char| "-/. ,年月".contains(c);
    let cell = cell.strip_suffix('日').unwrap_or(cell);
    cell.split(between).filter(|part| !part.is_empty()).map(part).collect()
}

fn part(text: &str) -> Result<Part, DayFlaw> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = text.parse().map_err(|_| DayFlaw::NoDay)?;
        return Ok(Part::Number(number, text.len()));
    }
    let text = text.to_lowercase();
    let is_meant =
        |month: &&str| text.len() >= 3 && month.starts_with(&text) || *month == "september" && text == "sept";
    let index = MONTHS.iter().position(is_meant).ok_or(DayFlaw::NoDay)?;
    u32::try_from(index + 1).map(Part::Month).map_err(|_| DayFlaw::NoDay)
}

/// A telephone number as it was typed, with a plus where it has the country's code.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    /// The number.
    pub number: String,
    /// Whether it has the country's code.
    pub international: bool,
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(..)")
    }
}

/// Reads a telephone number; `00` before the country's code is a plus.
pub fn phone(cell: &str) -> Result<Phone, Damage> {
    let cell = plain(cell);
    let mantissa = cell.split_once(['E', 'e']).filter(|(before, after)| {
        before.starts_with(|c: char| c.is_ascii_digit()) && after.trim_start_matches(['+', '-']).parse::<u8>().is_ok()
    });
    if mantissa.is_some() {
        return Err(Damage::Rounded);
    }
    let cell = cell.replace('＋', "+");
    let number =
        cell.strip_prefix("00").map_or_else(|| cell.clone(), |rest| format!("+{}", rest.trim_start_matches('-')));
    let international = number.starts_with('+');
    Ok(Phone { number, international })
}

#[cfg(test)]
mod tests;
