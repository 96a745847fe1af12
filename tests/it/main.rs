//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod demo;
mod itineraries;
mod registrations;
mod resources;
mod stops;
mod tidy;
