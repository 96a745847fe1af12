//! What lets somebody see a delegation or keep its members: an organiser's role in the event, or a focal point's in that delegation alone.

use super::{Actor, Caller, Denied, Reach, Role, Whose};
use crate::resource::{DelegationId, DelegationName, EventId, MemberId};

/// As what somebody keeps a delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As an organiser of the event.
    Organizer,
    /// As the delegation's own focal point.
    FocalPoint,
}

/// May nominate and replace the members of one delegation.
#[derive(Clone, Debug)]
pub struct DelegationKeeper {
    member: MemberId,
    delegation: DelegationName,
    standing: Standing,
}

/// May read one delegation and its members.
#[derive(Clone, Debug)]
pub struct DelegationViewer {
    delegation: DelegationName,
}

/// May list delegations of one event.
#[derive(Clone, Debug)]
pub struct DelegationLister {
    event: EventId,
    visible: VisibleDelegations,
}

/// May see how ready the people of an event are, or of one of its delegations alone.
#[derive(Clone, Debug)]
pub struct Overseer {
    event: EventId,
    delegation: Option<DelegationName>,
}

/// The delegations of an event that a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VisibleDelegations {
    /// All of them.
    All,
    /// These.
    Only(Vec<DelegationId>),
}

impl Caller {
    /// Lets an event's organisers, and a delegation's focal points, keep its members.
    pub fn delegation_keeper(&self, delegation: &DelegationName) -> Result<DelegationKeeper, Denied> {
        let standing = match self.organizer(&delegation.event) {
            Ok(_) => Standing::Organizer,
            Err(_) if self.is_focal_point_of(delegation) => Standing::FocalPoint,
            Err(_) => return Err(Denied::Role(Role::FocalPoint)),
        };
        Ok(DelegationKeeper { member: self.member(), delegation: delegation.clone(), standing })
    }

    /// Lets everybody who may read an event, and a delegation's focal points, read it.
    pub fn delegation_viewer(&self, delegation: &DelegationName) -> Result<DelegationViewer, Denied> {
        let allowed = self.viewer(&delegation.event).is_ok() || self.is_focal_point_of(delegation);
        allowed.then(|| DelegationViewer { delegation: delegation.clone() }).ok_or(Denied::Role(Role::FocalPoint))
    }

    /// Lets everybody who may read an event list its delegations, and focal points their own.
    pub fn delegation_lister(&self, event: &EventId) -> Result<DelegationLister, Denied> {
        let visible = match self.viewer(event) {
            Ok(_) => VisibleDelegations::All,
            Err(_) => VisibleDelegations::Only(self.delegations_of(event).collect()),
        };
        if visible == VisibleDelegations::Only(Vec::new()) {
            return Err(Denied::Role(Role::FocalPoint));
        }
        Ok(DelegationLister { event: event.clone(), visible })
    }

    /// Lets everybody who may read an event see how ready its people are.
    pub fn overseer(&self, event: &EventId) -> Result<Overseer, Denied> {
        self.viewer(event).map(|_| Overseer { event: event.clone(), delegation: None })
    }

    /// Lets those see how ready a delegation is who may read it.
    pub fn overseer_of_delegation(&self, delegation: &DelegationName) -> Result<Overseer, Denied> {
        let DelegationViewer { delegation } = self.delegation_viewer(delegation)?;
        Ok(Overseer { event: delegation.event.clone(), delegation: Some(delegation) })
    }

    fn is_focal_point_of(&self, wanted: &DelegationName) -> bool {
        self.delegations_of(&wanted.event).any(|delegation| delegation == wanted.delegation)
    }

    /// Whether they are a focal point of any delegation of an event.
    pub(super) fn is_focal_point_in(&self, event: &EventId) -> bool {
        self.delegations_of(event).next().is_some()
    }

    fn delegations_of(&self, wanted: &EventId) -> impl Iterator<Item = DelegationId> {
        self.grants.iter().filter_map(move |grant| match &grant.reach {
            Reach::Delegation { event, delegation, .. } if grant.role == Role::FocalPoint && event == wanted => {
                Some(*delegation)
            }
            Reach::Installation | Reach::Event { .. } | Reach::Delegation { .. } => None,
        })
    }
}

impl DelegationKeeper {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        Actor::Member(self.member)
    }

    /// Which delegation.
    pub fn delegation(&self) -> &DelegationName {
        &self.delegation
    }

    /// As what.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Whose files of the event are there for them.
    pub fn whose_files(&self) -> Whose {
        match self.standing {
            Standing::Organizer => Whose::Anybodys,
            Standing::FocalPoint => Whose::UploadedBy(self.actor()),
        }
    }

    /// Whether they may nominate anybody whom the event's controller keeps. A focal point names only those whom the delegation knows, since
    /// a nomination shows who is behind a name.
    pub fn may_name_anybody(&self) -> bool {
        match self.standing {
            Standing::Organizer => true,
            Standing::FocalPoint => false,
        }
    }
}

impl DelegationViewer {
    /// Which delegation.
    pub fn delegation(&self) -> &DelegationName {
        &self.delegation
    }
}

impl Overseer {
    /// In which event.
    pub fn event(&self) -> &EventId {
        &self.event
    }

    /// Of which delegation, when it is one alone.
    pub fn delegation(&self) -> Option<&DelegationName> {
        self.delegation.as_ref()
    }
}

impl DelegationLister {
    /// In which event.
    pub fn event(&self) -> &EventId {
        &self.event
    }

    /// Which of its delegations.
    pub fn visible(&self) -> &VisibleDelegations {
        &self.visible
    }
}
