//! Texts of other programs as texts of ours: one paragraph, plain, not longer than it may be.

/// Puts one blank for each stretch of blanks, line ends and characters that are not printed.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Takes the marks off a text that is written in HTML; any other text stays as it is. One paragraph is left.
pub(super) fn plain(text: &str) -> String {
    let is_marked = text.contains("</") || text.contains("<br");
    if is_marked { one_line(&unescaped(&unmarked(text))) } else { one_line(text) }
}

/// Cuts a text to so many characters, at the end of a word where there is one.
pub(super) fn shorten(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else { return text.to_owned() };
    let last = text.get(..end).and_then(|text| text.char_indices().next_back()).map_or(0, |(index, _)| index);
    let room = text.get(..last).unwrap_or_default();
    let cut = room.rfind(' ').and_then(|blank| room.get(..blank)).unwrap_or(room);
    format!("{}…", cut.trim_end())
}

fn unmarked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let opens = after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match after.split_once('>') {
            Some((_, behind)) if opens => {
                plain.push(' ');
                rest = behind;
            }
            Some(_) | None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Reads the references that are written most; what is not known stays as it stands.
fn unescaped(text: &str) -> String {
    let known = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    known.iter().fold(text.to_owned(), |text, (reference, character)| text.replace(reference, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off_what_is_marked_and_off_nothing_else() {
        assert_eq!(plain("<p>First &amp; <b>last</b></p>\r\n<p>1 < 2</p>"), "First & last 1 < 2");
        assert_eq!(plain("if a <b then &amp;\n\n stays"), "if a <b then &amp; stays");
    }

    #[test]
    fn text_is_cut_at_a_word_and_never_longer_than_asked() {
        assert_eq!(shorten("one two three", 13), "one two three");
        assert_eq!(shorten("one two three", 12), "one two…");
        assert_eq!(shorten("主旨演讲主旨演讲", 4), "主旨演…");
    }
}
