//! Members and their tokens: who may call, with what, until when.

use chrono::{DateTime, Utc};

use crate::{
    authority::Role,
    name::NameText,
    resource::{EventId, MemberId, MemberName, TokenId, TokenName},
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

/// A role, and where it holds: in one event, or in the whole installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAt {
    /// What.
    pub role: Role,
    /// Where; everywhere, when `None`.
    pub event: Option<EventId>,
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
