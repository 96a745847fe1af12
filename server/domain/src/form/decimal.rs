//! Decimal numbers as people type them, kept to the last digit.

use std::{fmt, str::FromStr};

/// How many digits follow the point at most.
const PLACES: usize = 6;
/// How many digits precede it at most.
const WHOLE: usize = 12;
/// One, in millionths.
const ONE: i64 = 1_000_000;

/// A decimal number, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(i64);

/// Says that a text is not a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a number written like -12.5, of at most {WHOLE} digits before the point and {PLACES} after it")]
pub struct NoDecimal;

impl Decimal {
    /// The number, where it counts something: it is whole, and not below nothing.
    pub fn count(self) -> Option<u32> {
        if self.0 % ONE == 0 { u32::try_from(self.0 / ONE).ok() } else { None }
    }
}

impl FromStr for Decimal {
    type Err = NoDecimal;

    fn from_str(text: &str) -> Result<Self, NoDecimal> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits =
            |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits(whole, WHOLE) || !are_digits(part, PLACES) {
            return Err(NoDecimal);
        }
        let millionths: i64 = format!("{whole}{part:0<PLACES$}").parse().map_err(|_| NoDecimal)?;
        Ok(Self(sign * millionths))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.0.unsigned_abs(), width = PLACES + 1);
        let (whole, part) = digits.split_at(digits.len() - PLACES);
        match part.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            part => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_written_in_one_way_and_keeps_its_last_digit() {
        let read = ["12", "-0.50", "007.25", "999999999999.999999", "0.1", "-0"].map(str::parse::<Decimal>);

        assert_eq!(
            read.map(|number| number.unwrap().to_string()),
            ["12", "-0.5", "7.25", "999999999999.999999", "0.1", "0"]
        );
    }

    #[test]
    fn what_is_not_plainly_a_number_is_refused() {
        for text in ["", "-", ".5", "5.", "1,5", "1e3", "١٢", "+1", "1.2345678", "1234567890123", "--1"] {
            assert_eq!(text.parse::<Decimal>(), Err(NoDecimal), "{text}");
        }
    }

    #[test]
    fn number_counts_something_that_is_whole_and_not_negative() {
        let counts = |text: &str| text.parse::<Decimal>().unwrap().count();

        assert_eq!(["3", "3.0", "03", "0", "4294967295"].map(counts), [3, 3, 3, 0, u32::MAX].map(Some));
        assert_eq!(["3.5", "-1", "0.000001", "4294967296"].map(counts), [None; 4]);
    }

    #[test]
    fn numbers_are_ordered_by_what_they_say() {
        let mut numbers: Vec<Decimal> = ["10", "-3", "9.5", "-3.5"].map(|text| text.parse().unwrap()).into();

        numbers.sort_unstable();

        assert_eq!(numbers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["-3.5", "-3", "9.5", "10"]);
    }
}
