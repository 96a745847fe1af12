//! Who calls, and what whoever came by a personal link may do: what is their own in one event, their documents in the vault, and nothing else.
//!
//! A [`Delegate`] has no grants and is no [`Caller`], so that every right that a role gives is out of their reach; the few things that both
//! may do take a capability that says whose they may be.

use super::{Actor, Caller, Denied, Organizer};
use crate::{
    file::File,
    form::Respondent,
    registration::Registration,
    resource::{EventId, LinkName, Owner, PersonName, TokenName},
};

/// Who calls with a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A member, with what their roles let them do.
    Member(Caller),
    /// A person, who came by a personal link.
    Delegate(Delegate),
}

/// A person who came by a personal link: sees and does what is their own in one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegate {
    link: LinkName,
    person: PersonName,
}

/// May end the token that a call came with.
#[derive(Clone, Debug)]
pub enum Session {
    /// A member's own token.
    Member(TokenName),
    /// The token that a personal link was exchanged for.
    Delegate(Delegate),
}

/// May change the answers of registrations of one event, withdraw them, and answer offers to them.
#[derive(Clone, Debug)]
pub struct Responder {
    actor: Actor,
    event: EventId,
    whose: Whose,
}

/// May read the files of one owner, issued letters with passport data among them, and make links to them; a focal point those alone that they
/// uploaded, and whoever came by a personal link those and their own letters.
#[derive(Clone, Debug)]
pub struct Downloader {
    actor: Actor,
    owner: Owner,
    whose: Whose,
}

/// Whose things a right is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Anybody's.
    Anybodys,
    /// One's own.
    Of(PersonName),
    /// What somebody put there themselves.
    UploadedBy(Actor),
}

impl Identity {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Member(caller) => caller.actor(),
            Self::Delegate(delegate) => delegate.actor(),
        }
    }

    /// Lets everybody end the token they call with.
    pub fn session(&self) -> Session {
        match self {
            Self::Member(caller) => Session::Member(caller.token().clone()),
            Self::Delegate(delegate) => Session::Delegate(delegate.clone()),
        }
    }

    /// Lets a member do what their roles allow.
    pub fn member(self) -> Result<Caller, Denied> {
        match self {
            Self::Member(caller) => Ok(caller),
            Self::Delegate(_) => Err(Denied::Membership),
        }
    }

    /// Lets a person see what is their own.
    pub fn delegate(self) -> Result<Delegate, Denied> {
        match self {
            Self::Member(_) => Err(Denied::PersonalLink),
            Self::Delegate(delegate) => Ok(delegate),
        }
    }

    /// Lets an event's organisers answer for any registration, and a person for their own.
    pub fn responder(&self, event: &EventId) -> Result<Responder, Denied> {
        match self {
            Self::Member(caller) => Ok(caller.organizer(event)?.responder()),
            Self::Delegate(delegate) => {
                let whose = delegate.own_in(event)?;
                Ok(Responder { actor: delegate.actor(), event: event.clone(), whose })
            }
        }
    }

    /// Lets an event's approvers and an organisation's keepers download its files, a delegation's focal point what they uploaded to its event, and a person what they
    /// uploaded to it and the letters that it issued them.
    pub fn downloader(&self, owner: &Owner) -> Result<Downloader, Denied> {
        let whose = match self {
            Self::Member(caller) => caller.readable(owner)?,
            Self::Delegate(delegate) => delegate.own_under(owner)?,
        };
        Ok(Downloader { actor: self.actor(), owner: owner.clone(), whose })
    }
}

impl Delegate {
    /// Binds a person to the link that they came by.
    pub fn new(link: LinkName, person: PersonName) -> Self {
        Self { link, person }
    }

    /// Who it is.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.person.clone())
    }

    /// By which link they came.
    pub fn link(&self) -> &LinkName {
        &self.link
    }

    /// In which event.
    pub fn event(&self) -> &EventId {
        &self.link.event
    }

    /// Which person.
    pub fn person(&self) -> &PersonName {
        &self.person
    }

    /// What is their own under a name: only in the event they came for is there anything.
    pub(super) fn own_under(&self, owner: &Owner) -> Result<Whose, Denied> {
        match owner {
            Owner::Event(event) => self.own_in(event),
            Owner::Organization(_) => Err(Denied::Membership),
        }
    }

    fn own_in(&self, event: &EventId) -> Result<Whose, Denied> {
        if event == self.event() { Ok(Whose::Of(self.person.clone())) } else { Err(Denied::Membership) }
    }
}

impl Session {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Member(token) => Actor::Member(token.member),
            Self::Delegate(delegate) => delegate.actor(),
        }
    }
}

impl Whose {
    /// Whether a file is among it, as far as its uploader tells.
    pub fn covers_file(&self, file: &File) -> bool {
        match self {
            Self::Anybodys => true,
            Self::Of(person) => file.uploader == Actor::Person(person.clone()),
            Self::UploadedBy(actor) => file.uploader == *actor,
        }
    }

    /// Whether what is a person's is among it.
    pub fn covers(&self, person: &PersonName) -> bool {
        match self {
            Self::Anybodys => true,
            Self::Of(own) => own == person,
            Self::UploadedBy(_) => false,
        }
    }
}

impl Organizer {
    /// An organiser may answer for any registration.
    pub fn responder(&self) -> Responder {
        Responder { actor: self.actor(), event: self.event().clone(), whose: Whose::Anybodys }
    }
}

impl Responder {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// Of which event.
    pub fn event(&self) -> &EventId {
        &self.event
    }

    /// As who they answer forms.
    pub fn respondent(&self) -> Respondent {
        match self.whose {
            Whose::Anybodys => Respondent::Organizer,
            Whose::Of(_) | Whose::UploadedBy(_) => Respondent::Registrant,
        }
    }

    /// Lets organisers move registrations to other categories.
    pub fn require_mover(&self) -> Result<(), Denied> {
        match self.respondent() {
            Respondent::Organizer => Ok(()),
            Respondent::Registrant | Respondent::Newcomer => Err(Denied::Membership),
        }
    }

    /// Whether a registration is one that they may answer for.
    pub fn covers(&self, registration: &Registration) -> bool {
        registration.event == self.event && self.whose.covers(&registration.person)
    }

    /// Whether a file is one that they may bring as an answer.
    pub fn brings(&self, file: &File) -> bool {
        file.owner == Owner::Event(self.event.clone()) && self.whose.covers_file(file)
    }
}

impl Downloader {
    /// Who it is.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// Under whose name.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Whose files: anybody's, or what one person uploaded and the letters that were issued to them.
    pub fn whose(&self) -> &Whose {
        &self.whose
    }
}
