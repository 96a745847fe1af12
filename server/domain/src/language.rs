//! The languages in which Attaché writes letters, notices and pages.
//!
//! **Invariant:** every [`LanguageTag`] has a translation of everything we send.

use std::{fmt, str::FromStr};

/// Says why a language tag is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text is not shaped like a BCP 47 tag: parts of one to eight letters or digits, joined by hyphens.
    #[error("not a BCP 47 language tag")]
    Malformed,
    /// The tag names a language in which nothing is written yet.
    #[error("the language is neither English nor Chinese")]
    Unspoken,
}

/// Names the language in which a person is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LanguageTag {
    /// English, `en`, in British spelling.
    English,
    /// Chinese, `zh`, in simplified characters.
    Chinese,
}

impl LanguageTag {
    /// Every language, in the order of choice lists.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Reads a BCP 47 tag of any case, such as `en`, `en-GB`, `zh-CN` or `zh-Hans`; only the language itself decides.
    pub fn parse(tag: &str) -> Result<Self, Refusal> {
        let part_is_well_formed =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !tag.split('-').all(part_is_well_formed) {
            return Err(Refusal::Malformed);
        }
        let language = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|spoken| spoken.as_str().eq_ignore_ascii_case(language)).ok_or(Refusal::Unspoken)
    }

    /// Gives the shortest tag of the language.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LanguageTag {
    type Err = Refusal;

    fn from_str(tag: &str) -> Result<Self, Refusal> {
        Self::parse(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_by_its_language_whatever_follows() {
        for tag in ["en", "EN", "en-GB", "en-US", "en-Latn-GB"] {
            assert_eq!(tag.parse(), Ok(LanguageTag::English), "{tag}");
        }
        for tag in ["zh", "zh-CN", "ZH-cn", "zh-Hans", "zh-Hans-CN"] {
            assert_eq!(tag.parse(), Ok(LanguageTag::Chinese), "{tag}");
        }
    }

    #[test]
    fn another_language_is_told_from_no_tag_at_all() {
        for tag in ["ur", "ur-PK", "de", "eng", "zho", "i-klingon"] {
            assert_eq!(LanguageTag::parse(tag), Err(Refusal::Unspoken), "{tag}");
        }
        for tag in ["", "-", "en-", "-en", "en--GB", "zh_CN", "en GB", "中文", "englishes", "en-toolongpart"] {
            assert_eq!(LanguageTag::parse(tag), Err(Refusal::Malformed), "{tag}");
        }
    }

    #[test]
    fn every_language_reads_its_own_tag() {
        assert_eq!(LanguageTag::ALL.map(|language| language.to_string().parse()), LanguageTag::ALL.map(Ok));
    }
}
