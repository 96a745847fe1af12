//! Notices through the whole house: what delegates are told, and what becomes of it.

use attache_client::{
    Code,
    v1::{self, ErrorReason, NoticeState},
};
use attache_server::mail::transport::{Cause, Reply, SendError};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, FORUM, mask, once, person, registration_of},
};
use chrono::TimeDelta;

const LATER: SendError = SendError::Transient(Cause::Timeout);
const NEVER: SendError = SendError::Permanent(Cause::Reply(Reply { code: 550, status: Some((5, 1, 1)) }));

async fn list(house: &House, filter: &str) -> Vec<v1::Notice> {
    let request = v1::ListNoticesRequest { parent: FORUM.to_owned(), filter: filter.to_owned(), ..Default::default() };
    house.owner.notices().list_notices(request).await.done().notices
}

/// Waits until the one notice stands in a state.
async fn notice_in(house: &House, state: NoticeState, attempts: i32) -> v1::Notice {
    let name = list(house, "").await.remove(0).name;
    house
        .until(async || {
            let request = v1::GetNoticeRequest { name: name.clone() };
            let notice = house.owner.notices().get_notice(request).await.done();
            (notice.state() == state && notice.attempts == attempts).then_some(notice)
        })
        .await
}

fn again(name: &str) -> v1::RetryNoticeRequest {
    v1::RetryNoticeRequest { name: name.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn notice_is_queued_with_the_registration_and_sent() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let registration = house.register("Guest", "guest@example.org").await;

    let notice = notice_in(&house, NoticeState::Sent, 1).await;

    let expected = v1::Notice {
        name: notice.name.clone(),
        occasion: "registration_received".to_owned(),
        person: registration.person,
        email: "guest@example.org".to_owned(),
        language_code: "en".to_owned(),
        subject: "Registration received: Technology and Innovation Forum".to_owned(),
        text: notice.text.clone(),
        state: NoticeState::Sent.into(),
        attempts: 1,
        last_error: String::new(),
        create_time: registration.create_time,
        send_time: notice.send_time,
        next_attempt_time: None,
    };
    assert!(notice.send_time.is_some() && !notice.text.is_empty(), "{notice:?}");
    assert_eq!(notice, expected);
    let mail = house.mail().await.remove(0);
    assert_eq!((mail.text, mail.subject), (notice.text.clone(), notice.subject.clone()));
    assert_eq!(list(&house, "").await, [v1::Notice { text: String::new(), ..notice }]);
}

#[tokio::test]
async fn notice_that_fails_waits_a_minute_and_is_sent_again() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.mail_memory().fail_next(1, LATER);
    house.register("Guest", "guest@example.org").await;

    let waiting = notice_in(&house, NoticeState::Queued, 1).await;
    let retried = house.owner.notices().retry_notice(again(&waiting.name)).await;
    house.pass(TimeDelta::minutes(2)).await;
    let sent = notice_in(&house, NoticeState::Sent, 2).await;

    let wait = waiting.next_attempt_time.unwrap().seconds - waiting.create_time.unwrap().seconds;
    assert!((60..120).contains(&wait), "it waits {wait} s");
    assert_eq!((waiting.last_error.as_str(), waiting.send_time), ("no answer in time", None));
    assert_eq!(verdict(retried), (Code::FailedPrecondition, ErrorReason::WrongState));
    assert_eq!((sent.last_error.as_str(), house.mail().await.len()), ("", 1));
}

#[tokio::test]
async fn notice_that_failed_for_good_is_sent_again_when_asked() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.mail_memory().fail_next(1, NEVER);
    house.register("Guest", "guest@example.org").await;

    let failed = notice_in(&house, NoticeState::Failed, 1).await;
    assert_eq!((failed.last_error.as_str(), failed.next_attempt_time), ("SMTP 550 5.1.1", None));
    assert_eq!(list(&house, "state = FAILED").await.len(), 1);
    assert_eq!(house.mail().await, []);
    let request = v1::RetryNoticeRequest { request_id: once(), ..again(&failed.name) };
    let queued = house.owner.notices().retry_notice(request.clone()).await.done();
    assert_eq!((queued.state(), queued.attempts), (NoticeState::Queued, 0));
    let sent = notice_in(&house, NoticeState::Sent, 1).await;
    house.owner.notices().retry_notice(request).await.done();

    let mail = house.mail().await;
    assert_eq!((mail.len(), mail[0].text.as_str(), sent.text), (1, failed.text.as_str(), failed.text.clone()));
}

