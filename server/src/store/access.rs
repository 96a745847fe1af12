//! Members, roles and tokens in the database. Of a token only a keyed digest is kept.

use std::sync::Arc;

use attache_domain::{
    access::{Member, Profile, RoleAt, Scope, Token},
    authority::{Administrator, Caller, Grant, Identity, Reach, Role},
    change::Trail,
    email::EmailAddress,
    resource::{DelegationName, EventId, MemberId, MemberName, OrganizationId, TokenId, TokenName},
    revision::Revision,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _,
};
use serde::Serialize;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::{
    List, Page, Store, StoreError, Subject, WriteTx,
    callers::Found,
    changes::Entry,
    error::column,
    fields::{Fields, Search, instant, verbatim},
    listing::{Listing, Parent},
    rows::{event, grant, member, token},
};
use crate::vault::MasterKey;

/// A token as it comes with a call: which, and the secret that proves it.
pub struct Presented {
    /// Which.
    pub token: TokenId,
    /// What proves it.
    pub secret: String,
}

/// A token just made, with the secret that is told this once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// The token.
    pub token: Token,
    /// What to call with.
    pub secret: String,
}

impl NewToken {
    /// The token as its member calls with it: `att_{id}_{secret}`; the prefix lets scanners of secrets find it.
    pub fn text(&self) -> String {
        token_text(self.token.id.0, &self.secret)
    }
}

/// Writes a token as whoever has it calls with it.
pub(super) fn token_text(id: Uuid, secret: &str) -> String {
    format!("att_{}_{secret}", id.simple())
}

impl Presented {
    /// Takes a token's text apart.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix("att_")?.split_once('_')?;
        Some(Self { token: TokenId(Uuid::try_parse(id).ok()?), secret: secret.to_owned() })
    }
}

/// Who it is that calls with a token.
pub enum Bearer {
    /// Somebody, by a valid token.
    Known(Identity),
    /// Nobody: the token is unknown, or at its end.
    Nobody,
    /// Nobody: there is such a token, and its secret is another one.
    Impostor,
}

impl Store {
    /// Finds who calls with a token: a member's, or one that a personal link was exchanged for.
    pub async fn bearer(&self, presented: &Presented, now: DateTime<Utc>) -> Result<Bearer, StoreError> {
        let Some(found) = self.member_token(presented.token).await? else { return self.delegate(presented, now).await };
        let digest = token_digest(&self.master, &presented.secret);
        let proven: bool = digest.as_bytes().ct_eq(found.digest.as_bytes()).into();
        if !proven {
            return Ok(Bearer::Impostor);
        }
        if !found.token.is_valid(now) {
            return Ok(Bearer::Nobody);
        }
        Ok(Bearer::Known(Identity::Member(Caller::new(found.token.name(), found.grants.clone()))))
    }

    /// Finds a member's token, and what the member may do.
    async fn member_token(&self, id: TokenId) -> Result<Option<Arc<Found>>, StoreError> {
        if let Some(known) = self.callers.get(id) {
            return Ok(Some(known));
        }
        let generation = self.callers.now();
        let row = token::Entity::find().filter(token::Column::Id.eq(id.to_string())).one(&self.read).await?;
        let Some(row) = row else { return Ok(None) };
        let (digest, token) = (row.digest.clone(), Token::try_from(row)?);
        let mut grants = Vec::new();
        for RoleAt { role, scope } in roles(&self.read, &[token.member]).await?.into_iter().map(|(_, role)| role) {
            grants.extend(self.reach(scope).await?.map(|reach| Grant { role, reach }));
        }
        let found = Arc::new(Found { token, digest, grants });
        self.callers.put(&found, generation);
        Ok(Some(found))
    }

    /// Whether an owner has a token that is valid at `now`; nobody administers an installation where none has.
    pub async fn is_administered(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(owner_tokens(&self.read).await?.iter().any(|token| token.is_valid(now)))
    }

    /// Finds a member; whoever calls may see themselves.
    pub async fn myself(&self, caller: &Caller) -> Result<Option<Member>, StoreError> {
        find(&self.read, caller.member()).await
    }

    /// Finds a member, for whoever administers.
    pub async fn member(&self, _: &Administrator, id: MemberId) -> Result<Option<Member>, StoreError> {
        find(&self.read, id).await
    }

