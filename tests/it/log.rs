//! What the log tells, and what it must not.

use attache_client::v1;
use attache_server::mail::transport::{Cause, SendError};
use attache_tests::{
    answers::Answer as _,
    boot,
    fixtures::{FORUM, person, registration_of},
    log,
};

#[tokio::test]
async fn log_names_requests_and_nobody() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    house.mail_memory().fail_next(1, SendError::Permanent(Cause::Connection));
    let secret = v1::Person {
        native_name: "张秘密".to_owned(),
        passport_name: Some(v1::PassportName {
            family_name: "XENOPHILIUS".to_owned(),
            given_name: "QUILLON".to_owned(),
        }),
        phone_number: "+92 300 9998887".to_owned(),
        ..person("Quillon Xenophilius", "quillon@secret.example")
    };
    let with_id = |id: &str, message: v1::CreateRegistrationRequest| {
        let mut request = tonic::Request::new(message);
        request.metadata_mut().insert("x-request-id", id.parse().unwrap());
        request
    };

    let mut registrations = house.owner.registrations();
    registrations.create_registration(with_id("log-1", registration_of(secret.clone()))).await.done();
    registrations.create_registration(with_id("log-2", registration_of(secret.clone()))).await.refused();
    let wrong = v1::Person { email: "quillon@@secret.example".to_owned(), ..secret };
    registrations.create_registration(with_id("log-3", registration_of(wrong))).await.refused();
    let filter = "person = \"quillon@secret.example\"".to_owned();
    let request = v1::ListRegistrationsRequest { parent: FORUM.to_owned(), filter, ..Default::default() };
    registrations.list_registrations(request).await.refused();
    let request = v1::ListPersonsRequest {
        parent: "organizations/zbra".to_owned(),
        query: "Xenophilius".to_owned(),
        ..Default::default()
    };
    house.owner.persons().list_persons(request).await.done();
    house.mail().await;

    let text = log::text();
    assert_eq!(["log-1", "log-2", "log-3"].map(|id| text.contains(&format!("request.id={id}"))), [true; 3]);
    assert!(text.contains("rpc.method=\"/attache.v1.RegistrationService/CreateRegistration\""));
    let personal = ["enophilius", "XENOPHILIUS", "QUILLON", "secret.example", "张秘密", "9998887", house.owner_token()];
    let found: Vec<_> = personal.into_iter().filter(|word| text.contains(word)).collect();
    assert_eq!(found, [] as [&str; 0]);
    // The people of every other test are in the same log.
    let addresses: Vec<_> = text.lines().filter(|line| line.contains("@example.org")).collect();
    assert_eq!(addresses, [] as [&str; 0]);
}
