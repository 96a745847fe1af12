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
    ("CategoryService/CreateCategory", r#"{"parent": "EVENT", "category": {"title": {"en": "A"}}}"#, ".xx.."),
    ("CategoryService/DeleteCategory", r#"{"name": "EVENT/categories/none"}"#, ".xx.."),
    ("CategoryService/GetCapacity", r#"{"name": "EVENT/categories/none"}"#, ".xxx."),
    ("CategoryService/GetCategory", r#"{"name": "EVENT/categories/none"}"#, ".xxx."),
    ("CategoryService/ListCategories", r#"{"parent": "EVENT"}"#, ".xxx."),
    ("CategoryService/UpdateCategory", r#"{"category": {"name": "EVENT/categories/none"}}"#, ".xx.."),
    ("EventService/CancelEvent", r#"{"name": "EVENT", "etag": "r0"}"#, ".xx.."),
    ("EventService/CreateEvent", "{}", ".x..."),
    ("EventService/GetEvent", r#"{"name": "EVENT"}"#, ".xxx."),
    ("EventService/ListEvents", "{}", ".xxxx"),
    ("EventService/UpdateEvent", r#"{"event": {"name": "EVENT"}}"#, ".xx.."),
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
    ("SystemService/GetInfo", "{}", "xxxxx"),
];

/// Services whose protos stand before their rooms do; a service that answers leaves this list for the table.
const UNSERVED: &[&str] =
    &["AuditService", "FileService", "IdentityDocumentService", "JobService", "LetterService", "LetterTemplateService"];

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

#[tokio::test]
async fn every_rpc_has_a_line_in_the_table() {
    let house = boot().await;
    let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();
    let (served, unserved): (Vec<_>, Vec<_>) = pool.services().partition(|service| !UNSERVED.contains(&service.name()));

    let rpcs: BTreeSet<String> = served
        .iter()
        .flat_map(|service| service.methods().map(|method| format!("{}/{}", service.name(), method.name())))
        .collect();
    let mut answering = Vec::new();
    for service in unserved {
        let method = service.methods().next().unwrap();
        let rpc = format!("{}/{}", service.name(), method.name());
        if call(&house.owner, &rpc, "{}").await != Code::Unimplemented {
            answering.push(rpc);
        }
    }

    assert_eq!(rpcs, TABLE.iter().map(|(rpc, _, _)| (*rpc).to_owned()).collect());
    assert_eq!(answering, [] as [String; 0], "these answer, and belong into the table");
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