    /// Lists the members by id.
    pub async fn members(&self, _: &Administrator, list: &List) -> Result<Page<Member>, StoreError> {
        let fields = Fields {
            known: [
                verbatim("display_name", member::Column::DisplayName),
                verbatim("email", member::Column::Email),
                instant("create_time", member::Column::CreateTime),
            ],
            usual: "",
            search: Search::Columns(&[member::Column::DisplayName, member::Column::Email]),
            id: member::Column::Id,
        };
        let page = self.page(member::Entity::find(), &fields, Listing::house("members"), list).await?;
        let page = page.try_map(|row| Ok((column("members", "id", &row.id)?, row)))?;
        let ids: Vec<MemberId> = page.items.iter().map(|(id, _)| *id).collect();
        let all = roles(&self.read, &ids).await?;
        page.try_map(|(id, row)| {
            let own = all.iter().filter(|(member, _)| *member == id).map(|(_, role)| role.clone());
            whole(row, own.collect())
        })
    }

    /// Lists a member's tokens by id.
    pub async fn tokens(&self, _: &Administrator, member: MemberId, list: &List) -> Result<Page<Token>, StoreError> {
        let select = token::Entity::find().filter(token::Column::Member.eq(member.to_string()));
        let listing = Listing::below("tokens", Parent::Member(MemberName { member }));
        let fields = Fields {
            known: [
                instant("create_time", token::Column::CreateTime),
                instant("expire_time", token::Column::ExpireTime),
            ],
            usual: "",
            search: Search::Columns(&[token::Column::Purpose]),
            id: token::Column::Id,
        };
        self.page(select, &fields, listing, list).await?.try_map(Token::try_from)
    }

    async fn reach(&self, scope: Scope) -> Result<Option<Reach>, StoreError> {
        let reach = match scope {
            Scope::Installation => Some(Reach::Installation),
            Scope::Event(event) => self.controller(&event).await?.map(|controller| Reach::Event { event, controller }),
            Scope::Delegation(DelegationName { event, delegation }) => {
                let controller = self.controller(&event).await?;
                controller.map(|controller| Reach::Delegation { event, controller, delegation })
            }
        };
        Ok(reach)
    }

    async fn controller(&self, event: &EventId) -> Result<Option<OrganizationId>, StoreError> {
        let row = event::Entity::find_by_id(event.to_string()).one(&self.read).await?;
        row.map(|row| column("events", "controller", &row.controller)).transpose()
    }
}

impl WriteTx {
    /// Finds a member.
    pub async fn member(&self, id: MemberId) -> Result<Option<Member>, StoreError> {
        find(self.db().await?, id).await
    }

    /// Finds the owner who was created first.
    pub async fn first_owner(&self) -> Result<Option<MemberId>, StoreError> {
        let owners = member::Entity::find().filter(member::Column::Id.is_in(owner_ids(self.db().await?).await?));
        let first = owners.order_by_asc(member::Column::CreateTime).order_by_asc(member::Column::Id);
        first.one(self.db().await?).await?.map(|row| column("members", "id", &row.id)).transpose()
    }

    /// Finds the tokens of all owners, valid or not.
    pub async fn owner_tokens(&self) -> Result<Vec<Token>, StoreError> {
        owner_tokens(self.db().await?).await
    }

    /// Finds a token.
    pub async fn token(&self, name: &TokenName) -> Result<Option<Token>, StoreError> {
        let found = token::Entity::find_by_id((name.member.to_string(), name.token.to_string()));
        found.one(self.db().await?).await?.map(Token::try_from).transpose()
    }

    /// Inserts a member with their roles.
    pub async fn insert_member(&self, member: &Member) -> Result<(), StoreError> {
        let logged = Logged::of(member, self.master());
        self.record(entry(member.name(), "created", None, Some(&logged))).await?;
        let Logged { row, grants } = logged;
        self.insert(row);
        for grant in grants {
            self.insert(grant);
        }
        Ok(())
    }

    /// Saves what became of a member, and their roles.
    pub async fn save_member(&self, before: &Member, after: &Member) -> Result<(), StoreError> {
        let (old, new) = (Logged::of(before, self.master()), Logged::of(after, self.master()));
        self.record(entry(after.name(), "updated", Some(&old), Some(&new))).await?;
        let Logged { row, grants } = new;
        grant::Entity::delete_many().filter(grant::Column::Member.eq(row.id.as_str())).exec(self.db().await?).await?;
        row.into_active_model().reset_all().update(self.db().await?).await?;
        for grant in grants {
            self.insert(grant);
        }
        Ok(())
    }

