//! One binary of tests: each speaks to a whole server of its own, through the client crate.

mod jobs;
mod letter_templates;
mod letters;
mod registrations;
mod tidy;
