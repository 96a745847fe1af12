//! What whoever came by a personal link changes of what is known of them, and what they do not.

use attache_tests::{
    answers::violations,
    fixtures::{mask, once},
};

use super::*;

/// Everything that is known of somebody, as an organiser wrote it.
fn zarmina() -> v1::Person {
    v1::Person {
        native_name: "زرمینہ خان".to_owned(),
        passport_name: Some(v1::PassportName { family_name: "KHAN".to_owned(), given_name: "ZARMINA".to_owned() }),
        form_of_address: "Ms.".to_owned(),
        phone_number: "+92 51 9000000".to_owned(),
        language_code: "en".to_owned(),
        region_code: "PK".to_owned(),
        time_zone: "Asia/Karachi".to_owned(),
        affiliation: "Khan Marble".to_owned(),
        position: "Director".to_owned(),
        ..person("Zarmina Khan", "zarmina@example.org")
    }
}

/// Registers somebody, who comes by their link: they, and what is known of them.
async fn came(house: &House, person: v1::Person) -> (Client, v1::Person) {
    let request = attache_tests::fixtures::registration_of(person);
    let name = house.owner.registrations().create_registration(request).await.done().person;
    (house.delegate(&name).await, known(house, &name).await)
}

async fn known(house: &House, name: &str) -> v1::Person {
    house.owner.persons().get_person(v1::GetPersonRequest { name: name.to_owned() }).await.done()
}

async fn update(
    client: &Client,
    person: v1::Person,
    paths: &[&str],
) -> Result<tonic::Response<v1::Person>, tonic::Status> {
    let request = v1::UpdateMineRequest { person: Some(person), update_mask: mask(paths), ..Default::default() };
    client.public().update_mine(request).await
}

#[tokio::test]
async fn person_changes_what_is_theirs_and_nobody_else_is_changed() {
    let house = house().await;
    let (delegate, before) = came(&house, zarmina()).await;
    let (_, neighbour) = came(&house, person("Hina", "hina@example.org")).await;

    let next = v1::Person {
        display_name: "Zarmina Khan Afridi".to_owned(),
        native_name: "زرمینہ خان آفریدی".to_owned(),
        form_of_address: "Dr.".to_owned(),
        family_first: true,
        phone_number: "+92 300 1234567".to_owned(),
        language_code: "zh".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        affiliation: "Afridi Marble".to_owned(),
        position: "Chair".to_owned(),
        ..Default::default()
    };
    let after = update(&delegate, next.clone(), &[]).await.done();

    let (name, etag) = (before.name.clone(), after.etag.clone());
    let expected = v1::Person {
        name,
        etag,
        passport_name: before.passport_name.clone(),
        email: before.email.clone(),
        region_code: before.region_code.clone(),
        create_time: before.create_time,
        update_time: after.update_time,
        ..next
    };
    assert_eq!(after, expected);
    assert_ne!(after.etag, before.etag);
    let mine = delegate.public().get_mine(v1::GetMineRequest {}).await.done().person;
    assert_eq!((&known(&house, &before.name).await, mine.as_ref()), (&after, Some(&after)));
    assert_eq!(known(&house, &neighbour.name).await, neighbour);
    let request = v1::ListChangesRequest { parent: ZBRA.to_owned(), page_size: 1000, ..Default::default() };
    let changes = house.owner.audit().list_changes(request).await.done().changes;
    let theirs = changes.iter().filter(|change| change.actor == before.name);
    let theirs: Vec<_> = theirs.map(|change| (change.resource.as_str(), change.verb.as_str())).collect();
    assert_eq!(theirs, [(before.name.as_str(), "updated")]);
}

#[tokio::test]
async fn names_of_every_kind_are_taken_and_what_is_left_out_of_a_mask_stays() {
    let house = house().await;
    let (delegate, before) = came(&house, zarmina()).await;

    for (display_name, native_name) in [("Li Na", "李娜"), ("Muhammad Aslam", "محمد اسلم"), ("Sukarno", "")] {
        let (display_name, native_name) = (display_name.to_owned(), native_name.to_owned());
        let next = v1::Person { display_name, native_name, position: "Left aside".to_owned(), ..Default::default() };
        let after = update(&delegate, next.clone(), &["display_name", "native_name"]).await.done();

        let v1::Person { display_name, native_name, .. } = next;
        let (update_time, etag) = (after.update_time, after.etag.clone());
        assert_eq!(after, v1::Person { display_name, native_name, update_time, etag, ..before.clone() });
    }
}

