//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod audit;
mod demo;
mod access;
mod categories;
mod durability;
mod events;
mod log;
mod mail;
mod files;
mod identity_documents;
mod jobs;
mod letter_templates;
mod letters;
mod notices;
mod organizations;
mod persons;
mod registrations;
mod rights;
mod system;
mod tidy;
mod wire;
