//! Real conversations between the mail room's transport and the server of this harness.

use std::time::Duration;

use attache_domain::language::LanguageTag;
use attache_server::mail::message::{Mailbox, Outgoing};
use attache_server::mail::transport::{Cause, Reply, SendError, Smtp, Transport};
use chrono::DateTime;

use super::{Received, SmtpServer};

fn transport(server: &SmtpServer) -> Transport {
    Transport::Smtp(Box::new(Smtp::from_url(&server.url()).unwrap()))
}

fn hurried(server: &SmtpServer) -> Transport {
    Transport::Smtp(Box::new(Smtp::from_url(&server.url()).unwrap().with_send_limit(Duration::from_millis(400))))
}

fn outgoing(to: &str) -> Outgoing {
    Outgoing {
        message_id: "0b9c.1@attache.example.org".to_owned(),
        from: Mailbox { name: Some("Forum desk".to_owned()), address: "forum@example.org".to_owned() },
        reply_to: None,
        to: Mailbox { name: None, address: to.to_owned() },
        date: DateTime::from_timestamp(1_693_877_400, 0).unwrap(),
        subject: "Hello".to_owned(),
        text: ".\nA line after a line of one dot.\n".to_owned(),
        html: "<p>Hello</p>\n".to_owned(),
        language: LanguageTag::English,
        attachments: Vec::new(),
        calendar: None,
    }
}

/// Gives what the server saw, less the bytes.
fn seen(server: &SmtpServer) -> Vec<(Vec<String>, Vec<String>, bool)> {
    let seen = |Received { from: _, to, parameters, bytes: _, acknowledged }| (to, parameters, acknowledged);
    server.received().into_iter().map(seen).collect()
}

fn to(address: &str) -> Vec<String> {
    vec![address.to_owned()]
}

#[tokio::test]
async fn message_arrives_whole_with_dots_at_line_starts() {
    let server = SmtpServer::start().await;

    transport(&server).send(&outgoing("guest@example.com")).await.unwrap();

    let bytes = "Message-ID: <0b9c.1@attache.example.org>\r\n\
        Date: Tue, 05 Sep 2023 01:30:00 +0000\r\n\
        From: \"Forum desk\" <forum@example.org>\r\n\
        To: guest@example.com\r\n\
        Subject: Hello\r\n\
        Auto-Submitted: auto-generated\r\n\
        Content-Language: en\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=\"=_alternative_0b9c.1\"\r\n\
        \r\n\
        --=_alternative_0b9c.1\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\
        \r\n\
        .\r\n\
        A line after a line of one dot.\r\n\
        \r\n\
        --=_alternative_0b9c.1\r\n\
        Content-Type: text/html; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\
        \r\n\
        <p>Hello</p>\r\n\
        \r\n\
        --=_alternative_0b9c.1--\r\n\r\n";
    let whole = Received {
        from: "forum@example.org".to_owned(),
        to: to("guest@example.com"),
        parameters: Vec::new(),
        bytes: bytes.into(),
        acknowledged: true,
    };
    let [received] = server.received().try_into().unwrap();
    assert_eq!(String::from_utf8_lossy(&received.bytes), String::from_utf8_lossy(&whole.bytes));
    assert_eq!(received, whole);
}

#[tokio::test]
async fn messages_in_a_row_share_one_connection() {
    let server = SmtpServer::start().await;
    let transport = transport(&server);

    for _ in 0..3 {
        transport.send(&outgoing("guest@example.com")).await.unwrap();
    }

    assert_eq!((server.received().len(), server.conversations()), (3, 1));
}

#[tokio::test]
async fn refusals_tell_numbers_and_whether_to_try_again() {
    let server = SmtpServer::start().await;
    let transport = transport(&server);
    server.refuse("gone@example.com");
    server.defer_next(1);

    let deferred = transport.send(&outgoing("guest@example.com")).await;
    let refused = transport.send(&outgoing("gone@example.com")).await;
    let taken = transport.send(&outgoing("guest@example.com")).await;

    let later = SendError::Transient(Cause::Reply(Reply { code: 451, status: Some((4, 3, 0)) }));
    let never = SendError::Permanent(Cause::Reply(Reply { code: 550, status: Some((5, 1, 1)) }));
    assert_eq!([deferred, refused, taken], [Err(later), Err(never), Ok(())]);
    assert_eq!(never.to_string(), "the message was refused for good: SMTP 550 5.1.1");
    assert_eq!(seen(&server), [(to("guest@example.com"), vec![], true)]);
}

