//! Registrations: from the form to a confirmed place, or off the waiting list.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::{
    badge::Issue,
    category::{Category, Confirmation},
    event::Event,
    form::Respondent,
    pool::Place,
    resource::{CategoryId, EventId, PersonName, RegistrationId, RegistrationName},
    revision::History,
};

pub mod accreditation;
pub mod export;
pub mod import;
mod refusal;

pub use import::{ExternalId, NoExternalId};
pub use refusal::Refusal;

/// One person's registration for an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// For which event.
    pub event: EventId,
    /// What it is known by.
    pub id: RegistrationId,
    /// As what.
    pub category: CategoryId,
    /// Who.
    pub person: PersonName,
    /// Where it stands.
    pub state: State,
    /// Why it was put ahead of others who waited, when it was.
    pub precedence: Option<String>,
    /// What another system knows it by, when one does.
    pub external_id: Option<ExternalId>,
    /// Of which issue its badges are that are made now; those of an issue before were lost.
    pub badge_issue: Issue,
    /// When it was created and changed.
    pub history: History,
}

/// Where a registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has a place, and waits to be confirmed by an organiser.
    Submitted,
    /// It is confirmed, and has its place.
    Confirmed,
    /// It waits for a place.
    Waiting,
    /// An organiser rejected it; it has no place.
    Rejected,
    /// It was withdrawn, or declined the place it was offered; it has no place.
    Withdrawn,
    /// It waited, and has a place for as long as its offer waits for an answer.
    Offered,
    /// It let its offer lapse; it has no place and does not wait.
    Lapsed,
}

impl State {
    /// Every state, in the order of the wire.
    pub const ALL: [Self; 7] =
        [Self::Submitted, Self::Confirmed, Self::Waiting, Self::Rejected, Self::Withdrawn, Self::Offered, Self::Lapsed];

    /// Whether somebody with such a registration is registered, and not again.
    pub fn is_live(self) -> bool {
        self.holds_place() || self == Self::Waiting
    }

    /// Whether a registration in this state holds a place of its category's pool.
    pub fn holds_place(self) -> bool {
        match self {
            Self::Submitted | Self::Confirmed | Self::Offered => true,
            Self::Waiting | Self::Rejected | Self::Withdrawn | Self::Lapsed => false,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submitted => "SUBMITTED",
            Self::Confirmed => "CONFIRMED",
            Self::Waiting => "WAITING",
            Self::Rejected => "REJECTED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Offered => "OFFERED",
            Self::Lapsed => "LAPSED",
        })
    }
}

/// What is known when a registration reaches us.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The event it is for.
    pub event: &'a Event,
    /// The category it is in.
    pub category: &'a Category,
    /// A live registration of the same person, or of the same address.
    pub existing: Option<RegistrationName>,
}

impl Facts<'_> {
    /// Refuses a registration that the event cannot take at `now`; asked before a place is taken.
    pub fn admit(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        require_open(self.event, now)?;
        match &self.existing {
            Some(existing) => Err(Refusal::AlreadyRegistered { existing: existing.clone() }),
            None => Ok(()),
        }
    }
}

/// Refuses an event that takes no registrations at `now`.
pub fn require_open(event: &Event, now: DateTime<Utc>) -> Result<(), Refusal> {
    event.require_active()?;
    if event.takes_registrations(now) {
        return Ok(());
    }
    Err(Refusal::Closed {
        event: event.id.clone(),
        open_time: event.plan.registration_open_time,
        close_time: event.registration_close_time(),
    })
}

/// Decides what becomes of a registration that was admitted, given the place the ledger had for it.
pub fn open(
    (id, external_id): (RegistrationId, Option<ExternalId>),
    category: &Category,
    person: PersonName,
    place: Place,
    now: DateTime<Utc>,
) -> Registration {
    Registration {
        event: category.event.clone(),
        id,
        category: category.id.clone(),
        person,
        state: entry(category, place),
        precedence: None,
        external_id,
        badge_issue: Issue::default(),
        history: History::begin(now),
    }
}

/// Registers whoever has a seat of a category in a delegation, given what the ledger had for them: with a place they are confirmed by its approval,
/// however the category confirms.
pub fn seat(
    id: RegistrationId,
    category: &Category,
    person: PersonName,
    place: Place,
    now: DateTime<Utc>,
) -> Registration {
    let registration = open((id, None), category, person, place, now);
    match place {
        Place::Held => Registration { state: State::Confirmed, ..registration },
        Place::Queued(_) => registration,
    }
}

fn entry(category: &Category, place: Place) -> State {
    match (place, category.plan.confirmation) {
        (Place::Queued(_), _) => State::Waiting,
        (Place::Held, Confirmation::ByHand) => State::Submitted,
        (Place::Held, Confirmation::AtOnce) => State::Confirmed,
    }
}

impl Registration {
    /// The registration's resource name.
    pub fn name(&self) -> RegistrationName {
        RegistrationName { event: self.event.clone(), registration: self.id }
    }

    /// An organiser confirms it.
    pub fn confirm(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_state(State::Submitted, "SUBMITTED")?;
        Ok(self.turn(State::Confirmed, now))
    }