#[tokio::test]
async fn what_others_change_is_refused_with_all_else_that_is_wrong() {
    let house = house().await;
    let (delegate, before) = came(&house, zarmina()).await;
    let (_, neighbour) = came(&house, person("Hina", "")).await;
    let contents = house.contents().await;

    let wrong = v1::Person {
        name: neighbour.name,
        display_name: String::new(),
        time_zone: "Asia/Nowhere".to_owned(),
        etag: "now".to_owned(),
        ..Default::default()
    };
    let paths = ["email", "passport_name", "region_code", "etag", "display_name", "time_zone"];
    let told = violations(update(&delegate, wrong, &paths).await);

    let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    let masked = ["update_mask"; 4];
    let expected =
        [&["person.name", "person.etag"], &masked[..], &["person.display_name", "person.time_zone"]].concat();
    assert_eq!(fields, expected);
    let whose: Vec<&str> = told[2..5].iter().map(|(_, why)| why.as_str()).collect();
    let expected = [
        "names email, which is changed by the organisers",
        "names passport_name, which is changed by the letter desk, by the passport",
        "names region_code, which is changed by the organisers",
    ];
    assert_eq!(whose, expected);

    // Without a mask, or with one of all, other values of them are refused too.
    let other = v1::Person {
        email: "elsewhere@example.org".to_owned(),
        passport_name: Some(v1::PassportName { family_name: "SHAH".to_owned(), given_name: "HINA".to_owned() }),
        region_code: "CN".to_owned(),
        ..before.clone()
    };
    for paths in [&[] as &[&str], &["*"]] {
        let told = wrong_fields(update(&delegate, other.clone(), paths).await);
        assert_eq!(told, ["person.email", "person.passport_name", "person.region_code"]);
    }
    assert_eq!((house.contents().await, known(&house, &before.name).await), (contents, before));
}

#[tokio::test]
async fn what_was_read_may_be_sent_back_as_a_whole_unless_somebody_changed_it_meanwhile() {
    let house = house().await;
    let (delegate, read) = came(&house, zarmina()).await;

    let next = v1::Person { position: "Chair".to_owned(), ..read };
    let after = update(&delegate, next.clone(), &[]).await.done();
    let stale = update(&delegate, v1::Person { position: "Owner".to_owned(), ..next.clone() }, &[]).await;

    let (update_time, etag) = (after.update_time, after.etag.clone());
    assert_eq!(after, v1::Person { update_time, etag, ..next });
    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
}

#[tokio::test]
async fn change_that_is_tried_keeps_nothing_and_sent_again_answers_as_the_first_did() {
    let house = house().await;
    let (delegate, before) = came(&house, zarmina()).await;
    let request = v1::UpdateMineRequest {
        person: Some(v1::Person { position: "Chair".to_owned(), ..Default::default() }),
        request_id: once(),
        ..Default::default()
    };
    let send = async |request: &v1::UpdateMineRequest| delegate.public().update_mine(request.clone()).await;

    let tried = send(&v1::UpdateMineRequest { validate_only: true, ..request.clone() }).await.done();
    assert_eq!((tried.position.as_str(), known(&house, &before.name).await), ("Chair", before.clone()));
    let first = send(&request).await.done();
    let again = send(&request).await.done();
    let other = v1::Person { position: "Owner".to_owned(), ..Default::default() };
    let other = send(&v1::UpdateMineRequest { person: Some(other), ..request }).await;

    assert_eq!((&again, known(&house, &before.name).await), (&first, first.clone()));
    assert_eq!(verdict(other).1, ErrorReason::RequestIdReused);
}

/// What was looked at when a letter was approved is what is printed on it.
#[tokio::test]
async fn what_an_approved_letter_says_waits_until_it_is_issued() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let letter = house.approved_letter("عائشہ خان", "").await;
    let registration = v1::Registration {
        category: attache_tests::fixtures::DELEGATES.to_owned(),
        person: letter.person.clone(),
        ..Default::default()
    };
    let request = v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(registration),
        ..Default::default()
    };
    house.owner.registrations().create_registration(request).await.done();
    let delegate = house.delegate(&letter.person).await;
    let position = v1::Person { position: "Ambassador".to_owned(), ..Default::default() };
    let printed = [
        v1::Person { native_name: "李娜".to_owned(), ..Default::default() },
        v1::Person { affiliation: "Elsewhere".to_owned(), ..Default::default() },
        position.clone(),
    ];

    for person in printed {
        assert_eq!(verdict(update(&delegate, person, &[]).await), (Code::FailedPrecondition, ErrorReason::InUse));
    }
    let display_name = "Aisha".to_owned();
    let beside = v1::Person { display_name, phone_number: "+92 51 9000001".to_owned(), ..Default::default() };
    update(&delegate, beside, &[]).await.done();
    house.ended(&house.issue(&[&letter.name]).await.name).await;

    assert_eq!(update(&delegate, position, &[]).await.done().position, "Ambassador");
}

#[tokio::test]
async fn whoever_takes_part_no_more_changes_nothing_and_a_member_has_nothing_of_their_own() {
    let house = house().await;
    let registered = house.register("Zarmina", "").await;
    let delegate = house.delegate(&registered.person).await;
    let position = v1::Person { position: "Chair".to_owned(), ..Default::default() };
    let request = v1::WithdrawRegistrationRequest { name: registered.name, ..Default::default() };
    delegate.registrations().withdraw_registration(request).await.done();

    let withdrawn = update(&delegate, position.clone(), &[]).await;
    let owner = update(&house.owner, position, &[]).await;

    assert_eq!(verdict(withdrawn), (Code::FailedPrecondition, ErrorReason::NotTakingPart));
    assert_eq!(verdict(owner), (Code::PermissionDenied, ErrorReason::PermissionDenied));
    assert_eq!(known(&house, &registered.person).await.position, "");
}
