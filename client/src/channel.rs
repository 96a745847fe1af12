//! The way to the server, below every handle: it adds the token and the deadline, and repeats what did not get through.
//!
//! It works on frames rather than on messages, so that a repeated call is the same bytes, `request_id` included,
//! whoever made it.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use prost::bytes::Bytes;
use tokio::time::Instant;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use tower::Service;

use crate::methods::{self, Repeatable, Shape};
use crate::retry::{Retries, may_repeat};

const GRPC_TIMEOUT: &str = "grpc-timeout";

/// No deadline is longer: later instants cannot be reckoned with, and nobody waits for them.
const LONGEST_DEADLINE: Duration = Duration::from_hours(24 * 365);

/// Carries every call of a [`Client`](crate::Client) to its server. It is cheap to clone, and its clones share one
/// connection, which is made anew when it breaks.
///
/// A call with one answer is kept until it is answered and repeated as [`Retries`](crate::Retries) says, within its
/// deadline; a stream is passed through.
#[derive(Clone, Debug)]
pub struct Channel {
    transport: tonic::transport::Channel,
    manner: Arc<Manner>,
}

/// How calls are made.
#[derive(Debug)]
pub(crate) struct Manner {
    /// Marked as sensitive, which keeps it out of debug output.
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) deadline: Duration,
    pub(crate) retries: Retries,
}

impl Channel {
    pub(crate) fn new(transport: tonic::transport::Channel, manner: Manner) -> Self {
        Self { transport, manner: Arc::new(manner) }
    }

    async fn carry(mut self, mut request: Request<Body>) -> Result<Response<Body>, Status> {
        if let Some(authorization) = &self.manner.authorization {
            request.headers_mut().entry(AUTHORIZATION).or_insert_with(|| authorization.clone());
        }
        match methods::shape(request.uri().path()) {
            Some(Shape::Unary(repeatable)) => self.carry_unary(request, repeatable).await,
            Some(Shape::Streaming) | None => self.send(request).await,
        }
    }

    async fn carry_unary(&mut self, request: Request<Body>, repeatable: Repeatable) -> Result<Response<Body>, Status> {
        let given = request.headers().get(GRPC_TIMEOUT).and_then(read_timeout);
        let end = Instant::now() + given.unwrap_or(self.manner.deadline).min(LONGEST_DEADLINE);
        let (parts, body) = request.into_parts();
        let frame = body.collect().await?.to_bytes();
        let retries = if may_repeat(repeatable, &frame) { self.manner.retries } else { Retries::NONE };

        let attempts = async {
            for retry in 0.. {
                let mut request =
                    Request::from_parts(parts.clone(), Body::new(http_body_util::Full::new(frame.clone())));
                request
                    .headers_mut()
                    .insert(GRPC_TIMEOUT, write_timeout(end.saturating_duration_since(Instant::now())));
                let answer = self.ask(request).await;
                let pause = match not_now(&answer) {
                    Some(asked) if retry < retries.count => asked.saturating_add(retries.pause(retry)),
                    Some(_) | None => return answer.map(Answer::into_response),
                };
                if pause >= end.saturating_duration_since(Instant::now()) {
                    return answer.map(Answer::into_response);
                }
                tokio::time::sleep(pause).await;
            }
            Err(too_late())
        };
        tokio::time::timeout_at(end, attempts).await.unwrap_or_else(|_| Err(too_late()))
    }

    /// Sends a request and takes the whole answer, trailers included: only they tell whether it was answered.
    async fn ask(&mut self, request: Request<Body>) -> Result<Answer, Status> {
        let (parts, body) = self.send(request).await?.into_parts();
        let body = body.collect().await.map_err(|status| lost_connection(&status))?;
        Ok(Answer { parts, body })
    }

    async fn send(&mut self, request: Request<Body>) -> Result<Response<Body>, Status> {
        poll_fn(|cx| self.transport.poll_ready(cx)).await.map_err(|error| lost_connection(&error))?;
        self.transport.call(request).await.map_err(|error| lost_connection(&error))
    }
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

    // Each attempt waits until the connection is ready, so the channel always is.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().carry(request))
    }
}

/// A whole answer.
struct Answer {
    parts: http::response::Parts,
    body: http_body_util::Collected<Bytes>,
}

impl Answer {
    fn into_response(self) -> Response<Body> {
        Response::from_parts(self.parts, Body::new(self.body))
    }
}

/// Tells whether an answer is one only for now, and if so, for how long it asks to be left alone: nobody answered, or
/// somebody did, the server or a proxy for it, that it is not there for now, or that the caller comes too often.
fn not_now(answer: &Result<Answer, Status>) -> Option<Duration> {
    let (parts, body) = match answer {
        Ok(Answer { parts, body }) => (parts, body),
        Err(status) => return (status.code() == Code::Unavailable).then_some(Duration::ZERO),
    };
    let Some(status) =
        Status::from_header_map(&parts.headers).or_else(|| body.trailers().and_then(Status::from_header_map))
    else {
        let is_for_now = [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
        return is_for_now.contains(&parts.status).then_some(Duration::ZERO);
    };
    let asked = status.get_details_retry_info().and_then(|info| info.retry_delay);
    if status.code() == Code::Unavailable {
        return Some(asked.unwrap_or_default());
    }
    // Where places or sizes are exhausted no time is told, since none helps.
    asked.filter(|_| status.code() == Code::ResourceExhausted)
}

/// Says what a broken connection means to the caller: `UNAVAILABLE`, with the last cause as the reason, unless the time
/// was up.
fn lost_connection(error: &(dyn Error + 'static)) -> Status {
    let mut cause = error;
    loop {
        if cause.is::<tonic::TimeoutExpired>() {
            return too_late();
        }
        match cause.source() {
            Some(source) => cause = source,
            None => break,
        }
    }
    Status::unavailable(format!("the connection to the server failed: {cause}"))
}

fn too_late() -> Status {
    Status::deadline_exceeded("the server did not answer within the deadline")
}

/// Writes a duration as `grpc-timeout` takes it: at most eight digits and a unit.
fn write_timeout(left: Duration) -> HeaderValue {
    let (count, unit) = if left < Duration::from_secs(100) {
        (left.as_micros(), 'u')
    } else {
        (u128::from(left.as_secs()).min(99_999_999), 'S')
    };
    // Digits and a letter always make a header; the other branch cannot be reached.
    HeaderValue::from_str(&format!("{count}{unit}")).unwrap_or_else(|_| HeaderValue::from_static("30S"))
}

fn read_timeout(header: &HeaderValue) -> Option<Duration> {
    let text = header.to_str().ok()?;
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: u64 = count.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count.saturating_mul(3600))),
        "M" => Some(Duration::from_secs(count.saturating_mul(60))),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_they_are_written() {
        let back = |left| read_timeout(&write_timeout(left));

        assert_eq!(back(Duration::from_millis(1500)), Some(Duration::from_millis(1500)));
        assert_eq!(back(Duration::from_hours(24)), Some(Duration::from_hours(24)));
        assert_eq!(write_timeout(Duration::from_secs(30)), "30000000u");
        assert_eq!(read_timeout(&HeaderValue::from_static("2M")), Some(Duration::from_mins(2)));
        assert_eq!(read_timeout(&HeaderValue::from_static("")), None);
        assert_eq!(read_timeout(&HeaderValue::from_static("30")), None);
    }
}
