//! Who may call what: one line per RPC, checked against the descriptor set, so that no RPC goes without.

use std::collections::BTreeSet;

use attache_client::{Client, Code, v1};
use attache_proto::DESCRIPTOR_SET;
use attache_tests::{boot, fixtures::FORUM};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

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
    ("CategoryService/CreateCategory", r#"{"parent": "EVENT", "category": {"title": {"en": "A"}}}"#, ".xx.."),
    ("CategoryService/DeleteCategory", r#"{"name": "EVENT/categories/none"}"#, ".xx.."),
    ("CategoryService/GetCapacity", r#"{"name": "EVENT/categories/none"}"#, ".xxx."),
    ("CategoryService/GetCategory", r#"{"name": "EVENT/categories/none"}"#, ".xxx."),
    ("CategoryService/ListCategories", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("CategoryService/UpdateCategory", r#"{"category": {"name": "EVENT/categories/none"}}"#, ".xx.."),
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
    ("RegistrationService/ConfirmRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xx.."),
    ("RegistrationService/CreateRegistration",
        r#"{"parent": "EVENT", "registration": {"category": "EVENT/categories/none"}, "newPerson": {"displayName": "A"}}"#, ".xx.."),
    ("RegistrationService/GetRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xxx."),
    ("RegistrationService/ListRegistrations", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("RegistrationService/ReinstateRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xx.."),
    ("RegistrationService/RejectRegistration", r#"{"name": "EVENT/registrations/ID"}"#, ".xx.."),
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
    ("ScheduleService/ListReleases", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("ScheduleService/ReleaseSchedule", r#"{"parent": "EVENT", "validateOnly": true}"#, ".xx.."),
    ("SessionService/CreateSession",
        r#"{"parent": "EVENT", "session": {"kind": "SESSION_KIND_TALK", "title": {"en": "A"}}}"#, ".xx.."),
    ("SessionService/DeleteSession", r#"{"name": "EVENT/sessions/ID"}"#, ".xx.."),
    ("SessionService/GetSession", r#"{"name": "EVENT/sessions/ID"}"#, ".xxx."),
    ("SessionService/ListSessions", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("SessionService/UpdateSession", r#"{"session": {"name": "EVENT/sessions/ID"}}"#, ".xx.."),
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
        house.member(v1::Role::Organizer, "events/launch-2023").await,
    ];

    let mut found = Vec::new();
    for (rpc, request, _) in TABLE {
        let mut rights = String::new();
        for caller in &callers {
            rights.push(if is_barred(call(caller, rpc, request).await) { '.' } else { 'x' });
        }
        found.push((*rpc, rights));
    }

    let expected: Vec<_> = TABLE.iter().map(|(rpc, _, rights)| (*rpc, (*rights).to_owned())).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_rpc_has_a_line_in_the_table() {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();

    let rpcs: BTreeSet<String> = pool
        .services()
        .flat_map(|service| {
            let rpc = |method: prost_reflect::MethodDescriptor| format!("{}/{}", service.name(), method.name());
            service.methods().map(rpc).collect::<Vec<_>>()
        })
        .collect();

    assert_eq!(rpcs, TABLE.iter().map(|(rpc, _, _)| (*rpc).to_owned()).collect());
}

fn is_barred(code: Code) -> bool {
    matches!(code, Code::Unauthenticated | Code::PermissionDenied)
}

/// Calls an RPC by its name, with a request in JSON, and tells the code.
async fn call(client: &Client, rpc: &str, request: &str) -> Code {
    let request = request
        .replace("EVENT", FORUM)
        .replace("ORGANIZATION", "organizations/zbra")
        .replace("ID", "7f1c3f3e-9f57-4b0c-8f29-0f1d2a3b4c5d");
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();
    let (service, method) = rpc.split_once('/').unwrap();
    let service = pool.get_service_by_name(&format!("attache.v1.{service}")).unwrap();
    let method = service.methods().find(|known| known.name() == method).unwrap();
    let message: DynamicMessage =
        DynamicMessage::deserialize(method.input(), &mut serde_json::Deserializer::from_str(&request)).unwrap();
    let path = format!("/attache.v1.{rpc}").parse().unwrap();

    let mut grpc = tonic::client::Grpc::new(client.channel());
    grpc.ready().await.unwrap();
    let streamed = tokio_stream::iter([message.encode_to_vec()]);
    match grpc.streaming(tonic::Request::new(streamed), path, Bytes).await {
        Err(status) => status.code(),
        Ok(response) => match response.into_inner().message().await {
            Err(status) => status.code(),
            Ok(_) => Code::Ok,
        },
    }
}

/// Passes messages through as they are.
#[derive(Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = tonic::Status;

    fn encode(&mut self, message: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), tonic::Status> {
        prost::bytes::BufMut::put_slice(to, &message);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = tonic::Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, tonic::Status> {
        let mut message = vec![0; prost::bytes::Buf::remaining(from)];
        prost::bytes::Buf::copy_to_slice(from, &mut message);
        Ok(Some(message))
    }
}
