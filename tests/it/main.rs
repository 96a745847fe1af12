//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod demo;
mod registrations;
mod resources;
mod tidy;
