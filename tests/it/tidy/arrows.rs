//! Holds the arrows of the architecture: which room may name which room, and which crates.

use super::Finding;
use super::paths::{self, Named};
use super::source::Source;

/// The arrows. On the left a room by its folder; on the right what it may name: rooms of the server, crates of ours
/// (`attache_…`), and guarded crates, each with its family (`tonic` stands for `tonic_types` too). What is not guarded,
/// everyone may name.
#[rustfmt::skip]
const ARROWS: &[(&str, &str)] = &[
    ("proto/src",                 "prost tonic"),
    ("client/src",                "attache_client attache_proto clap prost tokio tonic"),
    ("migrations/src",            "sea_orm_migration"),
    ("server/domain/src",         ""),
    ("server/paper/src",          "attache_domain typst"),
    ("server/planner/src",        "attache_domain"),
    ("server/src/rpc",            "app store exchange attache_proto attache_domain tonic prost tokio"),
    ("server/src/http",           "app store attache_domain axum tonic tokio"),
    ("server/src/jobs",           "app store exchange mail mail::transport attache_domain tokio"),
    ("server/src/app",            "store exchange mail attache_domain attache_paper attache_planner tokio"),
    ("server/src/store",          "vault attache_domain attache_migrations sea_orm sea_orm_migration tokio"),
    ("server/src/vault",          "attache_domain chacha20poly1305"),
    ("server/src/mail",           "attache_domain lettre"),
    ("server/src/mail/transport", "mail attache_domain lettre tokio"),
    ("server/src/exchange",       "attache_domain icalendar"),
    ("server/src/demo",           "server settings attache_client attache_domain attache_proto clap prost tonic tokio"),
    ("server/src/server",         EVERYTHING),
    ("server/src/settings",       EVERYTHING),
    ("tests/harness",             "attache_client attache_domain attache_proto attache_server clap icalendar prost sea_orm tokio tonic"),
    ("tests/it",                  "attache_client attache_proto attache_server attache_tests lettre prost sea_orm tokio tonic"),
    ("tests/bench",               EVERYTHING),
    ("tests/faults",              EVERYTHING),
];

/// For what binds the rooms together, and for what measures them one by one.
const EVERYTHING: &str = "*";

/// The crates that only some rooms may know, beside our own.
const GUARDED: &[&str] = &[
    "axum",
    "chacha20poly1305",
    "clap",
    "icalendar",
    "lettre",
    "prost",
    "sea_orm",
    "sea_orm_migration",
    "sqlx",
    "tokio",
    "tonic",
    "typst",
];

const SERVER: &str = "server/src/";

/// Finds what the file names against the arrows. The files at the top of `server/src` bind the rooms together and may
/// name all.
pub fn against(source: &Source) -> Vec<Finding> {
    if !source.is_rust() {
        return Vec::new();
    }
    let Some((room, allowed)) = room_of(&source.path) else {
        return unknown_room(source).into_iter().collect();
    };
    if allowed == EVERYTHING {
        return Vec::new();
    }
    let own = room.strip_prefix(SERVER).map(|folder| folder.replace('/', "::"));
    let mut named: Vec<(Named, String)> = paths::named(source)
        .into_iter()
        .filter_map(|path| target(source, &path).map(|target| (path, target)))
        .collect();
    // A group of a `use` is one breach to a line, however much it takes.
    named.dedup_by(|(path, target), (first, first_target)| path.line == first.line && target == first_target);
    named
        .iter()
        .filter(|(_, target)| own.as_ref() != Some(target) && !allowed.split(' ').any(|name| name == target))
        .map(|(path, target)| {
            let speaker = own.as_deref().unwrap_or(room);
            Finding::new(source, path.line, format!("{speaker} may not name {target} ({})", path.names.join("::")))
        })
        .collect()
}

/// The innermost room that a file stands in.
fn room_of(path: &str) -> Option<(&'static str, &'static str)> {
    let inside = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/') || rest == ".rs");
    ARROWS.iter().copied().filter(|(folder, _)| inside(folder)).max_by_key(|(folder, _)| folder.len())
}

fn unknown_room(source: &Source) -> Option<Finding> {
    let (folder, _) = source.path.strip_prefix(SERVER)?.split_once('/')?;
    Some(Finding::of_file(&source.path, format!("{folder} is not a room of the architecture")))
}

