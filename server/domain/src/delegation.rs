//! Delegations: who sends them, who heads them, who sits in them.
//!
//! A seat is a place of the delegation's pool. Nobody queues for one: a delegation is as large as was agreed between two bodies.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::{
    authority::Standing,
    localized::Localized,
    pool::Level,
    refusal::{Kind, Violation},
    resource::{DelegationId, DelegationMemberName, DelegationName, EventId, OrganizationId, PersonName},
    revision::History,
    visit_window::VisitWindow,
};

mod member;

pub use member::{Member, MemberState, Seat};

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
    /// When and where to it travels.
    pub visit_window: VisitWindow,
}

/// Where a delegation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Members are nominated.
    Open,
    /// It comes, as it is.
    Approved,
    /// It does not come.
    Withdrawn,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "OPEN",
            Self::Approved => "APPROVED",
            Self::Withdrawn => "WITHDRAWN",
        })
    }
}

/// What a delegation can lack for its approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nobody heads it.
    Head,
    /// Nobody sits in it.
    Members,
}

/// Why a delegation cannot be, or cannot become so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its state does not allow it.
    #[error("the delegation is {state}, and has to be {wanted}")]
    WrongState {
        /// Which delegation.
        delegation: DelegationName,
        /// Where it stands.
        state: State,
        /// Where it would have to stand.
        wanted: &'static str,
    },
    /// The member has no seat any more.
    #[error("the member is {state}, and has to be NOMINATED or APPROVED")]
    Unseated {
        /// Which member.
        member: DelegationMemberName,
        /// Where they stand.
        state: MemberState,
    },
    /// There are not seats for all who were named.
    #[error("{taken} of the delegation's {seats} seats are taken")]
    SeatsTaken {
        /// How many seats there are.
        seats: u32,
        /// How many are taken.
        taken: u32,
    },
    /// Some who were named have a seat already, here or in another delegation of the event, or were named twice.
    #[error("{} of the people named have a seat in a delegation of the event already", people.len())]
    AlreadyNominated {
        /// Who.
        people: Vec<PersonName>,
    },
    /// It lacks what its approval needs.
    #[error("the delegation has no {}", words(missing))]
    Incomplete {
        /// Which delegation.
        delegation: DelegationName,
        /// What.
        missing: Vec<Missing>,
    },
    /// Only a member can head it.
    #[error("only a member of the delegation can head it")]
    HeadNotAMember {
        /// Who was to head it.
        person: PersonName,
    },
}

impl Missing {
    const fn word(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Members => "members",
        }
    }
}

fn words(missing: &[Missing]) -> String {
    missing.iter().map(|missing| missing.word()).collect::<Vec<_>>().join(" and no ")
}

impl crate::refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::WrongState { .. }
            | Self::Unseated { .. }
            | Self::SeatsTaken { .. }
            | Self::AlreadyNominated { .. }
            | Self::Incomplete { .. }
            | Self::HeadNotAMember { .. } => Kind::Precondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::WrongState { .. } | Self::Unseated { .. } => "ERROR_REASON_WRONG_STATE",
            Self::SeatsTaken { .. } => "ERROR_REASON_SEATS_TAKEN",
            Self::AlreadyNominated { .. } => "ERROR_REASON_ALREADY_NOMINATED",
            Self::Incomplete { .. } => "ERROR_REASON_DELEGATION_INCOMPLETE",
            Self::HeadNotAMember { .. } => "ERROR_REASON_HEAD_NOT_A_MEMBER",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongState { delegation, state, wanted } => vec![
                ("resource", delegation.to_string()),
                ("state", state.to_string()),
                ("wanted", (*wanted).to_owned()),
            ],
            Self::Unseated { member, state } => vec![
                ("resource", member.to_string()),
                ("state", state.to_string()),
                ("wanted", "NOMINATED or APPROVED".to_owned()),
            ],
            Self::SeatsTaken { seats, taken } => vec![("seats", seats.to_string()), ("taken", taken.to_string())],
            Self::AlreadyNominated { .. } => Vec::new(),
            Self::Incomplete { delegation, missing: _ } => vec![("delegation", delegation.to_string())],
            Self::HeadNotAMember { person } => vec![("person", person.to_string())],
        }
    }

    fn violations(&self) -> Vec<Violation> {
        match self {
            Self::AlreadyNominated { people } => people
                .iter()
                .map(|person| Violation {
                    code: "already_nominated".to_owned(),
                    subject: person.to_string(),
                    description: "has a seat in a delegation of the event already, or is named twice".to_owned(),
                })
                .collect(),
            Self::Incomplete { delegation, missing } => missing
                .iter()
                .map(|missing| Violation {
                    code: format!("{}_missing", missing.word()),
                    subject: delegation.to_string(),
                    description: format!("the delegation has no {}", missing.word()),
                })
                .collect(),
            Self::WrongState { .. } | Self::Unseated { .. } | Self::SeatsTaken { .. } | Self::HeadNotAMember { .. } => {
                Vec::new()
            }
        }
    }
}

