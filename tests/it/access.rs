//! Members and tokens through the whole house.

use attache_client::{
    Code,
    v1::{self, ErrorReason, Role},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{FORUM, mask, once},
    found,
};
use chrono::TimeDelta;

fn creation(role: Role, resource: &str) -> v1::CreateMemberRequest {
    let grant = v1::Grant { role: role.into(), resource: resource.to_owned() };
    let member = v1::Member { display_name: "Member".to_owned(), grants: vec![grant], ..Default::default() };
    v1::CreateMemberRequest { member: Some(member), ..Default::default() }
}

async fn member(house: &House) -> v1::Member {
    house.owner.access().create_member(creation(Role::Viewer, "")).await.done()
}

fn token_for(member: &v1::Member) -> v1::CreateTokenRequest {
    v1::CreateTokenRequest { parent: member.name.clone(), ..Default::default() }
}

/// Who the server takes a caller with a token for.
async fn who(house: &House, token: &str) -> Result<tonic::Response<v1::Member>, tonic::Status> {
    house.client(Some(token)).await.access().who_am_i(v1::WhoAmIRequest {}).await
}

#[tokio::test]
async fn member_is_created_listed_and_told_who_they_are() {
    let house = boot().await;
    house.forum_with_seats(1).await;

    let created = house.owner.access().create_member(creation(Role::Organizer, FORUM)).await.done();
    let secret = house.owner.access().create_token(token_for(&created)).await.done().secret;
    let myself = who(&house, &secret).await.done();
    let list = house.owner.access().list_members(v1::ListMembersRequest::default()).await.done();

    assert_eq!(myself, created);
    assert_eq!((list.members.contains(&created), list.total_size), (true, 2));
}

