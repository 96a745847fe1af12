//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod audit;
mod demo;
mod events;
mod mail;
mod files;
mod identity_documents;
mod registrations;
mod rights;
mod tidy;
