//! Mail over a real SMTP conversation: what a delegate's mailbox sees when the relay misbehaves.

use attache_client::v1::{self, NoticeState};
use attache_server::mail::transport::{Smtp, Transport};
use attache_tests::{
    House,
    answers::Answer as _,
    boot_with,
    fixtures::FORUM,
    smtp::{Received, SmtpServer},
};
use chrono::TimeDelta;

async fn house_behind(relay: &SmtpServer) -> House {
    let house = boot_with(Transport::Smtp(Box::new(Smtp::from_url(&relay.url()).unwrap()))).await;
    house.forum_with_seats(10).await;
    house
}

/// The notices of the forum, oldest first.
async fn notices(house: &House) -> Vec<v1::Notice> {
    let request = v1::ListNoticesRequest { parent: FORUM.to_owned(), ..Default::default() };
    let mut notices = house.owner.notices().list_notices(request).await.done().notices;
    notices.reverse();
    notices
}

/// Waits until every notice was tried at least so often, or stands where it stays.
async fn tried(house: &House, attempts: i32) -> Vec<v1::Notice> {
    let done = |notice: &v1::Notice| notice.state() != NoticeState::Queued || notice.attempts >= attempts;
    house
        .until(async || {
            let notices = notices(house).await;
            notices.iter().all(done).then_some(notices)
        })
        .await
}

fn header<'a>(mail: &'a Received, name: &str) -> &'a str {
    let text = std::str::from_utf8(&mail.bytes).unwrap();
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
}

/// The Message-ID of a notice.
fn message_id(notice: &v1::Notice) -> String {
    format!("<{}@example.org>", notice.name.rsplit('/').next().unwrap())
}

#[tokio::test]
async fn deferred_mail_reaches_each_recipient_once() {
    let relay = SmtpServer::start().await;
    relay.defer_next(2);
    let house = house_behind(&relay).await;
    for number in 1..=3 {
        house.register(&format!("Guest {number}"), &format!("guest{number}@example.org")).await;
    }

    let first = tried(&house, 1).await;
    house.pass(TimeDelta::minutes(2)).await;
    let last = tried(&house, 9).await;

    let waiting = first.iter().filter(|notice| notice.state() == NoticeState::Queued);
    let waiting: Vec<_> = waiting.map(|notice| (notice.attempts, notice.last_error.starts_with("SMTP 451"))).collect();
    assert_eq!(waiting, [(1, true), (1, true)]);
    let mut arrived: Vec<_> = relay
        .received()
        .iter()
        .map(|mail| (mail.to.clone(), header(mail, "Message-ID").to_owned(), mail.acknowledged))
        .collect();
    arrived.sort();
    let expected: Vec<_> = last.iter().map(|notice| (vec![notice.email.clone()], message_id(notice), true)).collect();
    assert_eq!(arrived, expected);
    assert_eq!(last.iter().filter(|notice| notice.attempts == 2).count(), 2);
}

#[tokio::test]
async fn clock_that_jumps_while_mail_is_under_way_has_nothing_sent_twice() {
    let relay = SmtpServer::start().await;
    let held = relay.hold();
    let mut house = house_behind(&relay).await;
    house.register("First", "first@example.org").await;
    relay.wait_for(1).await;

    house.pass(TimeDelta::hours(1)).await;
    // Claimed after the first, whose lease is over, or together with it.
    house.register("Second", "second@example.org").await;
    relay.wait_for(2).await;
    drop(held);
    tried(&house, 1).await;
    house.close().await;

    let arrived: Vec<_> = relay.received().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(arrived, ["first@example.org", "second@example.org"]);
}

#[tokio::test]
async fn address_refused_for_good_fails_at_once_and_without_being_quoted() {
    let relay = SmtpServer::start().await;
    relay.refuse("nobody@example.org");
    let house = house_behind(&relay).await;
    house.register("Nobody", "nobody@example.org").await;

    let failed = tried(&house, 9).await.remove(0);

    assert_eq!((failed.state(), failed.attempts, failed.next_attempt_time), (NoticeState::Failed, 1, None));
    assert!(failed.last_error.starts_with("SMTP 550"), "{}", failed.last_error);
    assert!(!failed.last_error.contains('@'), "{}", failed.last_error);
    assert_eq!(relay.received(), []);
}

#[tokio::test]
async fn mail_whose_answer_was_lost_is_sent_again_as_the_same_message() {
    let relay = SmtpServer::start().await;
    relay.hang_up_after_next(1);
    let house = house_behind(&relay).await;
    house.register("Guest", "guest@example.org").await;

    tried(&house, 1).await;
    house.pass(TimeDelta::minutes(2)).await;
    let sent = tried(&house, 9).await.remove(0);

    let received = relay.received();
    let told: Vec<_> = received.iter().map(|mail| (header(mail, "Message-ID").to_owned(), mail.acknowledged)).collect();
    assert_eq!(told, [(message_id(&sent), false), (message_id(&sent), true)]);
    assert_eq!(received[0].bytes, received[1].bytes);
    assert_eq!((sent.state(), sent.attempts, sent.last_error.as_str()), (NoticeState::Sent, 2, ""));
}
