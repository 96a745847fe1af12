//! Events: who hosts them, when, and within what window they take registrations.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{
    email::EmailAddress,
    localized::Localized,
    organization::WebAddress,
    refusal::{Kind, Violation},
    resource::{CategoryId, EventId, EventName, OrganizationId, SharedPoolId},
    revision::History,
    zoned::Zoned,
};

mod venue;

pub use venue::{Position, Venue};

/// A forum, launch or visit, from invitation to follow-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is known by.
    pub id: EventId,
    /// What its organisers say of it.
    pub plan: Plan,
    /// Whether it takes place.
    pub state: State,
    /// When it was created and changed.
    pub history: History,
}

/// What organisers say of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its title.
    pub title: Localized,
    /// When it begins.
    pub start: Zoned,
    /// When it ends.
    pub end: Zoned,
    /// The organisation that answers for personal data.
    pub controller: OrganizationId,
    /// Who runs it together; the controller is among them.
    pub hosts: Vec<Host>,
    /// Where it takes place, the first place where there are several.
    pub venue: Option<Venue>,
    /// From when registrations are taken; always, when left out.
    pub registration_open_time: Option<DateTime<Utc>>,
    /// Until when registrations are taken, this instant excluded; until the event ends, when left out.
    pub registration_close_time: Option<DateTime<Utc>>,
    /// Until when whoever it is a sideline of accredits its people.
    pub accreditation_end_time: Option<DateTime<Utc>>,
    /// Where delegates' questions go.
    pub contact_email: Option<EmailAddress>,
    /// Whether what the event issues is a specimen.
    pub specimen: bool,
    /// The event that it is part of.
    pub parent: Option<EventId>,
    /// Where else it takes place.
    pub other_venues: Vec<Venue>,
    /// Where those who attend online are led.
    pub online: Option<WebAddress>,
    /// The places that several of its categories share.
    pub shared_pools: Vec<SharedPool>,
}

/// Places that several categories share: the chairs of a hall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedPool {
    /// What it is known by.
    pub id: SharedPoolId,
    /// What it is called.
    pub title: Localized,
    /// How many places there are.
    pub capacity: u32,
    /// Which categories take from it.
    pub categories: Vec<CategoryId>,
}

/// One of the organisations that run an event together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Which.
    pub organization: OrganizationId,
    /// What it does.
    pub role: HostRole,
}

/// What an organisation does in an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostRole {
    /// Runs it.
    Host,
    /// Runs it together with the host.
    CoHost,
    /// Carries out the work for the hosts.
    Organizer,
    /// Lends its name or means.
    Supporter,
}

/// Whether an event takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    Active,
    /// It was cancelled.
    Cancelled,
}

/// Why an event cannot be so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Some of its fields contradict each other.
    #[error("the event contradicts itself")]
    Contradictory(Vec<Contradiction>),
    /// It was cancelled.
    #[error("the event was cancelled")]
    Cancelled(EventId),
    /// It would be part of itself.
    #[error("the event would be part of itself")]
    Circular {
        /// Which event.
        event: EventId,
        /// What it was to be part of.
        parent: EventId,
    },
}

/// How the fields of an event contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// It ends before it begins, or at once.
    #[error("is not after start_time")]
    EndNotAfterStart,
    /// Registration closes before it opens, or at once.
    #[error("is not after registration_open_time")]
    CloseNotAfterOpen,
    /// Whoever it is a sideline of accredits its people when it is over.
    #[error("is not before end_time")]
    AccreditationNotBeforeEnd,
    /// The controller is another one than before.
    #[error("cannot be changed: the people registered are kept by it")]
    ControllerChanged,
    /// It was a specimen, and would not be one any more.
    #[error("cannot be cleared: documents were issued as specimens")]
    SpecimenCleared,
    /// An organisation hosts it twice in the same role.
    #[error("name an organisation twice in the same role")]
    HostTwice,
    /// Two shared pools are known by the same id, or one names a category twice.
    #[error("name a pool or, in one, a category twice")]
    SharedTwice,
}

impl Contradiction {
    const fn field(self) -> &'static str {
        match self {
            Self::EndNotAfterStart => "event.end_time",
            Self::CloseNotAfterOpen => "event.registration_close_time",
            Self::AccreditationNotBeforeEnd => "event.accreditation_end_time",
            Self::ControllerChanged => "event.controller",
            Self::SpecimenCleared => "event.specimen",
            Self::HostTwice => "event.hosts",
            Self::SharedTwice => "event.shared_pools",
        }
    }
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Contradictory(_) => Kind::Invalid,
            Self::Cancelled(_) | Self::Circular { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Contradictory(_) => "ERROR_REASON_INVALID_FIELDS",
            Self::Cancelled(_) => "ERROR_REASON_EVENT_CANCELLED",
            Self::Circular { .. } => "ERROR_REASON_EVENT_CIRCULAR",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Contradictory(_) => Vec::new(),
            Self::Cancelled(event) => vec![("event", EventName { event: event.clone() }.to_string())],
            Self::Circular { event, parent } => {
                let name = |event: &EventId| EventName { event: event.clone() }.to_string();
                vec![("event", name(event)), ("parent_event", name(parent))]
            }
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::Contradictory(contradictions) => contradictions.iter().map(Violation::from).collect(),
            Self::Cancelled(_) | Self::Circular { .. } => Vec::new(),
        }
    }
}