#[tokio::test]
async fn lost_answer_is_transient_and_the_next_attempt_sends_the_same_bytes() {
    let server = SmtpServer::start().await;
    let transport = transport(&server);
    server.hang_up_after_next(1);

    let lost = transport.send(&outgoing("guest@example.com")).await;
    let again = transport.send(&outgoing("guest@example.com")).await;

    assert_eq!([lost, again], [Err(SendError::Transient(Cause::Protocol)), Ok(())]);
    let [first, second] = server.received().try_into().unwrap();
    assert_eq!(Received { acknowledged: true, ..first }, second);
}

#[tokio::test]
async fn silent_server_runs_into_the_limit_and_does_not_spoil_the_next_message() {
    let server = SmtpServer::start().await;
    let transport = hurried(&server);
    transport.send(&outgoing("first@example.com")).await.unwrap();
    let held = server.hold();

    let slow = transport.send(&outgoing("second@example.com")).await;
    drop(held);
    let next = transport.send(&outgoing("third@example.com")).await;

    assert_eq!([slow, next], [Err(SendError::Transient(Cause::Timeout)), Ok(())]);
    assert_eq!(server.conversations(), 2);
}

#[tokio::test]
async fn cancelled_send_does_not_spoil_the_next_message() {
    let server = SmtpServer::start().await;
    let transport = std::sync::Arc::new(transport(&server));
    let held = server.hold();
    let sending = tokio::spawn({
        let transport = transport.clone();
        async move { transport.send(&outgoing("first@example.com")).await }
    });
    server.wait_for(1).await;

    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
    drop(held);
    let next = transport.send(&outgoing("second@example.com")).await;

    assert_eq!((next, server.conversations()), (Ok(()), 2));
}

#[tokio::test]
async fn absent_server_is_transient() {
    let server = SmtpServer::start().await;
    let transport = transport(&server);
    server.stop().await;

    let sent = transport.send(&outgoing("guest@example.com")).await;

    assert_eq!(sent, Err(SendError::Transient(Cause::Connection)));
}

#[tokio::test]
async fn forty_messages_at_once_use_sixteen_connections() {
    let server = SmtpServer::start().await;
    let transport = std::sync::Arc::new(transport(&server));
    let held = server.hold();
    let sending: Vec<_> = (0..40)
        .map(|_| {
            let transport = transport.clone();
            tokio::spawn(async move { transport.send(&outgoing("guest@example.com")).await })
        })
        .collect();
    server.wait_for(16).await;

    drop(held);
    for sending in sending {
        sending.await.unwrap().unwrap();
    }

    assert_eq!((server.received().len(), server.conversations()), (40, 16));
}

#[tokio::test]
async fn international_addresses_ask_for_no_more_than_they_need() {
    let server = SmtpServer::start().await;
    let transport = transport(&server);

    transport.send(&outgoing("guest@例子.example")).await.unwrap();
    transport.send(&outgoing("张伟@例子.example")).await.unwrap();

    assert_eq!(
        seen(&server),
        [
            (to("guest@xn--fsqu00a.example"), vec![], true),
            (to("张伟@xn--fsqu00a.example"), vec!["SMTPUTF8".to_owned(), "BODY=8BITMIME".to_owned()], true),
        ]
    );
}

#[tokio::test]
async fn server_without_international_mail_refuses_only_addresses_that_need_it() {
    let server = SmtpServer::start().await;
    let transport = transport(&server);
    server.grow_old();

    let needed = transport.send(&outgoing("张伟@例子.example")).await;
    let not_needed = transport.send(&outgoing("guest@例子.example")).await;

    assert_eq!([needed, not_needed], [Err(SendError::Permanent(Cause::NoInternationalMail)), Ok(())]);
}

#[tokio::test]
async fn server_that_cannot_do_what_the_settings_demand_is_transient() {
    let server = SmtpServer::start().await;
    let demands = [format!("{}?tls=required", server.url()), server.url().replace("//", "//user:password@")];
    let mut answers = Vec::new();

    for demand in demands {
        let transport = Transport::Smtp(Box::new(Smtp::from_url(&demand).unwrap()));
        answers.push(transport.send(&outgoing("guest@example.com")).await);
    }

    assert_eq!(answers, [Err(SendError::Transient(Cause::Tls)), Err(SendError::Transient(Cause::SignIn))]);
    assert_eq!(server.received(), []);
}
