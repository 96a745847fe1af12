//! The wire as others speak it: reflection, health, gRPC-Web by hand, plain pages, limits.

use std::collections::BTreeSet;

use attache_client::{Code, v1};
use attache_proto::DESCRIPTOR_SET;
use attache_tests::{
    House,
    answers::{Answer as _, verdict},
    boot, database,
    fixtures::{FORUM, person, registration_of},
};
use prost::Message as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    rooms::add_room,
    sessions::{add_session, placed, talk},
};

/// Speaks HTTP/1.1 by hand: sends a request, and gives the whole answer.
async fn http(house: &House, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head =
        format!("{head}\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", house.address, body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// One message in a gRPC frame.
fn frame(message: &impl prost::Message) -> Vec<u8> {
    let bytes = message.encode_to_vec();
    let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[0][..], &length, &bytes].concat()
}

fn web(method: &str, more: &str) -> String {
    format!("POST /attache.v1.{method} HTTP/1.1\r\ncontent-type: application/grpc-web+proto\r\nx-grpc-web: 1{more}")
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn browser_calls_by_grpc_web_over_http_1() {
    let house = boot().await;
    let origin = "\r\norigin: https://organisers.example.org";

    let answer = http(&house, &web("SystemService/GetInfo", origin), &frame(&v1::GetInfoRequest {})).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(header(&answer, "content-type"), Some("application/grpc-web+proto"));
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("https://organisers.example.org"));
    assert!(header(&answer, "access-control-expose-headers").unwrap().contains("grpc-status"));
    assert!(answer.contains(database::word()) && answer.contains("grpc-status:0"), "{answer}");
}

#[tokio::test]
async fn browser_gets_an_answer_that_was_encoded_before_with_its_end() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let hall = add_room(&house, "main-hall", "Main Hall").await;
    add_session(&house, placed(talk("Keynote"), &hall.name, "09:40", "10:00")).await;
    let request = v1::ReleaseScheduleRequest { parent: FORUM.to_owned(), ..Default::default() };
    house.owner.schedules().release_schedule(request).await.unwrap();

    let request = v1::GetScheduleRequest { name: format!("{FORUM}/schedule"), ..Default::default() };
    let answer = http(&house, &web("ScheduleService/GetSchedule", ""), &frame(&request)).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("Keynote") && answer.contains("grpc-status:0"), "{answer}");
}

#[tokio::test]
async fn preflight_is_answered_for_the_origins_of_the_settings_alone() {
    let house = boot().await;
    let ask = async |origin: &str| {
        let head = format!(
            "OPTIONS /attache.v1.SystemService/GetInfo HTTP/1.1\r\norigin: {origin}\r\n\
             access-control-request-method: POST\r\naccess-control-request-headers: content-type,x-grpc-web"
        );
        let answer = http(&house, &head, b"").await;
        header(&answer, "access-control-allow-origin").map(str::to_owned)
    };

    let allowed = "https://organisers.example.org";
    assert_eq!(ask(allowed).await.as_deref(), Some(allowed));
    assert_eq!(ask("https://organisers.example.org.evil.example").await, None);
}

#[tokio::test]
async fn plain_pages_are_answered_beside_grpc() {
    let house = boot().await;

    let healthy = http(&house, "GET /healthz HTTP/1.1", b"").await;
    let unknown = http(&house, "GET /nothing HTTP/1.1", b"").await;

    assert!(healthy.starts_with("HTTP/1.1 200 OK\r\n") && healthy.contains("ok\n"), "{healthy}");
    assert!(unknown.starts_with("HTTP/1.1 404 Not Found\r\n"), "{unknown}");
}

#[tokio::test]
async fn request_is_named_by_its_caller_or_by_the_server() {
    let house = boot().await;
    let ask = async |id: &'static str| {
        let mut request = tonic::Request::new(v1::GetInfoRequest {});
        if !id.is_empty() {
            request.metadata_mut().insert("x-request-id", id.parse().unwrap());
        }
        let answer = house.owner.system().get_info(request).await.unwrap();
        answer.metadata().get("x-request-id").unwrap().to_str().unwrap().to_owned()
    };

    assert_eq!(ask("chosen-1").await, "chosen-1");
    assert_ne!(ask("not: one").await, "not: one");
    assert_ne!(ask("").await, ask("").await);
    let nobody = house.client(None).await;
    let refused = nobody.events().list_events(v1::ListEventsRequest::default()).await.refused();
    assert!(refused.request_id.is_some());
}

#[tokio::test]
async fn message_beyond_the_limit_is_refused_by_name() {
    let house = boot().await;
    house.forum_with_seats(1).await;
    let huge = registration_of(person(&"a".repeat(5 * 1024 * 1024), "huge@example.org"));

    let refused = house.owner.registrations().create_registration(huge).await.refused();

    assert_eq!(refused.code, Code::ResourceExhausted, "{refused:?}");
    assert!(refused.is(v1::ErrorReason::MessageTooLarge), "{refused:?}");
    assert_eq!(refused.metadata["limit_bytes"], "4194304");
}