    /// An organiser rejects it.
    pub fn reject(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Submitted | State::Waiting | State::Offered => Ok(self.turn(State::Rejected, now)),
            State::Confirmed | State::Rejected | State::Withdrawn | State::Lapsed => {
                Err(self.must_be("SUBMITTED, WAITING or OFFERED"))
            }
        }
    }

    /// It is withdrawn.
    pub fn withdraw(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_live()?;
        Ok(self.turn(State::Withdrawn, now))
    }

    /// Refuses other answers by whoever registered, once theirs is out or the event takes no registrations any more; what only completes their
    /// answers is taken until the event is over. An organiser's are never refused.
    pub fn require_answerable(
        &self,
        respondent: Respondent,
        (event, completes): (&Event, bool),
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        match respondent {
            Respondent::Organizer => return Ok(()),
            Respondent::Registrant | Respondent::Newcomer => {}
        }
        if completes && !event.is_over(now) {
            event.require_active()?;
        } else {
            require_open(event, now)?;
        }
        self.require_live()
    }

    fn require_live(&self) -> Result<(), Refusal> {
        if self.state.is_live() { Ok(()) } else { Err(self.must_be("SUBMITTED, CONFIRMED, WAITING or OFFERED")) }
    }

    /// Refuses to move what is neither in nor waiting; asked before a place is taken elsewhere.
    pub fn require_movable(&self) -> Result<(), Refusal> {
        match self.state {
            State::Submitted | State::Confirmed | State::Waiting => Ok(()),
            State::Rejected | State::Withdrawn | State::Offered | State::Lapsed => {
                Err(self.must_be("SUBMITTED, CONFIRMED or WAITING"))
            }
        }
    }

    /// It is moved to another category, given the place the ledger had for it there. Whoever has a place does not lose it by that, and
    /// whoever is confirmed stays so, however the other category confirms: an organiser moved them.
    pub fn relocate(self, category: &Category, place: Place, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_movable()?;
        let state = match (self.state, place) {
            (State::Submitted | State::Confirmed, Place::Queued(_)) => {
                return Err(Refusal::NoPlaces { category: category.name(), free: 0 });
            }
            (State::Confirmed, Place::Held) => State::Confirmed,
            (
                State::Submitted | State::Waiting | State::Rejected | State::Withdrawn | State::Offered | State::Lapsed,
                _,
            ) => entry(category, place),
        };
        // Whoever was put ahead of others was so in the category that they leave.
        let precedence = self.precedence.clone().filter(|_| state != State::Waiting);
        Ok(Self { category: category.id.clone(), precedence, ..self }.turn(state, now))
    }

    /// Another system knows it by an id from now on.
    #[must_use]
    pub fn known_by(self, external_id: Option<ExternalId>) -> Self {
        Self { external_id: external_id.or(self.external_id), ..self }
    }

    /// The badges that were made for it are good no more.
    #[must_use]
    pub fn revoke_badges(self, now: DateTime<Utc>) -> Self {
        let state = self.state;
        Self { badge_issue: self.badge_issue.next(), ..self }.turn(state, now)
    }

    /// Its answers are changed; whoever is confirmed is to be approved again where the form wants that.
    #[must_use]
    pub fn amend(self, needs_approval: bool, now: DateTime<Utc>) -> Self {
        let state = if needs_approval && self.state == State::Confirmed { State::Submitted } else { self.state };
        self.turn(state, now)
    }

    /// Refuses to put back what is not out; asked before a place is taken.
    pub fn require_reinstatable(&self) -> Result<(), Refusal> {
        if self.state.is_live() {
            return Err(self.must_be("REJECTED, WITHDRAWN or LAPSED"));
        }
        Ok(())
    }

    /// It is put back with a place in a category, confirmed, since the delegation of whoever it is about was approved once more.
    #[must_use]
    pub fn seat_again(self, category: &Category, now: DateTime<Utc>) -> Self {
        Self { category: category.id.clone(), precedence: None, ..self }.turn(State::Confirmed, now)
    }

    /// It is put back as if it had been submitted now, with the place the ledger had for it.
    #[must_use]
    pub fn reinstate(self, category: &Category, place: Place, now: DateTime<Utc>) -> Self {
        Self { category: category.id.clone(), precedence: None, ..self }.enter(category, place, now)
    }

    /// It comes in with a place that the ledger had for it: off the waiting list, or by an offer that was accepted.
    #[must_use]
    pub fn enter(self, category: &Category, place: Place, now: DateTime<Utc>) -> Self {
        let state = entry(category, place);
        self.turn(state, now)
    }

    /// It is put ahead of all others who wait, for a reason.
    pub fn prefer(self, reason: String, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_state(State::Waiting, "WAITING")?;
        Ok(Self { precedence: Some(reason), ..self }.turn(State::Waiting, now))
    }

    /// It waited, and is offered a place that the ledger holds for it.
    #[must_use]
    pub fn receive_offer(self, now: DateTime<Utc>) -> Self {
        self.turn(State::Offered, now)
    }

    /// It let its offer lapse: it is out, or waits again like anybody who came now, as its category says.
    #[must_use]
    pub fn lapse(self, waits_again: bool, now: DateTime<Utc>) -> Self {
        if waits_again {
            Self { precedence: None, ..self }.turn(State::Waiting, now)
        } else {
            self.turn(State::Lapsed, now)
        }
    }

    /// Refuses a registration that stands elsewhere; `wanted` is the word for the state.
    pub(crate) fn require_state(&self, state: State, wanted: &'static str) -> Result<(), Refusal> {
        if self.state == state { Ok(()) } else { Err(self.must_be(wanted)) }
    }

    fn turn(self, state: State, now: DateTime<Utc>) -> Self {
        Self { state, history: self.history.next(now), ..self }
    }

    fn must_be(&self, wanted: &'static str) -> Refusal {
        Refusal::WrongState { registration: self.name(), state: self.state, wanted }
    }
}

#[cfg(test)]
mod tests;
