//! Rights over documents in the vault without what they say: an organisation's keepers have them over anybody's, a focal point over those of the
//! delegation's members, and a person over their own.

use super::{Actor, Caller, Denied, Identity, Reach, Role};
use crate::resource::{DelegationName, EventId, OrganizationId, PersonName};

/// May put documents of somebody into the vault, see which are there, and destroy them. It lets nobody read them.
#[derive(Clone, Debug)]
pub struct Depositor {
    actor: Actor,
    person: PersonName,
    standing: Standing,
}

/// As what somebody may do so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As a keeper of the organisation's people.
    Keeper,
    /// As the person themselves, who comes to this event.
    Holder(EventId),
    /// As a focal point of these delegations, if the person has a seat in one of them.
    FocalPoint(Vec<DelegationName>),
}

impl Identity {
    /// Lets the keepers of an organisation's people, a focal point of a delegation to one of its events, and the person themselves keep their
    /// documents. Whether the person has a seat in the delegation is not looked at here.
    pub fn depositor(&self, person: &PersonName) -> Result<Depositor, Denied> {
        let standing = match self {
            Self::Delegate(delegate) if delegate.person() == person => Standing::Holder(delegate.event().clone()),
            Self::Delegate(_) => return Err(Denied::Membership),
            Self::Member(caller) => caller.standing_towards(&person.organization)?,
        };
        Ok(Depositor { actor: self.actor(), person: person.clone(), standing })
    }
}

impl Caller {
    fn standing_towards(&self, organization: &OrganizationId) -> Result<Standing, Denied> {
        if self.keeper(organization).is_ok() {
            return Ok(Standing::Keeper);
        }
        let delegations = self.grants().iter().filter_map(|grant| match &grant.reach {
            Reach::Delegation { event, controller, delegation }
                if grant.role == Role::FocalPoint && controller == organization =>
            {
                Some(DelegationName { event: event.clone(), delegation: *delegation })
            }
            Reach::Installation | Reach::Event { .. } | Reach::Delegation { .. } => None,
        });
        let delegations: Vec<DelegationName> = delegations.collect();
        if delegations.is_empty() { Err(Denied::Role(Role::FocalPoint)) } else { Ok(Standing::FocalPoint(delegations)) }
    }
}

impl Depositor {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// Whose documents.
    pub fn person(&self) -> &PersonName {
        &self.person
    }

    /// As what.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::{Delegate, Grant};

    const TOKEN: &str = "members/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d/tokens/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5e";
    const DELEGATION: &str = "events/forum/delegations/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5f";

    fn person(organization: &str, digit: u8) -> PersonName {
        format!("organizations/{organization}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5{digit}").parse().unwrap()
    }

    fn standing(identity: &Identity, person: &PersonName) -> Result<Standing, Denied> {
        identity.depositor(person).map(|depositor| depositor.standing().clone())
    }

    fn member(role: Role, reach: Reach) -> Identity {
        Identity::Member(Caller::new(TOKEN.parse().unwrap(), vec![Grant { role, reach }]))
    }

    #[test]
    fn role_keeps_documents_of_those_whom_the_table_says() {
        let (ours, theirs) = (person("zbra", 1), person("stza", 1));
        let delegation: DelegationName = DELEGATION.parse().unwrap();
        let event = Reach::Event { event: "forum".parse().unwrap(), controller: "zbra".parse().unwrap() };
        let seat = Reach::Delegation {
            event: delegation.event.clone(),
            controller: "zbra".parse().unwrap(),
            delegation: delegation.delegation,
        };
        let denied = Err(Denied::Role(Role::FocalPoint));

        for (role, reach, expected) in [
            (Role::Owner, Reach::Installation, [Ok(Standing::Keeper), Ok(Standing::Keeper)]),
            (Role::Organizer, event.clone(), [Ok(Standing::Keeper), denied.clone()]),
            (Role::Approver, event.clone(), [denied.clone(), denied.clone()]),
            (Role::Viewer, event.clone(), [denied.clone(), denied.clone()]),
            (Role::FocalPoint, event, [denied.clone(), denied.clone()]),
            (Role::FocalPoint, seat.clone(), [Ok(Standing::FocalPoint(vec![delegation])), denied.clone()]),
            (Role::Viewer, seat, [denied.clone(), denied]),
        ] {
            let caller = member(role, reach);
            assert_eq!([standing(&caller, &ours), standing(&caller, &theirs)], expected, "{role:?}");
        }
    }

    #[test]
    fn person_keeps_their_own_documents_alone() {
        let link = "events/forum/links/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap();
        let delegate = Identity::Delegate(Delegate::new(link, person("zbra", 1)));

        assert_eq!(standing(&delegate, &person("zbra", 1)), Ok(Standing::Holder("forum".parse().unwrap())));
        assert_eq!(standing(&delegate, &person("zbra", 2)), Err(Denied::Membership));
        assert_eq!(standing(&delegate, &person("stza", 1)), Err(Denied::Membership));
    }
}
