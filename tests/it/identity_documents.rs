//! Passports through the whole house: into the vault, out of it for a purpose, and nowhere else.

use std::path::Path;

use attache_client::{
    Client, Code, Failure,
    v1::{self, ErrorReason, IdentityDocumentState, Role},
};
use attache_server::jobs::retention;
use attache_tests::{
    House, boot,
    fixtures::{FORUM, ZBRA, person},
};
use chrono::TimeDelta;

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
        kind: v1::IdentityDocumentKind::Passport.into(),
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
async fn passport_put_anew_destroys_the_one_before() {
    let (house, person) = house().await;
    let first = put(&house.owner, &person, passport()).await.unwrap();

    let second = put(&house.owner, &person, passport()).await.unwrap();

    let gone = destroyed(first.clone(), "2023-08-01");
    assert_eq!(list(&house.owner, &person).await, Ok(vec![gone, second]));
    let refused = read(&house.owner, &first.name, "visa letter").await.unwrap_err();
    assert!(refused.is(ErrorReason::DocumentDestroyed), "{refused:?}");
    assert_eq!(refused.metadata["resource"], first.name);
}

#[tokio::test]
async fn the_same_request_puts_a_passport_once() {
    let (house, person) = house().await;
    let request = v1::PutIdentityDocumentRequest {
        parent: person.clone(),
        passport: Some(passport()),
        destroy_date: "2023-12-04".to_owned(),
        request_id: attache_client::fresh_request_id(),
    };

    let once = house.owner.identity_documents().put_identity_document(request.clone()).await.unwrap().into_inner();
    let again = house.owner.identity_documents().put_identity_document(request).await.unwrap().into_inner();

    assert_eq!(once, again);
    assert_eq!(once.destroy_date, "2023-12-04");
    assert_eq!(list(&house.owner, &person).await, Ok(vec![once]));
}

#[tokio::test]
async fn passport_destroyed_twice_is_destroyed_once() {
    let (house, person) = house().await;
    let document = put(&house.owner, &person, passport()).await.unwrap();

    let once = destroy(&house.owner, &document.name).await;
    house.app.clock.advance(TimeDelta::days(1));
    let again = destroy(&house.owner, &document.name).await;

    let expected = destroyed(document.clone(), "2023-08-01");
    assert_eq!((once, again), (Ok(expected.clone()), Ok(expected)));
    let refused = read(&house.owner, &document.name, "visa letter").await.unwrap_err();
    assert!(refused.is(ErrorReason::DocumentDestroyed), "{refused:?}");
}

#[tokio::test]
async fn passport_is_destroyed_on_its_day_and_not_before() {
    let (house, person) = house().await;
    let document = put(&house.owner, &person, passport()).await.unwrap();

    house.app.clock.advance(TimeDelta::days(89));
    assert_eq!(retention::destroy_due(&house.app).await.unwrap(), 0);
    assert_eq!(list(&house.owner, &person).await, Ok(vec![document.clone()]));
    house.app.clock.advance(TimeDelta::days(1));
    assert_eq!(retention::destroy_due(&house.app).await.unwrap(), 1);

    assert_eq!(list(&house.owner, &person).await, Ok(vec![destroyed(document, "2023-10-30")]));
}

#[tokio::test]
async fn zone_that_contradicts_what_was_typed_is_refused_without_repeating_either() {
    let (house, person) = house().await;
    let contents = v1::PassportContents { number: "AB1234568".to_owned(), ..passport() };

    let refused = put(&house.owner, &person, contents).await.unwrap_err();

    assert_eq!(refused.code, Code::FailedPrecondition);
    assert!(refused.is(ErrorReason::DocumentContradictory), "{refused:?}");
    let violations: Vec<(&str, &str, &str)> = refused
        .precondition_violations
        .iter()
        .map(|violation| (violation.kind.as_str(), violation.subject.as_str(), violation.description.as_str()))
        .collect();
    assert_eq!(violations, [("zone_says_otherwise", "passport.number", "the zone says otherwise")]);
    assert_eq!(list(&house.owner, &person).await, Ok(Vec::new()));
}

#[tokio::test]
async fn every_wrong_field_of_a_passport_is_told_at_once_without_what_it_says() {
    let (house, person) = house().await;
    let contents = v1::PassportContents {
        number: "ab 1234567".to_owned(),
        issuing_state_code: "Pakistan".to_owned(),
        nationality_code: "ZZZ".to_owned(),
        family_name: String::new(),
        given_name: String::new(),
        birth_date: "29.02.1984".to_owned(),
        sex: "male".to_owned(),
        issue_date: "2019-02-29".to_owned(),
        expire_date: String::new(),
        machine_readable_zone: "<".repeat(101),
    };

    let refused = put(&house.owner, &person, contents).await.unwrap_err();

    assert_eq!(refused.code, Code::InvalidArgument);
    let expected = [
        "number",
        "issuing_state_code",
        "nationality_code",
        "family_name",
        "birth_date",
        "sex",
        "issue_date",
        "expire_date",
        "machine_readable_zone",
    ];
    assert_eq!(fields(&refused), expected.map(|field| format!("passport.{field}")));
    // The random request id beside them may hold any digits.
    let told = format!("{} {:?} {:?}", refused.message, refused.metadata, refused.field_violations);
    for said in ["1234567", "Pakistan", "ZZZ", "1984", "male", "2019"] {
        assert!(!told.contains(said), "{said}");
    }
}