    /// Deletes a member, their roles and their tokens.
    pub async fn delete_member(&self, member: &Member) -> Result<(), StoreError> {
        let id = member.id.to_string();
        for row in token::Entity::find().filter(token::Column::Member.eq(id.as_str())).all(self.db().await?).await? {
            self.delete_token(&Token::try_from(row)?).await?;
        }
        self.record(entry(member.name(), "removed", Some(&Logged::of(member, self.master())), None)).await?;
        grant::Entity::delete_many().filter(grant::Column::Member.eq(id.as_str())).exec(self.db().await?).await?;
        member::Entity::delete_by_id(id).exec(self.db().await?).await?;
        Ok(())
    }

    /// Inserts a token; only a digest of its secret is kept.
    pub async fn insert_token(&self, new: &NewToken) -> Result<(), StoreError> {
        let NewToken { token, secret } = new;
        let row = token_row(token, token_digest(self.master(), secret));
        self.record(entry(token.name(), "created", None, Some(&row))).await?;
        self.insert(row);
        Ok(())
    }

    /// Deletes a token.
    pub async fn delete_token(&self, token: &Token) -> Result<(), StoreError> {
        self.record(entry(token.name(), "revoked", Some(&token_row(token, String::new())), None)).await?;
        token::Entity::delete_by_id((token.member.to_string(), token.id.to_string())).exec(self.db().await?).await?;
        Ok(())
    }
}

/// A member as the change log keeps them: with their roles.
#[derive(Serialize)]
struct Logged {
    #[serde(flatten)]
    row: member::Model,
    grants: Vec<grant::Model>,
}

impl Logged {
    fn of(member: &Member, master: &MasterKey) -> Self {
        let Member { id, profile, revision, create_time } = member;
        let Profile { display_name, email, language, roles } = profile;
        let row = member::Model {
            id: id.to_string(),
            display_name: display_name.as_str().to_owned(),
            email: email.as_ref().map(|email| email.as_str().to_owned()),
            email_digest: email.as_ref().map(|email| address_digest(master, email)),
            language_code: language.as_str().to_owned(),
            create_time: *create_time,
            revision: revision.0,
        };
        Self { row, grants: (0..).zip(roles).map(|(number, role)| grant_row(*id, number, role)).collect() }
    }
}

fn grant_row(member: MemberId, number: i64, RoleAt { role, scope }: &RoleAt) -> grant::Model {
    let (event, delegation) = match scope {
        Scope::Installation => (None, None),
        Scope::Event(event) => (Some(event), None),
        Scope::Delegation(DelegationName { event, delegation }) => (Some(event), Some(delegation)),
    };
    grant::Model {
        member: member.to_string(),
        number,
        role: role.word().to_owned(),
        event: event.map(ToString::to_string),
        delegation: delegation.map(ToString::to_string),
    }
}

/// The row of a token; its digest is no part of what is logged.
fn token_row(token: &Token, digest: String) -> token::Model {
    let Token { member, id, purpose, expire_time, create_time } = token;
    token::Model {
        member: member.to_string(),
        id: id.to_string(),
        digest,
        purpose: purpose.clone(),
        expire_time: *expire_time,
        create_time: *create_time,
    }
}

fn entry<'a, R>(
    name: impl ToString,
    verb: &'static str,
    before: Option<&'a R>,
    after: Option<&'a R>,
) -> Entry<'a, R, Trail> {
    Entry { owner: Trail::Installation, resource: name.to_string(), verb, person: None, before, after }
}

async fn owner_ids<C: ConnectionTrait>(db: &C) -> Result<Vec<String>, StoreError> {
    let owners = grant::Entity::find().filter(grant::Column::Role.eq(Role::Owner.word())).all(db).await?;
    Ok(owners.into_iter().map(|grant| grant.member).collect())
}

async fn owner_tokens<C: ConnectionTrait>(db: &C) -> Result<Vec<Token>, StoreError> {
    let tokens = token::Entity::find().filter(token::Column::Member.is_in(owner_ids(db).await?)).all(db).await?;
    tokens.into_iter().map(Token::try_from).collect()
}

/// What stands for an address where it is not kept, the same for all ways of writing it that reach one mailbox.
pub(super) fn address_digest(master: &MasterKey, email: &EmailAddress) -> String {
    master.digest("member addresses", email.key().as_bytes()).to_hex().to_string()
}