#[tokio::test]
async fn refusal_is_told_in_the_language_that_is_asked_for() {
    let house = boot().await;
    let ask = async |language: &'static str| {
        let mut request = tonic::Request::new(v1::GetEventRequest { name: "ciftis".to_owned() });
        request.metadata_mut().insert("accept-language", language.parse().unwrap());
        let refused = house.owner.events().get_event(request).await.refused();
        let field = refused.field_violations[0].translation.clone();
        [refused.translation.clone(), field].map(|told| told.map(|told| (told.language_code, told.text)))
    };
    let told = |language: &str, texts: [&str; 2]| texts.map(|text| Some((language.to_owned(), text.to_owned())));

    assert_eq!(ask("zh-CN,zh;q=0.9").await, told("zh", ["填写有误或未填写。", "填写有误或未填写。"]));
    assert_eq!(
        ask("de").await,
        told("en", ["the request has wrong fields: name expected events/{event}", "expected events/{event}"])
    );
}

#[tokio::test]
async fn late_call_is_given_up_and_told_so() {
    let house = boot().await;
    house.forum_with_seats(2).await;
    let body = frame(&registration_of(person("Late", "late@example.org")));
    let head = format!("\r\nauthorization: Bearer {}\r\ngrpc-timeout: 1n", house.owner_token());

    let answer = http(&house, &web("RegistrationService/CreateRegistration", &head), &body).await;

    assert_eq!(header(&answer, "grpc-status"), Some("4"), "{answer}");
    assert!(header(&answer, "grpc-status-details-bin").is_some() && header(&answer, "x-request-id").is_some());
    // Whether the late call was done is open; whoever sends it again with its request id learns it. Others are not held up.
    let after =
        house.owner.registrations().create_registration(registration_of(person("Next", "next@example.org"))).await;
    assert_eq!(after.done().state(), v1::RegistrationState::Submitted);
}

#[tokio::test]
async fn health_says_that_it_serves() {
    use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};
    let house = boot().await;
    let nobody = house.client(None).await;

    let answer = HealthClient::new(nobody.channel()).check(HealthCheckRequest::default()).await.done();

    assert_eq!(answer.status(), ServingStatus::Serving);
}

/// The services of the protos, health, and reflection in the version that is asked.
fn services_expected(reflection: &str) -> BTreeSet<String> {
    let set = prost_types::FileDescriptorSet::decode(DESCRIPTOR_SET).unwrap();
    let own = set
        .file
        .iter()
        .flat_map(|file| file.service.iter().map(|service| format!("{}.{}", file.package(), service.name())));
    let beside = ["grpc.health.v1.Health", reflection];
    own.chain(beside.map(str::to_owned)).collect()
}

macro_rules! listed {
    ($version:ident, $house:expr) => {{
        use tonic_reflection::pb::$version::{
            ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
            server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
        };
        let ask = ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let asked = tokio_stream::iter([ask]);
        let mut answers =
            ServerReflectionClient::new($house.owner.channel()).server_reflection_info(asked).await.done();
        match answers.message().await.unwrap().unwrap().message_response.unwrap() {
            MessageResponse::ListServicesResponse(list) => {
                list.service.into_iter().map(|service| service.name).collect::<BTreeSet<String>>()
            }
            other => panic!("{other:?}"),
        }
    }};
}

#[tokio::test]
async fn reflection_lists_the_services_in_both_versions() {
    let house = boot().await;

    assert_eq!(listed!(v1, house), services_expected("grpc.reflection.v1.ServerReflection"));
    assert_eq!(listed!(v1alpha, house), services_expected("grpc.reflection.v1alpha.ServerReflection"));
}

#[tokio::test]
async fn call_without_a_token_is_nobodys() {
    let house = boot().await;
    let nobody = house.client(None).await;

    let refused = nobody.events().list_events(v1::ListEventsRequest::default()).await;

    assert_eq!(verdict(refused), (Code::Unauthenticated, v1::ErrorReason::TokenInvalid));
}

/// Every `ERROR_REASON_…` in a text.
fn reasons(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_uppercase() || c == '_';
    text.match_indices("ERROR_REASON_")
        .map(|(at, _)| text[at..].chars().take_while(|c| is_part(*c)).collect())
        .collect()
}

fn sources(folder: &std::path::Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_reason_is_documented_and_every_reason_given_is_one() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let proto = std::fs::read_to_string(root.join("proto/attache/v1/error_reason.proto")).unwrap();
    let mut given = String::new();
    sources(&root.join("server/src"), &mut given);
    sources(&root.join("server/domain/src"), &mut given);

    let lines: Vec<&str> = proto.lines().map(str::trim).collect();
    let values: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].starts_with("ERROR_REASON_")).collect();
    let bare: Vec<&str> = values.iter().filter(|&&at| !lines[at - 1].starts_with("// ")).map(|&at| lines[at]).collect();
    let known: BTreeSet<String> = values.iter().flat_map(|&at| reasons(lines[at])).collect();
    let unknown: Vec<_> =
        reasons(&given).difference(&known).filter(|reason| *reason != "ERROR_REASON_").cloned().collect();

    assert_eq!(bare, [] as [&str; 0]);
    assert_eq!(unknown, [] as [String; 0]);
}
