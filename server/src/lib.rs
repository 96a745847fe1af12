//! The Attaché server, room by room; `README.md` beside this crate is the map.
//!
//! **Invariant:** a write goes rpc → app → domain → store and nowhere else; a read goes rpc → store; nothing calls back up.

pub mod app;
pub mod backup;
pub mod clock;
pub mod demo;
pub mod exchange;
mod http;
mod ids;
pub mod installation;
pub mod jobs;
pub mod limits;
pub mod mail;
mod rpc;
pub mod server;
pub mod settings;
pub mod store;
pub mod vault;

/// A server makes and drops many small things, and the more of them lie about, as those of guests who watch, the longer the system's own
/// allocator looks for room. The huge pages that it asks for cost 20 MiB when idle and save a tenth of the processor's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