/// The room, crate of ours or guarded crate that a path leads to, as the table names it.
fn target(source: &Source, path: &Named) -> Option<String> {
    let head = path.names.first()?;
    let guards = GUARDED.iter().filter(|guard| is_of_family(head, guard));
    match *head {
        "crate" => server_room(source, &path.names[1..]),
        "super" => {
            let climbed = path.names.iter().take_while(|name| **name == "super").count();
            (climbed >= modules_above_the_end(&source.path)).then(|| server_room(source, &path.names[climbed..]))?
        }
        _ if head.starts_with("attache_") => Some((*head).to_owned()),
        _ => guards.max_by_key(|guard| guard.len()).map(|guard| (*guard).to_owned()),
    }
}

fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// The innermost room of the server that the names lead to from the root of its crate.
fn server_room(source: &Source, names: &[&str]) -> Option<String> {
    let rooms =
        ARROWS.iter().filter_map(|(folder, _)| folder.strip_prefix(SERVER)).map(|folder| folder.replace('/', "::"));
    let leads_into = |room: &String| {
        names.join("::").strip_prefix(room.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    source.path.starts_with(SERVER).then(|| rooms.filter(leads_into).max_by_key(String::len))?
}

/// How often a file of the server must say `super` to reach the root of its crate.
fn modules_above_the_end(path: &str) -> usize {
    let inside = path.strip_prefix(SERVER).unwrap_or(path);
    inside.trim_end_matches("/mod.rs").split('/').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<String> {
        against(&Source::parse(path, text)).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_store_that_calls_back_up_is_found() {
        assert_eq!(
            rules(
                "server/src/store/registrations.rs",
                "use crate::{app::App, vault, store::Store};\nuse attache_proto::v1;\nfn f() -> tonic::Status {}"
            ),
            [
                "store may not name app (crate::app::App)",
                "store may not name attache_proto (attache_proto::v1)",
                "store may not name tonic (tonic::Status)",
            ]
        );
    }

    #[test]
    fn a_group_of_a_use_is_one_breach_to_a_line() {
        assert_eq!(
            rules("server/src/store/events.rs", "use tonic::{Code, Status,\nRequest};"),
            ["store may not name tonic (tonic::Code)", "store may not name tonic (tonic::Request)"]
        );
    }

    #[test]
    fn an_app_that_knows_the_wire_or_the_orm_is_found() {
        assert_eq!(
            rules(
                "server/src/app/mod.rs",
                "use tonic_types::ErrorDetails;\nuse prost_types::Timestamp;\n\
                 use sea_orm::entity::prelude::*;\nuse super::rpc::status;\nuse attache_domain::Event;"
            ),
            [
                "app may not name tonic (tonic_types::ErrorDetails)",
                "app may not name prost (prost_types::Timestamp)",
                "app may not name sea_orm (sea_orm::entity::prelude)",
                "app may not name rpc (super::rpc::status)",
            ]
        );
    }

    #[test]
    fn a_domain_that_knows_anything_is_found() {
        assert_eq!(
            rules(
                "server/domain/src/registration.rs",
                "use tokio::sync::Mutex;\nuse attache_proto::v1;\nuse crate::event;\nuse chrono::Utc;"
            ),
            [
                "server/domain/src may not name tokio (tokio::sync::Mutex)",
                "server/domain/src may not name attache_proto (attache_proto::v1)",
            ]
        );
    }

    #[test]
    fn a_migration_that_knows_rows_is_found() {
        assert_eq!(
            rules(
                "migrations/src/m0001_events.rs",
                "use sea_orm_migration::prelude::*;\nuse attache_server::store::rows;"
            ),
            ["migrations/src may not name attache_server (attache_server::store::rows)"]
        );
    }

    #[test]
    fn composing_is_apart_from_sending() {
        let both = "use crate::mail::{compose, transport::Smtp};";

        assert_eq!(
            rules("server/src/app/letters.rs", both),
            ["app may not name mail::transport (crate::mail::transport::Smtp)"]
        );
        assert_eq!(rules("server/src/jobs/outbox.rs", both), [] as [&str; 0]);
        assert_eq!(rules("server/src/mail/compose.rs", "use tokio::fs;"), ["mail may not name tokio (tokio::fs)"]);
        assert_eq!(rules("server/src/mail/transport.rs", "use tokio::fs;"), [] as [&str; 0]);
    }

    #[test]
    fn a_way_up_by_super_is_followed_to_its_room() {
        assert_eq!(
            rules("server/src/store/rows/event.rs", "use super::super::super::app::App;\nuse super::super::app;"),
            ["store may not name app (super::super::super::app::App)"]
        );
    }

    #[test]
    fn a_room_that_is_not_in_the_architecture_is_found() {
        assert_eq!(rules("server/src/shed/mod.rs", ""), ["shed is not a room of the architecture"]);
        assert_eq!(rules("server/src/settings.rs", "use crate::rpc;"), [] as [&str; 0]);
    }
}
