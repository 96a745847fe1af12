//! Delegations: who sends them, who heads them, who sits in them.
//!
//! A seat is a place of the delegation's pool. Nobody queues for one: a delegation is as large as was agreed between two bodies.
//!
//! What its focal points do, they do while it is open and until their deadline, by which organisers are not bound.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::{
    authority::Standing,
    localized::Localized,
    resource::{CategoryId, CategoryName, DelegationId, DelegationName, EventId, FileName, OrganizationId, PersonName},
    revision::History,
    visit_window::VisitWindow,
};

mod handover;
mod member;
mod quota;
mod refusal;

pub use handover::{Effect, Legacy, end, take_over};
pub use member::{Member, MemberState, Seat};
pub use quota::SeatQuotas;
pub use refusal::{Missing, Refusal};

/// The most seats that a delegation can have.
pub const MOST_SEATS: u32 = 500;

/// People who come to an event together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// To which event.
    pub event: EventId,
    /// What it is known by.
    pub id: DelegationId,
    /// What organisers say of it.
    pub plan: Plan,
    /// Who heads it; always somebody with a seat in it.
    pub head: Option<PersonName>,
    /// The document by which its sender nominates them.
    pub nomination_file: Option<FileName>,
    /// Why it was returned, until it is submitted again.
    pub return_reason: Option<String>,
    /// Where it stands.
    pub state: State,
    /// When it or its members were created and changed.
    pub history: History,
}

/// What organisers say of a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it is called.
    pub title: Localized,
    /// Who sends it.
    pub sender: OrganizationId,
    /// How many members it may have.
    pub seats: u32,
    /// How many of the seats are for which category at most.
    pub quotas: SeatQuotas,
    /// When and where to it travels.
    pub visit_window: VisitWindow,
    /// Until when its sender does what.
    pub deadlines: Deadlines,
    /// Whether it is approved with a nomination document only.
    pub needs_nomination_file: bool,
}

/// Until when a delegation's sender does what; there is no end to what is left open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadlines {
    /// Members are named and submitted.
    pub nomination_time: Option<DateTime<Utc>>,
    /// Forms are filled, photos and passports are there.
    pub document_time: Option<DateTime<Utc>>,
    /// Letters are asked for, visas applied for.
    pub letter_time: Option<DateTime<Utc>>,
    /// Flights and rooms are known.
    pub travel_time: Option<DateTime<Utc>>,
}

/// Where a delegation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Members are nominated.
    Open,
    /// Its sender named them all; organisers decide.
    Submitted,
    /// It comes, as it is.
    Approved,
    /// It does not come.
    Withdrawn,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "OPEN",
            Self::Submitted => "SUBMITTED",
            Self::Approved => "APPROVED",
            Self::Withdrawn => "WITHDRAWN",
        })
    }
}

/// Creates a delegation; its members come later.
pub fn create(name: DelegationName, plan: Plan, now: DateTime<Utc>) -> Delegation {
    let DelegationName { event, delegation } = name;
    Delegation {
        event,
        id: delegation,
        plan,
        head: None,
        nomination_file: None,
        return_reason: None,
        state: State::Open,
        history: History::begin(now),
    }
}

/// Refuses people who are named twice, or who are among those `seated` in a delegation of the event; all of them are told.
pub fn require_free(named: &[PersonName], seated: &[PersonName]) -> Result<(), Refusal> {
    let mut people: Vec<PersonName> = Vec::new();
    for (index, person) in named.iter().enumerate() {
        let taken = seated.contains(person) || named[..index].contains(person);
        if taken && !people.contains(person) {
            people.push(person.clone());
        }
    }
    if people.is_empty() { Ok(()) } else { Err(Refusal::AlreadyNominated { people }) }
}

impl Delegation {
    /// The delegation's resource name.
    pub fn name(&self) -> DelegationName {
        DelegationName { event: self.event.clone(), delegation: self.id }
    }

    /// Changes what organisers say of it, and who of the `seated` heads it.
    pub fn revise(
        self,
        (plan, head): (Plan, Option<PersonName>),
        seated: &[Member],
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.require_not_withdrawn()?;
        match &head {
            Some(person) if !seated.iter().any(|member| member.person == *person) => {
                return Err(Refusal::HeadNotAMember { person: person.clone() });
            }
            None if self.state != State::Open => return Err(self.lacks(vec![Missing::Head])),
            Some(_) | None => {}
        }
        Ok(Self { plan, head, history: self.history.next(now), ..self })
    }

    /// Refuses what somebody of a standing does only while it is open; asked before seats are taken.
    pub fn require_open(&self, standing: Standing, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state {
            State::Open => self.require_in_time(standing, now),
            State::Submitted | State::Approved | State::Withdrawn => Err(self.must_be("OPEN")),
        }
    }

    fn require_in_time(&self, standing: Standing, now: DateTime<Utc>) -> Result<(), Refusal> {
        match (standing, self.plan.deadlines.nomination_time) {
            (Standing::FocalPoint, Some(deadline)) if deadline <= now => {
                Err(Refusal::DeadlinePassed { delegation: self.name(), deadline })
            }
            (Standing::FocalPoint | Standing::Organizer, _) => Ok(()),
        }
    }

    fn require_not_withdrawn(&self) -> Result<(), Refusal> {
        match self.state {
            State::Open | State::Submitted | State::Approved => Ok(()),
            State::Withdrawn => Err(self.must_be("OPEN, SUBMITTED or APPROVED")),
        }
    }

