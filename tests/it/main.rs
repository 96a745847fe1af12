//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod audit;
mod demo;
mod files;
mod identity_documents;
mod registrations;
mod tidy;
