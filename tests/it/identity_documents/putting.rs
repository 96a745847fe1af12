//! Passports put into the vault: once, the newest alone, and only what can be true.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason},
};

use super::{destroyed, fields, house, list, passport, put, read};

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
        validate_only: false,
        ..Default::default()
    };

    let once = house.owner.identity_documents().put_identity_document(request.clone()).await.unwrap().into_inner();
    let again = house.owner.identity_documents().put_identity_document(request).await.unwrap().into_inner();

    assert_eq!(once, again);
    assert_eq!(once.destroy_date, "2023-12-04");
    assert_eq!(list(&house.owner, &person).await, Ok(vec![once]));
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
