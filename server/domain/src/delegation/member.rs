//! The members of a delegation: one for each seat, and those who had it before.

use std::fmt;

use chrono::{DateTime, Utc};

use super::Refusal;
use crate::{
    person::Person,
    resource::{CategoryId, DelegationMemberId, DelegationMemberName, DelegationName, PersonName, RegistrationId},
    revision::History,
};

/// Somebody who has or had a seat in a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// In which delegation.
    pub delegation: DelegationName,
    /// What they are known by in it.
    pub id: DelegationMemberId,
    /// Who.
    pub person: PersonName,
    /// What they are in it, as they or the sender write it.
    pub role: Option<String>,
    /// Where they stand.
    pub state: MemberState,
    /// Of which category their seat is, when it is of one.
    pub category: Option<CategoryId>,
    /// The registration that they got with the delegation's approval.
    pub registration: Option<RegistrationId>,
    /// Who has the seat instead, when they were replaced.
    pub successor: Option<DelegationMemberId>,
    /// When they were nominated, and when that changed.
    pub history: History,
}

/// What is asked for somebody: a seat, and what they are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// What the member is to be known by.
    pub id: DelegationMemberId,
    /// Who.
    pub person: PersonName,
    /// What they are in the delegation.
    pub role: Option<String>,
    /// Of which category the seat is, when it is of one.
    pub category: Option<CategoryId>,
}

/// Where a delegation's member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberState {
    /// They have a seat in a delegation that is not approved yet.
    Nominated,
    /// They have a seat in an approved delegation.
    Approved,
    /// Somebody else has their seat.
    Replaced,
    /// They were withdrawn, or the delegation was with them.
    Withdrawn,
}

impl MemberState {
    /// Whether a member in this state holds a place of the delegation's pool.
    pub fn holds_seat(self) -> bool {
        match self {
            Self::Nominated | Self::Approved => true,
            Self::Replaced | Self::Withdrawn => false,
        }
    }
}

impl fmt::Display for MemberState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nominated => "NOMINATED",
            Self::Approved => "APPROVED",
            Self::Replaced => "REPLACED",
            Self::Withdrawn => "WITHDRAWN",
        })
    }
}

impl Member {
    pub(super) fn begin(delegation: DelegationName, seat: Seat, state: MemberState, now: DateTime<Utc>) -> Self {
        let Seat { id, person, role, category } = seat;
        let (registration, successor) = (None, None);
        let history = History::begin(now);
        Self { delegation, id, person, role, state, category, registration, successor, history }
    }

    /// The member's resource name.
    pub fn name(&self) -> DelegationMemberName {
        self.delegation.member(self.id)
    }

    /// Whether a person became known by their nomination: both were made in one step.
    pub fn brought(&self, person: &Person) -> bool {
        person.name() == self.person && person.history.create_time == self.history.create_time
    }

    /// Refuses what is done to those alone who have a seat.
    pub fn require_seated(&self) -> Result<(), Refusal> {
        if self.state.holds_seat() { Ok(()) } else { Err(Refusal::Unseated { member: self.name(), state: self.state }) }
    }

    /// They are something else in the delegation, or nothing that is said, in a seat of another category, or of none.
    pub fn assign(
        self,
        (role, category): (Option<String>, Option<CategoryId>),
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.require_seated()?;
        let state = self.state;
        Ok(Self { role, category, ..self.turn(state, now) })
    }

    /// They are registered by their seat in an approved delegation; without a registration, when they had registered themselves.
    #[must_use]
    pub fn register(self, registration: Option<RegistrationId>) -> Self {
        Self { registration, ..self }
    }

    /// Somebody else gets the seat.
    pub fn replace(self, successor: DelegationMemberId, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.require_seated()?;
        Ok(Self { successor: Some(successor), ..self.turn(MemberState::Replaced, now) })
    }

    /// The delegation is approved with them.
    #[must_use]
    pub fn approve(self, now: DateTime<Utc>) -> Self {
        self.turn(MemberState::Approved, now)
    }

    /// They lose their seat, alone or with the delegation.
    #[must_use]
    pub fn withdraw(self, now: DateTime<Utc>) -> Self {
        self.turn(MemberState::Withdrawn, now)
    }

    /// The delegation comes after all, and they with it; they have to be approved again.
    #[must_use]
    pub fn reinstate(self, now: DateTime<Utc>) -> Self {
        self.turn(MemberState::Nominated, now)
    }

    fn turn(self, state: MemberState, now: DateTime<Utc>) -> Self {
        Self { state, history: self.history.next(now), ..self }
    }
}
