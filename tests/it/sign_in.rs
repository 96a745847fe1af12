//! Signing in by a mailed code, and out again.

use std::time::Duration;

use attache_client::{
    Code,
    v1::{self, ErrorReason, Role},
};
use attache_server::mail::{
    message::Outgoing,
    transport::{Cause, SendError},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot, log,
};
use chrono::TimeDelta;

const ADDRESS: &str = "Zhang.Weiming@example.org";

/// Creates a member with an address, who is written to in Chinese.
async fn member(house: &House, role: Role, email: &str) -> v1::Member {
    let member = v1::Member {
        display_name: "张伟明".to_owned(),
        grants: vec![v1::Grant { role: role.into(), resource: String::new() }],
        email: email.to_owned(),
        language_code: "zh".to_owned(),
        ..Default::default()
    };
    let request = v1::CreateMemberRequest { member: Some(member), ..Default::default() };
    house.owner.access().create_member(request).await.done()
}

async fn ask(house: &House, email: &str) -> Result<tonic::Response<v1::RequestSignInResponse>, tonic::Status> {
    let request = v1::RequestSignInRequest { email: email.to_owned() };
    house.client(None).await.sign_in().request_sign_in(request).await
}

/// Waits until so many codes were mailed.
async fn mailed(house: &House, count: usize) -> Vec<Outgoing> {
    house
        .until(async || {
            let sent = house.mail_memory().sent();
            (sent.len() >= count).then_some(sent)
        })
        .await
}

/// The code in a mail: the one line that is set in.
fn code(mail: &Outgoing) -> String {
    mail.text.lines().find_map(|line| line.strip_prefix("  ")).expect("a code").to_owned()
}

async fn complete(
    house: &House,
    email: &str,
    code: &str,
) -> Result<tonic::Response<v1::CompleteSignInResponse>, tonic::Status> {
    let request = v1::CompleteSignInRequest { email: email.to_owned(), code: code.to_owned() };
    house.client(None).await.sign_in().complete_sign_in(request).await
}

async fn who(house: &House, secret: &str) -> Result<tonic::Response<v1::Member>, tonic::Status> {
    house.client(Some(secret)).await.access().who_am_i(v1::WhoAmIRequest {}).await
}

async fn tokens(house: &House, member: &v1::Member) -> Vec<v1::Token> {
    let request = v1::ListTokensRequest { parent: member.name.clone(), ..Default::default() };
    house.owner.access().list_tokens(request).await.done().tokens
}

