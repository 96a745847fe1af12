//! Calls an Attaché server: [`connect`] once, then a handle per service, each call carrying the caller's token and a
//! deadline.
//!
//! ```no_run
//! use attache_client::{Options, Token, connect, fresh_request_id, pages, v1};
//! use tokio_stream::StreamExt as _;
//!
//! # async fn tour() -> Result<(), attache_client::Failure> {
//! let client = connect(Options { token: Some(Token::new("…")), ..Options::default() }).await?;
//!
//! let confirm = v1::ConfirmRegistrationRequest {
//!     name: "events/ciftis-2023/registrations/0197".to_owned(),
//!     request_id: fresh_request_id(),
//!     ..Default::default()
//! };
//! client.registrations().confirm_registration(confirm).await?;
//!
//! let client = &client;
//! let mut events = pages(|page_token| async move {
//!     client.events().list_events(v1::ListEventsRequest { page_token, ..Default::default() }).await
//! });
//! while let Some(event) = events.next().await {
//!     println!("{}", event?.name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Invariant:** a call is sent again only if doing it twice is doing it once: it reads, its service says so, or it
//! carries a `request_id`.

pub mod badges;
#[cfg(test)]
mod carriage;
mod channel;
mod failure;
mod handles;
mod methods;
mod options;
mod pages;
mod retry;
mod watch;

pub use attache_proto::{DESCRIPTOR_SET, v1};
pub use tonic::Code;

pub use channel::Channel;
pub use failure::{Facts, Failure, FieldViolation, PreconditionViolation, Reason, Translation};
pub use handles::{Client, LARGEST_ANSWER, connect};
pub use options::{Options, Token};
pub use pages::{Page, pages};
pub use retry::{Retries, fresh_request_id};
pub use watch::{Told, Watch, watch};
