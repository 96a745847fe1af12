//! Rights over what is known of people: an organisation's keepers have them over anybody's, and whoever came by a personal link over their own.

use super::{Actor, Delegate, Keeper, Whose};
use crate::resource::{EventId, OrganizationId, PersonName};

/// May change what is known of people whom an organisation keeps.
#[derive(Clone, Debug)]
pub struct Reviser {
    actor: Actor,
    organization: OrganizationId,
    whose: Whose,
    came_to: Option<EventId>,
}

impl Keeper {
    /// A keeper may change what is known of anybody whom the organisation keeps.
    pub fn reviser(&self) -> Reviser {
        let organization = self.organization().clone();
        Reviser { actor: self.actor(), organization, whose: Whose::Anybodys, came_to: None }
    }
}

impl Delegate {
    /// Whoever came by a personal link may change what is known of themselves.
    pub fn reviser(&self) -> Reviser {
        Reviser {
            actor: self.actor(),
            organization: self.person().organization.clone(),
            whose: Whose::Of(self.person().clone()),
            came_to: Some(self.event().clone()),
        }
    }
}

impl Reviser {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// Which organisation keeps the people.
    pub fn organization(&self) -> &OrganizationId {
        &self.organization
    }

    /// The event that they came to, where they came by a personal link.
    pub fn came_to(&self) -> Option<&EventId> {
        self.came_to.as_ref()
    }

    /// Whether a person is one of whom they may change what is known.
    pub fn covers(&self, person: &PersonName) -> bool {
        person.organization == self.organization && self.whose.covers(person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::{Caller, Grant, Reach, Role};

    fn person(organization: &str, digit: u8) -> PersonName {
        format!("organizations/{organization}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5{digit}").parse().unwrap()
    }

    fn covered(reviser: &Reviser) -> [bool; 3] {
        [person("zbra", 1), person("zbra", 2), person("stza", 1)].map(|person| reviser.covers(&person))
    }

    #[test]
    fn keeper_changes_whom_the_organisation_keeps_and_whoever_came_by_a_link_themselves() {
        let token = "members/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d/tokens/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5e";
        let grants = vec![Grant { role: Role::Owner, reach: Reach::Installation }];
        let keeper = Caller::new(token.parse().unwrap(), grants).keeper(&"zbra".parse().unwrap()).unwrap().reviser();
        let link = "events/forum/links/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap();
        let themselves = Delegate::new(link, person("zbra", 1)).reviser();

        assert_eq!((covered(&keeper), keeper.came_to()), ([true, true, false], None));
        assert_eq!(
            (covered(&themselves), themselves.came_to()),
            ([true, false, false], Some(&"forum".parse().unwrap()))
        );
        assert_eq!(themselves.actor(), Actor::Person(person("zbra", 1)));
    }
}
