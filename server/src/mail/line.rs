//! Keeps what people typed from becoming more than one line of a message.

/// Puts what a person typed on one line and takes out what would reorder the text around it.
///
/// Control characters and line separators become spaces, runs of spaces become one.
/// Embeddings, overrides and isolates (Unicode UAX 9) are dropped, since an unclosed one turns the rest of the line around; the
/// marks for single positions stay, as Urdu and Arabic names need them.
pub(super) fn one_line(text: &str) -> String {
    let visible = text.chars().filter(|letter| !matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'));
    let spaced: String = visible.map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn one_line_drops_what_would_break_or_turn_the_line() {
        let typed = "  Ayesha\r\nBcc: all\u{2028}of\tthem\u{202E}gnp.\u{2066}exe\u{7}\u{200F} ";

        assert_eq!(one_line(typed), "Ayesha Bcc: all of themgnp.exe \u{200F}");
    }
}
