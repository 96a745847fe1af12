//! What people are called, each form as it was given: on a badge, in their own script, in their passport, in an
//! address.
//!
//! No form is computed from another.
//! Software that split, joined or transliterated names has turned families round, invented surnames and lost visas;
//! whoever needs a form asks the person for it.
//!
//! **Invariant:** a [`NameText`] is printable on one line in any script, and a [`PassportName`] has at least one of its
//! two parts.

use std::{fmt, str::FromStr};

/// Counts the characters a single form of a name may have at most.
pub const MAX_CHARACTERS: usize = 200;

/// Says why a text is not taken as a name; never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing in the text is a letter or a digit of any script.
    #[error("the name is empty")]
    Empty,
    /// The text has more characters than a badge, a letter or a table can hold.
    #[error("the name has {characters} characters, more than {MAX_CHARACTERS}")]
    TooLong {
        /// How many characters there are after blanks around them are taken off.
        characters: usize,
    },
    /// The text holds a line break, a tab or another character that is not printed.
    #[error("the name holds a control character")]
    ControlCharacter,
    /// The text holds a character that forces a direction of writing (U+202A–202E, U+2066–2069) and so could disguise a
    /// name.
    #[error("the name holds a character that forces the direction of writing")]
    DirectionOverride,
    /// A passport name was given with neither surname nor given names.
    #[error("a passport name has a surname, given names, or both")]
    NoPassportName,
}

/// Holds one form of a name as its bearer writes it, without blanks around it: `张伟明`, `محمد اسلم`, `Sukarno`.
///
/// It has at least one letter or digit of any script, at most [`MAX_CHARACTERS`] characters, and no line break.
/// `Debug` hides it: it is personal data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameText(String);

impl NameText {
    /// Takes a name as typed, less the blanks around it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.chars().any(forces_direction) {
            return Err(Refusal::DirectionOverride);
        }
        if text.chars().any(breaks_the_line) {
            return Err(Refusal::ControlCharacter);
        }
        let characters = text.chars().count();
        if characters > MAX_CHARACTERS {
            return Err(Refusal::TooLong { characters });
        }
        if text.chars().any(char::is_alphanumeric) { Ok(Self(text.to_owned())) } else { Err(Refusal::Empty) }
    }

    /// Gives the name to print.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NameText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameText(..)")
    }
}

impl FromStr for NameText {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

/// Names a person in every form that was given, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonName {
    /// What badges, programmes and lists show, in Latin letters or not, in the order its bearer wants.
    pub display_name: NameText,
    /// The name in its bearer's own script, if that is another one than the display name's.
    pub native_name: Option<NameText>,
    /// The name a letter for a visa must bear; known once somebody has read it off the passport.
    pub passport_name: Option<PassportName>,
    /// How a letter or a mail addresses the person, such as `Dr Khan` or `张先生`.
    pub form_of_address: Option<NameText>,
    /// Whether the family name stands first in the display name, for lists that sort or set it apart.
    pub family_first: bool,
}

/// Holds a name as a passport divides it (ICAO 9303-3 §3.4), in the passport's Latin letters.
///
/// Either part may be absent, since many passports have a single name, but not both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PassportName {
    surname: Option<NameText>,
    given_names: Option<NameText>,
}

impl PassportName {
    /// Takes the two parts as they stand in the passport.
    pub fn new(surname: Option<NameText>, given_names: Option<NameText>) -> Result<Self, Refusal> {
        if surname.is_none() && given_names.is_none() {
            return Err(Refusal::NoPassportName);
        }
        Ok(Self { surname, given_names })
    }

    /// Gives the passport's surname (its primary identifier), if it has one.
    pub fn surname(&self) -> Option<&NameText> {
        self.surname.as_ref()
    }

    /// Gives the passport's given names (its secondary identifier), if it has any.
    pub fn given_names(&self) -> Option<&NameText> {
        self.given_names.as_ref()
    }
}

/// Tells characters that embed, override or isolate a direction; the plain marks U+200E and U+200F stay allowed.
fn forces_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Tells control characters and the line and paragraph separators, which break a line without being controls.
fn breaks_the_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, Refusal> {
        NameText::parse(text).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn names_of_every_script_and_shape_are_taken_as_they_are() {
        for name in [
            "张伟明",
            "محمد اسلم",
            "Sukarno",
            "Ng",
            "O’Connor-Smith, Jr.",
            "Dr. Ayesha Khan",
            "Đặng Thị Hương",
            "H.E.",
            "Jean 2",
            "نام\u{200c}خانوادگی",
            "M\u{fc}ller",
            "Mu\u{308}ller",
            "欧阳 娜娜",
            "\u{200f}علی",
        ] {
            assert_eq!(parsed(name), Ok(name.to_owned()));
        }
    }

    #[test]
    fn blanks_around_a_name_are_taken_off() {
        assert_eq!(parsed(" \u{3000}张伟明\u{a0}\n"), Ok("张伟明".to_owned()));
    }

    #[test]
    fn a_name_without_a_letter_is_empty() {
        for text in ["", "  ", "-", "...", "\u{200b}", "\u{200f}", "🙂"] {
            assert_eq!(parsed(text), Err(Refusal::Empty), "{text:?}");
        }
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(parsed(&"张".repeat(200)).map(|name| name.len()), Ok(600));
        assert_eq!(parsed(&"张".repeat(201)), Err(Refusal::TooLong { characters: 201 }));
    }

    #[test]
    fn what_breaks_a_line_is_refused() {
        for character in ['\n', '\r', '\t', '\0', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}'] {
            assert_eq!(parsed(&format!("Ali{character}Khan")), Err(Refusal::ControlCharacter), "{character:?}");
        }
    }

    #[test]
    fn what_forces_a_direction_is_refused() {
        for character in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(parsed(&format!("Ali{character}")), Err(Refusal::DirectionOverride), "{character:?}");
        }
    }

    #[test]
    fn a_passport_name_may_lack_either_part_but_not_both() {
        let name = |text: &str| Some(NameText::parse(text).unwrap());

        for (surname, given_names) in [(name("Zhang"), name("Weiming")), (name("Aslam"), None), (None, name("Aslam"))] {
            let passport_name = PassportName::new(surname.clone(), given_names.clone());

            assert_eq!(passport_name, Ok(PassportName { surname, given_names }));
        }
        assert_eq!(PassportName::new(None, None), Err(Refusal::NoPassportName));
    }

    #[test]
    fn debug_does_not_show_a_name() {
        let name = NameText::parse("Zhang").unwrap();
        let person = PersonName {
            display_name: name.clone(),
            native_name: Some(name.clone()),
            passport_name: PassportName::new(Some(name.clone()), Some(name.clone())).ok(),
            form_of_address: Some(name),
            family_first: true,
        };

        assert!(!format!("{person:?}").contains("Zhang"));
    }
}
