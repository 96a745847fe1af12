//! Personal links through the whole house: made, mailed, opened once, and what whoever came by one sees and does.

mod delegates;
mod profile;

use attache_client::{
    Client, Code,
    v1::{self, ErrorReason, LinkState, NoticeState},
};
use attache_server::mail::transport::{Cause, SendError};
use attache_tests::{
    House, PERSONAL_PAGE,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{FORUM, LAUNCH, ZBRA, person},
    links::{code, link_for},
};
use chrono::TimeDelta;
use prost_types::Timestamp;

/// A week after the forum's end.
const USUAL_END: Timestamp = Timestamp { seconds: 1_694_511_000, nanos: 0 };

async fn house() -> House {
    let house = boot().await;
    house.forum_with_seats(5).await;
    house
}

async fn exchange(house: &House, code: &str) -> Result<tonic::Response<v1::ExchangeLinkResponse>, tonic::Status> {
    let request = v1::ExchangeLinkRequest { code: code.to_owned() };
    house.client(None).await.sign_in().exchange_link(request).await
}

async fn who(client: &Client) -> Result<tonic::Response<v1::Member>, tonic::Status> {
    client.access().who_am_i(v1::WhoAmIRequest {}).await
}

async fn listed(house: &House) -> Vec<v1::Link> {
    let request = v1::ListLinksRequest { parent: FORUM.to_owned(), ..Default::default() };
    house.owner.links().list_links(request).await.done().links
}

async fn revoke(house: &House, link: &v1::Link) -> v1::Link {
    let request = v1::RevokeLinkRequest { name: link.name.clone(), ..Default::default() };
    house.owner.links().revoke_link(request).await.done()
}

#[tokio::test]
async fn link_is_told_to_its_maker_and_opened_once() {
    let house = house().await;
    let guest = house.register("Zarmina", "zarmina@example.org").await.person;

    let made = house.link(&guest).await;
    let opened = exchange(&house, &code(&made.uri).to_uppercase()).await.done();
    let again = exchange(&house, code(&made.uri)).await.refused();

    let expected = v1::Link {
        name: made.name.clone(),
        person: guest.clone(),
        expire_time: Some(USUAL_END),
        state: LinkState::Unused.into(),
        uri: made.uri.clone(),
        create_time: made.create_time,
        ..Default::default()
    };
    assert_eq!(made, expected);
    assert_eq!(made.uri.strip_prefix(PERSONAL_PAGE).map(str::len), Some("#link=".len() + 26));
    let expected = v1::ExchangeLinkResponse {
        event: FORUM.to_owned(),
        person: guest.clone(),
        expire_time: Some(USUAL_END),
        secret: opened.secret.clone(),
    };
    assert_eq!(opened, expected);
    assert_eq!((again.code, again.is(ErrorReason::LinkUsed)), (Code::FailedPrecondition, true), "{again:?}");
    let used = listed(&house).await.remove(0);
    let state = LinkState::Used.into();
    assert_eq!(used, v1::Link { uri: String::new(), state, exchange_time: used.exchange_time, ..made });
    assert!(used.exchange_time.is_some());
    let myself = who(&house.client(Some(&opened.secret)).await).await.done();
    let expected = v1::Member {
        name: guest,
        display_name: "Zarmina".to_owned(),
        email: "zarmina@example.org".to_owned(),
        language_code: "en".to_owned(),
        event: FORUM.to_owned(),
        create_time: myself.create_time,
        ..Default::default()
    };
    assert_eq!(myself, expected);
}

/// However a code is wrong, the same is told; what is right about it does not show.
#[tokio::test]
async fn code_that_was_altered_or_cut_short_opens_nothing() {
    let house = house().await;
    let guest = house.register("Zarmina", "").await.person;
    let link = house.link(&guest).await;
    let code = code(&link.uri);

    let last = if code.ends_with('0') { "1" } else { "0" };
    let altered = exchange(&house, &format!("{}{last}", &code[..25])).await.refused();
    let short = exchange(&house, &code[..25]).await;

    assert_eq!((altered.code, altered.is(ErrorReason::LinkUnknown)), (Code::FailedPrecondition, true), "{altered:?}");
    assert_eq!(wrong_fields(short), ["code"]);
    // Neither try used it up.
    exchange(&house, &link.uri).await.done();
}

