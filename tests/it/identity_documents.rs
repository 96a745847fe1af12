//! Passports through the whole house: into the vault, out of it for a purpose, and nowhere else.

mod depositing;
mod destroying;
mod hiding;
mod kinds;
mod putting;

use attache_client::{
    Client, Failure,
    v1::{self, ErrorReason, IdentityDocumentKind, IdentityDocumentState, ReadinessItemKind, Role},
};
use attache_tests::{
    House, boot,
    fixtures::{DELEGATES, FORUM, ZBRA, person},
};

const NUMBER: &str = "AB1234567";
const BIRTH_DATE: &str = "1984-02-29";
const UPPER: &str = "P<PAKKHAN<<MUHAMMAD<ASLAM<<<<<<<<<<<<<<<<<<<";
const LOWER: &str = "AB12345671PAK8402297M2904308<<<<<<<<<<<<<<06";

fn passport() -> v1::PassportContents {
    v1::PassportContents {
        number: NUMBER.to_owned(),
        issuing_state_code: "PAK".to_owned(),
        nationality_code: "PAK".to_owned(),
        family_name: "Khan".to_owned(),
        given_name: "Muhammad Aslam".to_owned(),
        birth_date: BIRTH_DATE.to_owned(),
        sex: "M".to_owned(),
        issue_date: "2019-05-01".to_owned(),
        expire_date: "2029-04-30".to_owned(),
        machine_readable_zone: format!("{UPPER}\n{LOWER}"),
    }
}

/// A house with a forum, and somebody whom its controller keeps.
async fn house() -> (House, String) {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let request = v1::CreatePersonRequest {
        parent: ZBRA.to_owned(),
        person: Some(person("M. A. Khan", "khan@example.org")),
        ..Default::default()
    };
    let person = house.owner.persons().create_person(request).await.unwrap().into_inner().name;
    (house, person)
}

async fn put(client: &Client, parent: &str, passport: v1::PassportContents) -> Result<v1::IdentityDocument, Failure> {
    let request =
        v1::PutIdentityDocumentRequest { parent: parent.to_owned(), passport: Some(passport), ..Default::default() };
    Ok(client.identity_documents().put_identity_document(request).await?.into_inner())
}

async fn put_photo(client: &Client, parent: &str, data: &[u8]) -> Result<v1::IdentityDocument, Failure> {
    let photo = Some(v1::PhotoContents { data: data.to_vec() });
    let request = v1::PutIdentityDocumentRequest { parent: parent.to_owned(), photo, ..Default::default() };
    Ok(client.identity_documents().put_identity_document(request).await?.into_inner())
}

async fn read(client: &Client, name: &str, purpose: &str) -> Result<v1::PassportContents, Failure> {
    let request = v1::ReadIdentityDocumentRequest { name: name.to_owned(), purpose: purpose.to_owned() };
    let answer = client.identity_documents().read_identity_document(request).await?.into_inner();
    Ok(answer.passport.unwrap_or_default())
}

async fn check(client: &Client, zone: &str, departure_date: &str) -> Result<Vec<String>, Failure> {
    let request = v1::CheckIdentityDocumentRequest {
        machine_readable_zone: zone.to_owned(),
        departure_date: departure_date.to_owned(),
    };
    let answer = client.identity_documents().check_identity_document(request).await?.into_inner();
    Ok(answer.findings.into_iter().map(|finding| finding.code).collect())
}

async fn list(client: &Client, parent: &str) -> Result<Vec<v1::IdentityDocument>, Failure> {
    let request = v1::ListIdentityDocumentsRequest { parent: parent.to_owned(), ..Default::default() };
    Ok(client.identity_documents().list_identity_documents(request).await?.into_inner().identity_documents)
}

async fn destroy(client: &Client, name: &str) -> Result<v1::IdentityDocument, Failure> {
    let request = v1::DestroyIdentityDocumentRequest { name: name.to_owned(), ..Default::default() };
    Ok(client.identity_documents().destroy_identity_document(request).await?.into_inner())
}

fn destroyed(document: v1::IdentityDocument, day: &str) -> v1::IdentityDocument {
    let state = IdentityDocumentState::Destroyed.into();
    v1::IdentityDocument { state, destroy_date: day.to_owned(), ..document }
}

fn fields(failure: &Failure) -> Vec<&str> {
    failure.field_violations.iter().map(|violation| violation.field.as_str()).collect()
}

