//! Whole lists of people who are invited.

use attache_client::v1::{self, JobState};
use attache_tests::{
    House,
    answers::Answer as _,
    fixtures::{DELEGATES, FORUM},
};

use super::{accept, accepting, address_in, decline, forum, in_days, invite, known, listed, mails};

const LIST: &str = "Name,Email,Company\nZarmina,zarmina@example.org,STZA\n张伟明,weiming@example.org,ZBRA\nHina,hina@example.org,STZA\n";

async fn import(house: &House, list: &str, wanted: v1::ImportRegistrationsRequest) -> v1::Job {
    let file = house.upload(FORUM, "guests.csv", "text/csv", list.as_bytes()).await;
    let request =
        v1::ImportRegistrationsRequest { parent: FORUM.to_owned(), file, category: DELEGATES.to_owned(), ..wanted };
    let job = house.owner.registrations().import_registrations(request).await.done();
    if job.name.is_empty() { job } else { house.ended(&job.name).await }
}

fn inviting(terms: v1::InvitationTerms) -> v1::ImportRegistrationsRequest {
    v1::ImportRegistrationsRequest { invitation_terms: Some(terms), ..Default::default() }
}

fn counts(job: &v1::Job) -> (i32, i32, i32) {
    let counts = job.registration_import.clone().unwrap().registrations.unwrap_or_default();
    (counts.created, counts.updated, counts.unchanged)
}

#[tokio::test]
async fn list_invites_whoever_is_new_and_once() {
    let house = forum(5).await;
    house.register("Hina", "hina@example.org").await;
    let looked = v1::ImportRegistrationsRequest { validate_only: true, ..inviting(v1::InvitationTerms::default()) };

    let looked = import(&house, LIST, looked).await;
    let first = import(&house, LIST, inviting(v1::InvitationTerms::default())).await;
    let again = import(&house, LIST, inviting(v1::InvitationTerms::default())).await;

    assert_eq!((counts(&looked), counts(&first), counts(&again)), ((2, 1, 0), (2, 1, 0), (0, 0, 3)));
    assert_eq!(listed(&house, "").await.len(), 2);
    let mail = mails(&house, "weiming@example.org", 1).await.remove(0);
    let accepted = accept(&house, accepting(&address_in(&mail), None)).await.unwrap();
    assert_eq!(accepted.state(), v1::RegistrationState::Submitted);
    assert_eq!(counts(&import(&house, LIST, inviting(v1::InvitationTerms::default())).await), (0, 0, 3));
}

#[tokio::test]
async fn whoever_declined_is_not_asked_again_by_the_same_list() {
    let house = forum(5).await;
    import(&house, LIST, inviting(v1::InvitationTerms::default())).await;
    let mail = mails(&house, "hina@example.org", 1).await.remove(0);
    decline(&house, &address_in(&mail)).await.unwrap();

    let again = import(&house, LIST, inviting(v1::InvitationTerms::default())).await;

    assert_eq!((counts(&again), listed(&house, "").await.len()), ((0, 0, 3), 3));
}

#[tokio::test]
async fn rows_without_an_address_or_a_place_to_keep_are_told() {
    let house = forum(1).await;
    let nowhere = import(
        &house,
        &format!("{LIST}Nobody,,STZA\n"),
        v1::ImportRegistrationsRequest { validate_only: true, ..inviting(v1::InvitationTerms::default()) },
    )
    .await;
    let reserve_time = Some(in_days(&house, 3));

    let kept = import(&house, LIST, inviting(v1::InvitationTerms { reserve_time, ..Default::default() })).await;

    let found = nowhere.registration_import.unwrap().findings;
    let found: Vec<_> = found.iter().map(|one| (one.row, one.column, one.reason.as_str())).collect();
    assert_eq!(found, [(5, 2, "no_address")]);
    assert_eq!((kept.state(), counts(&kept)), (JobState::Failed, (1, 0, 0)));
    let failures: Vec<_> = kept.failures.iter().map(|one| (one.resource.as_str(), one.reason.as_str())).collect();
    assert_eq!(failures, [("row 3", "ERROR_REASON_NO_PLACES"), ("row 4", "ERROR_REASON_NO_PLACES")]);
    assert_eq!(listed(&house, "").await.len(), 1);
}

#[tokio::test]
async fn whoever_was_invited_by_hand_is_not_invited_again_by_a_list() {
    let house = forum(5).await;
    let guest = known(&house, "Zarmina", "zarmina@example.org").await;
    let by_hand = invite(&house, &guest, v1::InvitationTerms::default()).await;

    let job = import(&house, LIST, inviting(v1::InvitationTerms::default())).await;

    assert_eq!(counts(&job), (2, 0, 1));
    let theirs = listed(&house, &format!("person = {guest:?}")).await;
    assert_eq!(theirs.iter().map(|one| &one.name).collect::<Vec<_>>(), [&by_hand.name]);
}
