//! How often one address may call without a valid token.

use std::{num::NonZeroU32, time::Duration};

use attache_client::{
    Client, Code, Failure,
    v1::{self, ErrorReason},
};
use attache_server::limits::Policy;
use attache_tests::{House, boot_limited};
use chrono::TimeDelta;
use http::HeaderName;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

/// A house that lets an address call twice a minute, and believes what a proxy tells of addresses, or does not.
async fn house(address_header: Option<HeaderName>) -> House {
    boot_limited(Policy { calls_per_minute: NonZeroU32::new(2), address_header }).await
}

/// Verifies a letter nobody has; a proxy may say for whom.
async fn verify(client: &Client, address: &str) -> Failure {
    let mut request = tonic::Request::new(v1::VerifyLetterRequest { code: "none".to_owned() });
    if !address.is_empty() {
        request.metadata_mut().insert("x-forwarded-for", address.parse().unwrap());
    }
    client.letters().verify_letter(request).await.unwrap_err().into()
}

async fn who(house: &House, token: &str) -> Result<v1::Member, Failure> {
    let client = house.client(Some(token)).await;
    Ok(client.access().who_am_i(v1::WhoAmIRequest {}).await?.into_inner())
}

async fn get(house: &House, path: &str) -> String {
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", house.address);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn call_beyond_the_limit_is_refused_with_the_time_to_come_back() {
    let house = house(None).await;
    let nobody = house.client(None).await;

    let answers = [verify(&nobody, "").await, verify(&nobody, "").await];
    let refused = verify(&nobody, "").await;
    house.app.clock.advance(TimeDelta::seconds(30));
    let later = verify(&nobody, "").await;

    assert!(answers.iter().chain([&later]).all(|answer| answer.is(ErrorReason::NotFound)), "{answers:?} {later:?}");
    assert_eq!(
        (refused.code, refused.is(ErrorReason::TooManyRequests)),
        (Code::ResourceExhausted, true),
        "{refused:?}"
    );
    let wait = refused.retry_delay.unwrap();
    assert!(wait > Duration::ZERO && wait <= Duration::from_secs(30), "{wait:?}");
    assert!(refused.request_id.is_some());
}

#[tokio::test]
async fn every_call_without_a_valid_token_counts_and_none_with_one() {
    let house = house(None).await;
    let nobody = house.client(None).await;

    let schedule = v1::GetScheduleRequest { name: "events/none/schedule".to_owned(), ..Default::default() };
    let public: Failure = nobody.schedules().get_schedule(schedule).await.unwrap_err().into();
    let unauthenticated = who(&house, "att_none").await.unwrap_err();
    let refused = [who(&house, "att_none").await.unwrap_err(), verify(&nobody, "").await];
    for _ in 0..5 {
        who(&house, house.owner_token()).await.unwrap();
    }

    assert!(public.is(ErrorReason::NotFound) && unauthenticated.is(ErrorReason::TokenInvalid));
    assert!(refused.iter().all(|refused| refused.is(ErrorReason::TooManyRequests)), "{refused:?}");
}

#[tokio::test]
async fn who_guesses_a_secret_is_shut_out_even_from_the_right_one() {
    let house = house(None).await;
    let request = v1::CreateTokenRequest {
        parent: who(&house, house.owner_token()).await.unwrap().name,
        ..v1::CreateTokenRequest::default()
    };
    let right = house.owner.access().create_token(request).await.unwrap().into_inner().secret;
    let wrong = format!("{}_wrong", right.rsplit_once('_').unwrap().0);

    let guesses = [who(&house, &wrong).await.unwrap_err(), who(&house, &wrong).await.unwrap_err()];
    let shut_out = who(&house, &right).await.unwrap_err();
    let neighbour = who(&house, house.owner_token()).await;
    house.app.clock.advance(TimeDelta::seconds(30));
    let later = who(&house, &right).await;

    assert!(guesses.iter().all(|guess| guess.is(ErrorReason::TokenInvalid)), "{guesses:?}");
    assert!(shut_out.is(ErrorReason::TooManyRequests), "{shut_out:?}");
    assert!(neighbour.is_ok() && later.is_ok());
}

#[tokio::test]
async fn address_is_the_connections_unless_a_proxy_is_trusted_to_tell() {
    let trusting = house(Some(HeaderName::from_static("x-forwarded-for"))).await;
    let wary = house(None).await;
    let asked = async |house: &House| {
        let nobody = house.client(None).await;
        let mut refused = Vec::new();
        for address in ["192.0.2.1", "198.51.100.7, 192.0.2.1", "192.0.2.1", "192.0.2.2"] {
            refused.push(verify(&nobody, address).await.is(ErrorReason::TooManyRequests));
        }
        refused
    };

    assert_eq!(asked(&trusting).await, [false, false, true, false]);
    assert_eq!(asked(&wary).await, [false, false, true, true]);
}

#[tokio::test]
async fn pages_are_counted_with_the_calls() {
    let house = house(None).await;

    let first = get(&house, "/verify/none").await;
    verify(&house.client(None).await, "").await;
    let refused = get(&house, "/verify/none").await;

    assert!(first.starts_with("HTTP/1.1 404 Not Found\r\n"), "{first}");
    assert!(refused.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), "{refused}");
    assert!(refused.contains("\r\nretry-after: 30\r\n"), "{refused}");
}

#[tokio::test]
async fn health_is_told_however_often_it_is_asked() {
    let house = house(None).await;
    let mut health = HealthClient::new(house.client(None).await.channel());

    for _ in 0..4 {
        health.check(HealthCheckRequest::default()).await.unwrap();
        let page = get(&house, "/healthz").await;
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    }
}
