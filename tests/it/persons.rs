//! People through the whole house.

mod duplicates;
mod undoing;

use attache_client::{
    Code,
    v1::{self, ErrorReason},
};
use attache_tests::{
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{ZBRA, mask, once, person},
};

fn creation(person: v1::Person) -> v1::CreatePersonRequest {
    v1::CreatePersonRequest {
        parent: ZBRA.to_owned(),
        person: Some(person),
        request_id: String::new(),
        validate_only: false,
    }
}

fn zhang() -> v1::Person {
    v1::Person {
        native_name: "张伟明".to_owned(),
        passport_name: Some(v1::PassportName { family_name: "ZHANG".to_owned(), given_name: "WEIMING".to_owned() }),
        form_of_address: "先生".to_owned(),
        family_first: true,
        phone_number: "+86 10 5550 0199".to_owned(),
        language_code: "zh".to_owned(),
        region_code: "CN".to_owned(),
        affiliation: "Specimen Institute".to_owned(),
        position: "Director".to_owned(),
        ..person("Zhang Weiming", "zhang@example.org")
    }
}

#[tokio::test]
async fn person_reads_back_as_created_and_is_found_by_any_name() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let request = v1::CreatePersonRequest { request_id: once(), ..creation(zhang()) };

    let created = house.owner.persons().create_person(request.clone()).await.done();
    let again = house.owner.persons().create_person(request).await.done();

    let expected = v1::Person {
        name: created.name.clone(),
        create_time: created.create_time,
        update_time: created.create_time,
        etag: "r1".to_owned(),
        ..zhang()
    };
    assert_eq!((&created, &again), (&expected, &expected));
    let request = v1::GetPersonRequest { name: created.name.clone() };
    assert_eq!(house.owner.persons().get_person(request).await.done(), created);
    house.owner.persons().create_person(creation(person("Sukarno", "sukarno@example.org"))).await.done();
    for (query, count) in [("", 2), ("伟明", 1), ("WEIMING", 1), ("specimen", 1), ("100%", 0), ("_", 0)] {
        let request = v1::ListPersonsRequest { parent: ZBRA.to_owned(), query: query.to_owned(), ..Default::default() };
        assert_eq!(house.owner.persons().list_persons(request).await.done().total_size, count, "{query:?}");
    }
}

#[tokio::test]
async fn update_changes_what_its_mask_names_and_refuses_the_stale() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let before = house.owner.persons().create_person(creation(zhang())).await.done();
    let given = v1::Person {
        display_name: "Zhang".to_owned(),
        etag: "r1".to_owned(),
        name: before.name.clone(),
        ..Default::default()
    };
    let request = v1::UpdatePersonRequest {
        person: Some(given),
        update_mask: mask(&["display_name", "passport_name"]),
        ..Default::default()
    };

    let after = house.owner.persons().update_person(request.clone()).await.done();
    let stale = house.owner.persons().update_person(request).await;

    let expected = v1::Person {
        display_name: "Zhang".to_owned(),
        passport_name: None,
        update_time: after.update_time,
        etag: "r2".to_owned(),
        ..before
    };
    assert_eq!(after, expected);
    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
}

#[tokio::test]
async fn person_that_cannot_be_so_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let wrong = v1::Person {
        display_name: "\u{202e}a".to_owned(),
        passport_name: Some(v1::PassportName::default()),
        email: "a@b@c".to_owned(),
        language_code: "klingon".to_owned(),
        region_code: "china".to_owned(),
        phone_number: "1".repeat(41),
        ..Default::default()
    };

    let fields = wrong_fields(house.owner.persons().create_person(creation(wrong)).await);
    let nowhere = v1::CreatePersonRequest { parent: "organizations/nobody".to_owned(), ..creation(zhang()) };
    let nowhere = house.owner.persons().create_person(nowhere).await;
    let name = format!("{ZBRA}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let missing = house.owner.persons().get_person(v1::GetPersonRequest { name }).await;

    let expected =
        ["display_name", "passport_name.family_name", "email", "phone_number", "language_code", "region_code"];
    assert_eq!(fields, expected.map(|field| format!("person.{field}")));
    assert_eq!(verdict(nowhere), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(missing), (Code::NotFound, ErrorReason::NotFound));
}
