//! Rights over what lies under a name: an event's or an organisation's files, and the change log of these and of the installation.

use super::{Actor, Caller, Denied, Identity, Reach, Role, Whose};
use crate::{
    change::Trail,
    resource::{MemberId, OrganizationId, Owner},
};

/// May put files under one name, and delete those that are theirs.
#[derive(Clone, Debug)]
pub struct Uploader {
    actor: Actor,
    owner: Owner,
    whose: Whose,
}

/// May read what the change log keeps under one name, and in it what concerns people whom the reader may keep.
#[derive(Clone, Debug)]
pub struct Auditor {
    reader: MemberId,
    trail: Trail,
    keeps: Kept,
}

/// The organisations whose people a caller may keep.
#[derive(Clone, Debug)]
enum Kept {
    /// All of them.
    All,
    /// These.
    Only(Vec<OrganizationId>),
}

impl Identity {
    /// Lets those put files under a name who keep what lies there, the focal points of an event's delegations, and whoever came to the event by a
    /// personal link.
    pub fn uploader(&self, owner: &Owner) -> Result<Uploader, Denied> {
        match self {
            Self::Member(caller) => caller.uploader(owner),
            Self::Delegate(delegate) => {
                Ok(Uploader { actor: delegate.actor(), owner: owner.clone(), whose: delegate.own_under(owner)? })
            }
        }
    }
}

impl Caller {
    /// Lets an event's organisers and an organisation's keepers keep what lies under its name.
    fn keeps(&self, owner: &Owner) -> Result<(), Denied> {
        match owner {
            Owner::Event(event) => self.organizer(event).map(drop),
            Owner::Organization(organization) => self.keeper(organization).map(drop),
        }
    }

    /// Lets those put files under a name who keep what lies there, and the focal points of an event's delegations.
    fn uploader(&self, owner: &Owner) -> Result<Uploader, Denied> {
        let whose = self.whose_files(owner, self.keeps(owner))?;
        Ok(Uploader { actor: self.actor(), owner: owner.clone(), whose })
    }

    /// Lets an event's approvers and an organisation's keepers read its files, and a focal point of a delegation of the event what they uploaded; a
    /// viewer sees no passports, and so no letters.
    pub(super) fn readable(&self, owner: &Owner) -> Result<Whose, Denied> {
        let right = match owner {
            Owner::Event(event) => self.approver(event).map(drop),
            Owner::Organization(organization) => self.keeper(organization).map(drop),
        };
        self.whose_files(owner, right)
    }

    /// Whose files somebody reaches who has the right to all of them, or is a focal point.
    fn whose_files(&self, owner: &Owner, right: Result<(), Denied>) -> Result<Whose, Denied> {
        match (right, owner) {
            (Ok(()), _) => Ok(Whose::Anybodys),
            (Err(_), Owner::Event(event)) if self.is_focal_point_in(event) => Ok(Whose::UploadedBy(self.actor())),
            (Err(denied), _) => Err(denied),
        }
    }

    /// Lets an event's organisers and an organisation's keepers read what was done under its name, and the owner what was done
    /// to members and tokens.
    pub fn auditor(&self, trail: &Trail) -> Result<Auditor, Denied> {
        match trail {
            Trail::Installation => self.administrator().map(|_| ())?,
            Trail::Owner(owner) => self.keeps(owner)?,
        }
        Ok(Auditor { reader: self.member(), trail: trail.clone(), keeps: self.kept() })
    }

    fn kept(&self) -> Kept {
        let roles = [Role::Owner, Role::Organizer];
        if self.everywhere(&roles) {
            return Kept::All;
        }
        let organizations = self.grants().iter().filter_map(|grant| match &grant.reach {
            Reach::Event { controller, .. } => roles.contains(&grant.role).then(|| controller.clone()),
            Reach::Installation | Reach::Delegation { .. } => None,
        });
        Kept::Only(organizations.collect())
    }
}

impl Uploader {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// Under whose name.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Whose uploads they may go on with: what others uploaded is not there for a focal point, nor for whoever came by a personal link.
    pub fn whose(&self) -> &Whose {
        &self.whose
    }
}

impl Auditor {
    /// Who reads.
    pub fn reader(&self) -> MemberId {
        self.reader
    }

    /// Under whose name.
    pub fn trail(&self) -> &Trail {
        &self.trail
    }

    /// Tells whether what concerns the people of an organisation may be opened.
    pub fn keeps(&self, organization: &OrganizationId) -> bool {
        match &self.keeps {
            Kept::All => true,
            Kept::Only(organizations) => organizations.contains(organization),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        authority::{Caller, Grant, Reach, Role},
        change::Trail,
    };

    /// A token of somebody.
    const TOKEN: &str = "members/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d/tokens/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5e";

    #[test]
    fn auditor_opens_what_concerns_people_they_keep() {
        let own = Reach::Event { event: "own".parse().unwrap(), controller: "zbra".parse().unwrap() };
        let opens = |reach: Reach| {
            let grants = vec![Grant { role: Role::Organizer, reach }];
            let caller = Caller::new(TOKEN.parse().unwrap(), grants);
            let auditor = caller.auditor(&"events/own".parse().unwrap()).unwrap();
            ["zbra", "stza"].map(|organization| auditor.keeps(&organization.parse().unwrap()))
        };

        assert_eq!(opens(own), [true, false]);
        assert_eq!(opens(Reach::Installation), [true, true]);
    }

    #[test]
    fn log_of_the_installation_is_the_owners() {
        let reads = |role: Role| {
            let caller = Caller::new(TOKEN.parse().unwrap(), vec![Grant { role, reach: Reach::Installation }]);
            caller.auditor(&Trail::Installation).is_ok()
        };

        assert_eq!(
            [Role::Owner, Role::Organizer, Role::Approver, Role::Viewer].map(reads),
            [true, false, false, false]
        );
    }

    /// What each role may with an event's files, its controller's and another organisation's: keep, read.
    #[test]
    fn role_allows_with_files_what_the_table_says() {
        let own = Reach::Event { event: "own".parse().unwrap(), controller: "zbra".parse().unwrap() };
        let rights = |role: Role, reach: &Reach| {
            let grants = vec![Grant { role, reach: reach.clone() }];
            let caller = Caller::new(TOKEN.parse().unwrap(), grants);
            ["events/own", "events/other", "organizations/zbra", "organizations/stza"].map(|owner| {
                let owner = owner.parse().unwrap();
                [caller.keeps(&owner).is_ok(), caller.readable(&owner).is_ok()]
            })
        };
        let [none, read, both] = [[false, false], [false, true], [true, true]];

        let table = [
            (Role::Owner, Reach::Installation, [both, both, both, both]),
            (Role::Organizer, own.clone(), [both, none, both, none]),
            (Role::Approver, own.clone(), [read, none, none, none]),
            (Role::Viewer, own.clone(), [none, none, none, none]),
            (Role::FocalPoint, own, [none, none, none, none]),
        ];
        for (role, reach, expected) in table {
            assert_eq!(rights(role, &reach), expected, "{role:?}");
        }
    }
}
