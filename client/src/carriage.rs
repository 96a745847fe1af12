//! What the client sends, and sends again, seen from a server that answers as it is told.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::{Client, Code, Failure, Options, Retries, Token, connect, fresh_request_id, v1};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use prost::Message as _;
use tokio::net::TcpListener;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::Server;
use tonic_types::{ErrorDetails, StatusExt as _};
use tower::Service;

/// A server of events that answers `UNAVAILABLE` as often as it is told, then with an empty message, and remembers what
/// it was sent.
#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    refusals: VecDeque<Status>,
    silent: bool,
    seen: Vec<Seen>,
}

#[derive(Clone, Debug, PartialEq)]
struct Seen {
    authorization: Option<String>,
    timeout: bool,
    body: Vec<u8>,
}

impl NamedService for Scripted {
    const NAME: &'static str = "attache.v1.EventService";
}

impl Scripted {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }

    async fn answer(self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let (parts, body) = request.into_parts();
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let seen = Seen { authorization: text("authorization"), timeout: text("grpc-timeout").is_some(), body };
        let (refusal, silent) = {
            let mut script = self.script();
            script.seen.push(seen);
            (script.refusals.pop_front(), script.silent)
        };
        if silent {
            std::future::pending::<()>().await;
        }
        Ok(match refusal {
            Some(status) => status.into_http(),
            None => empty_answer(),
        })
    }
}

fn empty_answer() -> Response<Body> {
    let mut trailers = http::HeaderMap::new();
    trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
    let body = http_body_util::Full::from(&[0_u8; 5][..]).with_trailers(std::future::ready(Some(Ok(trailers))));
    Response::builder().header("content-type", "application/grpc").body(Body::new(body)).unwrap()
}

impl Service<Request<Body>> for Scripted {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

const QUICK: Retries =
    Retries { count: 2, first_pause: Duration::from_millis(1), longest_pause: Duration::from_millis(2) };

async fn serve(server: &Scripted) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    tokio::spawn(Server::builder().add_service(server.clone()).serve_with_incoming(incoming));
    address
}

async fn client_of(server: &Scripted) -> Client {
    let address = serve(server).await;
    connect(Options { address, token: Some(Token::new("s3cret")), retries: QUICK, ..Options::default() }).await.unwrap()
}

fn refuses(codes: &[Code]) -> Scripted {
    let server = Scripted::default();
    server.script().refusals = codes.iter().map(|code| Status::new(*code, "as told")).collect();
    server
}

/// A server that refuses once, and asks to be left alone for so long.
fn refuses_for(wait: Duration) -> Scripted {
    let server = Scripted::default();
    let details = ErrorDetails::with_retry_info(Some(wait));
    server.script().refusals.push_back(Status::with_error_details(Code::ResourceExhausted, "as told", details));
    server
}

#[tokio::test]
async fn a_read_is_sent_again_until_it_is_answered() {
    let server = refuses(&[Code::Unavailable, Code::Unavailable]);
    let client = client_of(&server).await;

    let event = client.events().get_event(v1::GetEventRequest { name: "events/x".to_owned() }).await.unwrap();

    assert_eq!(event.into_inner(), v1::Event::default());
    assert_eq!(server.script().seen.len(), 3);
}

#[tokio::test]
async fn a_write_with_a_request_id_is_sent_again_byte_for_byte() {
    let server = refuses(&[Code::Unavailable]);
    let client = client_of(&server).await;
    let request =
        v1::CancelEventRequest { name: "events/x".to_owned(), request_id: fresh_request_id(), ..Default::default() };

    client.events().cancel_event(request.clone()).await.unwrap();

    let message = request.encode_to_vec();
    let body = [&[0][..], &u32::try_from(message.len()).unwrap().to_be_bytes(), &message].concat();
    let seen = Seen { authorization: Some("Bearer s3cret".to_owned()), timeout: true, body };
    assert_eq!(server.script().seen, [seen.clone(), seen]);
}

#[tokio::test]
async fn a_write_without_a_request_id_is_sent_once() {
    let server = refuses(&[Code::Unavailable]);
    let client = client_of(&server).await;

    let request = v1::CancelEventRequest { name: "events/x".to_owned(), ..Default::default() };
    let status = client.events().cancel_event(request).await.unwrap_err();

    assert_eq!((status.code(), status.message()), (Code::Unavailable, "as told"));
    assert_eq!(server.script().seen.len(), 1);
}

#[tokio::test]
async fn a_call_that_comes_too_often_is_sent_again_when_the_server_says() {
    let wait = Duration::from_millis(20);
    let server = refuses_for(wait);
    let client = client_of(&server).await;
    let begun = std::time::Instant::now();

    client.events().get_event(v1::GetEventRequest::default()).await.unwrap();

    assert_eq!(server.script().seen.len(), 2);
    assert!(begun.elapsed() >= wait);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let wait = Duration::from_mins(5);
    let server = refuses_for(wait);
    let client = client_of(&server).await;

    let status = client.events().get_event(v1::GetEventRequest::default()).await.unwrap_err();

    assert_eq!((status.code(), Failure::from(status).retry_delay), (Code::ResourceExhausted, Some(wait)));
    assert_eq!(server.script().seen.len(), 1);
}

#[tokio::test]
async fn retries_end_with_the_last_answer() {
    let server = refuses(&[Code::Unavailable; 5]);
    let client = client_of(&server).await;

    let status = client.events().list_events(v1::ListEventsRequest::default()).await.unwrap_err();

    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(server.script().seen.len(), 3);
}

#[tokio::test]
async fn other_refusals_are_not_sent_again() {
    for code in [Code::Aborted, Code::ResourceExhausted] {
        let server = refuses(&[code]);
        let client = client_of(&server).await;

        let status = client.events().get_event(v1::GetEventRequest::default()).await.unwrap_err();

        assert_eq!(status.code(), code);
        assert_eq!(server.script().seen.len(), 1);
    }
}

#[tokio::test]
async fn a_call_without_an_answer_ends_at_its_deadline() {
    let server = Scripted::default();
    server.script().silent = true;
    let address = serve(&server).await;
    let client = connect(Options { address, deadline: Duration::from_millis(50), ..Options::default() }).await.unwrap();

    let status = client.events().get_event(v1::GetEventRequest::default()).await.unwrap_err();

    assert_eq!(status.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_failure_to_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);

    let failure = connect(Options { address: address.clone(), ..Options::default() }).await.unwrap_err();

    assert_eq!(failure.code, Code::Unavailable);
    assert_eq!(failure.to_string(), format!("{address} cannot be reached: Connection refused (os error 111)"));
}
