//! Branches of the economy, as the United Nations classify them, and what organisations offer and need in them.

use std::{fmt, str::FromStr};

use crate::{localized::Localized, resource::Malformed};

/// How many sectors an organisation can name.
pub const MOST_SECTORS: usize = 10;
/// How many offers, and how many needs, an organisation can have.
pub const MOST_INTERESTS: usize = 20;

/// The sections of ISIC Rev. 4 and the first and last of the divisions in each.
const SECTIONS: [(char, u8, u8); 21] = [
    ('A', 1, 3),
    ('B', 5, 9),
    ('C', 10, 33),
    ('D', 35, 35),
    ('E', 36, 39),
    ('F', 41, 43),
    ('G', 45, 47),
    ('H', 49, 53),
    ('I', 55, 56),
    ('J', 58, 63),
    ('K', 64, 66),
    ('L', 68, 68),
    ('M', 69, 75),
    ('N', 77, 82),
    ('O', 84, 84),
    ('P', 85, 85),
    ('Q', 86, 88),
    ('R', 90, 93),
    ('S', 94, 96),
    ('T', 97, 98),
    ('U', 99, 99),
];

/// A code of ISIC Rev. 4: a section, `J`, or the digits of a division, group or class in one, `62`, `620`, `6201`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectorCode {
    section: char,
    digits: String,
}

/// A branch of the economy that an organisation works in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sector {
    /// Which.
    pub code: SectorCode,
    /// What the organisation calls it.
    pub title: Option<Localized>,
}

/// Something that an organisation offers or looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interest {
    /// What.
    pub description: Localized,
    /// The branch that it lies in.
    pub sector: Option<SectorCode>,
}

impl SectorCode {
    /// The codes that it lies under, the widest first and itself last: `J`, `62`, `620`, `6201`.
    pub fn line(&self) -> Vec<String> {
        let section = self.section.to_string();
        let digits = (2..=self.digits.len()).map(|length| self.digits[..length].to_owned());
        std::iter::once(section).chain(digits).collect()
    }
}

impl fmt::Display for SectorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() { write!(f, "{}", self.section) } else { f.write_str(&self.digits) }
    }
}

impl FromStr for SectorCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed =
            || Malformed { pattern: "a section A to U of ISIC Rev. 4, or 2 to 4 digits that begin with a division" };
        if let Some((section, ..)) = SECTIONS.iter().find(|(section, ..)| text == section.to_string()) {
            return Ok(Self { section: *section, digits: String::new() });
        }
        let fits = (2..=4).contains(&text.len()) && text.chars().all(|digit| digit.is_ascii_digit());
        let division: u8 = fits.then(|| text[..2].parse().ok()).flatten().ok_or_else(malformed)?;
        let within = SECTIONS.iter().find(|(_, first, last)| (*first..=*last).contains(&division));
        let (section, ..) = within.ok_or_else(malformed)?;
        Ok(Self { section: *section, digits: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sector_lies_under_its_section_and_its_wider_codes() {
        let line = |code: &str| code.parse::<SectorCode>().unwrap().line();

        assert_eq!(line("J"), ["J"]);
        assert_eq!(line("6201"), ["J", "62", "620", "6201"]);
        assert_eq!(line("01"), ["A", "01"]);
    }

    #[test]
    fn sector_is_written_as_it_was_read() {
        for code in ["A", "U", "99", "351", "6201"] {
            assert_eq!(code.parse::<SectorCode>().unwrap().to_string(), code);
        }
    }

    #[test]
    fn text_that_is_no_code_of_the_classification_is_refused() {
        for text in ["", "V", "j", "4", "04", "34", "67", "62011", "6 ", "\u{662}\u{660}", "J62"] {
            assert!(text.parse::<SectorCode>().is_err(), "{text}");
        }
    }
}
