//! What the house does: one function per write, each the whole story of it on one screen.
//!
//! A function loads facts, asks a rule, saves what the rule decided and enqueues the notices, all in one transaction; it takes the capability
//! that the caller must have.
//!
//! **Invariant:** a write is one transaction of the store, and no rule is decided here.

use attache_domain::{
    authority::{Actor, Capability},
    change::Trail,
    download_link::DownloadLink,
    letter::Code,
    resource::{InvitationName, LinkName},
    revision::{History, Revision},
};

use crate::{
    clock::Clock,
    store::{Deed, Request, Store},
};

pub mod access;
pub mod badges;
pub mod categories;
pub mod check_in_lists;
pub mod check_ins;
pub mod delegations;
mod error;
pub mod events;
pub mod files;
pub mod identity_documents;
pub mod invitations;
pub mod itineraries;
pub mod jobs;
pub mod letters;
pub mod links;
pub mod nominations;
pub mod notices;
pub mod organizations;
pub mod persons;
pub mod public;
pub mod registrations;
pub mod resources;
pub mod rooms;
pub mod schedules;
pub mod sessions;
pub mod sign_in;
pub mod speakers;
pub mod stops;
pub mod system;
pub mod waitlists;

pub use error::{AppError, chain};

/// What every write needs.
pub struct App {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// Where this server is reached from outside, without a slash at the end; letters' QR codes begin with it.
    pub public_url: String,
    /// The page of a front end that personal links lead to.
    pub personal_page: String,
}

/// A change of something that two people may change.
#[derive(Clone, Debug)]
pub struct Edit<N, C> {
    /// Of what.
    pub name: N,
    /// The new content, whole.
    pub content: C,
    /// What its editor saw; a change made since refuses this one.
    pub expected: Option<Revision>,
}

impl App {
    /// The page that tells whether the letter with this code holds.
    pub fn verify_url(&self, code: &Code) -> String {
        format!("{}/verify/{}", self.public_url, code.as_str())
    }

    /// Where whoever has a link downloads its file. What it says is proven in it, and so it is a secret.
    pub fn download_url(&self, link: &DownloadLink) -> String {
        format!("{}/files/{}", self.public_url, self.store.proven_link(link))
    }

    /// The personal link itself. The code stands behind a `#`, which browsers keep to themselves: no server, proxy or log on the way is told
    /// it, and what opens links in mails to look at them does not use it up.
    pub fn personal_url(&self, link: &LinkName) -> String {
        format!("{}#link={}", self.personal_page, self.store.link_code(link).as_str())
    }

    /// The address of an invitation's page, with its code.
    pub fn invitation_url(&self, invitation: &InvitationName) -> String {
        format!("{}#invitation={}", self.personal_page, self.store.invitation_code(invitation).as_str())
    }

    /// What somebody does by a capability.
    fn deed(&self, capability: &impl Capability, request: Request) -> Deed {
        Deed { actor: capability.actor(), trail: capability.trail(), now: self.clock.now(), request }
    }

    /// What the server does for itself, or for whom it does not know yet, under some name.
    fn own_deed(&self, trail: impl Into<Trail>) -> Deed {
        let (actor, request) = (Actor::Server, Request::default());
        Deed { actor, trail: trail.into(), now: self.clock.now(), request }
    }
}

/// Refuses a change of what was changed since its editor saw it.
fn unchanged(expected: Option<Revision>, history: &History, name: impl ToString) -> Result<(), AppError> {
    match expected {
        Some(expected) if expected != history.revision => Err(AppError::Stale(name.to_string())),
        Some(_) | None => Ok(()),
    }
}

/// Says that a resource does not exist.
fn missing(name: impl ToString) -> AppError {
    AppError::NotFound(name.to_string())
}
