//! Every RPC that takes a request id: tried before, it keeps nothing; sent again, it answers as it did first; and its id is good for no other.

use std::collections::BTreeSet;

use attache_client::v1::ErrorReason;
use attache_tests::{boot, by_name, fixtures::once, made::Made, paperwork::SCAN};

/// What there is before, made in the same way.
#[rustfmt::skip]
const BEFORE: &[(&str, &str, &str)] = &[
    ("viewer", "AccessService/CreateMember", r#"{"member": {"displayName": "A", "grants": [{"role": "ROLE_VIEWER"}]}}"#),
    ("secret", "AccessService/CreateToken", r#"{"parent": "<viewer>"}"#),
    ("attendee", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "G"}}"#),
    ("invitee", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "Invitee", "email": "invitee@example.org"}}"#),
    ("begun", "FileService/StartUpload", r#"{"parent": "$EVENT", "file": {"fileName": "a.pdf", "mediaType": "application/pdf", "sizeBytes": 1}}"#),
    ("", "FileService/AppendUpload", r#"{"name": "<begun>", "data": "QQ=="}"#),
    ("tight", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Tight"}, "capacity": 2, "offerHours": 1}}"#),
    ("one", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tight>"}, "newPerson": {"displayName": "H"}}"#),
    ("two", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tight>"}, "newPerson": {"displayName": "I"}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tight>"}, "newPerson": {"displayName": "J"}}"#),
    ("", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tight>"}, "newPerson": {"displayName": "K"}}"#),
    ("third", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "<tight>"}, "newPerson": {"displayName": "L"}}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<one>"}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<two>"}"#),
    ("offers", "WaitlistService/ListOffers", r#"{"parent": "$EVENT"}"#),
];

/// A life of a house, in this order: what is made, by which RPC, and by which request; `$ONCE` is its request id, and how it is asked for
/// beside.
#[rustfmt::skip]
const LIFE: &[(&str, &str, &str)] = &[
    ("organization", "OrganizationService/CreateOrganization", r#"{"organization": {"title": {"en": "Guests"}}, "requestId": "$ONCE"}"#),
    ("", "OrganizationService/UpdateOrganization", r#"{"organization": {"name": "<organization>", "email": "guests@example.org"}, "requestId": "$ONCE"}"#),
    ("event", "EventService/CreateEvent", r#"{"event": {"title": {"en": "Another"}, $FROM, $TO, "controller": "$ZBRA"}, "requestId": "$ONCE"}"#),
    ("", "EventService/UpdateEvent", r#"{"event": {"name": "<event>", "contactEmail": "desk@example.org"}, "requestId": "$ONCE"}"#),
    ("", "EventService/CancelEvent", r#"{"name": "<event>", "etag": "r2", "requestId": "$ONCE"}"#),
    ("person", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "A"}, "requestId": "$ONCE"}"#),
    ("", "PersonService/UpdatePerson", r#"{"person": {"name": "<person>", "position": "Director"}, "requestId": "$ONCE"}"#),
    ("double", "PersonService/CreatePerson", r#"{"parent": "$ZBRA", "person": {"displayName": "A"}, "requestId": "$ONCE"}"#),
    ("", "PersonService/MergePersons", r#"{"name": "<person>", "duplicate": "<double>", "requestId": "$ONCE"}"#),
    ("", "PersonService/UndoMerge", r#"{"name": "<double>", "requestId": "$ONCE"}"#),
    ("member", "AccessService/CreateMember", r#"{"member": {"displayName": "A", "grants": [{"role": "ROLE_VIEWER"}]}, "requestId": "$ONCE"}"#),
    ("", "AccessService/UpdateMember", r#"{"member": {"name": "<member>", "displayName": "B"}, "requestId": "$ONCE"}"#),
    ("", "AccessService/RemoveMember", r#"{"name": "<member>", "requestId": "$ONCE"}"#),
    ("", "AccessService/RevokeToken", r#"{"name": "<secret/token/name>", "requestId": "$ONCE"}"#),
    ("category", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Press"}}, "requestId": "$ONCE"}"#),
    ("", "CategoryService/UpdateCategory", r#"{"category": {"name": "<category>", "capacity": 3}, "requestId": "$ONCE"}"#),
    ("", "CategoryService/DeleteCategory", r#"{"name": "<category>", "requestId": "$ONCE"}"#),
    ("registration", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "B"}, "requestId": "$ONCE"}"#),
    ("press", "CategoryService/CreateCategory", r#"{"parent": "$EVENT", "category": {"title": {"en": "Press"}}, "requestId": "$ONCE"}"#),
    ("mover", "RegistrationService/CreateRegistration", r#"{"parent": "$EVENT", "registration": {"category": "$EVENT/categories/delegate"}, "newPerson": {"displayName": "G"}, "requestId": "$ONCE"}"#),
    ("", "RegistrationService/UpdateRegistration", r#"{"registration": {"name": "<mover>", "category": "<press>"}, "requestId": "$ONCE"}"#),
    ("", "RegistrationService/ConfirmRegistration", r#"{"name": "<mover>", "requestId": "$ONCE"}"#),
    ("came", "CheckInService/CheckIn", r#"{"parent": "$EVENT", "registration": "<mover>", "requestId": "$ONCE"}"#),
    ("", "CheckInService/UndoCheckIn", r#"{"name": "<came/checkIn/name>", "requestId": "$ONCE"}"#),
    ("", "RegistrationService/BatchDecide", r#"{"parent": "$EVENT", "names": ["<mover>", "$EVENT/registrations/$NOTHING"], "decision": "REGISTRATION_DECISION_WITHDRAW", "requestId": "$ONCE"}"#),
    ("", "WaitlistService/PromoteRegistration", r#"{"name": "<third>", "reason": "A test.", "requestId": "$ONCE"}"#),
    ("", "WaitlistService/AcceptOffer", r#"{"name": "<offers/offers/0/name>", "requestId": "$ONCE"}"#),
    ("", "WaitlistService/DeclineOffer", r#"{"name": "<offers/offers/1/name>", "requestId": "$ONCE"}"#),
    ("", "RegistrationService/ConfirmRegistration", r#"{"name": "<registration>", "etag": "r1", "requestId": "$ONCE"}"#),
    ("", "RegistrationService/WithdrawRegistration", r#"{"name": "<registration>", "etag": "r2", "requestId": "$ONCE"}"#),
    ("", "RegistrationService/ReinstateRegistration", r#"{"name": "<registration>", "etag": "r3", "requestId": "$ONCE"}"#),
    ("", "RegistrationService/RejectRegistration", r#"{"name": "<registration>", "etag": "r4", "requestId": "$ONCE"}"#),
    ("link", "LinkService/CreateLink", r#"{"parent": "$EVENT", "link": {"person": "<attendee/person>"}, "mail": false, "requestId": "$ONCE"}"#),
    ("", "LinkService/RevokeLink", r#"{"name": "<link>", "requestId": "$ONCE"}"#),
    ("delegation", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}, "requestId": "$ONCE"}"#),
    ("members", "DelegationService/NominateMembers", r#"{"parent": "<delegation>", "nominations": [{"newPerson": {"displayName": "C"}}, {"newPerson": {"displayName": "D"}}], "requestId": "$ONCE"}"#),
    ("", "DelegationService/UpdateDelegation", r#"{"delegation": {"name": "<delegation>", "head": "<members/members/0/person>"}, "updateMask": "head", "requestId": "$ONCE"}"#),
    ("passing", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<members/members/1/person>", "issuer": "$ZBRA", "visitWindow": $WINDOW}, "requestId": "$ONCE"}"#),
    ("", "NominationService/UpdateDelegationMember", r#"{"member": {"name": "<members/members/1/name>", "role": "Interpreter"}, "requestId": "$ONCE"}"#),
    ("replacement", "DelegationService/ReplaceMember", r#"{"name": "<members/members/1/name>", "nomination": {"newPerson": {"displayName": "E"}}, "requestId": "$ONCE"}"#),
    ("", "NominationService/HandOverMember", r#"{"name": "<members/members/1/name>", "items": [{"resource": "<passing>", "effect": "HANDOVER_EFFECT_LETTER_REJECTED"}], "requestId": "$ONCE"}"#),
    ("", "NominationService/WithdrawMember", r#"{"name": "<replacement>", "requestId": "$ONCE"}"#),
    ("", "NominationService/ImportMembers", r#"{"parent": "<delegation>", "file": "<roster>", "requestId": "$ONCE"}"#),
    ("", "NominationService/SetNominationFile", r#"{"name": "<delegation>", "file": "<scan>", "requestId": "$ONCE"}"#),
    ("", "NominationService/SubmitDelegation", r#"{"name": "<delegation>", "requestId": "$ONCE"}"#),
    ("", "NominationService/ReturnDelegation", r#"{"name": "<delegation>", "reason": "A test.", "requestId": "$ONCE"}"#),
    ("", "DelegationService/ApproveDelegation", r#"{"name": "<delegation>", "requestId": "$ONCE"}"#),
    ("lunch", "CheckInListService/CreateCheckInList", r#"{"parent": "$EVENT", "checkInList": {"title": {"en": "Lunch"}, "kind": "CHECK_IN_LIST_KIND_MEAL"}, "requestId": "$ONCE"}"#),
    ("", "CheckInListService/UpdateCheckInList", r#"{"checkInList": {"name": "<lunch>", "date": "2023-09-05"}, "requestId": "$ONCE"}"#),
    ("", "CheckInListService/DeleteCheckInList", r#"{"name": "<lunch>", "requestId": "$ONCE"}"#),
    ("", "CheckInService/RevokeBadges", r#"{"name": "<mover>", "requestId": "$ONCE"}"#),
    ("invitation", "InvitationService/CreateInvitation", r#"{"parent": "$EVENT", "invitation": {"person": "<invitee>", "category": "$EVENT/categories/delegate"}, "withoutMail": true, "requestId": "$ONCE"}"#),
    ("", "InvitationService/RevokeInvitation", r#"{"name": "<invitation>", "requestId": "$ONCE"}"#),
    ("room", "RoomService/CreateRoom", r#"{"parent": "$EVENT", "room": {"title": {"en": "Hall"}}, "requestId": "$ONCE"}"#),
    ("", "RoomService/UpdateRoom", r#"{"room": {"name": "<room>", "floor": "2"}, "requestId": "$ONCE"}"#),
    ("", "RoomService/DeleteRoom", r#"{"name": "<room>", "requestId": "$ONCE"}"#),
    ("session", "SessionService/CreateSession", r#"{"parent": "$EVENT", "session": {$TALK, $FROM, $TO}, "requestId": "$ONCE"}"#),
    ("", "SessionService/UpdateSession", r#"{"session": {"name": "<session>", "title": {"en": "Talks"}}, "requestId": "$ONCE"}"#),
    ("speaker", "SpeakerService/CreateSpeaker", r#"{"parent": "<session>", "speaker": {"person": "<person>", "role": "SPEAKER_ROLE_SPEAKER"}, "requestId": "$ONCE"}"#),
    ("", "SpeakerService/UpdateSpeaker", r#"{"speaker": {"name": "<speaker>", "position": 2}, "requestId": "$ONCE"}"#),
    ("", "SpeakerService/DeleteSpeaker", r#"{"name": "<speaker>", "requestId": "$ONCE"}"#),
    ("", "ScheduleService/ReleaseSchedule", r#"{"parent": "$EVENT", "requestId": "$ONCE"}"#),
    ("", "SessionService/DeleteSession", r#"{"name": "<session>", "requestId": "$ONCE"}"#),
    ("resource", "ResourceService/CreateResource", r#"{"parent": "$EVENT", "resource": {"kind": "RESOURCE_KIND_VEHICLE", "title": {"en": "Van"}, "capacity": 1}, "requestId": "$ONCE"}"#),
    ("", "ResourceService/UpdateResource", r#"{"resource": {"name": "<resource>", "capacity": 2}, "requestId": "$ONCE"}"#),
    ("", "ResourceService/DeleteResource", r#"{"name": "<resource>", "requestId": "$ONCE"}"#),
    ("van", "ResourceService/CreateResource", r#"{"parent": "$EVENT", "resource": {"kind": "RESOURCE_KIND_VEHICLE", "title": {"en": "Van"}, "capacity": 9}, "requestId": "$ONCE"}"#),
    ("idle", "DelegationService/CreateDelegation", r#"{"parent": "$EVENT", "delegation": {$DELEGATION, "seats": 2, "visitWindow": $WINDOW}, "requestId": "$ONCE"}"#),
    ("itinerary", "ItineraryService/CreateItinerary", r#"{"parent": "$EVENT", "itinerary": {"title": {"en": "Visit"}, "delegation": "<idle>", "regionCode": "CN"}, "requestId": "$ONCE"}"#),
    ("", "ItineraryService/UpdateItinerary", r#"{"itinerary": {"name": "<itinerary>", "title": {"en": "A visit"}}, "requestId": "$ONCE"}"#),
    ("stop", "StopService/CreateStop", r#"{"parent": "<itinerary>", "stop": {$MEETING, $FROM, $AT, $TO}, "requestId": "$ONCE"}"#),
    ("", "StopService/UpdateStop", r#"{"stop": {"name": "<stop>", "title": {"en": "Talks"}}, "requestId": "$ONCE"}"#),
    ("", "StopService/AssignTravellers", r#"{"name": "<stop>", "travellers": [], "requestId": "$ONCE"}"#),
    ("", "StopService/AllocateResources", r#"{"name": "<stop>", "allocations": [{"resource": "<van>", "quantity": 1}], "requestId": "$ONCE"}"#),
    ("", "ItineraryService/ReleaseItinerary", r#"{"name": "<itinerary>", "requestId": "$ONCE"}"#),
    ("", "StopService/DeleteStop", r#"{"name": "<stop>", "requestId": "$ONCE"}"#),
    ("", "ItineraryService/CancelItinerary", r#"{"name": "<itinerary>", "requestId": "$ONCE"}"#),
    ("", "DelegationService/WithdrawDelegation", r#"{"name": "<delegation>", "requestId": "$ONCE"}"#),
    ("", "DelegationService/ReinstateDelegation", r#"{"name": "<delegation>", "requestId": "$ONCE"}"#),
    ("letter", "LetterService/RequestLetter", r#"{"parent": "$EVENT", "letter": {$LETTER, "person": "<traveller>", "issuer": "$ZBRA", "visitWindow": $WINDOW, "relationship": {"en": "Partners", "zh": "合作伙伴"}, "expenseBearer": "EXPENSE_BEARER_SENDER"}, "requestId": "$ONCE"}"#),
    ("", "LetterService/ApproveLetter", r#"{"name": "<letter>", "requestId": "$ONCE"}"#),
    ("", "LetterService/RejectLetter", r#"{"name": "<letter>", "reason": "A test.", "requestId": "$ONCE"}"#),
    ("", "LetterService/AttachSealedCopy", r#"{"name": "<issued>", "file": "<scan>", "requestId": "$ONCE"}"#),
    ("", "LetterService/RevokeLetter", r#"{"name": "<issued>", "reason": "A test.", "requestId": "$ONCE"}"#),
    ("document", "IdentityDocumentService/PutIdentityDocument", r#"{"parent": "<person>", "passport": {$PASSPORT}, "requestId": "$ONCE"}"#),
    ("", "IdentityDocumentService/DestroyIdentityDocument", r#"{"name": "<document>", "requestId": "$ONCE"}"#),
    ("", "FileService/StartUpload", r#"{"parent": "$EVENT", "file": {"fileName": "a.pdf", "mediaType": "application/pdf", "sizeBytes": 1}, "requestId": "$ONCE"}"#),
    ("", "FileService/FinishUpload", r#"{"name": "<begun>", "requestId": "$ONCE"}"#),
    ("", "FileService/CreateDownloadLink", r#"{"name": "<begun>", "lifetime": "60s", "requestId": "$ONCE"}"#),
    ("", "FileService/DeleteFile", r#"{"name": "<begun>", "requestId": "$ONCE"}"#),
];

/// Those that are shown beside: a token's secret and what is odd about a list are told once, workers go on with a job, a notice or a reminder between
/// the two answers, and nobody changes their own profile but by a personal link.
const BESIDE: [&str; 10] = [
    "AccessService/CreateToken",
    "CheckInService/ImportAttendance",
    "CheckInService/ImportJoiningLinks",
    "InvitationService/RemindInvitation",
    "JobService/CancelJob",
    "LetterService/IssueLetters",
    "NoticeService/RetryNotice",
    "PublicService/UpdateMine",
    "RegistrationService/ImportRegistrations",
    "ScheduleService/ImportSchedule",
];

#[tokio::test]
async fn every_request_that_is_tried_keeps_nothing_and_sent_again_answers_as_the_first_did() {
    let house = boot().await;
    house.forum_that_issues_letters().await;
    let traveller = house.traveller("عائشہ خان", "").await;
    house.passport(&traveller).await;
    let issued = house.approved_letter("عائشہ خان", "").await.name;
    house.ended(&house.issue(&[&issued]).await.name).await;
    let scan = house.upload("events/ciftis-2023", "scan.pdf", "application/pdf", SCAN).await;
    let roster = house.upload("events/ciftis-2023", "roster.csv", "text/csv", b"Name\nF\n").await;
    let mut made = Made::of([("traveller", &traveller), ("issued", &issued), ("scan", &scan), ("roster", &roster)]);
    for (called, rpc, request) in BEFORE {
        made.make(&house, called, rpc, request).await;
    }

    for (called, rpc, request) in LIFE {
        let id = once();
        let request = made.fill(request);
        let before = house.contents().await;
        let tried =
            by_name::call(&house.owner, rpc, &request.replace("$ONCE\"", &format!("{id}\", \"validateOnly\": true")))
                .await;
        let after = house.contents().await;
        let request = request.replace("$ONCE", &id);
        let first = by_name::call(&house.owner, rpc, &request).await;
        let first = first.unwrap_or_else(|failure| panic!("{rpc} is refused: {failure:?}"));
        let again = by_name::call(&house.owner, rpc, &request).await;
        let other =
            format!(r#"{{"parent": "organizations/zbra", "person": {{"displayName": "Z"}}, "requestId": "{id}"}}"#);
        let other = by_name::call(&house.owner, "PersonService/CreatePerson", &other).await.expect_err(rpc);

        assert!(tried.is_ok(), "{rpc}: {tried:?}");
        let differs = before.iter().zip(&after).find(|(before, after)| before != after);
        assert_eq!(differs, None, "{rpc}");
        assert_eq!(again, Ok(first.clone()), "{rpc}");
        assert!(other.is(ErrorReason::RequestIdReused), "{rpc}: {other:?}");
        made.remember(called, first);
    }
}

#[test]
fn every_rpc_that_takes_a_request_id_is_sent_again() {
    let shown = LIFE.iter().map(|(_, rpc, _)| *rpc).chain(BESIDE).map(str::to_owned);

    assert_eq!(shown.collect::<BTreeSet<_>>(), asked_with("request_id"));
}

#[test]
fn every_rpc_that_takes_a_request_id_can_be_tried() {
    let mut tried = asked_with("validate_only");
    // It takes none, since ending the token twice comes to the same.
    tried.remove("SignInService/SignOut");

    assert_eq!(tried, asked_with("request_id"));
}

/// The RPCs whose requests have a field.
fn asked_with(field: &str) -> BTreeSet<String> {
    let having = by_name::methods().into_iter().filter(|rpc| rpc.input().get_field_by_name(field).is_some());
    having.map(|rpc| by_name::name(&rpc)).collect()
}
