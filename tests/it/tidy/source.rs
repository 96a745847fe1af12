//! Reads source files line by line, with what is said (comments) apart from what is done (code), and the text of
//! strings blanked out.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

/// One file of the workspace.
pub struct Source {
    /// From the root of the repository, with `/` between the parts.
    pub path: String,
    pub lines: Vec<Line>,
}

/// One line of a file.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Line {
    /// The code; each visible character inside a string or character literal is an underscore.
    pub code: String,
    /// The comments, with their markers.
    pub comment: String,
    /// Whether the line belongs to an item under `#[cfg(test)]`, or to a file or folder `tests` inside a crate.
    pub in_test: bool,
}

/// What the scanner stands in at the beginning of a line or token.
#[derive(Clone, Copy)]
enum Inside {
    Code,
    /// A block comment, so many deep.
    Comment(usize),
    Text,
    /// A raw string that ends with a quote and so many hashes.
    Raw(usize),
}

impl Source {
    pub fn parse(path: &str, text: &str) -> Self {
        let mut lines = Vec::new();
        let mut inside = Inside::Code;
        for line in text.lines() {
            let (line, next) = split(line, inside);
            lines.push(line);
            inside = next;
        }
        mark_tests(&mut lines);
        let is_test = is_test_module(path);
        for line in &mut lines {
            line.in_test |= is_test;
        }
        Self { path: path.to_owned(), lines }
    }

    /// The lines with their numbers, counted from 1.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &Line)> {
        (1..).zip(&self.lines)
    }

    /// The folders and the file's name without its ending.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').map(|part| part.split('.').next().unwrap_or(part))
    }

    pub fn is_rust(&self) -> bool {
        has_extension(&self.path, "rs")
    }

    pub fn is_proto(&self) -> bool {
        has_extension(&self.path, "proto")
    }
}

