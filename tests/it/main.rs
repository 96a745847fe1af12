//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod audit;
mod delegations;
mod demo;
mod events;
mod files;
mod identity_documents;
mod mail;
mod registrations;
mod rights;
mod tidy;
