//! Who may do what: a caller's grants, and the capabilities they amount to.
//!
//! A capability is a parameter type. Functions of the app and of the store ask for one, and only [`Caller`] makes them, so that a call without
//! the right, or a query without its scope, cannot be written.

use crate::resource::{DelegationId, EventId, MemberId, MemberName, OrganizationId, PersonName, TokenName};

mod capability;
mod delegate;
mod delegation;
mod depositor;
mod reviser;

pub use capability::Capability;
pub use delegate::{Delegate, Downloader, Identity, Responder, Session, Whose};

pub use delegation::{DelegationKeeper, DelegationLister, DelegationViewer, Overseer, Standing, VisibleDelegations};

mod custody;

pub use custody::{Auditor, Uploader};
pub use depositor::{Depositor, Standing as DepositorStanding};
pub use reviser::Reviser;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything in the installation, other members included.
    Owner,
    /// Everything in an event.
    Organizer,
    /// What a viewer may, and deciding on letters.
    Approver,
    /// A delegation's own affairs and nobody else's.
    FocalPoint,
    /// Reading an event, without passports.
    Viewer,
}

impl Actor {
    /// The resource name of a member or a person; the server has none.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Member(member) => Some(MemberName { member: *member }.to_string()),
            Self::Person(person) => Some(person.to_string()),
            Self::Server => None,
        }
    }
}

impl Denied {
    /// The word for who could, in refusals.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Role(role) => role.word(),
            Self::Membership => "MEMBER",
            Self::PersonalLink => "DELEGATE",
        }
    }
}

impl Role {
    /// The word for it in refusals, logs and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Organizer => "ORGANIZER",
            Self::Approver => "APPROVER",
            Self::FocalPoint => "FOCAL_POINT",
            Self::Viewer => "VIEWER",
        }
    }
}

/// Where a role holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everywhere.
    Installation,
    /// In one event, and for the people whom its controller keeps.
    Event {
        /// The event.
        event: EventId,
        /// Its data controller.
        controller: OrganizationId,
    },
    /// In one delegation of an event.
    Delegation {
        /// The event.
        event: EventId,
        /// Its data controller.
        controller: OrganizationId,
        /// The delegation.
        delegation: DelegationId,
    },
}

/// A role somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What.
    pub role: Role,
    /// Where.
    pub reach: Reach,
}

/// Who does something: a member, a person for themselves, or the server itself (a worker).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A member.
    Member(MemberId),
    /// A person, who came by a personal link.
    Person(PersonName),
    /// The server.
    Server,
}

/// Says that a caller's roles do not allow something; it does not say whether the thing exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The least role that could is another one.
    #[error("this needs the role {}", .0.word())]
    Role(Role),
    /// Only a member could, with whatever role; or a person, if it were their own.
    #[error("this is not open to whoever came by a personal link")]
    Membership,
    /// Only a person could, for themselves.
    #[error("this is for whoever came by a personal link")]
    PersonalLink,
}

/// A member who calls with a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    token: TokenName,
    grants: Vec<Grant>,
}

/// May administer members and tokens.
#[derive(Clone, Debug)]
pub struct Administrator {
    actor: Actor,
}

/// May create organisations and events.
#[derive(Clone, Debug)]
pub struct Convener {
    actor: Actor,
}

/// May do everything in one event.
#[derive(Clone, Debug)]
pub struct Organizer {
    actor: Actor,
    event: EventId,
}

/// May decide on the letters of one event.
#[derive(Clone, Debug)]
pub struct Approver {
    actor: Actor,
    event: EventId,
}

/// May read one event.
#[derive(Clone, Debug)]
pub struct Viewer {
    event: EventId,
}

/// May read and change the people, documents and files of one organisation.
#[derive(Clone, Debug)]
pub struct Keeper {
    actor: Actor,
    organization: OrganizationId,
}

/// The events a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visible {
    /// All of them.
    All,
    /// These.
    Only(Vec<EventId>),
}

impl Caller {
    /// Binds a member, who calls with a token of theirs, to the grants that were found for them.
    pub fn new(token: TokenName, grants: Vec<Grant>) -> Self {
        Self { token, grants }
    }

    /// Who calls.
    pub fn member(&self) -> MemberId {
        self.token.member
    }

    /// Which token they call with.
    pub fn token(&self) -> &TokenName {
        &self.token
    }

