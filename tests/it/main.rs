//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod registrations;
mod rooms;
mod schedules;
mod sessions;
mod speakers;
mod tidy;