#[tokio::test]
async fn passport_is_listed_by_its_outline_and_read_whole_for_a_purpose() {
    let (house, person) = house().await;
    let organizer = house.member(Role::Organizer, FORUM).await;

    let document = put(&organizer, &person, passport()).await.unwrap();

    let expected = v1::IdentityDocument {
        name: document.name.clone(),
        kind: IdentityDocumentKind::Passport.into(),
        number_suffix: "67".to_owned(),
        expire_date: "2029-04-30".to_owned(),
        state: IdentityDocumentState::Kept.into(),
        destroy_date: "2023-10-30".to_owned(),
        create_time: document.create_time,
    };
    assert_eq!(document, expected);
    assert!(document.name.starts_with(&format!("{person}/identityDocuments/")));
    assert_eq!(list(&organizer, &person).await, Ok(vec![document.clone()]));
    assert_eq!(read(&organizer, &document.name, "visa letter").await, Ok(passport()));
}

#[tokio::test]
async fn reading_is_logged_with_its_purpose_and_without_the_contents() {
    let (house, person) = house().await;
    let document = put(&house.owner, &person, passport()).await.unwrap();
    read(&house.owner, &document.name, "visa letter").await.unwrap();

    let filter = format!("resource = \"{}\"", document.name);
    let request = v1::ListChangesRequest { parent: ZBRA.to_owned(), filter, ..Default::default() };
    let changes = house.owner.audit().list_changes(request).await.unwrap().into_inner().changes;

    let verbs: Vec<&str> = changes.iter().map(|change| change.verb.as_str()).collect();
    assert_eq!(verbs, ["created", "read"]);
    assert_eq!((changes[1].before.as_str(), changes[1].after.as_str()), ("", r#"{"purpose":"visa letter"}"#));
    assert!(changes[0].after.contains(r#""number_suffix":"67""#), "the outline is told");
    assert!(changes.iter().all(|change| !change.after.contains(NUMBER) && !change.after.contains(BIRTH_DATE)));
}

#[tokio::test]
async fn purpose_and_names_are_asked_for() {
    let (house, person) = house().await;

    let refused = [
        read(&house.owner, &person, "ab").await.unwrap_err(),
        destroy(&house.owner, "passport").await.unwrap_err(),
        list(&house.owner, ZBRA).await.unwrap_err(),
        check(&house.owner, " \n", "tomorrow").await.unwrap_err(),
    ];

    assert_eq!(
        refused.each_ref().map(fields),
        [vec!["name", "purpose"], vec!["name"], vec!["parent"], vec!["departure_date", "machine_readable_zone"]]
    );
}

#[tokio::test]
async fn check_tells_what_is_wrong_and_keeps_nothing() {
    let (house, person) = house().await;
    let zone = format!("{UPPER}\r\n{LOWER}\r\n");

    assert_eq!(check(&house.owner, &zone, "2023-09-08").await, Ok(Vec::new()));
    assert_eq!(check(&house.owner, &zone, "2028-10-30").await, Ok(Vec::new()));
    assert_eq!(check(&house.owner, &zone, "2028-11-01").await, Ok(vec!["expires_soon".to_owned()]));
    let misread = zone.replace("290430", "200430");
    let wrong = vec!["check_digit".to_owned(), "check_digit".to_owned()];
    assert_eq!(check(&house.owner, &misread, "").await, Ok(wrong));
    assert_eq!(list(&house.owner, &person).await, Ok(Vec::new()));
}

#[tokio::test]
async fn passports_are_for_those_who_keep_their_people() {
    let (house, person) = house().await;
    let document = put(&house.owner, &person, passport()).await.unwrap().name;
    let foreign = person.replace("zbra", "stza");
    let organizer = house.member(Role::Organizer, FORUM).await;
    let approver = house.member(Role::Approver, FORUM).await;
    let nobody = house.client(None).await;

    for (client, parent, name, reason) in [
        (&approver, person.clone(), document.clone(), ErrorReason::PermissionDenied),
        (&organizer, foreign, document.replace("zbra", "stza"), ErrorReason::PermissionDenied),
        (&nobody, person.clone(), document.clone(), ErrorReason::TokenInvalid),
    ] {
        let refused = [
            put(client, &parent, passport()).await.err(),
            read(client, &name, "curiosity").await.err(),
            list(client, &parent).await.err(),
            destroy(client, &name).await.err(),
        ];
        for refused in refused {
            let refused = refused.unwrap();
            assert!(refused.is(reason), "{reason:?}: {refused:?}");
        }
    }
    assert!(check(&nobody, UPPER, "").await.unwrap_err().is(ErrorReason::TokenInvalid));
    assert!(check(&approver, UPPER, "").await.is_ok());
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let (house, _) = house().await;
    let stranger = format!("{ZBRA}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let document = format!("{stranger}/identityDocuments/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");

    let refused = [
        put(&house.owner, &stranger, passport()).await.err(),
        read(&house.owner, &document, "visa letter").await.err(),
        destroy(&house.owner, &document).await.err(),
    ];

    for refused in refused {
        let refused = refused.unwrap();
        assert!(refused.is(ErrorReason::NotFound), "{refused:?}");
    }
}
