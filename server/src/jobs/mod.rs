//! Workers: what is done later, under a lease, so that a server that dies loses nothing and two servers do nothing twice.
//!
//! Each worker wakes when something was committed, or after a while by itself; what it finds due it hands to the app, one transaction each.
//!
//! **Invariant:** a worker decides nothing; it claims, calls the app, and goes on when one piece fails.

pub mod audit;
pub mod codes;
pub mod offers;
pub mod outbox;
pub mod pieces;
pub mod recovery;
pub mod retention;
mod sending;