    /// What they may do.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    fn actor(&self) -> Actor {
        Actor::Member(self.member())
    }

    fn everywhere(&self, roles: &[Role]) -> bool {
        self.grants.iter().any(|grant| roles.contains(&grant.role) && grant.reach == Reach::Installation)
    }

    fn within(&self, wanted: &EventId, roles: &[Role]) -> bool {
        self.everywhere(roles)
            || self.grants.iter().any(|grant| match &grant.reach {
                Reach::Event { event, .. } => roles.contains(&grant.role) && event == wanted,
                Reach::Installation | Reach::Delegation { .. } => false,
            })
    }

    /// Lets the owner administer.
    pub fn administrator(&self) -> Result<Administrator, Denied> {
        let allowed = self.everywhere(&[Role::Owner]);
        allowed.then(|| Administrator { actor: self.actor() }).ok_or(Denied::Role(Role::Owner))
    }

    /// Lets the owner and the organisers of the whole installation create.
    pub fn convener(&self) -> Result<Convener, Denied> {
        let allowed = self.everywhere(&[Role::Owner, Role::Organizer]);
        allowed.then(|| Convener { actor: self.actor() }).ok_or(Denied::Role(Role::Organizer))
    }

    /// Lets an event's organisers do everything in it.
    pub fn organizer(&self, event: &EventId) -> Result<Organizer, Denied> {
        let allowed = self.within(event, &[Role::Owner, Role::Organizer]);
        allowed.then(|| Organizer { actor: self.actor(), event: event.clone() }).ok_or(Denied::Role(Role::Organizer))
    }

    /// Lets an event's approvers and organisers decide on letters.
    pub fn approver(&self, event: &EventId) -> Result<Approver, Denied> {
        let allowed = self.within(event, &[Role::Owner, Role::Organizer, Role::Approver]);
        allowed.then(|| Approver { actor: self.actor(), event: event.clone() }).ok_or(Denied::Role(Role::Approver))
    }

    /// Lets everybody with a role in an event read it; a focal point reads what is theirs, by other ways.
    pub fn viewer(&self, event: &EventId) -> Result<Viewer, Denied> {
        let allowed = self.within(event, &[Role::Owner, Role::Organizer, Role::Approver, Role::Viewer]);
        allowed.then(|| Viewer { event: event.clone() }).ok_or(Denied::Role(Role::Viewer))
    }

    /// Lets the organisers of an organisation's events keep its people.
    pub fn keeper(&self, organization: &OrganizationId) -> Result<Keeper, Denied> {
        let roles = [Role::Owner, Role::Organizer];
        let allowed = self.everywhere(&roles)
            || self.grants.iter().any(|grant| match &grant.reach {
                Reach::Event { controller, .. } => roles.contains(&grant.role) && controller == organization,
                Reach::Installation | Reach::Delegation { .. } => false,
            });
        allowed
            .then(|| Keeper { actor: self.actor(), organization: organization.clone() })
            .ok_or(Denied::Role(Role::Organizer))
    }

    /// Tells which events a list may show; a focal point's delegation does not show its event.
    pub fn visible(&self) -> Visible {
        if self.everywhere(&[Role::Owner, Role::Organizer, Role::Approver, Role::Viewer]) {
            return Visible::All;
        }
        let events = self.grants.iter().filter_map(|grant| match &grant.reach {
            Reach::Event { event, .. } => Some(event.clone()),
            Reach::Installation | Reach::Delegation { .. } => None,
        });
        Visible::Only(events.collect())
    }
}

impl Administrator {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }
}

impl Convener {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// A convener keeps every organisation.
    pub fn keeper(&self, organization: &OrganizationId) -> Keeper {
        Keeper { actor: self.actor.clone(), organization: organization.clone() }
    }
}

impl Organizer {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// In which event.
    pub fn event(&self) -> &EventId {
        &self.event
    }

    /// An organiser may read.
    pub fn viewer(&self) -> Viewer {
        Viewer { event: self.event.clone() }
    }

    /// An organiser may decide on letters.
    pub fn approver(&self) -> Approver {
        Approver { actor: self.actor.clone(), event: self.event.clone() }
    }
}

impl Approver {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// In which event.
    pub fn event(&self) -> &EventId {
        &self.event
    }
}

impl Viewer {
    /// In which event.
    pub fn event(&self) -> &EventId {
        &self.event
    }
}

impl Keeper {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// Of which organisation.
    pub fn organization(&self) -> &OrganizationId {
        &self.organization
    }
}

#[cfg(test)]
mod tests;
