//! Sessions through the whole house.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, SessionKind},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, ZBRA, beijing, person, text},
    paperwork::SCAN,
};

use crate::rooms::add_room;

/// A talk without time and room.
pub fn talk(title: &str) -> v1::Session {
    v1::Session { kind: SessionKind::Talk.into(), title: Some(text(title, "")), ..Default::default() }
}

/// The same session, from one time to another on the day of the forum.
pub fn placed(session: v1::Session, room: &str, start: &str, end: &str) -> v1::Session {
    v1::Session {
        room: room.to_owned(),
        start_time: Some(beijing(&format!("2023-09-05T{start}"))),
        end_time: Some(beijing(&format!("2023-09-05T{end}"))),
        ..session
    }
}

/// Creates a session of the forum.
pub async fn add_session(house: &House, session: v1::Session) -> v1::Session {
    let request = v1::CreateSessionRequest { parent: FORUM.to_owned(), session: Some(session), ..Default::default() };
    house.owner.sessions().create_session(request).await.unwrap().into_inner()
}

/// Creates a person whom the forum's controller keeps.
pub async fn add_person(house: &House, display_name: &str, email: &str) -> v1::Person {
    let request = v1::CreatePersonRequest {
        parent: ZBRA.to_owned(),
        person: Some(person(display_name, email)),
        ..Default::default()
    };
    house.owner.persons().create_person(request).await.unwrap().into_inner()
}

async fn refused(house: &House, session: v1::Session) -> Failure {
    let request = v1::CreateSessionRequest { parent: FORUM.to_owned(), session: Some(session), ..Default::default() };
    house.owner.sessions().create_session(request).await.unwrap_err().into()
}

fn fields(failure: &Failure) -> Vec<&str> {
    failure.field_violations.iter().map(|violation| violation.field.as_str()).collect()
}

#[tokio::test]
async fn session_is_created_changed_listed_and_deleted() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let hall = add_room(&house, "main-hall", "Main Hall").await;
    let keynote = add_session(&house, talk("Keynote")).await;
    let coffee = add_session(&house, v1::Session { kind: SessionKind::Break.into(), ..talk("Coffee") }).await;

    let update = placed(keynote.clone(), &hall.name, "09:40", "10:00");
    let request = v1::UpdateSessionRequest { session: Some(update.clone()), ..Default::default() };
    let changed = house.owner.sessions().update_session(request).await.unwrap().into_inner();
    let request = v1::DeleteSessionRequest { name: coffee.name.clone(), ..Default::default() };
    house.owner.sessions().delete_session(request).await.unwrap();

    let instant = |time: &Option<v1::ZonedTime>| time.as_ref().and_then(|time| time.instant_time).map(|at| at.seconds);
    assert_eq!((instant(&changed.start_time), instant(&changed.end_time)), (Some(1_693_878_000), Some(1_693_879_200)));
    let expected = v1::Session {
        start_time: changed.start_time.clone(),
        end_time: changed.end_time.clone(),
        update_time: changed.update_time,
        etag: "r2".to_owned(),
        ..update
    };
    let request = v1::GetSessionRequest { name: keynote.name };
    let found = house.owner.sessions().get_session(request).await.unwrap().into_inner();
    let request = v1::ListSessionsRequest {
        parent: FORUM.to_owned(),
        filter: format!("kind = TALK AND room = \"{}\"", hall.name),
        ..Default::default()
    };
    let list = house.owner.sessions().list_sessions(request).await.unwrap().into_inner();
    assert_eq!((changed, found), (expected.clone(), expected.clone()));
    assert_eq!((list.sessions, list.total_size), (vec![expected], 1));
    let request = v1::GetSessionRequest { name: coffee.name };
    let gone: Failure = house.owner.sessions().get_session(request).await.unwrap_err().into();
    assert!(gone.is(ErrorReason::NotFound), "{gone:?}");
}

#[tokio::test]
async fn signing_says_who_signs_what() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let signatory = add_person(&house, "Signatory", "signatory@example.org").await;
    let witness = add_person(&house, "Witness", "witness@example.org").await;
    let signing = v1::Signing {
        parties: vec![ZBRA.to_owned()],
        signatories: vec![signatory.name.clone()],
        witnesses: vec![witness.name],
        language_codes: vec!["en".to_owned(), "zh-Hans".to_owned(), "ur".to_owned()],
        document_title: Some(text("Memorandum of understanding", "谅解备忘录")),
        document_file: house.upload(FORUM, "memorandum.pdf", "application/pdf", SCAN).await,
        document_date: "2023-09-05".to_owned(),
        signing_parts: vec![v1::SigningPart { person: signatory.name, party: ZBRA.to_owned() }],
    };
    let document = v1::DeleteFileRequest { name: signing.document_file.clone(), ..Default::default() };

    let session =
        v1::Session { kind: SessionKind::Signing.into(), signing: Some(signing.clone()), ..talk("Signing ceremony") };
    let created = add_session(&house, session).await;

    assert_eq!(created.signing, Some(signing));
    let refused: Failure = house.owner.files().delete_file(document).await.unwrap_err().into();
    assert_eq!((refused.is(ErrorReason::InUse), refused.metadata["referrer"].as_str()), (true, "session"));
}