/// Finds the member who has an address, by its digest.
pub(super) async fn find_by_address<C: ConnectionTrait>(db: &C, address: &str) -> Result<Option<Member>, StoreError> {
    let row = member::Entity::find().filter(member::Column::EmailDigest.eq(address)).one(db).await?;
    let Some(row) = row else { return Ok(None) };
    let id = column("members", "id", &row.id)?;
    let roles = roles(db, &[id]).await?.into_iter().map(|(_, role)| role).collect();
    whole(row, roles).map(Some)
}

/// What is kept of a token's secret.
pub(super) fn token_digest(master: &MasterKey, secret: &str) -> String {
    master.digest("tokens", secret.as_bytes()).to_hex().to_string()
}

async fn find<C: ConnectionTrait>(db: &C, id: MemberId) -> Result<Option<Member>, StoreError> {
    let Some(row) = member::Entity::find_by_id(id.to_string()).one(db).await? else { return Ok(None) };
    let roles = roles(db, &[id]).await?.into_iter().map(|(_, role)| role).collect();
    whole(row, roles).map(Some)
}

async fn roles<C: ConnectionTrait>(db: &C, members: &[MemberId]) -> Result<Vec<(MemberId, RoleAt)>, StoreError> {
    let ids = members.iter().map(ToString::to_string);
    let of_members = grant::Entity::find().filter(grant::Column::Member.is_in(ids));
    let rows = of_members.order_by_asc(grant::Column::Member).order_by_asc(grant::Column::Number).all(db).await?;
    rows.into_iter()
        .map(|row| {
            let role = role(&row.role).ok_or(StoreError::Corrupt { table: "grants", column: "role" })?;
            let scope = scope(row.event.as_deref(), row.delegation.as_deref())?;
            let role =
                RoleAt::grant(role, scope).map_err(|_| StoreError::Corrupt { table: "grants", column: "role" })?;
            Ok((column("grants", "member", &row.member)?, role))
        })
        .collect()
}

fn scope(event: Option<&str>, delegation: Option<&str>) -> Result<Scope, StoreError> {
    let Some(event) = event else { return Ok(Scope::Installation) };
    let event = column("grants", "event", event)?;
    match delegation {
        None => Ok(Scope::Event(event)),
        Some(delegation) => {
            let delegation = column("grants", "delegation", delegation)?;
            Ok(Scope::Delegation(DelegationName { event, delegation }))
        }
    }
}

fn whole(row: member::Model, roles: Vec<RoleAt>) -> Result<Member, StoreError> {
    let member::Model { id, display_name, email, email_digest: _, language_code, create_time, revision } = row;
    let profile = Profile {
        display_name: column("members", "display_name", &display_name)?,
        email: email.map(|email| column("members", "email", &email)).transpose()?,
        language: column("members", "language_code", &language_code)?,
        roles,
    };
    Ok(Member { id: column("members", "id", &id)?, profile, revision: Revision(revision), create_time })
}

fn role(word: &str) -> Option<Role> {
    [Role::Owner, Role::Organizer, Role::Approver, Role::FocalPoint, Role::Viewer]
        .into_iter()
        .find(|role| role.word() == word)
}

impl TryFrom<token::Model> for Token {
    type Error = StoreError;

    fn try_from(row: token::Model) -> Result<Self, StoreError> {
        let token::Model { member, id, digest: _, purpose, expire_time, create_time } = row;
        let (member, id) = (column("tokens", "member", &member)?, column("tokens", "id", &id)?);
        Ok(Self { member, id, purpose, expire_time, create_time })
    }
}

impl Subject for Member {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let MemberName { member } = column("requests", "resource", name)?;
        tx.member(member).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

/// A secret is told once: the request that made it cannot be repeated.
impl Subject for NewToken {
    fn resource_name(&self) -> String {
        self.token.name().to_string()
    }

    async fn load(_: &WriteTx, name: &str) -> Result<Self, StoreError> {
        Err(StoreError::Unrepeatable(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_text_reads_back() {
        let id = "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d";
        let token = Token {
            member: id.parse().unwrap(),
            id: id.parse().unwrap(),
            purpose: String::new(),
            expire_time: None,
            create_time: DateTime::UNIX_EPOCH,
        };
        let new = NewToken { token, secret: "s3cret".to_owned() };

        let presented = Presented::parse(&new.text()).unwrap();

        assert_eq!((presented.token, presented.secret), (new.token.id, new.secret));
    }
}
