//! Merges that are taken back: everything is as it was, but for what was changed since.

use attache_client::{
    Code, Failure,
    v1::{self, ErrorReason},
};
use attache_tests::{
    House,
    answers::{Answer as _, verdict},
    boot, by_name, database,
    fixtures::{ZBRA, mask, once, person, text},
    made::Made,
    paperwork::STAMP,
};
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

/// Two people in everything that names people: the first, whom a merge takes away, and one who stands beside them.
#[rustfmt::skip]
const MADE: &[(&str, &str, &str)] = &[
    ("", "PersonService/UpdatePerson", r#"{"person": {"name": "<goes>", "nativeName": "عائشہ خان", "passportName": {"familyName": "KHAN", "givenName": "AYESHA"}, "affiliation": "Indus Valley Cold Storage", "position": "Director"}}"#),
    ("talk", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {$TALK, $FROM, $TO}}"#),
    ("", "SpeakerService/CreateSpeaker", r#"{"parent": "<talk>", "speaker": {"person": "<stays>", "role": "SPEAKER_ROLE_CHAIR"}}"#),
    ("", "SpeakerService/CreateSpeaker", r#"{"parent": "<talk>", "speaker": {"person": "<goes>", "role": "SPEAKER_ROLE_SPEAKER"}}"#),
    ("signing", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {"kind": "SESSION_KIND_SIGNING", "title": {"en": "Signing"}, "startTime": {"localTime": "2023-09-05T14:00", "timeZone": "Asia/Shanghai"}, "endTime": {"localTime": "2023-09-05T15:00", "timeZone": "Asia/Shanghai"}, "signing": {"parties": ["$ZBRA", "<partner>"], "signatories": ["<goes>", "<stays>"], "witnesses": ["<goes>"], "documentTitle": {"en": "Letter of intent"}, "signingParts": [{"person": "<goes>", "party": "$ZBRA"}, {"person": "<stays>", "party": "<partner>"}]}}}"#),
    ("", "ScheduleService/ReleaseSchedule", r#"{"parent": "$EVENT"}"#),
    ("both", "StopService/CreateStop", r#"{"parent": "<itinerary>", "stop": {$MEETING, $FROM, $AT, $TO, "travellers": ["<goes>", "<stays>"]}}"#),
    ("alone", "StopService/CreateStop", r#"{"parent": "<itinerary>", "stop": {$MEETING, $FROM, $AT, $TO, "travellers": ["<goes>"]}}"#),
    ("theirs", "StopService/CreateStop", r#"{"parent": "<itinerary>", "stop": {$MEETING, $FROM, $AT, $TO, "travellers": ["<stays>"]}}"#),
    ("", "StopService/CreateStop", r#"{"parent": "<itinerary>", "stop": {$MEETING, $FROM, $AT, $TO}}"#),
    ("members", "DelegationService/ListDelegationMembers", r#"{"parent": "<delegation>"}"#),
    ("", "NominationService/WithdrawMember", r#"{"name": "<members/members/1/name>"}"#),
    ("diner", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Diners"}, "formFields": [{"id": "diet", "kind": "FORM_FIELD_KIND_TEXT", "label": {"en": "Diet"}}]}, "categoryId": "diner"}"#),
    ("invitation", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<goes>", "category": "$EVENT/categories/delegate"}, "withoutMail": true}"#),
    ("registration", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<diner>", "person": "<goes>", "answers": [{"field": "diet", "values": ["No nuts"]}]}}"#),
    ("letter", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<goes>", "issuer": "$ZBRA", "visitWindow": $WINDOW, "relationship": {"en": "Partners", "zh": "合作伙伴"}, "expenseBearer": "EXPENSE_BEARER_SENDER"}}"#),
];

/// Somebody with a seat in a delegation that is to be approved, and somebody without.
#[rustfmt::skip]
const SEATED: &[(&str, &str, &str)] = &[
    ("stays", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Stays"}}"#),
    ("delegation", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW, "seatQuotas": [{"category": "$EVENT/categories/delegate", "seats": 1}]}}"#),
    ("seats", "DelegationService/NominateMembers", r#"{"parent": "<delegation>", "nominations": [{"newPerson": {"displayName": "Goes"}, "category": "$EVENT/categories/delegate"}]}"#),
];

/// What is looked at to see that nothing is missing.
#[rustfmt::skip]
const SEEN: &[(&str, &str)] = &[
    ("PersonService/ListPersons", r#"{"parent": "$ZBRA"}"#),
    ("RegistrationService/ListRegistrations", r#"{"parent": "$EVENT"}"#),
    ("RegistrationService/GetRegistration", r#"{"name": "<registration>", "view": "REGISTRATION_VIEW_FULL"}"#),
    ("DelegationService/GetDelegation", r#"{"name": "<delegation>"}"#),
    ("DelegationService/ListDelegationMembers", r#"{"parent": "<delegation>"}"#),
    ("StopService/ListStops", r#"{"parent": "<itinerary>"}"#),
    ("LetterService/ListLetters", r#"{"parent": "$EVENT"}"#),
    ("InvitationService/ListInvitations", r#"{"parent": "$EVENT"}"#),
    ("LinkService/ListLinks", r#"{"parent": "$EVENT"}"#),
    ("NoticeService/ListNotices", r#"{"parent": "$EVENT"}"#),
    ("SpeakerService/ListSpeakers", r#"{"parent": "<talk>"}"#),
    ("SessionService/ListSessions", r#"{"parent": "$EVENT"}"#),
    ("ScheduleService/GetSchedule", r#"{"name": "$EVENT/releases/1"}"#),
    ("IdentityDocumentService/ListIdentityDocuments", r#"{"parent": "<goes>"}"#),
    ("IdentityDocumentService/ListIdentityDocuments", r#"{"parent": "<stays>"}"#),
    ("IdentityDocumentService/ReadIdentityDocument", r#"{"name": "<passport>", "purpose": "A test."}"#),
];

/// A house with two people in everything.
async fn two_people() -> (House, Made) {
    let house = boot().await;
    let visit = house.visit_to_beijing().await;
    house.letterhead().await;
    let [goes, stays] = &visit.travellers;
    let partner = v1::Organization { title: Some(text("Partner", "")), ..Default::default() };
    let request = v1::CreateOrganizationRequest { organization: Some(partner), ..Default::default() };
    let partner = house.owner.organizations().create_organization(request).await.done().name;
    let v1::Itinerary { name: itinerary, delegation, .. } = &visit.itinerary;
    let mut made = Made::of([
        ("goes", goes),
        ("stays", stays),
        ("itinerary", itinerary),
        ("delegation", delegation),
        ("partner", &partner),
    ]);
    for (called, rpc, request) in MADE {
        made.make(&house, called, rpc, request).await;
    }
    made.remember("passport", serde_json::json!({ "name": house.passport(goes).await }));
    house.mail().await;
    (house, made)
}

/// All that names people, but how often and when it was changed.
async fn seen(house: &House, made: &Made) -> Vec<Value> {
    let mut seen = Vec::new();
    for (rpc, request) in SEEN {
        let answer = by_name::call(&house.owner, rpc, &made.fill(request)).await;
        let mut answer = answer.unwrap_or_else(|failure| panic!("{rpc}: {failure:?}"));
        forget_changes(&mut answer);
        seen.push(answer);
    }
    seen
}

fn forget_changes(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "etag" && name != "updateTime");
            fields.values_mut().for_each(forget_changes);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_changes),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

async fn merge(house: &House, name: &str, duplicate: &str, paths: &[&str]) -> v1::Person {
    let request = v1::MergePersonsRequest {
        name: name.to_owned(),
        duplicate: duplicate.to_owned(),
        take_mask: mask(paths),
        ..Default::default()
    };
    house.owner.persons().merge_persons(request).await.done()
}

fn undoing(name: &str) -> v1::UndoMergeRequest {
    v1::UndoMergeRequest { name: name.to_owned(), ..Default::default() }
}

async fn undo(house: &House, name: &str) -> Result<v1::Person, Failure> {
    Ok(house.owner.persons().undo_merge(undoing(name)).await?.into_inner())
}

async fn got(house: &House, name: &str) -> Result<v1::Person, Failure> {
    Ok(house.owner.persons().get_person(v1::GetPersonRequest { name: name.to_owned() }).await?.into_inner())
}

async fn people<const N: usize>(house: &House, names: [&str; N]) -> Vec<String> {
    let mut people = Vec::new();
    for name in names {
        let (parent, person) = (ZBRA.to_owned(), Some(person(name, "")));
        let request = v1::CreatePersonRequest { parent, person, ..Default::default() };
        people.push(house.owner.persons().create_person(request).await.done().name);
    }
    people
}

#[tokio::test]
async fn merge_that_is_taken_back_leaves_everything_as_it_was() {
    let (house, made) = two_people().await;
    let (goes, stays) = (made.fill("<goes>"), made.fill("<stays>"));
    let delegate = house.delegate(&goes).await;
    let before = seen(&house, &made).await;

    merge(&house, &stays, &goes, &["display_name", "email"]).await;
    let merged = seen_by(&delegate).await;
    for (rpc, request) in
        SEEN.iter().filter(|(_, request)| !request.contains("<goes>") && !request.contains("<passport>"))
    {
        let answer = by_name::call(&house.owner, rpc, &made.fill(request)).await.unwrap();
        assert!(!answer.to_string().contains(&goes), "{rpc}");
    }
    let back = undo(&house, &goes).await.unwrap();

    assert_eq!((merged.name.as_str(), seen_by(&delegate).await.name), (stays.as_str(), goes.clone()));
    assert_eq!(got(&house, &goes).await, Ok(back));
    for (after, before) in seen(&house, &made).await.into_iter().zip(before) {
        assert_eq!(after, before);
    }
    // The letter is approved with the passport, which opens under the key of the one who is back.
    let request = v1::ApproveLetterRequest { name: made.fill("<letter>"), ..Default::default() };
    assert_eq!(house.owner.letters().approve_letter(request).await.done().state(), v1::LetterState::Approved);
    let verbs = by_name::call(&house.owner, "AuditService/ListChanges", &made.fill(r#"{"parent": "$ZBRA"}"#)).await;
    let told = verbs.unwrap().to_string();
    assert_eq!(
        told.matches(r#""verb":"unmerged""#).count(),
        4,
        "both people, and a document that goes from one to the other"
    );
}

/// Whom somebody who came by a personal link is taken for.
async fn seen_by(delegate: &attache_client::Client) -> v1::Person {
    delegate.public().get_mine(v1::GetMineRequest {}).await.done().person.unwrap()
}

#[tokio::test]
async fn what_came_since_stays_with_who_stayed_and_what_was_changed_since_stays_so() {
    let (house, made) = two_people().await;
    let (goes, stays) = (made.fill("<goes>"), made.fill("<stays>"));
    merge(&house, &stays, &goes, &["affiliation"]).await;
    let photo = Some(v1::PhotoContents { data: STAMP.to_vec() });
    let request = v1::PutIdentityDocumentRequest { parent: stays.clone(), photo, ..Default::default() };
    let photo = house.owner.identity_documents().put_identity_document(request).await.done();
    let link = house.link(&stays).await;
    for (rpc, request) in [
        ("PersonService/UpdatePerson", r#"{"person": {"name": "<stays>", "position": "Minister"}}"#),
        ("StopService/AssignTravellers", r#"{"name": "<alone>", "travellers": []}"#),
        ("SessionService/DeleteSession", r#"{"name": "<signing>"}"#),
        ("RegistrationService/WithdrawRegistration", r#"{"name": "<registration>"}"#),
    ] {
        by_name::call(&house.owner, rpc, &made.fill(request)).await.unwrap();
    }

    undo(&house, &goes).await.unwrap();

    let now = got(&house, &stays).await.unwrap();
    assert_eq!((now.position.as_str(), now.affiliation.as_str(), now.native_name.as_str()), ("Minister", "", ""));
    let seen = seen(&house, &made).await;
    let links: Vec<_> =
        seen[8]["links"].as_array().unwrap().iter().map(|link| (&link["name"], &link["person"])).collect();
    assert_eq!(links, [(&Value::from(link.name), &Value::from(stays.as_str()))]);
    assert_eq!(seen[14]["identityDocuments"].as_array().unwrap().len(), 1);
    assert_eq!(seen[14]["identityDocuments"][0]["name"], photo.name);
    let registration = &seen[2];
    assert_eq!(
        (&registration["person"], &registration["state"]),
        (&goes.clone().into(), &"REGISTRATION_STATE_WITHDRAWN".into())
    );
    assert_eq!(registration["answers"][0]["values"][0], "No nuts");
    let travellers = |index: usize| seen[5]["stops"][index]["travellers"].clone();
    assert_eq!([travellers(0), travellers(2)], [serde_json::json!([goes, stays]), serde_json::json!([stays])]);
    assert_eq!(travellers(1).as_array().map_or(0, Vec::len), 0);
}

#[tokio::test]
async fn what_hangs_on_a_seat_goes_back_with_it_though_it_came_since() {
    let house = boot().await;
    house.forum_with_seats(5).await;
    let mut made = Made::default();
    for (called, rpc, request) in SEATED {
        made.make(&house, called, rpc, request).await;
    }
    let (goes, stays) = (made.fill("<seats/members/0/person>"), made.fill("<stays>"));
    let named = async || {
        let mut named = Vec::new();
        for (rpc, request, path) in [
            ("DelegationService/GetDelegation", r#"{"name": "<delegation>"}"#, "/head"),
            ("DelegationService/ListDelegationMembers", r#"{"parent": "<delegation>"}"#, "/members/0/person"),
            ("RegistrationService/ListRegistrations", r#"{"parent": "$EVENT"}"#, "/registrations/0/person"),
        ] {
            let answer = by_name::call(&house.owner, rpc, &made.fill(request)).await.unwrap();
            named.push(answer.pointer(path).unwrap().as_str().unwrap().to_owned());
        }
        named
    };
    merge(&house, &stays, &goes, &[]).await;
    for (rpc, request) in [
        ("DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<delegation>", "head": "<stays>"}}"#),
        ("DelegationService/ApproveDelegation", r#"{"name": "<delegation>"}"#),
    ] {
        by_name::call(&house.owner, rpc, &made.fill(request)).await.unwrap();
    }
    let merged = named().await;

    undo(&house, &goes).await.unwrap();

    assert_eq!((merged, named().await), (vec![stays; 3], vec![goes; 3]));
}

#[tokio::test]
async fn merges_are_taken_back_in_the_opposite_order_and_names_answer_as_before() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let names = people(&house, ["First", "Second", "Third", "Fourth"]).await;
    let [first, second, third, fourth] = [0, 1, 2, 3].map(|index| names[index].as_str());
    let passport = house.passport(first).await;
    merge(&house, second, first, &[]).await;
    merge(&house, third, second, &[]).await;
    merge(&house, third, fourth, &[]).await;
    let kept_from = async |name: &str| {
        let failure = undo(&house, name).await.unwrap_err();
        assert_eq!((failure.code, failure.is(ErrorReason::MergedSince)), (Code::FailedPrecondition, true));
        assert_eq!(failure.metadata["person"], name);
        failure.metadata["first"].clone()
    };
    let found_as = async |name: &str| got(&house, name).await.unwrap_err().metadata["successor"].clone();

    assert_eq!([kept_from(first).await, kept_from(second).await], [second, fourth]);
    undo(&house, fourth).await.unwrap();
    assert_eq!([found_as(first).await, found_as(second).await], [third, third]);
    undo(&house, second).await.unwrap();
    assert_eq!(
        (found_as(first).await.as_str(), got(&house, second).await.unwrap().display_name),
        (second, "Second".to_owned())
    );
    undo(&house, first).await.unwrap();

    assert_eq!(got(&house, first).await.unwrap().display_name, "First");
    let request = v1::ReadIdentityDocumentRequest { name: passport, purpose: "A test.".to_owned() };
    let read = house.owner.identity_documents().read_identity_document(request).await.done();
    assert_eq!(read.passport.unwrap().family_name, "KHAN");
    // They can be merged again, and that taken back.
    merge(&house, second, first, &[]).await;
    undo(&house, first).await.unwrap();
}

#[tokio::test]
async fn merge_is_taken_back_once_and_not_over_a_change_that_nobody_saw() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let names = people(&house, ["One", "Other"]).await;
    let [one, other] = [0, 1].map(|index| names[index].as_str());
    let merged = merge(&house, one, other, &[]).await;
    let ask = async |request| house.owner.persons().undo_merge(request).await;
    let request = v1::UndoMergeRequest { etag: merged.etag, request_id: once(), ..undoing(other) };

    let stale = ask(v1::UndoMergeRequest { etag: "r9".to_owned(), ..undoing(other) }).await;
    let tried = ask(v1::UndoMergeRequest { validate_only: true, ..undoing(other) }).await.done();
    let still = got(&house, other).await.unwrap_err();
    let back = ask(request.clone()).await.done();
    let again = ask(request).await.done();
    let twice = ask(undoing(other)).await;
    let stayed = ask(undoing(one)).await;
    let nobody = ask(undoing(&other.replace(&other[other.len() - 4..], "0000"))).await;

    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
    assert!(still.is(ErrorReason::PersonMerged), "{still:?}");
    assert_eq!((tried.name.as_str(), &back, back.etag.as_str()), (other, &again, "r2"));
    assert_eq!([verdict(twice), verdict(stayed)], [(Code::FailedPrecondition, ErrorReason::PersonNotMerged); 2]);
    assert_eq!(verdict(nobody), (Code::NotFound, ErrorReason::NotFound));
}

#[tokio::test]
async fn merge_of_which_nothing_was_kept_is_not_taken_back() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let names = people(&house, ["One", "Other"]).await;
    merge(&house, &names[0], &names[1], &[]).await;
    let database = database::opened(database::address(&house.database)).await.unwrap();
    database.execute_unprepared("DELETE FROM merges").await.unwrap();
    database.close().await.unwrap();

    let refused = undo(&house, &names[1]).await.unwrap_err();

    assert_eq!((refused.code, refused.is(ErrorReason::MergeUntraced)), (Code::FailedPrecondition, true));
    assert_eq!(["person", "successor"].map(|key| &refused.metadata[key]), [&names[1], &names[0]]);
}
