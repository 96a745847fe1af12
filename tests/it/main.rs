//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod access;
mod categories;
mod durability;
mod events;
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