impl From<&Contradiction> for Violation {
    fn from(contradiction: &Contradiction) -> Self {
        let field = contradiction.field();
        Self { code: field.to_owned(), subject: field.to_owned(), description: contradiction.to_string() }
    }
}

/// Creates an event.
pub fn create(id: EventId, plan: Plan, now: DateTime<Utc>) -> Result<Event, Refusal> {
    agree(plan.contradictions())?;
    Ok(Event { id, plan: plan.with_controller_as_host(), state: State::Active, history: History::begin(now) })
}

impl Event {
    /// The event's resource name.
    pub fn name(&self) -> EventName {
        EventName { event: self.id.clone() }
    }

    /// Whether it has ended.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.plan.end.instant() <= now
    }

    /// Changes what its organisers say of it.
    pub fn revise(self, plan: Plan, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let mut contradictions = plan.contradictions();
        if plan.controller != self.plan.controller {
            contradictions.push(Contradiction::ControllerChanged);
        }
        if self.plan.specimen && !plan.specimen {
            contradictions.push(Contradiction::SpecimenCleared);
        }
        agree(contradictions)?;
        Ok(Self { plan: plan.with_controller_as_host(), history: self.history.next(now), ..self })
    }

    /// Cancels it.
    pub fn cancel(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_active()?;
        Ok(Self { state: State::Cancelled, history: self.history.next(now), ..self })
    }

    /// Refuses what only an event that takes place can do.
    pub fn require_active(&self) -> Result<(), Refusal> {
        match self.state {
            State::Active => Ok(()),
            State::Cancelled => Err(Refusal::Cancelled(self.id.clone())),
        }
    }

    /// Refuses to make it part of itself: `line` is the event it is to be part of, the one that is part of, and so on.
    pub fn require_part_of(&self, line: &[EventId]) -> Result<(), Refusal> {
        match line.first() {
            Some(parent) if line.contains(&self.id) => {
                Err(Refusal::Circular { event: self.id.clone(), parent: parent.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether places that come free go to those who wait: not once it was cancelled or is over.
    pub fn gives_places(&self, now: DateTime<Utc>) -> bool {
        self.require_active().is_ok() && !self.is_over(now)
    }

    /// Whether registrations are taken at `now`.
    pub fn takes_registrations(&self, now: DateTime<Utc>) -> bool {
        self.plan.registration_open_time.is_none_or(|open| open <= now) && now < self.registration_close_time()
    }

    /// Until when registrations are taken, this instant excluded.
    pub fn registration_close_time(&self) -> DateTime<Utc> {
        self.plan.registration_close_time.unwrap_or_else(|| self.plan.end.instant())
    }

    /// The pools that a category shares with others.
    pub fn shared_by(&self, category: &CategoryId) -> impl Iterator<Item = &SharedPool> {
        self.plan.shared_pools.iter().filter(|pool| pool.categories.contains(category))
    }

    /// Whether an organisation is one of its hosts.
    pub fn is_hosted_by(&self, organization: &OrganizationId) -> bool {
        self.plan.hosts.iter().any(|host| host.organization == *organization)
    }
}

impl Plan {
    fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        if self.end.instant() <= self.start.instant() {
            found.push(Contradiction::EndNotAfterStart);
        }
        let window = self.registration_open_time.zip(self.registration_close_time);
        if window.is_some_and(|(open, close)| close <= open) {
            found.push(Contradiction::CloseNotAfterOpen);
        }
        if self.accreditation_end_time.is_some_and(|until| self.end.instant() <= until) {
            found.push(Contradiction::AccreditationNotBeforeEnd);
        }
        let hosts = self.hosts.iter().enumerate();
        if hosts.into_iter().any(|(index, host)| self.hosts[..index].contains(host)) {
            found.push(Contradiction::HostTwice);
        }
        let pools: BTreeSet<_> = self.shared_pools.iter().map(|pool| &pool.id).collect();
        let is_twice =
            |pool: &SharedPool| pool.categories.iter().collect::<BTreeSet<_>>().len() < pool.categories.len();
        if pools.len() < self.shared_pools.len() || self.shared_pools.iter().any(is_twice) {
            found.push(Contradiction::SharedTwice);
        }
        found
    }

    fn with_controller_as_host(mut self) -> Self {
        if !self.hosts.iter().any(|host| host.organization == self.controller) {
            self.hosts.insert(0, Host { organization: self.controller.clone(), role: HostRole::Host });
        }
        self
    }
}

fn agree(contradictions: Vec<Contradiction>) -> Result<(), Refusal> {
    if contradictions.is_empty() { Ok(()) } else { Err(Refusal::Contradictory(contradictions)) }
}

#[cfg(test)]
mod tests;