    /// Says that there are not seats for all who were named, of a category or in all, given how many are taken.
    pub fn seats_taken(&self, category: Option<&CategoryId>, taken: u32) -> Refusal {
        let seats = category.map_or(self.plan.seats, |category| self.plan.quotas.of(category));
        let of = |category: &CategoryId| CategoryName { event: self.event.clone(), category: category.clone() };
        Refusal::SeatsTaken { category: category.map(of), seats, taken }
    }

    /// Nominates somebody for a seat that was taken for them.
    pub fn seat(&self, seat: Seat, now: DateTime<Utc>) -> Member {
        let state = match self.state {
            State::Open | State::Submitted => MemberState::Nominated,
            State::Approved => MemberState::Approved,
            // A seat of a withdrawn delegation is none; the pool has nothing to take.
            State::Withdrawn => MemberState::Withdrawn,
        };
        Member::begin(self.name(), seat, state, now)
    }

    /// Takes note that members came, or are something else in it: whoever saw the delegation before has not seen it as it is.
    #[must_use]
    pub fn note_members(self, now: DateTime<Utc>) -> Self {
        Self { history: self.history.next(now), ..self }
    }

    /// Refuses that somebody of a standing takes a seat from a member, asked before it is given back, or brings another document. What was
    /// submitted is changed by organisers only.
    pub fn require_changeable(&self, standing: Standing, now: DateTime<Utc>) -> Result<(), Refusal> {
        match standing {
            Standing::Organizer => self.require_not_withdrawn(),
            Standing::FocalPoint => self.require_open(standing, now),
        }
    }

    /// Takes note of a member who left with nobody in their seat: it has no head until one is chosen, unless it is too late for that.
    pub fn shrink(self, left: &Member, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let is_head = self.head.as_ref() == Some(&left.person);
        if is_head && self.state != State::Open {
            return Err(self.lacks(vec![Missing::Head]));
        }
        let head = if is_head { None } else { self.head };
        Ok(Self { head, history: self.history.next(now), ..self })
    }

    /// Takes note of a replacement: whoever takes the head's seat heads the delegation.
    #[must_use]
    pub fn reseat(self, left: &Member, successor: &Member, now: DateTime<Utc>) -> Self {
        let is_head = self.head.as_ref() == Some(&left.person);
        let head = if is_head { Some(successor.person.clone()) } else { self.head };
        Self { head, history: self.history.next(now), ..self }
    }

    /// Its sender nominates by another document; [`Delegation::require_changeable`] was asked.
    #[must_use]
    pub fn set_nomination_file(self, file: FileName, now: DateTime<Utc>) -> Self {
        Self { nomination_file: Some(file), history: self.history.next(now), ..self }
    }

    /// It is submitted with the members it has; [`Delegation::require_open`] was asked.
    pub fn submit(self, seated: &[Member], now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_complete(seated)?;
        Ok(Self { return_reason: None, ..self }.turn(State::Submitted, now))
    }

    /// An organiser returns it with a reason, and with another time until which members are named, if there is to be one.
    pub fn send_back(
        self,
        (reason, until): (String, Option<DateTime<Utc>>),
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let deadlines = self.plan.deadlines;
        let deadlines = Deadlines { nomination_time: until.or(deadlines.nomination_time), ..deadlines };
        match self.state {
            State::Submitted => {
                let plan = Plan { deadlines, ..self.plan };
                Ok(Self { plan, return_reason: Some(reason), ..self }.turn(State::Open, now))
            }
            State::Open | State::Approved | State::Withdrawn => Err(self.must_be("SUBMITTED")),
        }
    }

    /// An organiser approves it with the members it has.
    pub fn approve(self, seated: &[Member], now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Open | State::Submitted => self.require_complete(seated)?,
            State::Approved | State::Withdrawn => return Err(self.must_be("OPEN or SUBMITTED")),
        }
        Ok(Self { return_reason: None, ..self }.turn(State::Approved, now))
    }

    fn require_complete(&self, seated: &[Member]) -> Result<(), Refusal> {
        let lacking = [
            (Missing::Head, self.head.is_none()),
            (Missing::Members, seated.is_empty()),
            (Missing::NominationFile, self.plan.needs_nomination_file && self.nomination_file.is_none()),
        ];
        let missing: Vec<Missing> = lacking.into_iter().filter_map(|(what, lacks)| lacks.then_some(what)).collect();
        if missing.is_empty() { Ok(()) } else { Err(self.lacks(missing)) }
    }

    /// It is withdrawn; nobody heads what does not come.
    pub fn withdraw(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_not_withdrawn()?;
        Ok(Self { head: None, return_reason: None, ..self }.turn(State::Withdrawn, now))
    }

    /// It comes after all: members are nominated again, and nobody heads it yet.
    pub fn reinstate(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Withdrawn => Ok(self.turn(State::Open, now)),
            State::Open | State::Submitted | State::Approved => Err(self.must_be("WITHDRAWN")),
        }
    }

    /// Whether a member lost their seat when it was withdrawn, which is the last thing that became of it, and not before.
    pub fn took_along(&self, member: &Member) -> bool {
        member.state == MemberState::Withdrawn && member.history.update_time == self.history.update_time
    }

    fn turn(self, state: State, now: DateTime<Utc>) -> Self {
        Self { state, history: self.history.next(now), ..self }
    }

    fn must_be(&self, wanted: &'static str) -> Refusal {
        Refusal::WrongState { delegation: self.name(), state: self.state, wanted }
    }

    fn lacks(&self, missing: Vec<Missing>) -> Refusal {
        Refusal::Incomplete { delegation: self.name(), missing }
    }
}

#[cfg(test)]
mod tests;
