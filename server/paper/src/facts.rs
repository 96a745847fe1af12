//! Turns the facts of a paper into the JSON its template reads.
//!
//! **Invariant:** every text in the JSON is plain: it has no control characters but line ends, cannot turn round
//! the text that follows it, and uses no private code points.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use serde_json::Value;

use crate::{Language, PaperError};

/// What spreadsheets leave at the front of a pasted cell; it has no shape, and PDF/A-2a forbids it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Serialises the facts with every text in them made plain.
pub(crate) fn plain(facts: &impl Serialize) -> Result<Value, PaperError> {
    let mut value = serde_json::to_value(facts)
        .map_err(|error| PaperError::Template { place: "facts".to_owned(), message: error.to_string() })?;
    make_plain(&mut value)?;
    Ok(value)
}

fn make_plain(value: &mut Value) -> Result<(), PaperError> {
    match value {
        Value::String(text) => *text = plain_text(text)?,
        Value::Array(items) => items.iter_mut().try_for_each(make_plain)?,
        Value::Object(fields) => fields.values_mut().try_for_each(make_plain)?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn plain_text(text: &str) -> Result<String, PaperError> {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => plain.push(' '),
            '\n' | '\u{2028}' | '\u{2029}' => plain.push('\n'),
            _ if is_private(character) => return Err(PaperError::MissingGlyph { character }),
            _ if character.is_control() || turns_text_round(character) || character == BYTE_ORDER_MARK => {}
            _ => plain.push(character),
        }
    }
    Ok(plain)
}

/// Tells whether a character embeds, overrides or isolates a direction (UAX #9, section 2).
///
/// They have no shape of their own, and one inside a name would make the passport number after it read backwards. The
/// direction of each script is found without them.
fn turns_text_round(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Tells whether a code point means something only by private agreement: PDF/A-2a forbids them (ISO 19005-2, 6.2.11.7).
fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f_0000}'..='\u{10_ffff}')
}

/// Writes a date the way a letter in that language does.
pub(crate) fn date_text(date: NaiveDate, language: Language) -> String {
    match language {
        Language::English => date.format("%-d %B %Y").to_string(),
        Language::Chinese => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_keeps_markup_and_drops_what_turns_text_round() {
        let typed =
            json!({ "name": "\u{feff}#evil[x] $a$ \u{202e}Ali\u{0} \u{2067}\tKhan", "lines": ["علی\u{200c}خان\r\n"] });

        let plain = plain(&typed);

        assert_eq!(plain, Ok(json!({ "name": "#evil[x] $a$ Ali  Khan", "lines": ["علی\u{200c}خان\n"] })));
    }

    #[test]
    fn plain_refuses_a_private_code_point() {
        assert_eq!(plain(&json!(["\u{e001}"])), Err(PaperError::MissingGlyph { character: '\u{e001}' }));
    }

    #[test]
    fn date_text_follows_the_language() {
        let date = NaiveDate::from_ymd_opt(2026, 9, 5).unwrap();

        assert_eq!(
            [Language::English, Language::Chinese].map(|language| date_text(date, language)),
            ["5 September 2026", "2026年9月5日"]
        );
    }
}
