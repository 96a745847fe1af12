//! Holds the habits: short files, no open ends without an issue, no lint silenced for good, no test that is left out or
//! that waits.

use super::Finding;
use super::source::{Line, Source};

/// The most lines of code in a file; blank lines, comments and the tests inside the file are not counted.
const MOST_LINES: usize = 400;

/// Where the tests live that speak to a server; the measuring programs beside them may wait.
const TESTS: &[&str] = &["tests/harness/", "tests/it/"];

/// A habit of one line: what it must not be, and where.
struct Habit {
    rule: &'static str,
    breaks: fn(&Source, &Line) -> bool,
}

const HABITS: &[Habit] = &[
    Habit { rule: "an open end without the number of its issue", breaks: open_end },
    Habit { rule: "say #[expect(…, reason = …)]: an #[allow] outlives its cause", breaks: allowed_lint },
    Habit { rule: "a test that is left out tells nobody anything", breaks: ignored_test },
    Habit { rule: "name every column: a default hides the one that was forgotten", breaks: defaulted_columns },
    Habit { rule: "a test that sleeps is slow or flaky: wait for what it needs", breaks: sleep_in_test },
];

/// Finds broken habits in a file.
pub fn all(source: &Source) -> Vec<Finding> {
    let found = source.numbered().flat_map(|(number, line)| {
        let broken = HABITS.iter().filter(|habit| (habit.breaks)(source, line));
        broken.map(move |habit| Finding::new(source, number, habit.rule))
    });
    found.chain(too_long(source)).collect()
}

fn too_long(source: &Source) -> Option<Finding> {
    let mut counted = source.numbered().filter(|(_, line)| !line.in_test && !line.code.trim().is_empty());
    let (first_over, _) = counted.nth(MOST_LINES)?;
    let lines = MOST_LINES + 1 + counted.count();
    Some(Finding::new(
        source,
        first_over,
        format!("{lines} lines of code, over {MOST_LINES}: make it a folder of its verbs"),
    ))
}

fn open_end(_: &Source, line: &Line) -> bool {
    let mut words = line.comment.split(|c: char| !c.is_alphanumeric());
    let open = words.any(|word| word == "TODO" || word == "FIXME");
    let issue = line.comment.split('#').skip(1).any(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    open && !issue
}

fn allowed_lint(_: &Source, line: &Line) -> bool {
    let code = without_spaces(line);
    ["#[allow(", "#![allow("].iter().any(|attribute| code.contains(attribute))
        || code.contains("[cfg_attr(") && code.contains(",allow(")
}

fn ignored_test(source: &Source, line: &Line) -> bool {
    let code = without_spaces(line);
    source.is_rust() && (code.contains("#[ignore]") || code.contains("#[ignore="))
}

fn defaulted_columns(source: &Source, line: &Line) -> bool {
    let is_in_store = source.path.starts_with("server/src/store/");
    let code = without_spaces(line);
    is_in_store && code.split("..").skip(1).any(is_default_call)
}

fn is_default_call(rest: &str) -> bool {
    let path = rest.split("()").next().unwrap_or_default();
    path.ends_with("::default") && path.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':')
}

fn sleep_in_test(source: &Source, line: &Line) -> bool {
    let is_test = line.in_test || TESTS.iter().any(|folder| source.path.starts_with(folder));
    let calls = line
        .code
        .match_indices("sleep(")
        .any(|(at, _)| !line.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    is_test && calls
}

fn without_spaces(line: &Line) -> String {
    line.code.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_found(path: &str, text: &str) -> Vec<usize> {
        all(&Source::parse(path, text)).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn an_open_end_without_an_issue_is_found() {
        assert_eq!(
            lines_found("a.rs", "// TODO: more\n// TODO(#12): more\n/* FIXME */\n// the to-do list\nlet TODO;"),
            [1, 3]
        );
        assert_eq!(lines_found("a.proto", "// TODO\nmessage A {}"), [1]);
    }

    #[test]
    fn a_silenced_lint_is_found() {
        let text =
            "#[allow(dead_code)]\n#![allow (x)]\n#[cfg_attr(test, allow(x))]\n#[expect(x, reason = \"#[allow(\")]";

        assert_eq!(lines_found("a.rs", text), [1, 2, 3]);
    }

    #[test]
    fn a_test_left_out_is_found() {
        assert_eq!(lines_found("a.rs", "#[ignore]\n#[ignore = \"slow\"]\n// #[ignore]"), [1, 2]);
    }

    #[test]
    fn a_defaulted_column_is_found_in_store_alone() {
        let text = "let a = A { b, ..Default::default() };\n\
            let a = A { b, ..event::ActiveModel::default() };\nfor i in 0..f() {}";

        assert_eq!(lines_found("server/src/store/events.rs", text), [1, 2]);
        assert_eq!(lines_found("client/src/lib.rs", text), [] as [usize; 0]);
    }

    #[test]
    fn a_sleep_is_found_in_tests_alone() {
        let text = "sleep(d);\nfn f() { asleep(d); }\n#[cfg(test)]\nmod tests {\n    tokio::time::sleep(d);\n}";

        assert_eq!(lines_found("server/src/jobs/outbox.rs", text), [5]);
        assert_eq!(lines_found("tests/it/letters.rs", text), [1, 5]);
        assert_eq!(lines_found("tests/bench/letters.rs", "sleep(d);"), [] as [usize; 0]);
    }

    #[test]
    fn a_file_over_the_limit_is_found_at_the_line_that_is_too_many() {
        let code = "let a = 1;\n".repeat(MOST_LINES);
        let uncounted = "\n// why\n#[cfg(test)]\nmod tests {\n    fn a() {}\n}\n";

        assert_eq!(lines_found("a.rs", &format!("{code}{uncounted}")), [] as [usize; 0]);
        assert_eq!(lines_found("a.rs", &format!("{uncounted}{code}let b = 1;\n")), [MOST_LINES + 7]);
    }
}
