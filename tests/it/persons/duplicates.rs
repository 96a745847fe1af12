//! People who may be one: found by what they share, and merged with all that names them.

use attache_client::{
    Client, Code, Failure,
    v1::{self, DuplicateReason, ErrorReason},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{DELEGATES, FORUM, ZBRA, mask, person, text},
    paperwork::{SCAN, letter_for, request_for, upload},
};

async fn created(house: &House, person: v1::Person) -> v1::Person {
    let request = v1::CreatePersonRequest { parent: ZBRA.to_owned(), person: Some(person), ..Default::default() };
    house.owner.persons().create_person(request).await.done()
}

async fn got(house: &House, name: &str) -> Result<v1::Person, Failure> {
    Ok(house.owner.persons().get_person(v1::GetPersonRequest { name: name.to_owned() }).await?.into_inner())
}

async fn merged(house: &House, name: &str, duplicate: &str, paths: &[&str]) -> Result<v1::Person, Failure> {
    let request = v1::MergePersonsRequest {
        name: name.to_owned(),
        duplicate: duplicate.to_owned(),
        take_mask: mask(paths),
        ..Default::default()
    };
    Ok(house.owner.persons().merge_persons(request).await?.into_inner())
}

fn search(min_score: i32) -> v1::FindDuplicatesRequest {
    v1::FindDuplicatesRequest { parent: ZBRA.to_owned(), min_score, ..Default::default() }
}

fn zhang() -> v1::Person {
    v1::Person { native_name: "张伟明".to_owned(), ..person("Weiming", "zhang@example.org") }
}

#[tokio::test]
async fn people_who_may_be_one_are_found_with_what_they_share_the_likeliest_first() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let passport = v1::PassportName { family_name: "ZHANG".to_owned(), given_name: "WEIMING".to_owned() };
    let written = created(&house, zhang()).await;
    let printed = v1::Person { passport_name: Some(passport), ..person("Mr Zhang", "ZHANG@example.org") };
    let printed = created(&house, printed).await;
    let spoken = created(&house, person("Zhang Weiming", "")).await;
    created(&house, person("Ayesha Khan", "ayesha@example.org")).await;

    let first = v1::FindDuplicatesRequest { page_size: 2, ..search(0) };
    let first = house.owner.persons().find_duplicates(first).await.done();
    let rest = v1::FindDuplicatesRequest { page_size: 2, page_token: first.next_page_token.clone(), ..search(0) };
    let rest = house.owner.persons().find_duplicates(rest).await.done();
    let likely = house.owner.persons().find_duplicates(search(70)).await.done();
    let of_spoken = v1::FindDuplicatesRequest { person: spoken.name.clone(), ..search(0) };
    let of_spoken = house.owner.persons().find_duplicates(of_spoken).await.done();

    let both = v1::DuplicatePair {
        person: Some(written.clone()),
        duplicate: Some(printed.clone()),
        score: 78,
        reasons: vec![DuplicateReason::Email.into(), DuplicateReason::Reading.into()],
    };
    assert_eq!((&first.duplicates[0], first.duplicates.len(), first.total_size), (&both, 2, 3));
    assert_eq!((rest.duplicates.len(), rest.next_page_token.as_str()), (1, ""));
    assert_eq!(likely.duplicates, [both]);
    let names: Vec<_> = of_spoken.duplicates.iter().map(|pair| pair.person.clone().unwrap().name).collect();
    assert_eq!((names.contains(&written.name), names.contains(&printed.name), names.len()), (true, true, 2));
    assert_eq!(of_spoken.duplicates.iter().map(|pair| pair.score).collect::<Vec<_>>(), [45, 45]);
}

#[tokio::test]
async fn search_that_cannot_be_so_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let foreign = "organizations/other/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d".to_owned();
    let find = async |request| house.owner.persons().find_duplicates(request).await;

    let nobody = format!("{ZBRA}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");

    let nobody = find(v1::FindDuplicatesRequest { person: nobody, ..search(0) }).await;
    let score = find(search(101)).await;
    let other = find(v1::FindDuplicatesRequest { person: foreign, ..search(0) }).await;
    let token = find(v1::FindDuplicatesRequest { page_token: "forged".to_owned(), ..search(0) }).await;

    assert_eq!((wrong_fields(score), wrong_fields(other)), (vec!["min_score".to_owned()], vec!["person".to_owned()]));
    assert_eq!(verdict(nobody), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(verdict(token), (Code::InvalidArgument, ErrorReason::PageTokenInvalid));
}