fn is_test_module(path: &str) -> bool {
    path.split_once("/src/")
        .is_some_and(|(_, inside)| inside.split('/').any(|part| part == "tests" || part == "tests.rs"))
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

fn split(mut rest: &str, mut inside: Inside) -> (Line, Inside) {
    let mut line = Line::default();
    while !rest.is_empty() {
        if matches!(inside, Inside::Code) && rest.starts_with("//") {
            line.comment.push_str(rest);
            break;
        }
        let (length, next) = match inside {
            Inside::Code => step_in_code(rest),
            Inside::Comment(depth) => step_in_comment(rest, depth),
            Inside::Text => step_in_text(rest),
            Inside::Raw(hashes) => step_in_raw(rest, hashes),
        };
        let (token, tail) = rest.split_at(length);
        match (inside, next) {
            (Inside::Comment(_), _) | (_, Inside::Comment(_)) => line.comment.push_str(token),
            (Inside::Text, Inside::Text) | (Inside::Raw(_), Inside::Raw(_)) => line.code.push_str(&blanked(token)),
            (Inside::Code, _) if token.starts_with('\'') && token.len() > 1 => line.code.push_str("'_'"),
            (Inside::Code | Inside::Text | Inside::Raw(_), _) => line.code.push_str(token),
        }
        (rest, inside) = (tail, next);
    }
    (line, inside)
}

fn step_in_code(rest: &str) -> (usize, Inside) {
    if rest.starts_with("/*") {
        return (2, Inside::Comment(1));
    }
    if rest.starts_with('"') {
        return (1, Inside::Text);
    }
    if let Some(hashes) = raw_string_hashes(rest) {
        return (hashes + 2, Inside::Raw(hashes));
    }
    (character_literal(rest).unwrap_or_else(|| first_length(rest)), Inside::Code)
}

fn step_in_comment(rest: &str, depth: usize) -> (usize, Inside) {
    if rest.starts_with("/*") {
        return (2, Inside::Comment(depth + 1));
    }
    if rest.starts_with("*/") {
        return (2, if depth == 1 { Inside::Code } else { Inside::Comment(depth - 1) });
    }
    (first_length(rest), Inside::Comment(depth))
}

fn step_in_text(rest: &str) -> (usize, Inside) {
    match rest.strip_prefix('\\') {
        Some(escaped) => (1 + first_length(escaped), Inside::Text),
        None if rest.starts_with('"') => (1, Inside::Code),
        None => (first_length(rest), Inside::Text),
    }
}

fn step_in_raw(rest: &str, hashes: usize) -> (usize, Inside) {
    let ends =
        rest.strip_prefix('"').is_some_and(|tail| tail.len() >= hashes && tail[..].starts_with(&"#".repeat(hashes)));
    if ends { (1 + hashes, Inside::Code) } else { (first_length(rest), Inside::Raw(hashes)) }
}

/// The number of hashes of the raw string that begins here, if one does.
fn raw_string_hashes(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let opening = after.trim_start_matches('#');
    opening.starts_with('"').then(|| after.len() - opening.len())
}

/// The length of the character literal that begins here; a lifetime is none.
fn character_literal(rest: &str) -> Option<usize> {
    let content = rest.strip_prefix('\'')?;
    let first = match content.strip_prefix('\\') {
        Some(escaped) => 1 + first_length(escaped),
        None if content.starts_with('\'') => return None,
        None => first_length(content),
    };
    let closing = content[first..].find('\'')?;
    (closing == 0 || content.starts_with('\\')).then_some(first + closing + 2)
}

fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn blanked(token: &str) -> String {
    token.chars().map(|c| if c.is_whitespace() { c } else { '_' }).collect()
}

/// Marks the item that follows each `#[cfg(test)]`, to its closing brace or semicolon.
fn mark_tests(lines: &mut [Line]) {
    let mut under_attribute = false;
    let mut depth = 0;
    for line in lines {
        let begins = line.code.find("#[cfg(test)]").filter(|_| !under_attribute);
        under_attribute |= begins.is_some();
        line.in_test = under_attribute;
        if !under_attribute {
            continue;
        }
        let item = begins.map_or(line.code.as_str(), |at| &line.code[at + "#[cfg(test)]".len()..]);
        for c in item.chars() {
            match c {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                _ => {}
            }
            if depth == 0 && (c == '}' || c == ';') {
                under_attribute = false;
            }
        }
    }
}

/// Reads the Rust and protobuf sources of the workspace, in the order of their paths.
pub fn read_workspace(root: &Path) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in ["client", "migrations", "proto", "server", "tests"] {
        read_folder(root, folder, &mut sources)?;
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn read_folder(root: &Path, folder: &str, sources: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        let is_folder = entry.file_type()?.is_dir();
        // What a tool put there (a target folder, installed packages) is not ours to check.
        if name.starts_with('.') || is_folder && (name == "target" || name == "node_modules") {
            continue;
        }
        if is_folder {
            read_folder(root, &path, sources)?;
        } else if has_extension(&name, "rs") || has_extension(&name, "proto") {
            sources.push(Source::parse(&path, &fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

/// The files that git tracks; none where there is no repository, as in a source archive, which was made from one that
/// was checked.
pub fn tracked_files(root: &Path) -> Vec<String> {
    let listing = Command::new("git").arg("-C").arg(root).args(["ls-files", "-z"]).output();
    let listing = listing.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&listing).split_terminator('\0').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(text: &str) -> Vec<String> {
        Source::parse("a.rs", text).lines.into_iter().map(|line| line.code).collect()
    }

    #[test]
    fn comments_are_kept_apart_from_code() {
        let source = Source::parse("a.rs", "let a = 1; // why\n/* one /* two */\nthree */ let b;\n//! doc");

        let lines: Vec<(&str, &str)> =
            source.lines.iter().map(|line| (line.code.as_str(), line.comment.as_str())).collect();
        assert_eq!(
            lines,
            [("let a = 1; ", "// why"), ("", "/* one /* two */"), (" let b;", "three */"), ("", "//! doc")]
        );
    }

    #[test]
    fn strings_are_blanked_to_their_end() {
        assert_eq!(code_of(r#"f("a // \" b"); g();"#), [r#"f("_ __ __ _"); g();"#]);
        assert_eq!(code_of("f(\"one\ntwo\"); g();"), ["f(\"___", "___\"); g();"]);
        assert_eq!(code_of("f(r#\"a \" // b\"#); g();"), ["f(r#\"_ _ __ _\"#); g();"]);
    }

    #[test]
    fn characters_are_blanked_and_lifetimes_are_not() {
        assert_eq!(code_of(r#"'"' '\'' '\u{7f}' '国' fn f<'a>(x: &'a str)"#), ["'_' '_' '_' '_' fn f<'a>(x: &'a str)"]);
    }

    #[test]
    fn items_under_a_test_attribute_are_marked_to_their_end() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b(x: [u8; 2]) {}\n}\n\
            fn c() {}\n#[cfg(test)]\nuse d;\nfn e() {}";

        let marks: Vec<bool> = Source::parse("a.rs", text).lines.iter().map(|line| line.in_test).collect();

        assert_eq!(marks, [false, true, true, true, true, false, true, true, false]);
    }

    #[test]
    fn a_module_of_tests_is_marked_whole() {
        let marked = |path: &str| Source::parse(path, "fn a() {}").lines.iter().all(|line| line.in_test);

        assert!(marked("server/domain/src/passport/tests.rs"));
        assert!(marked("server/domain/src/passport/tests/dates.rs"));
        assert!(!marked("server/domain/src/passport.rs"));
        assert!(!marked("tests/it/passports.rs"));
    }
}
