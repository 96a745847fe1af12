//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod access;
mod audit;
mod categories;
mod delegations;
mod demo;
mod durability;
mod events;
mod files;
mod identity_documents;
mod jobs;
mod letter_templates;
mod letters;
mod log;
mod mail;
mod notices;
mod organizations;
mod persons;
mod registrations;
mod rights;
mod system;
mod tidy;
mod wire;