#[tokio::test]
async fn whatever_named_the_one_who_goes_names_the_one_who_stays() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let stays = created(&house, zhang()).await;
    let goes = house.traveller("", "traveller@example.org").await;
    house.passport(&goes).await;
    let registration = v1::CreateRegistrationRequest {
        parent: FORUM.to_owned(),
        registration: Some(v1::Registration {
            category: DELEGATES.to_owned(),
            person: goes.clone(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let registration = house.owner.registrations().create_registration(registration).await.done();
    let letter = house.owner.letters().request_letter(request_for(letter_for(&goes))).await.done();
    let signing = v1::Session {
        kind: v1::SessionKind::Signing.into(),
        title: Some(text("Signing", "")),
        signing: Some(v1::Signing {
            parties: vec![ZBRA.to_owned()],
            signatories: vec![goes.clone(), stays.name.clone()],
            document_title: Some(text("Letter of intent", "")),
            ..Default::default()
        }),
        ..Default::default()
    };
    let signing = v1::CreateSessionRequest { parent: FORUM.to_owned(), session: Some(signing), ..Default::default() };
    let signing = house.owner.sessions().create_session(signing).await.done();
    house.mail().await;

    let after = merged(&house, &stays.name, &goes, &["display_name"]).await.unwrap();

    let expected = v1::Person {
        display_name: "Ayesha Khan".to_owned(),
        passport_name: Some(v1::PassportName { family_name: "KHAN".to_owned(), given_name: "AYESHA".to_owned() }),
        affiliation: "Indus Valley Cold Storage".to_owned(),
        position: "Director".to_owned(),
        update_time: after.update_time,
        etag: "r2".to_owned(),
        ..stays.clone()
    };
    assert_eq!(after, expected);
    assert_eq!(got(&house, &stays.name).await, Ok(after));
    let request = v1::GetRegistrationRequest { name: registration.name, ..Default::default() };
    assert_eq!(house.owner.registrations().get_registration(request).await.done().person, stays.name);
    assert_eq!(house.letter(&letter.name).await.person, stays.name);
    let request = v1::GetSessionRequest { name: signing.name };
    let signing = house.owner.sessions().get_session(request).await.done().signing.unwrap();
    assert_eq!(signing.signatories, [stays.name.as_str()]);
    let request = v1::ListNoticesRequest {
        parent: FORUM.to_owned(),
        filter: format!("person = \"{}\"", stays.name),
        ..Default::default()
    };
    assert_eq!(house.owner.notices().list_notices(request).await.done().total_size, 1);
    // The passport opens under the key of the one who stays: a letter that needs it is approved.
    let request = v1::ApproveLetterRequest { name: letter.name, ..Default::default() };
    assert_eq!(house.owner.letters().approve_letter(request).await.done().state(), v1::LetterState::Approved);
}

#[tokio::test]
async fn name_of_who_went_answers_with_that_of_who_stays_through_later_merges_too() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let people = ["First", "Second", "Third"].map(|name| person(name, ""));
    let mut names = Vec::new();
    for person in people {
        names.push(created(&house, person).await.name);
    }

    merged(&house, &names[1], &names[0], &[]).await.unwrap();
    merged(&house, &names[2], &names[1], &[]).await.unwrap();

    for gone in &names[..2] {
        let failure = got(&house, gone).await.unwrap_err();
        assert_eq!((failure.code, failure.is(ErrorReason::PersonMerged)), (Code::NotFound, true));
        let facts = ["resource", "successor"].map(|key| failure.metadata[key].as_str());
        assert_eq!(facts, [gone.as_str(), names[2].as_str()]);
    }
    let again = merged(&house, &names[2], &names[1], &[]).await.unwrap_err();
    assert!(again.is(ErrorReason::PersonMerged), "{again:?}");
}

#[tokio::test]
async fn people_who_are_two_in_something_are_not_merged_and_all_of_it_is_told() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let (one, other) = (house.register("Ayesha Khan", "").await, house.register("A. Khan", "").await);
    let ask = async |person: &str| house.owner.letters().request_letter(request_for(letter_for(person))).await.done();
    let (ours, theirs) = (ask(&one.person).await, ask(&other.person).await);

    let refused = merged(&house, &one.person, &other.person, &[]).await.unwrap_err();

    assert_eq!((refused.code, refused.is(ErrorReason::PersonsClash)), (Code::FailedPrecondition, true));
    let told: Vec<_> = refused
        .precondition_violations
        .iter()
        .map(|violation| (violation.kind.as_str(), violation.subject.as_str(), violation.description.clone()))
        .collect();
    let has = |name: &str| format!("the person who stays has {name}");
    let expected =
        [("registered_twice", other.name.as_str(), has(&one.name)), ("letter_twice", &theirs.name, has(&ours.name))];
    assert_eq!(told, expected);
    assert_eq!(house.letter(&theirs.name).await, theirs);

    let request = v1::WithdrawRegistrationRequest { name: other.name, ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();
    let request = v1::RejectLetterRequest { name: theirs.name.clone(), ..Default::default() };
    house.owner.letters().reject_letter(request).await.done();
    assert_eq!(merged(&house, &one.person, &other.person, &[]).await.unwrap().name, one.person);
    assert_eq!(house.letter(&theirs.name).await.person, one.person);
}

#[tokio::test]
async fn merge_that_cannot_be_so_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let one = created(&house, person("One", "")).await;
    let other = created(&house, person("Other", "")).await;
    let foreign = other.name.replace("zbra", "stza");
    let request = |duplicate: &str| v1::MergePersonsRequest {
        name: one.name.clone(),
        duplicate: duplicate.to_owned(),
        ..Default::default()
    };
    let merge = async |request| house.owner.persons().merge_persons(request).await;

    let itself = merge(request(&one.name)).await;
    let foreign = merge(request(&foreign)).await;
    let nobody = merge(request(&other.name.replace(&other.name[other.name.len() - 4..], "0000"))).await;
    let mask = merge(v1::MergePersonsRequest { take_mask: mask(&["etag"]), ..request(&other.name) }).await;
    let stale = merge(v1::MergePersonsRequest { duplicate_etag: "r9".to_owned(), ..request(&other.name) }).await;

    assert_eq!(
        (wrong_fields(itself), wrong_fields(foreign)),
        (vec!["duplicate".to_owned()], vec!["duplicate".to_owned()])
    );
    assert_eq!((verdict(nobody).0, wrong_fields(mask)), (Code::NotFound, vec!["take_mask".to_owned()]));
    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
    assert_eq!(got(&house, &other.name).await, Ok(other));
}

/// Whoever registered by themselves under another's name does not come to what is the other's by being taken for them.
#[tokio::test]
async fn link_of_whoever_had_another_address_opens_nothing_once_they_are_merged() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let stays = house.register("Zarmina", "zarmina@example.org").await;
    let goes = house.register("Zarmina K", "somebody@example.org").await;
    let [own, other] = [house.delegate(&stays.person).await, house.delegate(&goes.person).await];
    let file = upload(&other, FORUM, "paper.pdf", "application/pdf", SCAN).await;
    let request = v1::WithdrawRegistrationRequest { name: goes.name.clone(), ..Default::default() };
    house.owner.registrations().withdraw_registration(request).await.done();

    merged(&house, &stays.person, &goes.person, &[]).await.unwrap();

    let mine = async |client: &Client| client.public().get_mine(v1::GetMineRequest {}).await;
    assert_eq!(mine(&own).await.done().person.unwrap().name, stays.person);
    assert_eq!(verdict(mine(&other).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
    // What they had brought is the one person's from now on.
    let asked = v1::GetFileRequest { name: file.clone() };
    assert_eq!(own.files().get_file(asked.clone()).await.done().name, file);

    let request = v1::UndoMergeRequest { name: goes.person.clone(), ..Default::default() };
    house.owner.persons().undo_merge(request).await.done();

    assert_eq!(verdict(mine(&other).await), (Code::Unauthenticated, ErrorReason::TokenInvalid));
    assert_eq!(verdict(own.files().get_file(asked.clone()).await), (Code::NotFound, ErrorReason::NotFound));
    // The registration is back with whom it was of: who is reinstated has a link again.
    let request = v1::ReinstateRegistrationRequest { name: goes.name, ..Default::default() };
    house.owner.registrations().reinstate_registration(request).await.done();
    assert_eq!(house.delegate(&goes.person).await.files().get_file(asked).await.done().name, file);
}
