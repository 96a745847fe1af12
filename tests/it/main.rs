//! One binary of tests: each speaks to a whole server of its own, through the client crate.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a step that fails fails its test, loudly")]

mod access;
mod audit;
mod categories;
mod delegations;
mod demo;
mod durability;
mod events;
mod files;
mod identity_documents;
mod itineraries;
mod jobs;
mod letter_templates;
mod letters;
mod limits;
mod log;
mod mail;
mod notices;
mod organizations;
mod persons;
mod pools;
mod refusals;
mod registrations;
mod replays;
mod resources;
mod rights;
mod rooms;
mod schedules;
mod sessions;
mod sign_in;
mod speakers;
mod stops;
mod system;
mod tidy;
mod tls;
mod wire;