#[tokio::test]
async fn every_wrong_field_of_a_session_is_told() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let session = v1::Session {
        title: None,
        room: "events/other-event/rooms/main-hall".to_owned(),
        start_time: Some(beijing("2023-09-05T10:00")),
        ..talk("")
    };
    let backwards = placed(talk("Talk"), "", "10:00", "10:00");
    let unsigned = v1::Session { kind: SessionKind::Signing.into(), ..talk("Signing") };
    let person = |digit: u8| format!("{ZBRA}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5{digit}");
    let part = |person: &str, party: &str| v1::SigningPart { person: person.to_owned(), party: party.to_owned() };
    let missigned = v1::Signing {
        parties: vec![ZBRA.to_owned()],
        signatories: vec![person(1)],
        document_title: Some(text("Memorandum", "")),
        document_date: "5 September".to_owned(),
        signing_parts: vec![part("nobody", ZBRA)],
        ..Default::default()
    };
    let misassigned = v1::Signing {
        document_date: String::new(),
        signing_parts: vec![part(&person(1), ZBRA), part(&person(1), "organizations/stza"), part(&person(2), ZBRA)],
        ..missigned.clone()
    };
    let [missigned, misassigned] =
        [missigned, misassigned].map(|signing| v1::Session { signing: Some(signing), ..unsigned.clone() });
    let oversigned = v1::Session { signing: Some(v1::Signing::default()), ..talk("Talk") };

    let failures = [
        refused(&house, session).await,
        refused(&house, backwards).await,
        refused(&house, unsigned).await,
        refused(&house, oversigned).await,
        refused(&house, missigned).await,
        refused(&house, misassigned).await,
    ];

    assert_eq!(
        failures.each_ref().map(fields),
        [
            vec!["session.title", "session.room", "session.end_time"],
            vec!["session.end_time"],
            vec!["session.signing"],
            vec!["session.signing"],
            vec!["session.signing.document_date", "session.signing.signing_parts[0].person"],
            vec![
                "session.signing.signing_parts[1].person",
                "session.signing.signing_parts[1].party",
                "session.signing.signing_parts[2].person",
            ],
        ]
    );
}

#[tokio::test]
async fn foreign_references_are_refused_without_telling_whether_they_exist() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let request = v1::CreateOrganizationRequest {
        organization: Some(v1::Organization { title: Some(text("Other", "")), ..Default::default() }),
        organization_id: "other".to_owned(),
        ..Default::default()
    };
    house.owner.organizations().create_organization(request).await.unwrap();
    let request = v1::CreatePersonRequest {
        parent: "organizations/other".to_owned(),
        person: Some(person("Foreigner", "foreigner@example.org")),
        ..Default::default()
    };
    let foreigner = house.owner.persons().create_person(request).await.unwrap().into_inner();
    let nobody = format!("{ZBRA}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let signing = v1::Signing {
        parties: vec![ZBRA.to_owned(), "organizations/unknown".to_owned()],
        signatories: vec![foreigner.name],
        witnesses: vec![nobody],
        document_title: Some(text("Memorandum", "")),
        document_file: format!("{FORUM}/files/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d"),
        ..Default::default()
    };
    let session = v1::Session {
        kind: SessionKind::Signing.into(),
        room: format!("{FORUM}/rooms/no-such-room"),
        signing: Some(signing),
        ..talk("Signing")
    };

    let failure = refused(&house, session).await;

    assert_eq!(failure.code, Code::InvalidArgument);
    assert_eq!(
        fields(&failure),
        [
            "session.room",
            "session.signing.parties[1]",
            "session.signing.signatories[0]",
            "session.signing.witnesses[0]",
            "session.signing.document_file"
        ]
    );
}

#[tokio::test]
async fn same_request_creates_one_session() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let request = v1::CreateSessionRequest {
        parent: FORUM.to_owned(),
        session: Some(talk("Talk")),
        request_id: attache_client::fresh_request_id(),
        validate_only: false,
    };

    let once = house.owner.sessions().create_session(request.clone()).await.unwrap().into_inner();
    let again = house.owner.sessions().create_session(request).await.unwrap().into_inner();

    assert_eq!(once, again);
}

#[tokio::test]
async fn sessions_are_for_organisers_to_change_and_for_viewers_to_see() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let session = add_session(&house, talk("Talk")).await;
    let viewer = house.member(v1::Role::Viewer, FORUM).await;
    let nobody = house.client(None).await;
    let get = v1::GetSessionRequest { name: session.name.clone() };
    let delete = v1::DeleteSessionRequest { name: session.name.clone(), ..Default::default() };

    let seen = viewer.sessions().get_session(get.clone()).await.unwrap().into_inner();
    let deleted: Failure = viewer.sessions().delete_session(delete).await.unwrap_err().into();
    let unknown: Failure = nobody.sessions().get_session(get).await.unwrap_err().into();

    assert_eq!(seen, session);
    assert_eq!([deleted.code, unknown.code], [Code::PermissionDenied, Code::Unauthenticated]);
}