#[tokio::test]
async fn days_that_cannot_be_are_told_at_once() {
    let (house, person) = house().await;
    let passport = v1::PassportContents {
        birth_date: "2023-08-02".to_owned(),
        issue_date: "2029-05-01".to_owned(),
        machine_readable_zone: String::new(),
        ..passport()
    };
    let request = v1::PutIdentityDocumentRequest {
        parent: person,
        passport: Some(passport),
        destroy_date: "2023-08-01".to_owned(),
        ..Default::default()
    };

    let refused: Failure = house.owner.identity_documents().put_identity_document(request).await.unwrap_err().into();

    assert!(refused.is(ErrorReason::InvalidFields), "{refused:?}");
    assert_eq!(fields(&refused), ["passport.birth_date", "passport.issue_date", "destroy_date"]);
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

/// Writes bytes in base 64, without padding.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sextets = bytes.chunks(3).flat_map(|chunk| {
        let three = [chunk[0], chunk.get(1).copied().unwrap_or(0), chunk.get(2).copied().unwrap_or(0)];
        let [a, b, c] = three.map(usize::from);
        let four = [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63];
        four.into_iter().take(chunk.len() + 1)
    });
    sextets.map(|sextet| LETTERS[sextet]).collect()
}

/// Every form in which a text could lie in clear: plain, in UTF-16 of either order, in base 64 at either of the three
/// places a text can begin in it.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let mut forms = vec![
        text.as_bytes().to_vec(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ];
    for before in 0..3 {
        let whole = base64(&[&vec![0; before], text.as_bytes()].concat());
        // The first and last letters also tell of what stands before and after.
        let begin = [0, 2, 3][before];
        let end = whole.len() - usize::from(!(before + text.len()).is_multiple_of(3));
        forms.push(whole[begin..end].to_vec());
    }
    forms
}

fn is_in(bytes: &[u8], text: &str) -> bool {
    forms(text).iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
}

/// Tells which of the texts lie in clear in which files of a folder.
fn found(folder: &Path, texts: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        found.extend(texts.iter().filter(|text| is_in(&bytes, text)).map(|text| (name.clone(), (*text).to_owned())));
    }
    found
}

#[test]
fn text_is_found_in_every_form_it_could_lie_in() {
    let hidden = |text: &str, before: usize| base64(&[&vec![b'x'; before], text.as_bytes(), b"after"].concat());
    let utf16 = |order: fn(u16) -> [u8; 2]| NUMBER.encode_utf16().flat_map(order).collect::<Vec<u8>>();

    let found = [
        is_in(format!("..{NUMBER}..").as_bytes(), NUMBER),
        is_in(&utf16(u16::to_le_bytes), NUMBER),
        is_in(&utf16(u16::to_be_bytes), NUMBER),
        is_in(&hidden(NUMBER, 3), NUMBER),
        is_in(&hidden(NUMBER, 4), NUMBER),
        is_in(&hidden(NUMBER, 5), NUMBER),
        is_in(&hidden(BIRTH_DATE, 4), BIRTH_DATE),
        is_in(b"AB123456", NUMBER),
    ];

    assert_eq!(found, [true, true, true, true, true, true, true, false]);
}

#[tokio::test]
async fn passport_lies_nowhere_in_clear() {
    let (mut house, person) = house().await;
    let replaced = put(&house.owner, &person, passport()).await.unwrap();
    let kept = put(&house.owner, &person, passport()).await.unwrap();
    read(&house.owner, &kept.name, "visa letter").await.unwrap();
    let contradictory = v1::PassportContents { sex: "F".to_owned(), ..passport() };
    put(&house.owner, &person, contradictory).await.unwrap_err();

    house.close().await;

    let secret = [NUMBER, UPPER, LOWER, BIRTH_DATE, "19840229", "840229", "Muhammad Aslam", "visa letter"];
    assert_eq!(found(&house.folder, &secret), []);
    // What lies in clear is found, so that nothing found means something.
    let clear = found(&house.folder, &["Belt and Road Industrial Promotion Association", &replaced.name]);
    let texts: Vec<&str> = clear.iter().map(|(_, text)| text.as_str()).collect();
    assert!(texts.contains(&"Belt and Road Industrial Promotion Association"), "{clear:?}");
    assert!(texts.contains(&replaced.name.as_str()), "{clear:?}");
}