#[tokio::test]
async fn member_signs_in_with_the_mailed_code_and_out_again() {
    let house = boot().await;
    let member = member(&house, Role::Viewer, ADDRESS).await;

    let answer = ask(&house, "zhang.weiming@EXAMPLE.org").await.done();
    let mail = mailed(&house, 1).await.remove(0);
    let signed_in = complete(&house, ADDRESS, &code(&mail).to_uppercase()).await.done();
    let token = signed_in.token.unwrap();

    assert_eq!((mail.to.address.as_str(), mail.language.as_str()), (ADDRESS, "zh"));
    assert_eq!(mail.subject, "登录 Attaché 的验证码");
    assert_eq!(answer.expire_time.unwrap().seconds - mail.date.timestamp(), 600);
    assert_eq!(who(&house, &signed_in.secret).await.done(), member);
    assert_eq!(token.purpose, "signed in by e-mail");
    assert_eq!(token.expire_time.unwrap().seconds - token.create_time.unwrap().seconds, 12 * 3600);
    assert_eq!(tokens(&house, &member).await, [token]);

    let client = house.client(Some(&signed_in.secret)).await;
    client.sign_in().sign_out(v1::SignOutRequest { validate_only: true }).await.done();
    who(&house, &signed_in.secret).await.done();
    client.sign_in().sign_out(v1::SignOutRequest::default()).await.done();

    assert_eq!(verdict(who(&house, &signed_in.secret).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
    assert_eq!(tokens(&house, &member).await, []);
}

#[tokio::test]
async fn session_ends_after_twelve_hours() {
    let house = boot().await;
    member(&house, Role::Viewer, ADDRESS).await;
    ask(&house, ADDRESS).await.done();
    let code = code(&mailed(&house, 1).await[0]);
    let secret = complete(&house, ADDRESS, &code).await.done().secret;

    house.app.clock.advance(TimeDelta::hours(11));
    who(&house, &secret).await.done();
    house.app.clock.advance(TimeDelta::hours(1));

    assert_eq!(verdict(who(&house, &secret).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
}

/// Addresses of a member, of nobody, and of nobody any more are answered alike.
#[tokio::test]
async fn answer_does_not_tell_whether_a_member_has_the_address() {
    let house = boot().await;
    member(&house, Role::Viewer, ADDRESS).await;
    let leaver = member(&house, Role::Viewer, "leaver@example.org").await;
    let request = v1::RemoveMemberRequest { name: leaver.name, ..Default::default() };
    house.owner.access().remove_member(request).await.done();

    let mut asked = Vec::new();
    let mut tried = Vec::new();
    for email in [ADDRESS, "nobody@example.org", "leaver@example.org"] {
        for _ in 0..5 {
            ask(&house, email).await.done();
        }
        asked.push(ask(&house, email).await.refused());
        for _ in 0..6 {
            let told = complete(&house, email, "00000000").await.refused();
            tried.push((told.code, told.message.clone(), told.reason.clone(), told.metadata.clone()));
        }
    }

    assert!(asked.iter().all(|refused| refused.is(ErrorReason::TooManyRequests)), "{asked:?}");
    let waits = asked.iter().map(|refused| refused.retry_delay.expect("a wait"));
    let within = Duration::from_mins(59)..=Duration::from_hours(1);
    assert!(waits.clone().all(|wait| within.contains(&wait)), "{waits:?}");
    tried.dedup();
    assert_eq!((tried.len(), tried[0].0), (1, Code::FailedPrecondition));
    let sent = mailed(&house, 5).await;
    assert!(sent.iter().all(|mail| mail.to.address == ADDRESS), "{}", sent.len());
}

#[tokio::test]
async fn address_is_mailed_codes_again_when_an_hour_has_passed() {
    let house = boot().await;
    for _ in 0..5 {
        ask(&house, ADDRESS).await.done();
    }

    let refused = ask(&house, ADDRESS).await;
    house.app.clock.advance(TimeDelta::hours(1));
    let later = ask(&house, ADDRESS).await;

    assert_eq!(verdict(refused), (Code::ResourceExhausted, ErrorReason::TooManyRequests));
    later.done();
}

#[tokio::test]
async fn code_is_good_once_for_ten_minutes_and_for_its_own_address() {
    let house = boot().await;
    member(&house, Role::Viewer, ADDRESS).await;
    member(&house, Role::Viewer, "other@example.org").await;
    let invalid = (Code::FailedPrecondition, ErrorReason::CodeInvalid);
    for _ in 0..2 {
        ask(&house, ADDRESS).await.done();
    }
    let codes: Vec<String> = mailed(&house, 2).await.iter().map(code).collect();

    assert_eq!(verdict(complete(&house, "other@example.org", &codes[0]).await), invalid);
    complete(&house, ADDRESS, &codes[0]).await.done();
    assert_eq!(verdict(complete(&house, ADDRESS, &codes[0]).await), invalid);
    assert_eq!(verdict(complete(&house, ADDRESS, &codes[1]).await), invalid);

    ask(&house, ADDRESS).await.done();
    let code = code(&mailed(&house, 3).await[2]);
    house.app.clock.advance(TimeDelta::minutes(10));
    assert_eq!(verdict(complete(&house, ADDRESS, &code).await), invalid);
}

#[tokio::test]
async fn fifth_wrong_code_shuts_out_the_right_one() {
    let house = boot().await;
    let member = member(&house, Role::Viewer, ADDRESS).await;
    ask(&house, ADDRESS).await.done();
    let right = code(&mailed(&house, 1).await[0]);
    let wrong = if right.starts_with('0') { "10000000" } else { "00000000" };

    for _ in 0..5 {
        complete(&house, ADDRESS, wrong).await.refused();
    }
    let refused = complete(&house, ADDRESS, &right).await;
    ask(&house, ADDRESS).await.done();
    let next = code(&mailed(&house, 2).await[1]);
    complete(&house, ADDRESS, wrong).await.refused();
    let signed_in = complete(&house, ADDRESS, &next).await.done();

    assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::CodeInvalid));
    assert_eq!(tokens(&house, &member).await, [signed_in.token.unwrap()]);
}

#[tokio::test]
async fn code_that_could_not_be_handed_over_is_mailed_again_and_is_the_same() {
    let house = boot().await;
    member(&house, Role::Viewer, ADDRESS).await;
    house.mail_memory().fail_next(1, SendError::Transient(Cause::Timeout));

    ask(&house, ADDRESS).await.done();
    let sent = house
        .until(async || {
            house.pass(TimeDelta::seconds(31)).await;
            let sent = house.mail_memory().sent();
            (!sent.is_empty()).then_some(sent)
        })
        .await;

    complete(&house, ADDRESS, &code(&sent[0])).await.done();
}

#[tokio::test]
async fn log_and_change_log_tell_who_signed_in_and_no_code() {
    let house = boot().await;
    let member = member(&house, Role::Viewer, ADDRESS).await;
    ask(&house, ADDRESS).await.done();
    ask(&house, "nobody@example.org").await.done();
    let code = code(&mailed(&house, 1).await[0]);
    let signed_in = complete(&house, ADDRESS, &code).await.done();
    let token = signed_in.token.unwrap().name;

    let client = house.client(Some(&signed_in.secret)).await;
    client.sign_in().sign_out(v1::SignOutRequest::default()).await.done();

    let changes = house
        .until(async || {
            let request = v1::ListChangesRequest { parent: "installation".to_owned(), ..Default::default() };
            let changes = house.owner.audit().list_changes(request).await.done().changes;
            changes.iter().any(|change| change.verb == "sent a code").then_some(changes)
        })
        .await;
    let told: Vec<_> = changes
        .iter()
        .filter(|change| change.resource.starts_with(&member.name))
        .map(|change| (change.resource.as_str(), change.verb.as_str(), change.actor.as_str()))
        .collect();
    let mut expected = vec![
        (member.name.as_str(), "created", changes[2].actor.as_str()),
        (member.name.as_str(), "sent a code", ""),
        (token.as_str(), "created", ""),
        (token.as_str(), "revoked", member.name.as_str()),
    ];
    // The code may have been used before it was recorded that it was sent.
    expected.sort_unstable();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    let written = format!("{changes:?}\n{}", log::text());
    let secrets = [code.as_str(), &code.replace('-', ""), &signed_in.secret, "nobody@example"];
    assert_eq!(secrets.map(|secret| written.contains(secret)), [false; 4]);
}

#[tokio::test]
async fn what_is_no_address_and_no_code_is_refused() {
    let house = boot().await;

    assert_eq!(wrong_fields(ask(&house, "").await), ["email"]);
    assert_eq!(wrong_fields(ask(&house, "zhang@@example.org").await), ["email"]);
    assert_eq!(wrong_fields(complete(&house, "zhang", "k7m2").await), ["email", "code"]);
}

#[tokio::test]
async fn who_did_not_sign_in_cannot_sign_out() {
    let house = boot().await;

    let refused = house.client(None).await.sign_in().sign_out(v1::SignOutRequest::default()).await;

    assert_eq!(verdict(refused), (Code::Unauthenticated, ErrorReason::TokenInvalid));
}

#[tokio::test]
async fn last_owner_signs_out_only_if_a_code_can_bring_them_back() {
    let house = boot().await;
    let owner = member(&house, Role::Owner, ADDRESS).await;
    ask(&house, ADDRESS).await.done();
    let code = code(&mailed(&house, 1).await[0]);
    let secret = complete(&house, ADDRESS, &code).await.done().secret;
    let client = house.client(Some(&secret)).await;

    // The first owner has no address; they sign out while the other one is signed in, and the other one then.
    house.owner.sign_in().sign_out(v1::SignOutRequest { validate_only: true }).await.done();
    client.sign_in().sign_out(v1::SignOutRequest::default()).await.done();
    let refused = house.owner.sign_in().sign_out(v1::SignOutRequest::default()).await;

    assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::LastOwner));
    assert_eq!(tokens(&house, &owner).await, []);
}

#[tokio::test]
async fn address_is_one_members_alone() {
    let house = boot().await;
    let first = member(&house, Role::Viewer, ADDRESS).await;
    let same = v1::Member { email: ADDRESS.to_lowercase(), name: String::new(), ..first.clone() };

    let request = v1::CreateMemberRequest { member: Some(same), ..Default::default() };
    let refused = house.owner.access().create_member(request).await.refused();

    assert_eq!((refused.code, refused.is(ErrorReason::AlreadyExists)), (Code::AlreadyExists, true));
    assert_eq!(refused.metadata["resource"], first.name);
}