#[tokio::test]
async fn revoked_link_opens_nothing_and_ends_its_token_at_once() {
    let house = house().await;
    let guest = house.register("Zarmina", "").await.person;
    let [opened, unopened] = [house.link(&guest).await, house.link(&guest).await];
    let delegate = house.client(Some(&house.opened(&opened).await.secret)).await;
    who(&delegate).await.done();

    let revoked = revoke(&house, &opened).await;
    let again = revoke(&house, &opened).await;
    revoke(&house, &unopened).await;

    assert_eq!(verdict(who(&delegate).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
    for link in [&opened, &unopened] {
        let refused = exchange(&house, code(&link.uri)).await;
        assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::LinkRevoked));
    }
    assert_eq!((revoked.state(), revoked.revoke_time.is_some()), (LinkState::Revoked, true));
    assert_eq!(again, revoked);
    assert_eq!(listed(&house).await.iter().map(v1::Link::state).collect::<Vec<_>>(), [LinkState::Revoked; 2]);
}

#[tokio::test]
async fn link_and_its_token_end_together() {
    let house = house().await;
    let guest = house.register("Zarmina", "").await.person;
    let end = house.app.clock.now() + TimeDelta::hours(1);
    let link = v1::Link {
        person: guest.clone(),
        expire_time: Some(Timestamp { seconds: end.timestamp(), nanos: 0 }),
        ..Default::default()
    };
    let request = v1::CreateLinkRequest { link: Some(link), ..link_for(&guest) };
    let [opened, unopened] = [
        house.owner.links().create_link(request.clone()).await.done(),
        house.owner.links().create_link(request).await.done(),
    ];
    let delegate = house.client(Some(&house.opened(&opened).await.secret)).await;

    house.app.clock.advance(TimeDelta::minutes(59));
    who(&delegate).await.done();
    house.app.clock.advance(TimeDelta::minutes(1));

    assert_eq!(verdict(who(&delegate).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
    let refused = exchange(&house, code(&unopened.uri)).await;
    assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::LinkExpired));
    assert_eq!(listed(&house).await.iter().map(v1::Link::state).collect::<Vec<_>>(), [LinkState::Expired; 2]);
}

