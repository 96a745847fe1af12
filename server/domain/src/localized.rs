//! One thing said in the languages of an event.

use crate::language::LanguageTag;

/// The longest that a localised text may be, in characters.
pub const MAX_CHARS: usize = 400;

/// Says why a localised text cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It says nothing in any language.
    #[error("needs a text in at least one language")]
    Empty,
    /// One of its texts is too long.
    #[error("is longer than {MAX_CHARS} characters")]
    TooLong,
    /// One of its texts holds control characters.
    #[error("holds control characters")]
    Control,
}

/// A title or name in English, in Chinese, or both; never in neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localized {
    en: Option<String>,
    zh: Option<String>,
}

impl Localized {
    /// Takes what was typed; empty texts count as left out.
    pub fn new(en: &str, zh: &str) -> Result<Self, Flaw> {
        let (en, zh) = (en.trim(), zh.trim());
        for text in [en, zh] {
            if text.chars().count() > MAX_CHARS {
                return Err(Flaw::TooLong);
            }
            if text.chars().any(char::is_control) {
                return Err(Flaw::Control);
            }
        }
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let localized = Self { en: given(en), zh: given(zh) };
        if localized.en.is_none() && localized.zh.is_none() { Err(Flaw::Empty) } else { Ok(localized) }
    }

    /// The text in a language, or in the other one when there is none.
    pub fn in_language(&self, language: LanguageTag) -> &str {
        let (first, second) = match language {
            LanguageTag::English => (&self.en, &self.zh),
            LanguageTag::Chinese => (&self.zh, &self.en),
        };
        first.as_deref().or(second.as_deref()).unwrap_or_default()
    }

    /// Says it in the languages of another text as that one does, and in the others as before.
    #[must_use]
    pub fn overlaid(&self, over: &Self) -> Self {
        let text = |over: &Option<String>, under: &Option<String>| over.clone().or_else(|| under.clone());
        Self { en: text(&over.en, &self.en), zh: text(&over.zh, &self.zh) }
    }

    /// Whether another text says the same in a language that both have.
    pub fn agrees(&self, other: &Self) -> bool {
        let agree = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        agree(&self.en, &other.en) || agree(&self.zh, &other.zh)
    }

    /// The English text, when there is one.
    pub fn en(&self) -> Option<&str> {
        self.en.as_deref()
    }

    /// The Chinese text, when there is one.
    pub fn zh(&self) -> Option<&str> {
        self.zh.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_a_missing_language_is_the_other_one() {
        let title = Localized::new(" Forum ", "").unwrap();

        assert_eq!(title.in_language(LanguageTag::Chinese), "Forum");
    }

    #[test]
    fn text_laid_over_another_changes_its_own_languages_only() {
        let both = Localized::new("Forum", "论坛").unwrap();
        let english = Localized::new("Fair", "").unwrap();

        assert_eq!(both.overlaid(&english), Localized::new("Fair", "论坛").unwrap());
        assert_eq!([both.agrees(&english), both.agrees(&Localized::new("Fair", "论坛").unwrap())], [false, true]);
    }

    #[test]
    fn text_in_no_language_is_refused() {
        assert_eq!(Localized::new("  ", ""), Err(Flaw::Empty));
        assert_eq!(Localized::new("a\nb", ""), Err(Flaw::Control));
        assert_eq!(Localized::new("", &"长".repeat(401)), Err(Flaw::TooLong));
    }
}
