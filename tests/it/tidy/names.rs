//! Holds the names: no drawer names, one name for a feature in every room, a paragraph at the door of each room, and a
//! tidy top level.

use super::Finding;
use super::source::{Line, Source};

/// Names that say nothing about what is inside.
const BANNED: &[&str] = &["common", "helper", "helpers", "misc", "types", "util", "utils"];

/// What stands at the top of the repository, beside files whose names begin with a dot.
const TOP: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "client",
    "migrations",
    "proto",
    "server",
    "tests",
];

/// The rooms that open with a paragraph on what they are, beside the root of each crate.
const ROOMS: &[&str] = &["app", "exchange", "http", "jobs", "mail", "rpc", "store", "vault"];

/// Features whose name has no plural, or not the usual one.
const PLURALS: &[(&str, &str)] = &[
    ("access", "access"),
    ("audit", "audit"),
    ("privacy", "privacy"),
    ("public", "public"),
    ("readiness", "readiness"),
    ("sign_in", "sign_in"),
    ("system", "system"),
];

/// Finds files, folders and modules with a name that says nothing.
pub fn banned(source: &Source) -> Vec<Finding> {
    let of_file = source.parts().filter(|part| BANNED.contains(part)).map(|part| (1, part));
    let of_modules = source.numbered().filter_map(|(number, line)| Some((number, module_declared(line)?)));
    of_file
        .chain(of_modules.filter(|(_, name)| BANNED.contains(name)))
        .map(|(line, name)| Finding::new(source, line, format!("`{name}` says nothing about what is inside")))
        .collect()
}

fn module_declared(line: &Line) -> Option<&str> {
    let mut words = line.code.split_whitespace().skip_while(|word| *word != "mod");
    words.next()?;
    Some(words.next()?.trim_end_matches([';', '{']))
}

/// Finds a room, or the root of a crate, that does not begin by saying what it is and what always holds in it.
pub fn undocumented_room(source: &Source) -> Option<Finding> {
    let is_room = ROOMS.iter().any(|room| is_module(&source.path, &format!("server/src/{room}")));
    if !is_room && !source.path.ends_with("src/lib.rs") {
        return None;
    }
    let mut opening = source.lines.iter().take_while(|line| line.comment.starts_with("//!"));
    let says_what_holds = opening.any(|line| line.comment.contains("**Invariant:**"));
    let rule = "the room does not open with a paragraph that ends in **Invariant:** …";
    (!says_what_holds).then(|| Finding::new(source, 1, rule))
}

fn is_module(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest == "/mod.rs")
}

/// Finds features that go by another name in one of the rooms: plural in rpc, app, store and tests, singular in domain
/// and rows.
pub fn features_named_apart(paths: &[&str]) -> Vec<Finding> {
    let services = paths.iter().filter_map(|path| {
        let feature = path.strip_prefix("proto/attache/v1/")?.strip_suffix("_service.proto")?;
        Some((*path, feature))
    });
    services
        .flat_map(|(service, feature)| missing(service, feature, paths).into_iter().chain(misnamed(feature, paths)))
        .collect()
}

fn missing(service: &str, feature: &str, paths: &[&str]) -> Vec<Finding> {
    let plural = plural(feature);
    let wanted = [format!("server/src/rpc/{plural}"), format!("tests/it/{plural}")];
    let stands = |module: &str| paths.iter().any(|path| is_module(path, module));
    let rule = |module: &str| format!("{module}.rs is missing: a feature has the same name in each room");
    wanted.iter().filter(|module| !stands(module)).map(|module| Finding::of_file(service, rule(module))).collect()
}

fn misnamed(feature: &str, paths: &[&str]) -> Vec<Finding> {
    let plural = plural(feature);
    if plural == feature {
        return Vec::new();
    }
    let many = ["server/src/rpc", "server/src/app", "server/src/store", "tests/it"]
        .map(|room| (room, feature, plural.as_str()));
    let one = ["server/domain/src", "server/src/store/rows"].map(|room| (room, plural.as_str(), feature));
    let apart = many.into_iter().chain(one).flat_map(|(room, name, right)| {
        let module = format!("{room}/{name}");
        let found = paths.iter().filter(move |path| is_module(path, &module));
        found.map(move |path| Finding::of_file(path, format!("the feature is called `{right}` in {room}")))
    });
    apart.collect()
}

