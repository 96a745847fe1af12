//! Who calls, and what that lets them do: the one way from a request to a capability.

use attache_domain::{
    authority::{
        Administrator, Approver, Auditor, Caller, Convener, Delegate, DelegationKeeper, DelegationLister,
        DelegationViewer, Denied, Depositor, Downloader, Identity, Keeper, Organizer, Overseer, Responder, Session,
        Uploader, Viewer,
    },
    change::Trail,
    resource::{DelegationName, EventId, OrganizationId, Owner, PersonName},
};
use tonic::Request;

/// Says that a call may not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// It came without a valid token.
    Unknown,
    /// The caller's roles do not allow it.
    Denied(Denied),
}

impl From<Denied> for Barred {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

/// A member with a valid token, whom the gate found.
pub(super) struct Authority(Caller);

/// Whoever has a valid token, whom the gate found: a member, or a person who came by a personal link.
pub(super) struct Anybody(Identity);

/// Finds the member who calls. Whoever came by a personal link is barred from all that asks for a member, which is nearly everything.
pub(super) fn authority<T>(request: &Request<T>) -> Result<Authority, Barred> {
    let Anybody(identity) = anybody(request)?;
    Ok(Authority(identity.member()?))
}

/// Finds whoever calls, as the gate left them in the request.
pub(super) fn anybody<T>(request: &Request<T>) -> Result<Anybody, Barred> {
    request.extensions().get::<Identity>().cloned().map(Anybody).ok_or(Barred::Unknown)
}

impl Anybody {
    pub(super) fn identity(&self) -> &Identity {
        &self.0
    }

    /// Whoever calls may end the token they call with.
    pub(super) fn session(&self) -> Session {
        self.0.session()
    }

    pub(super) fn delegate(self) -> Result<Delegate, Barred> {
        Ok(self.0.delegate()?)
    }

    pub(super) fn responder(&self, event: &EventId) -> Result<Responder, Barred> {
        Ok(self.0.responder(event)?)
    }

    pub(super) fn depositor(&self, person: &PersonName) -> Result<Depositor, Barred> {
        Ok(self.0.depositor(person)?)
    }

    pub(super) fn uploader(&self, owner: &Owner) -> Result<Uploader, Barred> {
        Ok(self.0.uploader(owner)?)
    }

    pub(super) fn downloader(&self, owner: &Owner) -> Result<Downloader, Barred> {
        Ok(self.0.downloader(owner)?)
    }
}

impl Authority {
    pub(super) fn caller(&self) -> &Caller {
        &self.0
    }

    pub(super) fn administrator(&self) -> Result<Administrator, Barred> {
        Ok(self.0.administrator()?)
    }

    pub(super) fn convener(&self) -> Result<Convener, Barred> {
        Ok(self.0.convener()?)
    }

    pub(super) fn organizer(&self, event: &EventId) -> Result<Organizer, Barred> {
        Ok(self.0.organizer(event)?)
    }

    pub(super) fn approver(&self, event: &EventId) -> Result<Approver, Barred> {
        Ok(self.0.approver(event)?)
    }

    pub(super) fn viewer(&self, event: &EventId) -> Result<Viewer, Barred> {
        Ok(self.0.viewer(event)?)
    }

    pub(super) fn delegation_keeper(&self, delegation: &DelegationName) -> Result<DelegationKeeper, Barred> {
        Ok(self.0.delegation_keeper(delegation)?)
    }

    pub(super) fn delegation_viewer(&self, delegation: &DelegationName) -> Result<DelegationViewer, Barred> {
        Ok(self.0.delegation_viewer(delegation)?)
    }

    pub(super) fn delegation_lister(&self, event: &EventId) -> Result<DelegationLister, Barred> {
        Ok(self.0.delegation_lister(event)?)
    }

    pub(super) fn overseer(&self, event: &EventId) -> Result<Overseer, Barred> {
        Ok(self.0.overseer(event)?)
    }

    pub(super) fn overseer_of_delegation(&self, delegation: &DelegationName) -> Result<Overseer, Barred> {
        Ok(self.0.overseer_of_delegation(delegation)?)
    }

    pub(super) fn keeper(&self, organization: &OrganizationId) -> Result<Keeper, Barred> {
        Ok(self.0.keeper(organization)?)
    }

    pub(super) fn auditor(&self, trail: &Trail) -> Result<Auditor, Barred> {
        Ok(self.0.auditor(trail)?)
    }
}