#[tokio::test]
async fn notice_that_was_sent_or_is_not_there_is_not_retried() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    house.register("Guest", "guest@example.org").await;
    let sent = notice_in(&house, NoticeState::Sent, 1).await;
    let elsewhere = sent.name.replace("ciftis-2023", "launch-2023");

    let refused = house.owner.notices().retry_notice(again(&sent.name)).await.refused();
    let foreign = house.owner.notices().retry_notice(again(&elsewhere)).await;
    let unseen = house.owner.notices().get_notice(v1::GetNoticeRequest { name: elsewhere }).await;

    let facts = ["resource", "state", "wanted"].map(|key| refused.metadata[key].as_str());
    assert_eq!((refused.code, refused.is(ErrorReason::WrongState)), (Code::FailedPrecondition, true));
    assert_eq!(facts, [sent.name.as_str(), "SENT", "FAILED"]);
    assert_eq!(verdict(foreign), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(unseen), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(wrong_fields(house.owner.notices().retry_notice(again("notices/1")).await), ["name"]);
    let request = v1::GetNoticeRequest { name: "notices/1".to_owned() };
    assert_eq!(wrong_fields(house.owner.notices().get_notice(request).await), ["name"]);
}

#[tokio::test]
async fn notices_are_listed_the_latest_first_and_filtered() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let first = house.register("First", "first@example.org").await;
    house.register("Second", "second@example.org").await;
    house.mail().await;
    let occasions =
        async |filter: &str| list(&house, filter).await.into_iter().map(|notice| notice.occasion).collect::<Vec<_>>();

    assert_eq!(occasions("").await, ["registration_waiting", "registration_received"]);
    assert_eq!(occasions("occasion = registration_waiting").await, ["registration_waiting"]);
    assert_eq!(occasions(&format!("person = \"{}\"", first.person)).await, ["registration_received"]);
    assert_eq!(occasions("state = QUEUED").await, [] as [String; 0]);
    let wrong = |filter: &str, parent: &str, page_size| v1::ListNoticesRequest {
        parent: parent.to_owned(),
        filter: filter.to_owned(),
        page_size,
        ..Default::default()
    };
    let ask = async |request| wrong_fields(house.owner.notices().list_notices(request).await);
    assert_eq!(ask(wrong("email = a", FORUM, 0)).await, ["filter"]);
    assert_eq!(ask(wrong("", "forum", -1)).await, ["parent", "page_size"]);
}

#[tokio::test]
async fn person_without_an_address_gets_no_notice() {
    let house = boot().await;
    house.forum_with_seats(1).await;

    house.owner.registrations().create_registration(registration_of(person("Guest", ""))).await.done();

    assert_eq!(list(&house, "").await, []);
}

/// A line of a mail; a ticket is another one each time.
fn without_ticket(line: &str) -> String {
    let label = ["  Ticket: ", "  入场码："].into_iter().find(|label| line.starts_with(label));
    label.map_or_else(|| line.to_owned(), |label| format!("{label}[ticket]\n"))
}

/// One mail of each occasion that registrations have, in a language, as the delegates get them.
async fn every_mail_in(language: &str) {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let register = async |display_name: &str, email: &str| {
        let who = v1::Person { language_code: language.to_owned(), ..person(display_name, email) };
        house.owner.registrations().create_registration(registration_of(who)).await.done().name
    };
    let first = register("张伟明", "first@example.org").await;
    let second = register("Zarmina Yousafzai", "second@example.org").await;
    let third = register("Sukarno", "third@example.org").await;
    let mut registrations = house.owner.registrations();
    let request = v1::WithdrawRegistrationRequest { name: first.clone(), ..Default::default() };
    registrations.withdraw_registration(request).await.done();
    let request = v1::ConfirmRegistrationRequest { name: second.clone(), ..Default::default() };
    registrations.confirm_registration(request).await.done();
    let request = v1::RejectRegistrationRequest { name: third.clone(), ..Default::default() };
    registrations.reject_registration(request).await.done();

    let mut written = list(&house, "").await;
    written.reverse();
    house.mail().await;
    for brief in written {
        let request = v1::GetNoticeRequest { name: brief.name };
        let notice = house.owner.notices().get_notice(request).await.done();
        if notice.occasion == "registration_waiting" && notice.email == "third@example.org" {
            continue;
        }
        let text: String = notice.text.split_inclusive('\n').map(without_ticket).collect();
        let redacted = [&first, &second, &third]
            .into_iter()
            .fold(text, |text, name| text.replace(name.rsplit('/').next().unwrap(), "[registration]"));
        assert_eq!(notice.language_code, language);
        let mail = format!("To: {}\nSubject: {}\n\n{redacted}", notice.email, notice.subject);
        insta::assert_snapshot!(format!("{}.{language}", notice.occasion), mail);
    }
}

#[tokio::test]
async fn mails_in_english_say_what_they_said() {
    every_mail_in("en").await;
}

#[tokio::test]
async fn mails_in_chinese_say_what_they_said() {
    every_mail_in("zh").await;
}

#[tokio::test]
async fn delegate_is_written_to_in_a_language_of_the_category() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let category =
        v1::Category { name: DELEGATES.to_owned(), language_codes: vec!["zh".to_owned()], ..Default::default() };
    let request = v1::UpdateCategoryRequest {
        category: Some(category),
        update_mask: mask(&["language_codes"]),
        ..Default::default()
    };
    house.owner.categories().update_category(request).await.done();
    house.register("Guest", "guest@example.org").await;

    let notice = list(&house, "").await.remove(0);

    assert_eq!((notice.language_code.as_str(), notice.subject.contains("科技创新论坛")), ("zh", true));
}
