//! Who calls, and what that lets them do: the one way from a request to a capability.

use attache_domain::{
    authority::{
        Administrator, Approver, Auditor, Caller, Convener, Custodian, DelegationKeeper, DelegationLister,
        DelegationViewer, Denied, FileReader, Keeper, Organizer, Overseer, Session, Viewer,
    },
    change::Trail,
    resource::{DelegationName, EventId, OrganizationId, Owner},
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

/// A caller with a valid token, whom the gate found.
pub(super) struct Authority(Caller);

/// Finds the caller whom the gate left in the request.
pub(super) fn authority<T>(request: &Request<T>) -> Result<Authority, Barred> {
    request.extensions().get::<Caller>().cloned().map(Authority).ok_or(Barred::Unknown)
}

impl Authority {
    pub(super) fn caller(&self) -> &Caller {
        &self.0
    }

    /// Whoever calls may end the token they call with.
    pub(super) fn session(&self) -> Session {
        self.0.session()
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

    pub(super) fn custodian(&self, owner: &Owner) -> Result<Custodian, Barred> {
        Ok(self.0.custodian(owner)?)
    }

    pub(super) fn file_reader(&self, owner: &Owner) -> Result<FileReader, Barred> {
        Ok(self.0.file_reader(owner)?)
    }

    pub(super) fn auditor(&self, trail: &Trail) -> Result<Auditor, Barred> {
        Ok(self.0.auditor(trail)?)
    }
}
