//! Asking for a letter, and finding it again.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason, LetterState},
};
use attache_tests::{
    House, boot,
    fixtures::{FORUM, ZBRA, beijing, forum, text, zbra},
    paperwork::{letter_for, request_for},
};

async fn ask(house: &House, letter: v1::Letter) -> Result<v1::Letter, Failure> {
    let asked = house.owner.letters().request_letter(request_for(letter)).await;
    asked.map(tonic::Response::into_inner).map_err(Failure::from)
}

#[tokio::test]
async fn a_letter_says_what_was_asked_for() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let person = house.traveller("", "").await;
    let wanted = v1::Letter { purpose: Some(text("Signing", "签约")), ..letter_for(&person) };

    let letter = ask(&house, wanted.clone()).await.unwrap();

    let expected = v1::Letter {
        name: letter.name.clone(),
        state: LetterState::Requested.into(),
        create_time: letter.create_time,
        update_time: letter.create_time,
        etag: "r1".to_owned(),
        requester: house.name_of(&house.owner).await,
        ..wanted
    };
    assert_eq!(letter, expected);
    assert_eq!(house.letter(&letter.name).await, expected);
}

#[tokio::test]
async fn a_person_has_one_live_letter_for_a_destination() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let person = house.traveller("", "").await;
    let elsewhere = v1::Letter { region_code: "PK".to_owned(), ..letter_for(&person) };

    let asked = tokio::join!(ask(&house, letter_for(&person)), ask(&house, letter_for(&person)));
    let other = ask(&house, elsewhere).await;

    let (letter, refused) = match asked {
        (Ok(letter), Err(refused)) | (Err(refused), Ok(letter)) => (letter, refused),
        both => panic!("one of two is taken: {both:?}"),
    };
    assert_eq!((refused.code, refused.is(ErrorReason::LetterExists)), (Code::AlreadyExists, true));
    assert_eq!(refused.metadata["existing"], letter.name);
    assert_eq!(other.map(|letter| letter.state()), Ok(LetterState::Requested));

    let request = v1::RejectLetterRequest { name: letter.name, reason: "No time".to_owned(), ..Default::default() };
    let rejected = house.owner.letters().reject_letter(request).await.unwrap().into_inner();
    let again = ask(&house, letter_for(&person)).await;

    assert_eq!((rejected.state(), rejected.reason.as_str()), (LetterState::Rejected, "No time"));
    assert_eq!(again.map(|letter| letter.state()), Ok(LetterState::Requested));
}

#[tokio::test]
async fn a_letter_is_for_people_of_the_controller_and_from_a_host() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let request = v1::CreateOrganizationRequest {
        organization: Some(zbra()),
        organization_id: "elsewhere".to_owned(),
        ..Default::default()
    };
    house.owner.organizations().create_organization(request).await.unwrap();
    let stranger = v1::CreatePersonRequest {
        parent: "organizations/elsewhere".to_owned(),
        person: Some(attache_tests::fixtures::person("Stranger", "")),
        ..Default::default()
    };
    let stranger = house.owner.persons().create_person(stranger).await.unwrap().into_inner().name;
    let nobody = format!("{ZBRA}/persons/7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let person = house.traveller("", "").await;
    let unhosted = v1::Letter { issuer: "organizations/elsewhere".to_owned(), ..letter_for(&person) };

    let of_stranger = ask(&house, letter_for(&stranger)).await.unwrap_err();
    let of_nobody = ask(&house, letter_for(&nobody)).await.unwrap_err();
    let unhosted = ask(&house, unhosted).await.unwrap_err();

    // Whether somebody whom another organisation keeps exists is not told.
    assert_eq!((of_stranger.reason.clone(), of_stranger.code), (of_nobody.reason.clone(), Code::NotFound));
    let fields: Vec<&str> = unhosted.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!((unhosted.code, fields), (Code::InvalidArgument, vec!["letter.issuer"]));
}

#[tokio::test]
async fn a_cancelled_event_has_no_new_letters() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let person = house.traveller("", "").await;
    let request = v1::CancelEventRequest { name: FORUM.to_owned(), ..Default::default() };
    house.owner.events().cancel_event(request).await.unwrap();

    let refused = ask(&house, letter_for(&person)).await.unwrap_err();

    assert_eq!((refused.code, refused.is(ErrorReason::EventCancelled)), (Code::FailedPrecondition, true));
}

#[tokio::test]
async fn every_wrong_field_of_a_letter_is_told_at_once() {
    let house = boot().await;
    let letter = v1::Letter {
        person: "persons/1".to_owned(),
        issuer: String::new(),
        letter_template: "letterTemplates/unheard-of".to_owned(),
        region_code: "XY".to_owned(),
        visit_window: Some(v1::VisitWindow {
            start_date: "2023-09-08".to_owned(),
            end_date: "2023-09-03".to_owned(),
            cities: vec![text("Beijing", "")],
        }),
        relationship: Some(text("", "")),
        expense_bearer: 9,
        ..Default::default()
    };

    let refused = ask(&house, letter).await.unwrap_err();

    let fields: Vec<&str> = refused.field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "letter.person",
            "letter.issuer",
            "letter.letter_template",
            "letter.region_code",
            "letter.visit_window.end_date",
            "letter.relationship.en",
            "letter.expense_bearer",
        ]
    );
}

