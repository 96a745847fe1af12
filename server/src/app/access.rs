//! Writes about members and tokens.

use attache_domain::{
    access::{self, Member, Profile, Refusal, RoleAt, Scope, Token},
    authority::{Administrator, Role},
    change::Trail,
    language::LanguageTag,
    name::NameText,
    resource::{EventName, MemberId, MemberName, TokenId, TokenName},
    revision::Revision,
};
use chrono::{DateTime, Utc};

use super::{App, AppError, Edit, missing};
use crate::{
    ids,
    store::{NewToken, Request, WriteTx},
};

/// Creates a member with roles; the events and delegations named must exist, and their address must be nobody's.
pub async fn create_member(
    app: &App,
    administrator: &Administrator,
    profile: &Profile,
    request: Request,
) -> Result<Member, AppError> {
    let deed = app.deed(administrator, request);
    app.store
        .write(&deed, |tx| async move {
            for role in &profile.roles {
                require_scope(&tx, &role.scope).await?;
            }
            require_free_address(&tx, profile, None).await?;
            insert_member(&tx, profile).await
        })
        .await
}

/// Changes a member, unless nobody could administer after that; the events and delegations named must exist, and their address must be nobody
/// else's.
pub async fn update_member(
    app: &App,
    administrator: &Administrator,
    edit: &Edit<MemberName, Profile>,
    request: Request,
) -> Result<Member, AppError> {
    let deed = app.deed(administrator, request);
    let Edit { name, content: profile, expected } = edit;
    app.store
        .write(&deed, |tx| async move {
            let before = tx.member(name.member).await?.ok_or_else(|| missing(name))?;
            if expected.is_some_and(|expected| expected != before.revision) {
                return Err(AppError::Stale(name.to_string()));
            }
            for role in &profile.roles {
                require_scope(&tx, &role.scope).await?;
            }
            require_free_address(&tx, profile, Some(before.id)).await?;
            let after = access::revise(before.clone(), profile.clone(), &tx.owner_tokens().await?, tx.now())?;
            tx.save_member(&before, &after).await?;
            Ok(after)
        })
        .await
}

/// Removes a member, unless nobody could administer after that; their tokens end at once.
pub async fn remove_member(
    app: &App,
    administrator: &Administrator,
    name: &MemberName,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(administrator, request);
    app.store
        .write(&deed, |tx| async move {
            let member = tx.member(name.member).await?.ok_or_else(|| missing(name))?;
            access::remove(member.id, &tx.owner_tokens().await?, tx.now())?;
            Ok(tx.delete_member(&member).await?)
        })
        .await
}

/// Creates a token for a member; its secret is told this once.
pub async fn create_token(
    app: &App,
    administrator: &Administrator,
    (name, purpose, expire_time): &(MemberName, String, Option<DateTime<Utc>>),
    request: Request,
) -> Result<NewToken, AppError> {
    let deed = app.deed(administrator, request);
    app.store
        .write(&deed, |tx| async move {
            let member = tx.member(name.member).await?.ok_or_else(|| missing(name))?;
            insert_token(&tx, member.id, purpose, *expire_time).await
        })
        .await
}

/// Revokes a token, unless nobody could administer after that; it ends at once.
pub async fn revoke_token(
    app: &App,
    administrator: &Administrator,
    name: &TokenName,
    request: Request,
) -> Result<(), AppError> {
    let deed = app.deed(administrator, request);
    app.store
        .write(&deed, |tx| async move {
            let token = tx.token(name).await?.ok_or_else(|| missing(name))?;
            access::revoke(&token, &tx.owner_tokens().await?, tx.now())?;
            Ok(tx.delete_token(&token).await?)
        })
        .await
}

/// Makes a token for an owner where none has a valid one: for the first owner, who is made in a new installation, and for the
/// oldest when all their tokens ended by their expiry.
pub async fn found(app: &App, name: &NameText) -> Result<Option<NewToken>, AppError> {
    let deed = app.own_deed(Trail::Installation);
    if app.store.is_administered(deed.now).await? {
        return Ok(None);
    }
    let roles = vec![RoleAt { role: Role::Owner, scope: Scope::Installation }];
    let profile = &Profile { display_name: name.clone(), email: None, language: LanguageTag::English, roles };
    let token = app.store.write(&deed, |tx| async move {
        let owner = match tx.first_owner().await? {
            Some(owner) => owner,
            None => insert_member(&tx, profile).await?.id,
        };
        insert_token(&tx, owner, "made by the server", None).await
    });
    token.await.map(Some)
}

async fn require_scope(tx: &WriteTx, scope: &Scope) -> Result<(), AppError> {
    match scope {
        Scope::Installation => Ok(()),
        Scope::Event(event) => {
            let found = tx.event(event).await?;
            found.map(drop).ok_or_else(|| missing(EventName { event: event.clone() }))
        }
        Scope::Delegation(name) => tx.delegation(name).await?.map(drop).ok_or_else(|| missing(name)),
    }
}

/// Refuses an address that a member has who is not the one whose it is to be: a code mailed there must say who signs in.
async fn require_free_address(tx: &WriteTx, profile: &Profile, whose: Option<MemberId>) -> Result<(), AppError> {
    let Some(email) = &profile.email else { return Ok(()) };
    match tx.member_at(&tx.address_digest(email)).await? {
        Some(other) if whose != Some(other.id) => Err(Refusal::AddressTaken(other.name()).into()),
        Some(_) | None => Ok(()),
    }
}

async fn insert_member(tx: &WriteTx, profile: &Profile) -> Result<Member, AppError> {
    let id = MemberId(ids::random());
    let member = Member { id, profile: profile.clone(), revision: Revision(1), create_time: tx.now() };
    tx.insert_member(&member).await?;
    Ok(member)
}

async fn insert_token(
    tx: &WriteTx,
    member: MemberId,
    purpose: &str,
    expire_time: Option<DateTime<Utc>>,
) -> Result<NewToken, AppError> {
    let token =
        Token { member, id: TokenId(ids::random()), purpose: purpose.to_owned(), expire_time, create_time: tx.now() };
    let new = NewToken { token, secret: ids::code() };
    tx.insert_token(&new).await?;
    Ok(new)
}
