//! Speakers through the whole house.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, SpeakerRole},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, text},
};

use crate::sessions::{add_person, add_session, talk};

fn speaker_of(session: &v1::Session, person: &str, role: SpeakerRole) -> v1::CreateSpeakerRequest {
    let speaker = v1::Speaker { person: person.to_owned(), role: role.into(), ..Default::default() };
    v1::CreateSpeakerRequest { parent: session.name.clone(), speaker: Some(speaker), ..Default::default() }
}

/// Gives a person a part in a session.
pub async fn add_speaker(house: &House, session: &v1::Session, person: &v1::Person) -> v1::Speaker {
    let request = speaker_of(session, &person.name, SpeakerRole::Speaker);
    house.owner.speakers().create_speaker(request).await.unwrap().into_inner()
}

async fn refused(house: &House, request: v1::CreateSpeakerRequest) -> Failure {
    house.owner.speakers().create_speaker(request).await.unwrap_err().into()
}

#[tokio::test]
async fn speaker_is_added_changed_listed_and_removed() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let session = add_session(&house, talk("Keynote")).await;
    let zarmina = add_person(&house, "Zarmina", "zarmina@example.org").await;
    let other = add_person(&house, "Other", "other@example.org").await;
    let first = add_speaker(&house, &session, &zarmina).await;
    let second = add_speaker(&house, &session, &other).await;

    let update = v1::Speaker { role: SpeakerRole::Chair.into(), position: 3, ..first.clone() };
    let request = v1::UpdateSpeakerRequest { speaker: Some(update.clone()), ..Default::default() };
    let changed = house.owner.speakers().update_speaker(request).await.unwrap().into_inner();
    let request = v1::DeleteSpeakerRequest { name: second.name, ..Default::default() };
    house.owner.speakers().delete_speaker(request).await.unwrap();

    let expected = v1::Speaker { update_time: changed.update_time, etag: "r2".to_owned(), ..update };
    let request = v1::GetSpeakerRequest { name: first.name };
    let found = house.owner.speakers().get_speaker(request).await.unwrap().into_inner();
    let request = v1::ListSpeakersRequest { parent: session.name, ..Default::default() };
    let list = house.owner.speakers().list_speakers(request).await.unwrap().into_inner();
    assert_eq!(expected.display_name, "Zarmina");
    assert_eq!((changed, found), (expected.clone(), expected.clone()));
    assert_eq!((list.speakers, list.total_size), (vec![expected], 1));
}

#[tokio::test]
async fn speaker_is_called_what_the_person_is_called_now() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let session = add_session(&house, talk("Keynote")).await;
    let person = add_person(&house, "Zarmina", "zarmina@example.org").await;
    let speaker = add_speaker(&house, &session, &person).await;
    let renamed = v1::Person { display_name: "Dr Zarmina".to_owned(), ..person };
    let request = v1::UpdatePersonRequest { person: Some(renamed), ..Default::default() };
    house.owner.persons().update_person(request).await.unwrap();

    let request = v1::GetSpeakerRequest { name: speaker.name };
    let found = house.owner.speakers().get_speaker(request).await.unwrap().into_inner();

    assert_eq!(found.display_name, "Dr Zarmina");
}

#[tokio::test]
async fn same_person_has_a_role_in_a_session_once() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let session = add_session(&house, talk("Keynote")).await;
    let person = add_person(&house, "Zarmina", "zarmina@example.org").await;
    add_speaker(&house, &session, &person).await;

    let twice = refused(&house, speaker_of(&session, &person.name, SpeakerRole::Speaker)).await;
    let chair = speaker_of(&session, &person.name, SpeakerRole::Chair);
    let also_chair = house.owner.speakers().create_speaker(chair).await.unwrap().into_inner();

    assert!(twice.is(ErrorReason::AlreadySpeaking), "{twice:?}");
    assert_eq!(also_chair.role(), SpeakerRole::Chair);
}

#[tokio::test]
async fn person_of_another_organisation_is_refused() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let session = add_session(&house, talk("Keynote")).await;
    let request = v1::CreateOrganizationRequest {
        organization: Some(v1::Organization { title: Some(text("Other", "")), ..Default::default() }),
        organization_id: "other".to_owned(),
        ..Default::default()
    };
    house.owner.organizations().create_organization(request).await.unwrap();
    let request = v1::CreatePersonRequest {
        parent: "organizations/other".to_owned(),
        person: Some(v1::Person { display_name: "Foreigner".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let foreigner = house.owner.persons().create_person(request).await.unwrap().into_inner();
    let unknown = foreigner.name.replace(|c: char| c.is_ascii_digit(), "0");

    let known = refused(&house, speaker_of(&session, &foreigner.name, SpeakerRole::Speaker)).await;
    let unknown = refused(&house, speaker_of(&session, &unknown, SpeakerRole::Speaker)).await;

    assert_eq!((known.code, &known.field_violations), (Code::InvalidArgument, &unknown.field_violations));
    assert_eq!(known.field_violations[0].field, "speaker.person");
}

#[tokio::test]
async fn deleted_session_takes_its_speakers_along() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let session = add_session(&house, talk("Keynote")).await;
    let person = add_person(&house, "Zarmina", "zarmina@example.org").await;
    let speaker = add_speaker(&house, &session, &person).await;

    let request = v1::DeleteSessionRequest { name: session.name, ..Default::default() };
    house.owner.sessions().delete_session(request).await.unwrap();

    let request = v1::GetSpeakerRequest { name: speaker.name };
    let gone: Failure = house.owner.speakers().get_speaker(request).await.unwrap_err().into();
    assert!(gone.is(ErrorReason::NotFound), "{gone:?}");
}

#[tokio::test]
async fn speakers_are_for_organisers_to_change() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let session = add_session(&house, talk("Keynote")).await;
    let person = add_person(&house, "Zarmina", "zarmina@example.org").await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;
    let nobody = house.client(None).await;
    let request = speaker_of(&session, &person.name, SpeakerRole::Speaker);

    let seen: Failure = viewer.speakers().create_speaker(request.clone()).await.unwrap_err().into();
    let unknown: Failure = nobody.speakers().create_speaker(request).await.unwrap_err().into();

    assert_eq!([seen.code, unknown.code], [Code::PermissionDenied, Code::Unauthenticated]);
}
