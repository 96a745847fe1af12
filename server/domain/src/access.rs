//! Members and their tokens: who may call, with what, until when.

use chrono::{DateTime, Utc};

use crate::{
    authority::Role,
    name::NameText,
    resource::{DelegationName, EventId, MemberId, MemberName, TokenId, TokenName},
};

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What they are known by.
    pub id: MemberId,
    /// What they are called.
    pub display_name: NameText,
    /// What they may do, and where.
    pub roles: Vec<RoleAt>,
    /// When they were created.
    pub create_time: DateTime<Utc>,
}

/// A role, and where it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAt {
    /// What.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// Where a role holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Installation,
    /// In one event.
    Event(EventId),
    /// In one delegation.
    Delegation(DelegationName),
}

/// Says that a role cannot hold there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misplaced {
    /// An owner's role holds everywhere.
    #[error("is empty for an owner, whose role holds everywhere")]
    Owner,
    /// A focal point has one delegation.
    #[error("is events/{{event}}/delegations/{{delegation}} for a focal point")]
    FocalPoint,
    /// Only a focal point has a delegation.
    #[error("is events/{{event}} or empty for this role; a delegation is for a focal point")]
    Event,
}

impl RoleAt {
    /// Grants a role where it can hold.
    pub fn grant(role: Role, scope: Scope) -> Result<Self, Misplaced> {
        match (role, &scope) {
            (Role::Owner, Scope::Installation)
            | (Role::Organizer | Role::Approver | Role::Viewer, Scope::Installation | Scope::Event(_))
            | (Role::FocalPoint, Scope::Delegation(_)) => Ok(Self { role, scope }),
            (Role::Owner, Scope::Event(_) | Scope::Delegation(_)) => Err(Misplaced::Owner),
            (Role::FocalPoint, Scope::Installation | Scope::Event(_)) => Err(Misplaced::FocalPoint),
            (Role::Organizer | Role::Approver | Role::Viewer, Scope::Delegation(_)) => Err(Misplaced::Event),
        }
    }
}

/// What a member calls with; its secret is known to them alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whose.
    pub member: MemberId,
    /// What it is known by.
    pub id: TokenId,
    /// What it is for; may be empty.
    pub purpose: String,
    /// When it ends; never, when `None`.
    pub expire_time: Option<DateTime<Utc>>,
    /// When it was created.
    pub create_time: DateTime<Utc>,
}

impl Member {
    /// The member's resource name.
    pub fn name(&self) -> MemberName {
        MemberName { member: self.id }
    }
}

impl Token {
    /// The token's resource name.
    pub fn name(&self) -> TokenName {
        TokenName { member: self.member, token: self.id }
    }

    /// Whether it opens anything at `now`.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.expire_time.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each role can hold: everywhere, in an event, in a delegation.
    #[test]
    fn role_holds_where_the_table_says() {
        let delegation = "events/own/delegations/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".parse().unwrap();
        let scopes = [Scope::Installation, Scope::Event("own".parse().unwrap()), Scope::Delegation(delegation)];

        let holds = |role| scopes.clone().map(|scope| RoleAt::grant(role, scope).is_ok());

        assert_eq!(holds(Role::Owner), [true, false, false]);
        assert_eq!(holds(Role::Organizer), [true, true, false]);
        assert_eq!(holds(Role::Approver), [true, true, false]);
        assert_eq!(holds(Role::Viewer), [true, true, false]);
        assert_eq!(holds(Role::FocalPoint), [false, false, true]);
    }

    #[test]
    fn token_ends_at_its_expiry() {
        let end: DateTime<Utc> = "2023-09-05T00:00:00Z".parse().unwrap();
        let id = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
        let token = Token {
            member: id.parse().unwrap(),
            id: id.parse().unwrap(),
            purpose: String::new(),
            expire_time: Some(end),
            create_time: end,
        };

        assert_eq!([token.is_valid(end - chrono::TimeDelta::microseconds(1)), token.is_valid(end)], [true, false]);
    }
}
