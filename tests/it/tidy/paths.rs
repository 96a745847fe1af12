//! Finds the paths that a Rust file names (`crate::store::rows`, `tonic::Status`), with `use` groups taken apart.

use super::source::Source;

/// A path as it is written, and the line its last name stands on.
#[derive(Debug, Eq, PartialEq)]
pub struct Named<'a> {
    pub line: usize,
    pub names: Vec<&'a str>,
}

struct Token<'a> {
    line: usize,
    text: &'a str,
}

impl Token<'_> {
    fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// Every path of two names or more in the file, and what a `use` names by itself.
pub fn named(source: &Source) -> Vec<Named<'_>> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_head(&tokens, at) {
            at = follow(&tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

fn tokens(source: &Source) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (line, content) in source.numbered() {
        let mut rest = content.code.as_str().trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                ':' if rest.starts_with("::") => 2,
                // Not the end of type arguments, after which `::` would lead on.
                '-' if rest.starts_with("->") => 2,
                _ if is_part_of_name(first) => rest.find(|c| !is_part_of_name(c)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            tokens.push(Token { line, text: &rest[..length] });
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is(tokens: &[Token], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.text == text)
}

/// Whether a path begins here: a name that nothing leads to, which leads on or is what a `use` names.
fn is_head(tokens: &[Token], at: usize) -> bool {
    let after_separator = at > 0 && is(tokens, at - 1, "::");
    let leads_here = after_separator && at > 1 && (tokens[at - 2].is_name() || is(tokens, at - 2, ">"));
    let used_alone = at > 0 && is(tokens, at - 1, "use");
    tokens[at].is_name() && !leads_here && (is(tokens, at + 1, "::") || used_alone)
}

/// Follows a path from one of its names to its ends, and returns the place after them.
fn follow<'a>(tokens: &[Token<'a>], mut at: usize, prefix: &[&'a str], found: &mut Vec<Named<'a>>) -> usize {
    let mut names = prefix.to_vec();
    names.push(tokens[at].text);
    while is(tokens, at + 1, "::") && tokens.get(at + 2).is_some_and(Token::is_name) {
        at += 2;
        names.push(tokens[at].text);
    }
    if is(tokens, at + 1, "::") && is(tokens, at + 2, "{") {
        return follow_group(tokens, at + 3, &names, found);
    }
    found.push(Named { line: tokens[at].line, names });
    at + 1
}

fn follow_group<'a>(tokens: &[Token<'a>], mut at: usize, prefix: &[&'a str], found: &mut Vec<Named<'a>>) -> usize {
    while at < tokens.len() && !is(tokens, at, "}") {
        at = match tokens[at].text {
            "as" => at + 2,
            _ if tokens[at].is_name() => follow(tokens, at, prefix, found),
            _ => at + 1,
        };
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named_in(text: &str) -> Vec<(usize, String)> {
        named(&Source::parse("a.rs", text)).into_iter().map(|path| (path.line, path.names.join("::"))).collect()
    }

    fn path(line: usize, text: &str) -> (usize, String) {
        (line, text.to_owned())
    }

    #[test]
    fn use_groups_are_taken_apart() {
        assert_eq!(
            named_in("use crate::{\n    app::{self, clock},\n    store as s,\n};\nuse tonic;"),
            [path(2, "crate::app::self"), path(2, "crate::app::clock"), path(3, "crate::store"), path(5, "tonic")]
        );
    }

    #[test]
    fn paths_in_expressions_and_attributes_are_found() {
        assert_eq!(
            named_in(
                "#[tonic::async_trait]\n\
                 fn f() -> ::prost::Any { crate::store::open::<A>(a.b, Vec::<tokio::Task>::new()) }"
            ),
            [
                path(1, "tonic::async_trait"),
                path(2, "prost::Any"),
                path(2, "crate::store::open"),
                path(2, "Vec"),
                path(2, "tokio::Task"),
            ]
        );
    }

    #[test]
    fn comments_and_strings_name_nothing() {
        assert_eq!(named_in("// crate::store\nf(\"crate::store\");"), []);
    }
}
