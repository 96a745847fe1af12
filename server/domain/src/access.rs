//! Members and their tokens: who may call, with what, until when.

use chrono::{DateTime, Utc};

use crate::{
    authority::Role,
    email::EmailAddress,
    language::LanguageTag,
    name::NameText,
    refusal::{self, Kind},
    resource::{DelegationName, EventId, MemberId, MemberName, TokenId, TokenName},
    revision::Revision,
};

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What they are known by.
    pub id: MemberId,
    /// What is known of them.
    pub profile: Profile,
    /// How often that was changed.
    pub revision: Revision,
    /// When they were created.
    pub create_time: DateTime<Utc>,
}

/// How a member is named and reached, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What they are called.
    pub display_name: NameText,
    /// Where codes to sign in are mailed, an address no other member has; without one, nobody signs in as them.
    pub email: Option<EmailAddress>,
    /// The language they are written to in.
    pub language: LanguageTag,
    /// What they may do, and where.
    pub roles: Vec<RoleAt>,
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

/// Says why members and tokens have to stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody could administer the installation without this member.
    #[error("no owner with a valid token would be left without {0}; create a token for another one first")]
    LastOwner(MemberName),
    /// Nobody could administer the installation without this token.
    #[error("no owner with a valid token would be left without {0}; create another one first")]
    LastOwnerToken(TokenName),
    /// Another member has the address.
    #[error("{0} has this e-mail address already")]
    AddressTaken(MemberName),
}

/// Lets a member be removed, unless nobody could administer after that: `owners` are the tokens of all owners.
pub fn remove(member: MemberId, owners: &[Token], now: DateTime<Utc>) -> Result<(), Refusal> {
    let bereaves = bereaves(owners, now, |token| token.member == member);
    if bereaves { Err(Refusal::LastOwner(MemberName { member })) } else { Ok(()) }
}

/// Changes what is known of a member, unless they would be owner no more and nobody could administer after that: `owners` are the tokens of all
/// owners.
pub fn revise(member: Member, profile: Profile, owners: &[Token], now: DateTime<Utc>) -> Result<Member, Refusal> {
    if !profile.is_owners() {
        remove(member.id, owners, now)?;
    }
    Ok(Member { profile, revision: Revision(member.revision.0 + 1), ..member })
}

/// Lets a token be revoked, unless nobody could administer after that: `owners` are the tokens of all owners.
pub fn revoke(token: &Token, owners: &[Token], now: DateTime<Utc>) -> Result<(), Refusal> {
    let bereaves = bereaves(owners, now, |other| other == token);
    if bereaves { Err(Refusal::LastOwnerToken(token.name())) } else { Ok(()) }
}

/// Lets a member end the token they call with. Whoever can have a code mailed comes back by it, and needs no other token; for others the
/// rule is that of [`revoke`].
pub fn sign_out(member: &Member, token: &Token, owners: &[Token], now: DateTime<Utc>) -> Result<(), Refusal> {
    match member.profile.email {
        Some(_) => Ok(()),
        None => revoke(token, owners, now),
    }
}

/// Whether the last valid one of some tokens goes with those that end.
fn bereaves(tokens: &[Token], now: DateTime<Utc>, ends: impl Fn(&Token) -> bool) -> bool {
    let mut valid = tokens.iter().filter(|token| token.is_valid(now)).peekable();
    valid.peek().is_some() && valid.all(ends)
}

impl refusal::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::LastOwner(_) | Self::LastOwnerToken(_) => Kind::Precondition,
            Self::AddressTaken(_) => Kind::Exists,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::LastOwner(_) | Self::LastOwnerToken(_) => "ERROR_REASON_LAST_OWNER",
            Self::AddressTaken(_) => "ERROR_REASON_ALREADY_EXISTS",
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::LastOwner(member) | Self::AddressTaken(member) => vec![("resource", member.to_string())],
            Self::LastOwnerToken(token) => vec![("resource", token.to_string())],
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

impl Profile {
    /// Whether they are an owner.
    fn is_owners(&self) -> bool {
        self.roles.iter().any(|role| role.role == Role::Owner)
    }
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

    const END: &str = "2023-09-05T00:00:00Z";

