//! Who may call what: one line per RPC, checked against the descriptor set, so that no RPC goes without.

use std::collections::BTreeSet;

use attache_client::{
    Code,
    v1::{self, ErrorReason},
};
use attache_tests::{
    boot, by_name,
    fixtures::{FORUM, LAUNCH, ZBRA},
};

/// Every RPC, what it is asked, and who is let through (`x`) or refused for want of a token or role (`.`):
/// no token, the owner, an organiser of the forum, a viewer of the forum, an organiser of another event.
///
/// What is asked need not be there, only well formed: rights are looked at before existence.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str)] = &[
    ("AccessService/CreateMember", r#"{"member": {"displayName": "A", "grants": [{"role": "ROLE_VIEWER"}]}}"#, ".x..."),
    ("AccessService/CreateToken", r#"{"parent": "members/ID"}"#, ".x..."),
    ("AccessService/ListMembers", "{}", ".x..."),
    ("AccessService/ListTokens", r#"{"parent": "members/ID"}"#, ".x..."),
    ("AccessService/RemoveMember", r#"{"name": "members/ID"}"#, ".x..."),
    ("AccessService/RevokeToken", r#"{"name": "members/ID/tokens/ID"}"#, ".x..."),
    ("AccessService/WhoAmI", "{}", ".xxxx"),
    ("AuditService/ListChanges", r#"{"parent": "EVENT"}"#, ".xx.."),
    ("AuditService/ListChanges", r#"{"parent": "installation"}"#, ".x..."),
    ("AuditService/WatchChanges", r#"{"parent": "EVENT"}"#, ".xx.."),
    ("AuditService/WatchChanges", r#"{"parent": "installation"}"#, ".x..."),
    ("CategoryService/CreateCategory", r#"{"parent": "EVENT", "category": {"title": {"en": "A"}}}"#, ".xx.."),
    ("CategoryService/DeleteCategory", r#"{"name": "EVENT/categories/none"}"#, ".xx.."),
    ("CategoryService/GetCapacity", r#"{"name": "EVENT/categories/none"}"#, ".xxx."),
    ("CategoryService/GetCategory", r#"{"name": "EVENT/categories/none"}"#, ".xxx."),
    ("CategoryService/ListCategories", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("CategoryService/UpdateCategory", r#"{"category": {"name": "EVENT/categories/none"}}"#, ".xx.."),
    ("CheckInService/CheckIn", r#"{"parent": "EVENT", "registration": "EVENT/registrations/ID"}"#, ".xx.."),
    ("CheckInService/ListCheckIns", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("CheckInService/SyncCheckIns",
        r#"{"parent": "EVENT", "scans": [{"scanId": "ID", "registration": "EVENT/registrations/ID"}]}"#, ".xx.."),
    ("CheckInService/UndoCheckIn", r#"{"name": "EVENT/checkIns/ID"}"#, ".xx.."),
    ("DelegationService/ApproveDelegation", r#"{"name": "EVENT/delegations/ID"}"#, ".xx.."),
    ("DelegationService/CreateDelegation",
        r#"{"parent": "EVENT", "delegation": {"title": {"en": "A"}, "sender": "ORGANIZATION", "seats": 1, "visitWindow": {"startDate": "2023-09-03", "endDate": "2023-09-08", "cities": [{"en": "A"}]}}}"#, ".xx.."),
    ("DelegationService/GetDelegation", r#"{"name": "EVENT/delegations/ID"}"#, ".xxx."),
    ("DelegationService/ListDelegationMembers", r#"{"parent": "EVENT/delegations/ID"}"#, ".xxx."),
    ("DelegationService/ListDelegations", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("DelegationService/NominateMembers",
        r#"{"parent": "EVENT/delegations/ID", "nominations": [{"person": "ORGANIZATION/persons/ID"}]}"#, ".xx.."),
    ("DelegationService/ReplaceMember",
        r#"{"name": "EVENT/delegations/ID/members/ID", "nomination": {"person": "ORGANIZATION/persons/ID"}}"#, ".xx.."),
    ("DelegationService/UpdateDelegation", r#"{"delegation": {"name": "EVENT/delegations/ID"}}"#, ".xx.."),
    ("DelegationService/WithdrawDelegation", r#"{"name": "EVENT/delegations/ID"}"#, ".xx.."),
    ("EventService/CancelEvent", r#"{"name": "EVENT", "etag": "r0"}"#, ".xx.."),
    ("EventService/CreateEvent", "{}", ".x..."),
    ("EventService/GetEvent", r#"{"name": "EVENT"}"#, ".xxx."),
    ("EventService/ListEvents", "{}", ".xxxx"),
    ("EventService/UpdateEvent", r#"{"event": {"name": "EVENT"}}"#, ".xx.."),
    ("FileService/AppendUpload", r#"{"name": "EVENT/files/ID", "data": "QQ=="}"#, ".xx.."),
    ("FileService/DeleteFile", r#"{"name": "EVENT/files/ID"}"#, ".xx.."),
    ("FileService/DownloadFile", r#"{"name": "EVENT/files/ID"}"#, ".xx.."),
    ("FileService/FinishUpload", r#"{"name": "EVENT/files/ID"}"#, ".xx.."),
    ("FileService/GetFile", r#"{"name": "EVENT/files/ID"}"#, ".xx.."),
    ("FileService/StartUpload",
        r#"{"parent": "EVENT", "file": {"fileName": "a.png", "mediaType": "image/png", "sizeBytes": 1}}"#, ".xx.."),
    ("IdentityDocumentService/CheckIdentityDocument", r#"{"machineReadableZone": "A"}"#, ".xxxx"),
    ("IdentityDocumentService/DestroyIdentityDocument", r#"{"name": "ORGANIZATION/persons/ID/identityDocuments/ID"}"#, ".xx.."),
    ("IdentityDocumentService/ListIdentityDocuments", r#"{"parent": "ORGANIZATION/persons/ID"}"#, ".xx.."),
    ("IdentityDocumentService/PutIdentityDocument",
        r#"{"parent": "ORGANIZATION/persons/ID", "passport": {"number": "A1", "issuingStateCode": "UTO", "nationalityCode": "UTO", "familyName": "A", "birthDate": "1984-02-29", "expireDate": "2029-04-30"}}"#, ".xx.."),
    ("IdentityDocumentService/ReadIdentityDocument",
        r#"{"name": "ORGANIZATION/persons/ID/identityDocuments/ID", "purpose": "a test"}"#, ".xx.."),
    ("ItineraryService/CancelItinerary", r#"{"name": "EVENT/itineraries/ID"}"#, ".xx.."),
    ("ItineraryService/CheckItinerary", r#"{"name": "EVENT/itineraries/ID"}"#, ".xxx."),
    ("ItineraryService/CreateItinerary",
        r#"{"parent": "EVENT", "itinerary": {"title": {"en": "A"}, "delegation": "EVENT/delegations/ID", "regionCode": "CN"}}"#, ".xx.."),
    ("ItineraryService/GetItinerary", r#"{"name": "EVENT/itineraries/ID"}"#, ".xxx."),
    ("ItineraryService/ListItineraries", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("ItineraryService/ReleaseItinerary", r#"{"name": "EVENT/itineraries/ID"}"#, ".xx.."),
    ("ItineraryService/UpdateItinerary", r#"{"itinerary": {"name": "EVENT/itineraries/ID"}}"#, ".xx.."),
    ("JobService/GetJob", r#"{"name": "EVENT/jobs/ID"}"#, ".xxx."),
    ("JobService/ListJobs", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("JobService/WatchJob", r#"{"name": "EVENT/jobs/ID"}"#, ".xxx."),
    ("LetterService/ApproveLetter", r#"{"name": "EVENT/letters/ID"}"#, ".xx.."),
    ("LetterService/GetLetter", r#"{"name": "EVENT/letters/ID"}"#, ".xxx."),
    ("LetterService/IssueLetters", r#"{"parent": "EVENT", "names": ["EVENT/letters/ID"]}"#, ".xx.."),
    ("LetterService/ListLetters", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("LetterService/RejectLetter", r#"{"name": "EVENT/letters/ID"}"#, ".xx.."),
    ("LetterService/RequestLetter",
        r#"{"parent": "EVENT", "letter": {"person": "ORGANIZATION/persons/ID", "issuer": "ORGANIZATION", "letterTemplate": "letterTemplates/generic", "regionCode": "CN", "visitWindow": {"startDate": "2023-09-03", "endDate": "2023-09-08", "cities": [{"en": "A"}]}}}"#, ".xx.."),
    ("LetterService/RevokeLetter", r#"{"name": "EVENT/letters/ID", "reason": "a test"}"#, ".xx.."),
    ("LetterService/VerifyLetter", r#"{"code": "00000000000000000000000000"}"#, "xxxxx"),
    ("LetterTemplateService/GetLetterTemplate", r#"{"name": "letterTemplates/generic"}"#, ".xxxx"),
    ("LetterTemplateService/ListDestinations", "{}", ".xxxx"),
    ("LetterTemplateService/ListLetterTemplates", "{}", ".xxxx"),
    ("NoticeService/GetNotice", r#"{"name": "EVENT/notices/ID"}"#, ".xxx."),
    ("NoticeService/ListNotices", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("NoticeService/RetryNotice", r#"{"name": "EVENT/notices/ID"}"#, ".xx.."),
    ("OrganizationService/CreateOrganization", "{}", ".x..."),
    ("OrganizationService/GetOrganization", r#"{"name": "ORGANIZATION"}"#, ".xxxx"),
    ("OrganizationService/ListOrganizations", "{}", ".xxxx"),
    ("OrganizationService/UpdateOrganization", r#"{"organization": {"name": "ORGANIZATION"}}"#, ".xx.."),
    ("PersonService/CreatePerson", r#"{"parent": "ORGANIZATION", "person": {"displayName": "A"}}"#, ".xx.."),
    ("PersonService/GetPerson", r#"{"name": "ORGANIZATION/persons/ID"}"#, ".xx.."),
    ("PersonService/ListPersons", r#"{"parent": "ORGANIZATION"}"#, ".xx.."),
    ("PersonService/UpdatePerson", r#"{"person": {"name": "ORGANIZATION/persons/ID"}}"#, ".xx.."),
    ("PublicService/ConfirmSubmission", r#"{"name": "events/nowhere/submissions/ID", "code": "00000000"}"#, "xxxxx"),
    ("PublicService/GetForm", r#"{"name": "EVENT/categories/none"}"#, "xxxxx"),
    ("PublicService/GetPublicEvent", r#"{"name": "EVENT"}"#, "xxxxx"),
    ("PublicService/SubmitRegistration",
        r#"{"parent": "EVENT/categories/none", "person": {"displayName": "A", "email": "a@example.org"}}"#, "xxxxx"),
    ("ReadinessService/CheckPresence",
        r#"{"parent": "EVENT", "persons": ["ORGANIZATION/persons/ID"], "startTime": {"localTime": "2023-09-04T12:00", "timeZone": "Asia/Shanghai"}, "endTime": {"localTime": "2023-09-04T13:00", "timeZone": "Asia/Shanghai"}, "city": "A", "regionCode": "CN"}"#, ".xxx."),
    ("ReadinessService/GetReadiness", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("RegistrationService/BatchDecide",
        r#"{"parent": "EVENT", "names": ["EVENT/registrations/ID"], "decision": "REGISTRATION_DECISION_CONFIRM"}"#, ".xx.."),
    ("RegistrationService/ConfirmRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xx.."),
    ("RegistrationService/CreateRegistration",
        r#"{"parent": "EVENT", "registration": {"category": "EVENT/categories/none"}, "newPerson": {"displayName": "A"}}"#, ".xx.."),
    ("RegistrationService/GetRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xxx."),
    ("RegistrationService/ListRegistrations", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("RegistrationService/ReinstateRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xx.."),
    ("RegistrationService/RejectRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xx.."),
    ("RegistrationService/UpdateRegistration", r#"{"registration": {"name": "EVENT/registrations/ID"}}"#, ".xx.."),
    ("RegistrationService/WithdrawRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xx.."),
    ("ResourceService/CreateResource",
        r#"{"parent": "EVENT", "resource": {"kind": "RESOURCE_KIND_VEHICLE", "title": {"en": "A"}, "capacity": 1}}"#, ".xx.."),
    ("ResourceService/DeleteResource", r#"{"name": "EVENT/resources/ID"}"#, ".xx.."),
    ("ResourceService/GetResource", r#"{"name": "EVENT/resources/ID"}"#, ".xxx."),
    ("ResourceService/ListResources", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("ResourceService/UpdateResource", r#"{"resource": {"name": "EVENT/resources/ID"}}"#, ".xx.."),
    ("RoomService/CreateRoom", r#"{"parent": "EVENT", "room": {"title": {"en": "A"}}}"#, ".xx.."),
    ("RoomService/DeleteRoom", r#"{"name": "EVENT/rooms/none"}"#, ".xx.."),
    ("RoomService/GetRoom", r#"{"name": "EVENT/rooms/none"}"#, ".xxx."),
    ("RoomService/ListRooms", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("RoomService/UpdateRoom", r#"{"room": {"name": "EVENT/rooms/none"}}"#, ".xx.."),
    ("ScheduleService/CheckSchedule", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("ScheduleService/ExportSchedule", r#"{"name": "EVENT/draft", "format": "SCHEDULE_FORMAT_XML"}"#, ".xxx."),
    ("ScheduleService/GetSchedule", r#"{"name": "EVENT/schedule"}"#, "xxxxx"),
    ("ScheduleService/ImportSchedule", r#"{"parent": "EVENT", "file": "EVENT/files/ID"}"#, ".xx.."),
    ("ScheduleService/ListReleases", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("ScheduleService/PreviewRelease", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("ScheduleService/ReleaseSchedule", r#"{"parent": "EVENT", "validateOnly": true}"#, ".xx.."),
    ("ScheduleService/WatchSchedule", r#"{"parent": "EVENT"}"#, "xxxxx"),
    ("SessionService/CreateSession",
        r#"{"parent": "EVENT", "session": {"kind": "SESSION_KIND_TALK", "title": {"en": "A"}}}"#, ".xx.."),
    ("SessionService/DeleteSession", r#"{"name": "EVENT/sessions/ID"}"#, ".xx.."),
    ("SessionService/GetSession", r#"{"name": "EVENT/sessions/ID"}"#, ".xxx."),
    ("SessionService/ListSessions", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("SessionService/UpdateSession", r#"{"session": {"name": "EVENT/sessions/ID"}}"#, ".xx.."),
    ("SignInService/CompleteSignIn", r#"{"email": "a@example.org", "code": "00000000"}"#, "xxxxx"),
    ("SignInService/RequestSignIn", r#"{"email": "a@example.org"}"#, "xxxxx"),
    ("SignInService/SignOut", r#"{"validateOnly": true}"#, ".xxxx"),
    ("SpeakerService/CreateSpeaker",
        r#"{"parent": "EVENT/sessions/ID", "speaker": {"person": "ORGANIZATION/persons/ID"}}"#, ".xx.."),
    ("SpeakerService/DeleteSpeaker", r#"{"name": "EVENT/sessions/ID/speakers/ID"}"#, ".xx.."),
    ("SpeakerService/GetSpeaker", r#"{"name": "EVENT/sessions/ID/speakers/ID"}"#, ".xxx."),
    ("SpeakerService/ListSpeakers", r#"{"parent": "EVENT/sessions/ID"}"#, ".xxx."),
    ("SpeakerService/UpdateSpeaker", r#"{"speaker": {"name": "EVENT/sessions/ID/speakers/ID"}}"#, ".xx.."),
    ("StopService/AllocateResources",
        r#"{"name": "EVENT/itineraries/ID/stops/ID", "allocations": [{"resource": "EVENT/resources/ID", "quantity": 1}]}"#, ".xx.."),
    ("StopService/AssignTravellers",
        r#"{"name": "EVENT/itineraries/ID/stops/ID", "travellers": ["ORGANIZATION/persons/ID"]}"#, ".xx.."),
    ("StopService/CreateStop",
        r#"{"parent": "EVENT/itineraries/ID", "stop": {"kind": "STOP_KIND_MEAL", "title": {"en": "A"}, "startTime": {"localTime": "2023-09-04T12:00", "timeZone": "Asia/Shanghai"}, "startPlace": {"title": {"en": "A"}, "city": "A", "regionCode": "CN"}, "endTime": {"localTime": "2023-09-04T13:00", "timeZone": "Asia/Shanghai"}}}"#, ".xx.."),
    ("StopService/DeleteStop", r#"{"name": "EVENT/itineraries/ID/stops/ID"}"#, ".xx.."),
    ("StopService/GetStop", r#"{"name": "EVENT/itineraries/ID/stops/ID"}"#, ".xxx."),
    ("StopService/ListStops", r#"{"parent": "EVENT/itineraries/ID"}"#, ".xxx."),
    ("StopService/UpdateStop", r#"{"stop": {"name": "EVENT/itineraries/ID/stops/ID"}}"#, ".xx.."),
    ("SystemService/GetInfo", "{}", "xxxxx"),
    ("WaitlistService/AcceptOffer", r#"{"name": "EVENT/offers/ID"}"#, ".xx.."),
    ("WaitlistService/DeclineOffer", r#"{"name": "EVENT/offers/ID"}"#, ".xx.."),
    ("WaitlistService/GetOffer", r#"{"name": "EVENT/offers/ID"}"#, ".xxx."),
    ("WaitlistService/ListOffers", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("WaitlistService/PromoteRegistration", r#"{"name": "EVENT/registrations/ID", "reason": "a test"}"#, ".xx.."),
];

#[tokio::test]
async fn every_rpc_lets_through_whom_the_table_says() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let callers = [
        house.client(None).await,
        house.client(Some(house.owner_token())).await,
        house.member(v1::Role::Organizer, FORUM).await,
        house.member(v1::Role::Viewer, FORUM).await,
        house.member(v1::Role::Organizer, LAUNCH).await,
    ];

    let mut found = Vec::new();
    for (rpc, request, _) in TABLE {
        let mut rights = String::new();
        for caller in &callers {
            let answer = by_name::call(caller, rpc, &filled(request, FORUM, ZBRA)).await;
            let barred = [Code::Unauthenticated, Code::PermissionDenied];
            rights.push(if answer.is_err_and(|failure| barred.contains(&failure.code)) { '.' } else { 'x' });
        }
        found.push((*rpc, rights));
    }

    let expected: Vec<_> = TABLE.iter().map(|(rpc, _, rights)| (*rpc, (*rights).to_owned())).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_rpc_has_a_line_in_the_table() {
    let rpcs: BTreeSet<String> = by_name::methods().iter().map(by_name::name).collect();

    assert_eq!(rpcs, TABLE.iter().map(|(rpc, _, _)| (*rpc).to_owned()).collect());
}

/// Every RPC about an event, an organisation or a member is asked about one that does not exist: of the owner, who may, and of a stranger.
#[tokio::test]
async fn what_does_not_exist_is_not_found_by_who_may_see_it_and_barred_to_who_may_not() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    house.foreign_event().await;
    let owner = &house.owner;
    let stranger = house.member(v1::Role::Organizer, LAUNCH).await;
    let places = ["EVENT", "ORGANIZATION", "members/ID"];
    let about_a_place = TABLE.iter().filter(|(_, request, _)| places.iter().any(|place| request.contains(place)));

    let mut found = Vec::new();
    let mut expected = Vec::new();
    for (rpc, request, rights) in about_a_place {
        let request = filled(request, "events/nowhere", "organizations/nobody");
        let refused = by_name::call(owner, rpc, &request).await.expect_err(rpc);
        let barred = by_name::call(&stranger, rpc, &request).await.expect_err(rpc);
        found.push((*rpc, refused.code, refused.is(ErrorReason::NotFound), barred.code));
        let to_stranger = if rights.ends_with('x') { Code::NotFound } else { Code::PermissionDenied };
        expected.push((*rpc, Code::NotFound, true, to_stranger));
    }

    assert_eq!(found, expected);
    let lists = found.iter().filter(|(rpc, ..)| rpc.contains("/List"));
    assert_eq!(lists.count(), lists_below_something());
}

/// A list below a session, a delegation, an itinerary or a person that its event or organisation does not have.
#[tokio::test]
async fn list_below_what_an_event_or_organisation_does_not_have_is_not_found() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let nested = TABLE.iter().filter(|(rpc, request, _)| rpc.contains("/List") && request.contains("/ID"));

    let mut found = Vec::new();
    for (rpc, request, _) in nested {
        let refused = by_name::call(&house.owner, rpc, &filled(request, FORUM, ZBRA)).await.expect_err(rpc);
        found.push((rpc.split_once("/List").map(|(_, listed)| listed), refused.is(ErrorReason::NotFound)));
    }

    let lists = ["DelegationMembers", "IdentityDocuments", "Speakers", "Stops", "Tokens"];
    found.sort_unstable();
    assert_eq!(found, lists.map(|listed| (Some(listed), true)));
}

/// How many RPCs of the descriptor set list what lies below a parent.
fn lists_below_something() -> usize {
    by_name::methods()
        .iter()
        .filter(|method| method.name().starts_with("List") && method.input().get_field_by_name("parent").is_some())
        .count()
}

/// A request of the table, about an event and an organisation.
fn filled(request: &str, event: &str, organization: &str) -> String {
    let request = request.replace("EVENT", event).replace("ORGANIZATION", organization);
    request.replace("ID", "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d")
}