/// Creates a delegation; its members come later.
pub fn create(name: DelegationName, plan: Plan, now: DateTime<Utc>) -> Delegation {
    let DelegationName { event, delegation } = name;
    Delegation { event, id: delegation, plan, head: None, state: State::Open, history: History::begin(now) }
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
        match (self.state, &head) {
            (State::Withdrawn, _) => return Err(self.must_be("OPEN or APPROVED")),
            (State::Approved, None) => return Err(self.lacks(vec![Missing::Head])),
            (State::Open | State::Approved, Some(person)) if !seated.iter().any(|member| member.person == *person) => {
                return Err(Refusal::HeadNotAMember { person: person.clone() });
            }
            (State::Open, None) | (State::Open | State::Approved, Some(_)) => {}
        }
        Ok(Self { plan, head, history: self.history.next(now), ..self })
    }

    /// Refuses nominations for what is not open; asked before seats are taken.
    pub fn require_open(&self) -> Result<(), Refusal> {
        match self.state {
            State::Open => Ok(()),
            State::Approved | State::Withdrawn => Err(self.must_be("OPEN")),
        }
    }

    /// Says that there are not seats for all who were named, given how full the delegation's pool is.
    pub fn seats_taken(&self, level: Level) -> Refusal {
        Refusal::SeatsTaken { seats: self.plan.seats, taken: level.held }
    }

    /// Nominates somebody for a seat that was taken for them.
    pub fn seat(&self, seat: Seat, now: DateTime<Utc>) -> Member {
        let state = match self.state {
            State::Open => MemberState::Nominated,
            State::Approved => MemberState::Approved,
            // A seat of a withdrawn delegation is none; the pool has nothing to take.
            State::Withdrawn => MemberState::Withdrawn,
        };
        Member::begin(self.name(), seat, state, now)
    }

    /// Takes note of new members: whoever saw the delegation before has not seen it as it is.
    #[must_use]
    pub fn grow(self, now: DateTime<Utc>) -> Self {
        Self { history: self.history.next(now), ..self }
    }

    /// Refuses a replacement by somebody of a standing; asked before the seat is given back. What was approved is changed by organisers only.
    pub fn require_replaceable(&self, standing: Standing) -> Result<(), Refusal> {
        match (self.state, standing) {
            (State::Open, Standing::Organizer | Standing::FocalPoint) | (State::Approved, Standing::Organizer) => {
                Ok(())
            }
            (State::Approved | State::Withdrawn, Standing::FocalPoint) => Err(self.must_be("OPEN")),
            (State::Withdrawn, Standing::Organizer) => Err(self.must_be("OPEN or APPROVED")),
        }
    }

    /// Takes note of a replacement: whoever takes the head's seat heads the delegation.
    #[must_use]
    pub fn reseat(self, left: &Member, successor: &Member, now: DateTime<Utc>) -> Self {
        let is_head = self.head.as_ref() == Some(&left.person);
        let head = if is_head { Some(successor.person.clone()) } else { self.head };
        Self { head, history: self.history.next(now), ..self }
    }

    /// An organiser approves it with the members it has.
    pub fn approve(self, seated: &[Member], now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_open()?;
        let lacking = [(Missing::Head, self.head.is_none()), (Missing::Members, seated.is_empty())];
        let missing: Vec<Missing> = lacking.into_iter().filter_map(|(what, lacks)| lacks.then_some(what)).collect();
        if missing.is_empty() { Ok(self.turn(State::Approved, now)) } else { Err(self.lacks(missing)) }
    }

    /// It is withdrawn; nobody heads what does not come.
    pub fn withdraw(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Open | State::Approved => Ok(Self { head: None, ..self }.turn(State::Withdrawn, now)),
            State::Withdrawn => Err(self.must_be("OPEN or APPROVED")),
        }
    }

    /// It comes after all: members are nominated again, and nobody heads it yet.
    pub fn reinstate(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.state {
            State::Withdrawn => Ok(self.turn(State::Open, now)),
            State::Open | State::Approved => Err(self.must_be("WITHDRAWN")),
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