    /// A token of the member and with the id that these digits end, which ends, if at all, at [`END`].
    fn token(member: u8, id: u8, ends: bool) -> Token {
        let uuid = |digit: u8| format!("7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5{digit}");
        let end: DateTime<Utc> = END.parse().unwrap();
        Token {
            member: uuid(member).parse().unwrap(),
            id: uuid(id).parse().unwrap(),
            purpose: String::new(),
            expire_time: ends.then_some(end),
            create_time: end,
        }
    }

    #[test]
    fn member_stays_while_no_other_owner_holds_a_valid_token() {
        let (own, second, ended, other) =
            (token(1, 1, false), token(1, 2, false), token(2, 3, true), token(2, 4, false));
        let now = END.parse().unwrap();
        let removed = |member: MemberId, owners: &[&Token]| {
            remove(member, &owners.iter().copied().cloned().collect::<Vec<_>>(), now)
        };

        let refused = Err(Refusal::LastOwner(MemberName { member: own.member }));
        assert_eq!(removed(own.member, &[&own]), refused);
        assert_eq!(removed(own.member, &[&own, &second, &ended]), refused);
        assert_eq!(removed(own.member, &[&own, &other]), Ok(()));
        assert_eq!(removed(other.member, &[&own, &ended]), Ok(()));
        assert_eq!(removed(other.member, &[&ended]), Ok(()));
    }

    #[test]
    fn last_owner_stays_owner_and_is_changed_in_all_else() {
        let (own, ended) = (token(1, 1, false), token(2, 2, true));
        let profile = |name: &str, role| Profile {
            display_name: NameText::parse(name).unwrap(),
            email: None,
            language: LanguageTag::English,
            roles: vec![RoleAt { role, scope: Scope::Installation }],
        };
        let owner = Member {
            id: own.member,
            profile: profile("Owner", Role::Owner),
            revision: Revision(1),
            create_time: own.create_time,
        };
        let revised = |role, owners: &[&Token]| {
            let owners: Vec<Token> = owners.iter().copied().cloned().collect();
            revise(owner.clone(), profile("Other", role), &owners, END.parse().unwrap())
        };
        let after = |role| Member { profile: profile("Other", role), revision: Revision(2), ..owner.clone() };

        assert_eq!(revised(Role::Owner, &[&own]), Ok(after(Role::Owner)));
        assert_eq!(revised(Role::Viewer, &[&own, &ended]), Err(Refusal::LastOwner(owner.name())));
        assert_eq!(revised(Role::Viewer, &[&own, &token(2, 3, false)]), Ok(after(Role::Viewer)));
    }

    #[test]
    fn token_stays_while_no_owner_holds_another_valid_one() {
        let (own, ended, other) = (token(1, 1, false), token(1, 2, true), token(2, 3, false));
        let now = END.parse().unwrap();

        let refused = Err(Refusal::LastOwnerToken(own.name()));
        assert_eq!(revoke(&own, std::slice::from_ref(&own), now), refused);
        assert_eq!(revoke(&own, &[own.clone(), ended.clone()], now), refused);
        assert_eq!(revoke(&ended, &[own.clone(), ended.clone()], now), Ok(()));
        assert_eq!(revoke(&own, &[own.clone(), other.clone()], now), Ok(()));
        assert_eq!(revoke(&token(3, 4, false), &[own], now), Ok(()));
    }

    #[test]
    fn last_owner_signs_out_if_a_code_can_bring_them_back() {
        let own = token(1, 1, false);
        let member = |email: Option<&str>| Member {
            id: own.member,
            profile: Profile {
                display_name: NameText::parse("Owner").unwrap(),
                email: email.map(|email| EmailAddress::parse(email).unwrap()),
                language: LanguageTag::English,
                roles: Vec::new(),
            },
            revision: Revision(1),
            create_time: own.create_time,
        };
        let signs_out = |email| sign_out(&member(email), &own, std::slice::from_ref(&own), END.parse().unwrap());

        assert_eq!(signs_out(Some("owner@example.org")), Ok(()));
        assert_eq!(signs_out(None), Err(Refusal::LastOwnerToken(own.name())));
    }

    #[test]
    fn token_ends_at_its_expiry() {
        let end: DateTime<Utc> = END.parse().unwrap();
        let token = token(1, 1, true);

        assert_eq!([token.is_valid(end - chrono::TimeDelta::microseconds(1)), token.is_valid(end)], [true, false]);
    }
}