#[tokio::test]
async fn whoever_signs_out_comes_back_by_another_link() {
    let house = house().await;
    let guest = house.register("Zarmina", "").await.person;
    let link = house.link(&guest).await;
    let delegate = house.client(Some(&house.opened(&link).await.secret)).await;

    delegate.sign_in().sign_out(v1::SignOutRequest { validate_only: true }).await.done();
    who(&delegate).await.done();
    delegate.sign_in().sign_out(v1::SignOutRequest::default()).await.done();

    assert_eq!(verdict(who(&delegate).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
    let refused = exchange(&house, code(&link.uri)).await;
    assert_eq!(verdict(refused), (Code::FailedPrecondition, ErrorReason::LinkUsed));
    who(&house.delegate(&guest).await).await.done();
}

#[tokio::test]
async fn link_is_mailed_in_the_language_of_its_person_and_lies_nowhere() {
    let house = house().await;
    let zhang = v1::Person { language_code: "zh".to_owned(), ..person("张伟明", "zhang@example.org") };
    let request = attache_tests::fixtures::registration_of(zhang);
    let guest = house.owner.registrations().create_registration(request).await.done().person;
    house.mail().await;
    house.mail_memory().fail_next(1, SendError::Transient(Cause::Timeout));

    let request = v1::CreateLinkRequest { mail: true, ..link_for(&guest) };
    let made = house.owner.links().create_link(request).await.done();
    let tried = async || listed(&house).await.pop().filter(|link| !link.last_error.is_empty());
    let failed = house.until(tried).await;
    house.pass(TimeDelta::minutes(2)).await;
    let sent = async || listed(&house).await.pop().filter(|link| link.mail_state() == NoticeState::Sent);
    let sent = house.until(sent).await;

    assert_eq!((made.mail_state(), failed.mail_state()), (NoticeState::Queued, NoticeState::Queued));
    assert!(sent.send_time.is_some() && sent.last_error.is_empty(), "{sent:?}");
    let mail = house.mail_memory().sent().pop().unwrap();
    assert_eq!((mail.to.address.as_str(), mail.language.as_str()), ("zhang@example.org", "zh"));
    assert_eq!(mail.subject, "您的个人页面：科技创新论坛");
    assert!(mail.text.contains(&made.uri) && mail.html.contains(code(&made.uri)), "{}", mail.text);
    assert!(mail.text.contains("2023年9月12日（星期二）17:30（北京时间，UTC+8）"), "{}", mail.text);
    exchange(&house, code(&made.uri)).await.done();
    let request = v1::ListNoticesRequest { parent: FORUM.to_owned(), ..Default::default() };
    let notices = house.owner.notices().list_notices(request).await.done().notices;
    assert_eq!(notices.iter().map(|notice| notice.occasion.as_str()).collect::<Vec<_>>(), ["registration_received"]);
}

#[tokio::test]
async fn link_that_opens_nothing_any_more_is_not_mailed() {
    let house = house().await;
    let guest = house.register("Zarmina", "zarmina@example.org").await.person;
    house.mail().await;
    house.mail_memory().fail_next(1, SendError::Transient(Cause::Timeout));
    let request = v1::CreateLinkRequest { mail: true, ..link_for(&guest) };
    let link = house.owner.links().create_link(request).await.done();
    house.until(async || listed(&house).await.pop().filter(|link| !link.last_error.is_empty())).await;
    let before = house.mail_memory().sent().len();

    revoke(&house, &link).await;
    house.pass(TimeDelta::minutes(2)).await;
    let failed = async || listed(&house).await.pop().filter(|link| link.mail_state() == NoticeState::Failed);
    let failed = house.until(failed).await;

    assert_eq!(failed.last_error, "there is nobody to write to, or nothing to write any more");
    assert_eq!(house.mail_memory().sent().len(), before);
}

#[tokio::test]
async fn link_is_for_who_takes_part() {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    house.foreign_event().await;
    let registered = house.register("Zarmina", "").await;
    let request = v1::CreatePersonRequest {
        parent: ZBRA.to_owned(),
        person: Some(person("Stranger", "stranger@example.org")),
        ..Default::default()
    };
    let stranger = house.owner.persons().create_person(request).await.done().name;
    let make = async |request: v1::CreateLinkRequest| house.owner.links().create_link(request).await;

    make(link_for(&visit.travellers[0])).await.done();
    make(link_for(&registered.person)).await.done();
    let apart = verdict(make(link_for(&stranger)).await);
    let unaddressed = verdict(make(v1::CreateLinkRequest { mail: true, ..link_for(&registered.person) }).await);
    let elsewhere = v1::CreateLinkRequest { parent: LAUNCH.to_owned(), ..link_for(&registered.person) };
    let elsewhere = verdict(make(elsewhere).await);
    let over = v1::Link {
        person: registered.person.clone(),
        expire_time: Some(Timestamp { seconds: house.app.clock.now().timestamp(), nanos: 0 }),
        ..Default::default()
    };
    let over = make(v1::CreateLinkRequest { link: Some(over), ..link_for(&registered.person) }).await;

    assert_eq!(apart, (Code::FailedPrecondition, ErrorReason::NotTakingPart));
    assert_eq!(unaddressed, (Code::FailedPrecondition, ErrorReason::NoEmailAddress));
    assert_eq!(elsewhere, (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(wrong_fields(over), ["link.expire_time"]);
    // Whoever withdrew is registered no more.
    let request = v1::WithdrawRegistrationRequest { name: registered.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let withdrawn = verdict(make(link_for(&registered.person)).await);
    assert_eq!(withdrawn, (Code::FailedPrecondition, ErrorReason::NotTakingPart));
    assert_eq!(listed(&house).await.len(), 2);
}
