//! What a list is bound to: its name, and what it lies below.
//!
//! **Invariant:** a list below what does not exist is refused, whichever it is; no handler asks for itself.

use attache_domain::resource::{DelegationName, EventId, ItineraryName, MemberName, Owner, PersonName, SessionName};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::{
    Store, StoreError,
    rows::{delegation, event, itinerary, member, organization, person, session},
};

/// Which list is read, below what, and narrowed by what beside its filter. A page token holds for one listing alone.
pub(super) struct Listing {
    list: &'static str,
    parent: Option<Parent>,
    narrowed: String,
}

/// What a list can lie below.
pub(super) enum Parent {
    /// An event or an organisation.
    Owner(Owner),
    /// A session of an event.
    Session(SessionName),
    /// A delegation of an event.
    Delegation(DelegationName),
    /// An itinerary of an event.
    Itinerary(ItineraryName),
    /// A person whom an organisation keeps.
    Person(PersonName),
    /// A member of the house.
    Member(MemberName),
}

impl Listing {
    /// A list of the whole house.
    pub(super) fn house(list: &'static str) -> Self {
        Self { list, parent: None, narrowed: String::new() }
    }

    /// A list below something that has to be there.
    pub(super) fn below(list: &'static str, parent: Parent) -> Self {
        Self { list, parent: Some(parent), narrowed: String::new() }
    }

    /// A list below an event.
    pub(super) fn of_event(list: &'static str, event: &EventId) -> Self {
        Self::below(list, Parent::Owner(Owner::Event(event.clone())))
    }

    /// The same list, of those alone whom a search or a right leaves.
    pub(super) fn narrowed(self, narrowed: String) -> Self {
        Self { narrowed, ..self }
    }

    /// What a page token is bound to.
    pub(super) fn text(&self, narrowing: &str) -> String {
        let Self { list, parent, narrowed } = self;
        let parent = parent.as_ref().map(Parent::name).unwrap_or_default();
        format!("{list} {parent} {narrowed}\n{narrowing}")
    }
}

impl Parent {
    fn name(&self) -> String {
        match self {
            Self::Owner(owner) => owner.to_string(),
            Self::Session(name) => name.to_string(),
            Self::Delegation(name) => name.to_string(),
            Self::Itinerary(name) => name.to_string(),
            Self::Person(name) => name.to_string(),
            Self::Member(name) => name.to_string(),
        }
    }
}

impl Store {
    /// Refuses a list below what does not exist. Who may not see the parent has been refused before, whether it exists or not.
    pub(super) async fn require_parent(&self, listing: &Listing) -> Result<(), StoreError> {
        match &listing.parent {
            Some(parent) if self.count_of(parent).await? == 0 => Err(StoreError::NoParent(parent.name())),
            Some(_) | None => Ok(()),
        }
    }

    async fn count_of(&self, parent: &Parent) -> Result<u64, StoreError> {
        let found = match parent {
            Parent::Owner(Owner::Event(event)) => {
                event::Entity::find_by_id(event.to_string()).count(&self.read).await?
            }
            Parent::Owner(Owner::Organization(organization)) => {
                organization::Entity::find_by_id(organization.to_string()).count(&self.read).await?
            }
            Parent::Session(SessionName { event, session }) => {
                session::Entity::find_by_id((event.to_string(), session.to_string())).count(&self.read).await?
            }
            Parent::Delegation(DelegationName { event, delegation }) => {
                delegation::Entity::find_by_id((event.to_string(), delegation.to_string())).count(&self.read).await?
            }
            Parent::Itinerary(ItineraryName { event, itinerary }) => {
                itinerary::Entity::find_by_id((event.to_string(), itinerary.to_string())).count(&self.read).await?
            }
            Parent::Person(PersonName { organization, person }) => {
                person::Entity::find_by_id((organization.to_string(), person.to_string())).count(&self.read).await?
            }
            Parent::Member(MemberName { member }) => {
                member::Entity::find_by_id(member.to_string()).count(&self.read).await?
            }
        };
        Ok(found)
    }
}