#[tokio::test]
async fn the_same_request_asks_once() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let person = house.traveller("", "").await;
    let request =
        v1::RequestLetterRequest { request_id: attache_client::fresh_request_id(), ..request_for(letter_for(&person)) };

    let once = house.owner.letters().request_letter(request.clone()).await.unwrap().into_inner();
    let again = house.owner.letters().request_letter(request).await.unwrap().into_inner();

    assert_eq!(once, again);
}

#[tokio::test]
async fn letters_are_listed_in_the_order_they_came_and_by_state_person_and_destination() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let (one, other) = (house.traveller("", "").await, house.traveller("", "").await);
    let first = ask(&house, letter_for(&one)).await.unwrap().name;
    let second = ask(&house, letter_for(&other)).await.unwrap().name;
    let third = ask(&house, v1::Letter { region_code: "PK".to_owned(), ..letter_for(&one) }).await.unwrap().name;
    let request = v1::RejectLetterRequest { name: second.clone(), ..Default::default() };
    house.owner.letters().reject_letter(request).await.unwrap();
    let list = async |filter: &str, page_size: i32, page_token: &str| {
        let request = v1::ListLettersRequest {
            parent: FORUM.to_owned(),
            page_size,
            page_token: page_token.to_owned(),
            filter: filter.to_owned(),
            ..Default::default()
        };
        house.owner.letters().list_letters(request).await.map(tonic::Response::into_inner)
    };
    let names = async |filter: &str| {
        let page = list(filter, 0, "").await.unwrap();
        page.letters.into_iter().map(|letter| letter.name).collect::<Vec<_>>()
    };

    assert_eq!(names("").await, [&first, &second, &third].map(Clone::clone));
    assert_eq!(names("state = REQUESTED").await, [&first, &third].map(Clone::clone));
    assert_eq!(names(&format!("person = \"{one}\" AND region_code = PK")).await, std::slice::from_ref(&third));
    let page = list("", 2, "").await.unwrap();
    let rest = list("", 2, &page.next_page_token).await.unwrap();
    assert_eq!((page.letters.len(), page.total_size), (2, 3));
    assert_eq!((rest.letters[0].name.clone(), rest.letters.len(), rest.next_page_token.as_str()), (third, 1, ""));
    assert_eq!(list("state = GONE", 0, "").await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn each_verb_has_its_role_and_no_other_event_lends_it() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let other = v1::Event { start_time: Some(beijing("2023-09-05T08:00")), ..forum() };
    let request = v1::CreateEventRequest { event: Some(other), event_id: "elsewhere".to_owned(), ..Default::default() };
    house.owner.events().create_event(request).await.unwrap();
    let person = house.traveller("", "").await;
    let name = ask(&house, letter_for(&person)).await.unwrap().name;
    let codes = async |client: &attache_client::Client| {
        let letters = || client.letters();
        let get = v1::GetLetterRequest { name: name.clone(), ..Default::default() };
        let list = v1::ListLettersRequest { parent: FORUM.to_owned(), ..Default::default() };
        let issue =
            v1::IssueLettersRequest { parent: FORUM.to_owned(), names: vec![name.clone()], ..Default::default() };
        let approve = v1::ApproveLetterRequest { name: name.clone(), ..Default::default() };
        let revoke = v1::RevokeLetterRequest { name: name.clone(), reason: "No".to_owned(), ..Default::default() };
        let stale = v1::RejectLetterRequest { name: name.clone(), etag: "r9".to_owned(), ..Default::default() };
        [
            letters().get_letter(get).await.map_or_else(|status| status.code(), |_| Code::Ok),
            letters().list_letters(list).await.map_or_else(|status| status.code(), |_| Code::Ok),
            letters().request_letter(request_for(letter_for(&person))).await.unwrap_err().code(),
            letters().approve_letter(approve).await.unwrap_err().code(),
            letters().reject_letter(stale).await.unwrap_err().code(),
            letters().issue_letters(issue).await.unwrap_err().code(),
            letters().revoke_letter(revoke).await.unwrap_err().code(),
        ]
    };

    let nobody = codes(&house.client(None).await).await;
    let organizer_elsewhere = codes(&house.member(v1::Role::Organizer, "events/elsewhere").await).await;
    let viewer = codes(&house.member(v1::Role::Viewer, FORUM).await).await;
    let approver = codes(&house.member(v1::Role::Approver, FORUM).await).await;
    let organizer = codes(&house.member(v1::Role::Organizer, FORUM).await).await;

    let granted = Code::Ok;
    assert_eq!(nobody, [Code::Unauthenticated; 7]);
    assert_eq!(organizer_elsewhere, [Code::PermissionDenied; 7]);
    let denied = Code::PermissionDenied;
    assert_eq!(viewer, [granted, granted, denied, denied, denied, denied, denied]);
    // What is allowed is refused by the rules instead: the letter lacks facts, was not seen so, and is not approved.
    let (lacks, state) = (Code::FailedPrecondition, Code::FailedPrecondition);
    assert_eq!(approver, [granted, granted, denied, lacks, Code::Aborted, state, state]);
    assert_eq!(organizer, [granted, granted, Code::AlreadyExists, lacks, Code::Aborted, state, state]);
}
