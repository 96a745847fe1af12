//! Holds the house rules that a program can see: the arrows between rooms, names, sizes, habits and the shape of the
//! wire.
//!
//! Every checker is a pure function from sources or paths to findings, and has a test of its own with a planted breach;
//! the one test here runs them all over the workspace and reports everything at once.
//!
//! **Invariant:** a checker reads code, never the text of strings, so that a planted breach in a test is not a breach.

mod arrows;
mod habits;
mod names;
mod paths;
mod proto;
mod source;

use std::fmt;
use std::path::Path;

use source::Source;

/// A breach of a house rule, and where it stands.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Finding {
    path: String,
    line: usize,
    rule: String,
}

impl Finding {
    fn new(source: &Source, line: usize, rule: impl Into<String>) -> Self {
        Self { path: source.path.clone(), line, rule: rule.into() }
    }

    /// A finding about the file as a whole, or about one that is missing.
    fn of_file(path: &str, rule: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: 1, rule: rule.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.rule)
    }
}

/// Runs every checker; the findings are sorted by file and line.
fn inspect(sources: &[Source], tracked: &[String]) -> Vec<Finding> {
    let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let mut findings = names::strangers_at_the_top(tracked);
    findings.extend(names::features_named_apart(&paths));
    for source in sources {
        findings.extend(names::banned(source));
        findings.extend(names::undocumented_room(source));
        findings.extend(habits::all(source));
        findings.extend(arrows::against(source));
        findings.extend(proto::all(source));
    }
    findings.sort();
    findings
}

#[test]
fn the_workspace_keeps_the_house_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources = source::read_workspace(&root).unwrap();
    let tracked = source::tracked_files(&root);

    let findings = inspect(&sources, &tracked);

    let report: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(findings.is_empty(), "{} breaches of the house rules:\n{}\n", findings.len(), report.join("\n"));
}

#[test]
fn every_checker_is_reached_from_the_whole() {
    let sources = [
        Source::parse("server/src/store/utils.rs", "use crate::app::App;\n// TODO: tidy\n"),
        Source::parse("server/src/app/mod.rs", "//! Writes.\n"),
        Source::parse("proto/attache/v1/room_service.proto", "message Room {}\n"),
    ];

    let findings = inspect(&sources, &["notes.txt".to_owned()]);

    let report: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(
        report,
        [
            "notes.txt:1: not one of the files and folders that stand at the top of the repository",
            "proto/attache/v1/room_service.proto:1: Room has no comment",
            "proto/attache/v1/room_service.proto:1: server/src/rpc/rooms.rs is missing: a feature has the same name in each room",
            "proto/attache/v1/room_service.proto:1: tests/it/rooms.rs is missing: a feature has the same name in each room",
            "server/src/app/mod.rs:1: the room does not open with a paragraph that ends in **Invariant:** …",
            "server/src/store/utils.rs:1: `utils` says nothing about what is inside",
            "server/src/store/utils.rs:1: store may not name app (crate::app::App)",
            "server/src/store/utils.rs:2: an open end without the number of its issue",
        ]
    );
}