#[tokio::test]
async fn tokens_are_listed_without_their_secrets_and_end_when_revoked() {
    let house = boot().await;
    let member = member(&house).await;
    let token = v1::Token { purpose: "rehearsal".to_owned(), ..Default::default() };
    let request = v1::CreateTokenRequest { token: Some(token), ..token_for(&member) };
    let created = house.owner.access().create_token(request).await.done();
    let token = created.token.unwrap();
    let request = v1::ListTokensRequest { parent: member.name.clone(), ..Default::default() };
    assert_eq!(house.owner.access().list_tokens(request.clone()).await.done().tokens, std::slice::from_ref(&token));
    let revocation = v1::RevokeTokenRequest { name: token.name, ..Default::default() };

    who(&house, &created.secret).await.done();
    house.owner.access().revoke_token(revocation.clone()).await.done();
    let after = who(&house, &created.secret).await;
    let again = house.owner.access().revoke_token(revocation).await;

    assert_eq!(verdict(after), (Code::Unauthenticated, ErrorReason::TokenInvalid));
    assert_eq!(verdict(again), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(house.owner.access().list_tokens(request).await.done().tokens, []);
}

#[tokio::test]
async fn token_ends_at_its_time() {
    let house = boot().await;
    let member = member(&house).await;
    let end = (house.app.clock.now() + TimeDelta::hours(1)).timestamp();
    let token =
        v1::Token { expire_time: Some(prost_types::Timestamp { seconds: end, nanos: 0 }), ..Default::default() };
    let request = v1::CreateTokenRequest { token: Some(token), ..token_for(&member) };
    let secret = house.owner.access().create_token(request).await.done().secret;

    who(&house, &secret).await.done();
    house.app.clock.advance(TimeDelta::hours(1));

    assert_eq!(verdict(who(&house, &secret).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
}

#[tokio::test]
async fn removed_member_calls_no_more() {
    let house = boot().await;
    let member = member(&house).await;
    let secret = house.owner.access().create_token(token_for(&member)).await.done().secret;
    let request = v1::RemoveMemberRequest { name: member.name.clone(), request_id: once(), validate_only: false };

    house.owner.access().remove_member(request.clone()).await.done();
    house.owner.access().remove_member(request.clone()).await.done();
    let anew = v1::RemoveMemberRequest { request_id: once(), ..request };
    let anew = house.owner.access().remove_member(anew).await;
    let token = house.owner.access().create_token(token_for(&member)).await;

    assert_eq!(verdict(who(&house, &secret).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
    assert_eq!(verdict(anew), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(token), (Code::NotFound, ErrorReason::NotFound));
}

/// Another owner, with their token.
async fn second_owner(house: &House) -> (v1::Member, String) {
    let owner = house.owner.access().create_member(creation(Role::Owner, "")).await.done();
    let secret = house.owner.access().create_token(token_for(&owner)).await.done().secret;
    (owner, secret)
}

fn removal(member: &v1::Member) -> v1::RemoveMemberRequest {
    v1::RemoveMemberRequest { name: member.name.clone(), ..Default::default() }
}

#[tokio::test]
async fn last_owner_with_a_token_stays() {
    let house = boot().await;
    let first = who(&house, house.owner_token()).await.done();
    house.owner.access().create_member(creation(Role::Owner, "")).await.done();

    let refused = house.owner.access().remove_member(removal(&first)).await.refused();
    let (second, secret) = second_owner(&house).await;
    house.owner.access().remove_member(removal(&first)).await.done();

    assert_eq!((refused.code, refused.is(ErrorReason::LastOwner)), (Code::FailedPrecondition, true), "{refused:?}");
    assert_eq!(refused.metadata["resource"], first.name);
    assert_eq!(who(&house, &secret).await.done(), second);
}

#[tokio::test]
async fn last_token_of_the_owners_stays() {
    let house = boot().await;
    let owner = who(&house, house.owner_token()).await.done();
    let request = v1::ListTokensRequest { parent: owner.name.clone(), ..Default::default() };
    let first = house.owner.access().list_tokens(request).await.done().tokens[0].name.clone();
    let revocation = v1::RevokeTokenRequest { name: first.clone(), ..Default::default() };

    let refused = house.owner.access().revoke_token(revocation.clone()).await.refused();
    let next = house.owner.access().create_token(token_for(&owner)).await.done().secret;
    house.owner.access().revoke_token(revocation).await.done();

    assert_eq!((refused.code, refused.is(ErrorReason::LastOwner)), (Code::FailedPrecondition, true), "{refused:?}");
    assert_eq!(refused.metadata["resource"], first);
    assert_eq!(who(&house, &next).await.done(), owner);
}

#[tokio::test]
async fn owners_who_remove_each_other_at_once_do_not_both_go() {
    let house = boot().await;
    let first = who(&house, house.owner_token()).await.done();
    let (second, secret) = second_owner(&house).await;
    let other = house.client(Some(&secret)).await;
    let (mut access, mut other_access) = (house.owner.access(), other.access());

    let (one, two) = tokio::join!(access.remove_member(removal(&second)), other_access.remove_member(removal(&first)));

    let left = [who(&house, house.owner_token()).await.is_ok(), who(&house, &secret).await.is_ok()];
    assert_eq!(left, [one.is_ok(), two.is_ok()]);
    assert_ne!(one.is_ok(), two.is_ok());
}

#[tokio::test]
async fn owner_whose_tokens_all_ended_gets_one_from_the_server() {
    let house = boot().await;
    let owner = who(&house, house.owner_token()).await.done();
    let end = (house.app.clock.now() + TimeDelta::hours(1)).timestamp();
    let token =
        v1::Token { expire_time: Some(prost_types::Timestamp { seconds: end, nanos: 0 }), ..Default::default() };
    house.owner.access().create_token(v1::CreateTokenRequest { token: Some(token), ..token_for(&owner) }).await.done();
    let request = v1::ListTokensRequest { parent: owner.name.clone(), ..Default::default() };
    let tokens = house.owner.access().list_tokens(request).await.done().tokens;
    let endless = tokens.into_iter().find(|token| token.expire_time.is_none()).unwrap().name;
    let revocation = v1::RevokeTokenRequest { name: endless, ..Default::default() };
    house.owner.access().revoke_token(revocation).await.done();

    let before = found(&house.app).await;
    house.app.clock.advance(TimeDelta::hours(1));
    let after = found(&house.app).await.unwrap();

    assert_eq!(before, None);
    assert_eq!(who(&house, &after).await.done(), owner);
    assert_eq!(found(&house.app).await, None);
}

#[tokio::test]
async fn token_that_is_garbled_is_nobodys() {
    let house = boot().await;
    let token = house.owner_token();
    let (id, secret) = token.rsplit_once('_').unwrap();
    let other = member(&house).await;
    let foreign = house.owner.access().create_token(token_for(&other)).await.done().secret;
    let foreign_secret = foreign.rsplit_once('_').unwrap().1;

    let garbled = [
        "x".to_owned(),
        id.to_owned(),
        format!("{id}_"),
        format!("{id}_{}", secret.to_uppercase()),
        format!("{id}_{foreign_secret}"),
        format!("{token}0"),
        format!("att__{secret}"),
    ];

    for token in garbled {
        assert_eq!(verdict(who(&house, &token).await), (Code::Unauthenticated, ErrorReason::TokenInvalid), "{token}");
    }
}

#[tokio::test]
async fn secret_is_told_once() {
    let house = boot().await;
    let request = v1::CreateTokenRequest { request_id: once(), ..token_for(&member(&house).await) };

    house.owner.access().create_token(request.clone()).await.done();
    let again = house.owner.access().create_token(request).await;

    assert_eq!(verdict(again), (Code::AlreadyExists, ErrorReason::AlreadyExists));
}

/// What could not be called with is not told either.
#[tokio::test]
async fn token_that_is_only_tried_has_no_secret_and_is_not_kept() {
    let house = boot().await;
    let request = v1::CreateTokenRequest { validate_only: true, ..token_for(&member(&house).await) };
    let list = v1::ListTokensRequest { parent: request.parent.clone(), ..Default::default() };

    let tried = house.owner.access().create_token(request).await.done();

    assert_eq!(tried.secret, "");
    assert_eq!(house.owner.access().list_tokens(list).await.done().total_size, 0);
}

#[tokio::test]
async fn member_that_cannot_be_is_refused() {
    let house = boot().await;
    let ask = async |request| house.owner.access().create_member(request).await;

    assert_eq!(verdict(ask(creation(Role::Viewer, "events/nowhere")).await), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(
        wrong_fields(ask(creation(Role::Unspecified, "forum")).await),
        ["member.grants[0].role", "member.grants[0].resource"]
    );
    let nameless = v1::CreateMemberRequest { member: Some(v1::Member::default()), ..Default::default() };
    assert_eq!(wrong_fields(ask(nameless).await), ["member.display_name", "member.grants"]);
    let request = v1::ListMembersRequest { page_size: -1, ..Default::default() };
    assert_eq!(wrong_fields(house.owner.access().list_members(request).await), ["page_size"]);
    let request = v1::RevokeTokenRequest { name: "tokens/1".to_owned(), ..Default::default() };
    assert_eq!(wrong_fields(house.owner.access().revoke_token(request).await), ["name"]);
}

/// An owner of a new installation has no address, and so no way to sign in, until they are given one.
#[tokio::test]
async fn owner_is_given_an_address_and_signs_in_by_it() {
    let house = boot().await;
    let owner = who(&house, house.owner_token()).await.done();
    let email = "owner@example.org".to_owned();
    let update = v1::Member { name: owner.name.clone(), email: email.clone(), ..Default::default() };

    let request = v1::UpdateMemberRequest { member: Some(update), request_id: once(), ..Default::default() };
    let updated = house.owner.access().update_member(request.clone()).await.done();
    let again = house.owner.access().update_member(request).await.done();

    let expected = v1::Member { email: email.clone(), etag: "r2".to_owned(), ..owner };
    assert_eq!((&updated, &again), (&expected, &expected));
    assert_eq!(who(&house, house.owner_token()).await.done(), expected);
    house.client(None).await.sign_in().request_sign_in(v1::RequestSignInRequest { email }).await.done();
    let mailed = async || house.mail_memory().sent().pop();
    assert_eq!(house.until(mailed).await.to.address, "owner@example.org");
}

#[tokio::test]
async fn member_is_changed_in_what_is_named_and_may_do_what_they_are_granted_at_once() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let created = house.owner.access().create_member(creation(Role::Viewer, FORUM)).await.done();
    let secret = house.owner.access().create_token(token_for(&created)).await.done().secret;
    let client = house.client(Some(&secret)).await;
    let list = || v1::ListMembersRequest::default();
    let update = async |member: v1::Member, paths: &[&str]| {
        let member = v1::Member { name: created.name.clone(), ..member };
        let request = v1::UpdateMemberRequest { member: Some(member), update_mask: mask(paths), ..Default::default() };
        house.owner.access().update_member(request).await
    };
    let owners = vec![v1::Grant { role: Role::Owner.into(), resource: String::new() }];

    let before = verdict(client.access().list_members(list()).await);
    let named = v1::Member { display_name: "Other".to_owned(), grants: owners.clone(), ..Default::default() };
    let promoted = update(named, &["grants"]).await.done();
    client.access().list_members(list()).await.done();
    let bare = wrong_fields(update(v1::Member::default(), &["grants", "display_name"]).await);
    let unknown = wrong_fields(update(v1::Member::default(), &["create_time"]).await);
    let nowhere = vec![v1::Grant { role: Role::Viewer.into(), resource: "events/nowhere".to_owned() }];
    let nowhere = verdict(update(v1::Member { grants: nowhere, ..Default::default() }, &["grants"]).await);

    assert_eq!(before, (Code::PermissionDenied, ErrorReason::PermissionDenied));
    assert_eq!(promoted, v1::Member { grants: owners, etag: "r2".to_owned(), ..created.clone() });
    assert_eq!(bare, ["member.display_name", "member.grants"]);
    assert_eq!(unknown, ["update_mask"]);
    assert_eq!(nowhere, (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(who(&house, &secret).await.done(), promoted);
}