fn plural(feature: &str) -> String {
    if let Some((_, plural)) = PLURALS.iter().find(|(singular, _)| *singular == feature) {
        return (*plural).to_owned();
    }
    match feature.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if feature.ends_with(['s', 'x']) || feature.ends_with("ch") => format!("{feature}es"),
        _ => format!("{feature}s"),
    }
}

/// Finds what does not belong at the top of the repository.
pub fn strangers_at_the_top(tracked: &[String]) -> Vec<Finding> {
    let mut tops: Vec<&str> = tracked.iter().filter_map(|path| path.split('/').next()).collect();
    tops.sort_unstable();
    tops.dedup();
    tops.into_iter()
        .filter(|top| !top.starts_with('.') && !TOP.contains(top))
        .map(|top| Finding::of_file(top, "not one of the files and folders that stand at the top of the repository"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(findings: &[Finding]) -> Vec<(&str, usize)> {
        findings.iter().map(|finding| (finding.path.as_str(), finding.line)).collect()
    }

    #[test]
    fn drawer_names_are_found_in_paths_and_modules() {
        let module = Source::parse("client/src/lib.rs", "mod pages;\npub mod helpers;\nmod utils {}");
        let drawer = Source::parse("server/src/store/types.rs", "");
        let folder = Source::parse("server/src/misc/a.rs", "");
        let fine = Source::parse("server/src/app/commons.rs", "mod typeset;");

        assert_eq!(places(&banned(&module)), [("client/src/lib.rs", 2), ("client/src/lib.rs", 3)]);
        assert_eq!(places(&banned(&drawer)), [("server/src/store/types.rs", 1)]);
        assert_eq!(places(&banned(&folder)), [("server/src/misc/a.rs", 1)]);
        assert_eq!(banned(&fine), []);
    }

    #[test]
    fn a_room_without_its_invariant_is_found() {
        let bare = Source::parse("server/src/vault/mod.rs", "//! Keeps.\n\nuse a; //! **Invariant:** too late");
        let crate_root = Source::parse("client/src/lib.rs", "");
        let fine = Source::parse("server/src/rpc/mod.rs", "//! Speaks.\n//!\n//! **Invariant:** decodes.\nmod a;");
        let inner = Source::parse("server/src/rpc/letters/mod.rs", "mod issue;");

        assert_eq!(undocumented_room(&bare).map(|finding| finding.path), Some("server/src/vault/mod.rs".to_owned()));
        assert_eq!(undocumented_room(&crate_root).map(|finding| finding.path), Some("client/src/lib.rs".to_owned()));
        assert_eq!(undocumented_room(&fine), None);
        assert_eq!(undocumented_room(&inner), None);
    }

    #[test]
    fn a_service_without_its_room_or_tests_is_found() {
        let paths = [
            "proto/attache/v1/category_service.proto",
            "proto/attache/v1/room_service.proto",
            "server/src/rpc/categories/mod.rs",
            "tests/it/rooms.rs",
        ];

        let rules: Vec<String> = features_named_apart(&paths).into_iter().map(|finding| finding.rule).collect();

        assert_eq!(
            rules,
            [
                "tests/it/categories.rs is missing: a feature has the same name in each room",
                "server/src/rpc/rooms.rs is missing: a feature has the same name in each room",
            ]
        );
    }

    #[test]
    fn a_feature_in_the_wrong_number_is_found() {
        let paths = [
            "proto/attache/v1/identity_document_service.proto",
            "server/domain/src/identity_documents.rs",
            "server/src/app/identity_document.rs",
            "server/src/rpc/identity_documents.rs",
            "server/src/store/rows/identity_document.rs",
            "tests/it/identity_documents.rs",
        ];

        let findings = features_named_apart(&paths);

        assert_eq!(
            places(&findings),
            [("server/src/app/identity_document.rs", 1), ("server/domain/src/identity_documents.rs", 1)]
        );
    }

    #[test]
    fn plurals_are_those_of_the_language() {
        let features = ["registration", "category", "access", "identity_document", "survey", "batch", "sign_in"];

        let expected = ["registrations", "categories", "access", "identity_documents", "surveys", "batches", "sign_in"];
        assert_eq!(features.map(plural), expected);
    }

    #[test]
    fn strangers_at_the_top_are_found_once() {
        let tracked = [".ci/run", "Cargo.toml", "docs/a.md", "docs/b.md", "server/src/lib.rs"].map(str::to_owned);

        assert_eq!(places(&strangers_at_the_top(&tracked)), [("docs", 1)]);
    }
}
