use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use attache_client::{Options, connect};
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::{BodyExt as _, Full};
use prost::Message;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::Server;

use super::*;
use crate::tree::Api;

/// A server of jobs that answers each list with the next page it was given, and each watch with the next run of jobs;
/// with `UNAVAILABLE` when there is none.
#[derive(Clone, Default)]
struct Prepared {
    watches: Arc<Mutex<VecDeque<Vec<v1::Job>>>>,
    pages: Arc<Mutex<VecDeque<v1::ListJobsResponse>>>,
    asked: Arc<Mutex<Vec<v1::ListJobsRequest>>>,
}

impl NamedService for Prepared {
    const NAME: &'static str = "attache.v1.JobService";
}

impl Prepared {
    async fn answer(self, request: http::Request<Body>) -> Result<Response<Body>, Infallible> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let method = parts.uri.path().rsplit('/').next().unwrap().to_owned();
        let messages: Vec<Vec<u8>> = if method == "ListJobs" {
            self.asked.lock().unwrap().push(v1::ListJobsRequest::decode(&body[5..]).unwrap());
            self.pages.lock().unwrap().pop_front().iter().map(Message::encode_to_vec).collect()
        } else {
            let watch = self.watches.lock().unwrap().pop_front();
            watch.unwrap_or_default().iter().map(Message::encode_to_vec).collect()
        };
        Ok(framed(&messages, if messages.is_empty() { "14" } else { "0" }))
    }
}

fn framed(messages: &[Vec<u8>], code: &'static str) -> Response<Body> {
    let frames = messages.iter().flat_map(|message| {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        [&[0][..], &length, message].concat()
    });
    let trailers = HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from_static(code))]);
    let body = Full::from(frames.collect::<Vec<u8>>()).with_trailers(std::future::ready(Some(Ok(trailers))));
    Response::builder().header("content-type", "application/grpc").body(Body::new(body)).unwrap()
}

impl tower::Service<http::Request<Body>> for Prepared {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

/// A server of changes that closes each watch after one message, breaks every other, and refuses the fourth.
#[derive(Clone, Default)]
struct Watched(Arc<Mutex<Vec<String>>>);

impl NamedService for Watched {
    const NAME: &'static str = "attache.v1.AuditService";
}

impl tower::Service<http::Request<Body>> for Watched {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let Self(asked) = self.clone();
        Box::pin(async move {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let mut asked = asked.lock().unwrap();
            asked.push(v1::WatchChangesRequest::decode(&body[5..]).unwrap().cursor);
            let told = v1::WatchChangesResponse { change: None, cursor: format!("cursor {}", asked.len()) };
            Ok(match asked.len() {
                4 => framed(&[], "7"),
                times => framed(&[told.encode_to_vec()], if times % 2 == 0 { "14" } else { "0" }),
            })
        })
    }
}

#[tokio::test]
async fn a_watch_is_followed_with_the_last_cursor_until_it_is_refused() {
    let server = Watched::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    tokio::spawn(Server::builder().add_service(server.clone()).serve_with_incoming(incoming));
    let client = connect(Options { address, ..Options::default() }).await.unwrap();
    let api = Api::load().unwrap();
    let rpc = api.find(Some("audit"), "watch-changes").unwrap();
    let request = DynamicMessage::new(rpc.method.input());
    let printer = Printer::new(output::Format::Json);

    let refused = follow(&client, &rpc.method, request, &printer).await.unwrap_err();

    assert_eq!(refused.exit_code(), 4);
    assert_eq!(*server.0.lock().unwrap(), ["", "cursor 1", "cursor 2", "cursor 3"]);
}

async fn client_of(server: &Prepared) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    tokio::spawn(Server::builder().add_service(server.clone()).serve_with_incoming(incoming));
    connect(Options { address, ..Options::default() }).await.unwrap()
}

fn job(done: i32, state: v1::JobState) -> v1::Job {
    v1::Job { name: "events/x/jobs/y".to_owned(), done, total: 2, state: state.into(), ..Default::default() }
}

#[tokio::test]
async fn all_pages_are_answered_as_one() {
    let server = Prepared::default();
    let (one, two) = (job(1, v1::JobState::Running), job(2, v1::JobState::Succeeded));
    let page = |job: &v1::Job, token: &str| v1::ListJobsResponse {
        jobs: vec![job.clone()],
        next_page_token: token.to_owned(),
        total_size: 2,
    };
    *server.pages.lock().unwrap() = [page(&one, "2"), page(&two, "")].into();
    let client = client_of(&server).await;
    let api = Api::load().unwrap();
    let rpc = api.find(Some("job"), "list").unwrap();
    let mut request = DynamicMessage::new(rpc.method.input());
    request.set_field_by_name("parent", Value::String("events/x".to_owned()));

    let whole = all(&client, &rpc.method, request).await.unwrap();

    let expected = v1::ListJobsResponse { jobs: vec![one, two], total_size: 2, ..Default::default() };
    assert_eq!(whole.transcode_to::<v1::ListJobsResponse>().unwrap(), expected);
    let asked = |page_token: &str| v1::ListJobsRequest {
        parent: "events/x".to_owned(),
        page_size: LARGEST_PAGE,
        page_token: page_token.to_owned(),
        ..Default::default()
    };
    assert_eq!(*server.asked.lock().unwrap(), [asked(""), asked("2")]);
}

#[tokio::test]
async fn a_job_is_watched_anew_when_the_watch_breaks() {
    let server = Prepared::default();
    let watches = [
        vec![job(0, v1::JobState::Running), job(1, v1::JobState::Running)],
        vec![],
        vec![job(1, v1::JobState::Running), job(2, v1::JobState::Succeeded)],
    ];
    *server.watches.lock().unwrap() = watches.into();
    let client = client_of(&server).await;

    let ended = ended(&client, job(0, v1::JobState::Running)).await.unwrap();

    assert_eq!(ended, job(2, v1::JobState::Succeeded));
}
