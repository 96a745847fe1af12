//! The gate that every call passes: it finds the caller, counts those without a valid token, names the request, keeps the deadline, tells a
//! refusal in the caller's language and writes one line of log.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use attache_domain::authority::Identity;
use http::{HeaderMap, HeaderValue, Request, Response, header::AUTHORIZATION};
use tonic::{Code, Status, body::Body};
use tower::{BoxError, Layer, Service};
use tracing::Instrument as _;

use super::{
    language::{language, localized},
    status::status,
};
use crate::{
    app::App,
    ids,
    limits::{Count, Limits, Origin},
    store::{Bearer, Presented},
};

/// The header a request is named by; a caller may choose the name, the answer tells it.
const REQUEST_ID: &str = "x-request-id";
/// In which a caller says which compression it takes.
const ACCEPT_ENCODING: &str = "grpc-accept-encoding";
/// The longest time a unary call may take, whatever its caller allows.
const LONGEST_CALL: Duration = Duration::from_mins(2);

/// How much sooner than its deadline a call is given up, so that the caller is still there to be told.
const MARGIN: Duration = Duration::from_millis(5);

/// The service that tells load balancers how the server is; they have no token, and it is not counted how often they ask.
const HEALTH: &str = "/grpc.health.v1.Health/";

/// Lays the gate before a service.
#[derive(Clone)]
pub struct GateLayer {
    app: Arc<App>,
    limits: Arc<Limits>,
}

/// A service behind the gate.
#[derive(Clone)]
pub struct Gate<S> {
    inner: S,
    app: Arc<App>,
    limits: Arc<Limits>,
}

impl GateLayer {
    /// Makes a gate that knows the tokens of an app, and counts who comes without one.
    pub fn new(app: Arc<App>, limits: Arc<Limits>) -> Self {
        Self { app, limits }
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { inner, app: Arc::clone(&self.app), limits: Arc::clone(&self.limits) }
    }
}

impl<S> Service<Request<Body>> for Gate<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The service that was polled ready is the one to call; its clone stays for the next request.
        let next = self.inner.clone();
        let gate = Self { inner: std::mem::replace(&mut self.inner, next), ..self.clone() };
        // The library's own timer starts after this; ours comes before it, and so the late caller is told why.
        let begun = Instant::now();
        Box::pin(gate.pass(request, begun))
    }
}

impl<S> Gate<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    async fn pass(self, mut request: Request<Body>, begun: Instant) -> Result<Response<Body>, S::Error> {
        let id = request_id(request.headers());
        let method = request.uri().path().to_owned();
        let language = language(request.headers());
        let allowed = deadline(request.headers()).saturating_sub(MARGIN);
        let mut actor = String::new();
        if !answers_much(&method) {
            request.headers_mut().remove(ACCEPT_ENCODING);
        }

        let span = tracing::info_span!("call", request.id = %id.to_str().unwrap_or_default());
        let answer = async {
            // A call without time is not begun: the timer would let through what is done within its tick.
            if begun.elapsed() >= allowed { Ok(late().into_http()) } else { self.answer(request, &mut actor).await }
        };
        let answered = tokio::time::timeout_at((begun + allowed).into(), answer).instrument(span.clone()).await;
        let mut response = answered.unwrap_or_else(|_| Ok(late().into_http()))?;
        if code(&response) == Some(Code::OutOfRange) {
            // This is what the decoder calls a message beyond its limit; no service answers so.
            response = too_large().into_http();
        }
        if let Some(refused) = Status::from_header_map(response.headers()).filter(|status| status.code() != Code::Ok) {
            response = localized(refused, language).into_http();
        }
        let code = code(&response).unwrap_or(Code::Ok);
        let latency = begun.elapsed().as_micros();
        span.in_scope(|| tracing::info!(rpc.method = method, rpc.code = ?code, latency_us = latency, actor, "call"));
        response.headers_mut().insert(REQUEST_ID, id);
        Ok(response)
    }

    /// Finds the caller and lets the call through.
    async fn answer(mut self, mut request: Request<Body>, actor: &mut String) -> Result<Response<Body>, S::Error> {
        let knock = Knock::of(&request, &self.limits);
        match caller(&self.app, &self.limits, knock).await {
            Ok(None) => {}
            Ok(Some(identity)) => {
                *actor = identity.session().actor().name().unwrap_or_default();
                request.extensions_mut().insert(identity);
            }
            Err(refused) => return Ok(refused.into_http()),
        }
        self.inner.call(request).await
    }
}

/// Tells whether an answer is worth compressing: that of a single resource fits into a packet anyway, and takes longer to compress than to send.
fn answers_much(method: &str) -> bool {
    let name = method.rsplit('/').next().unwrap_or_default();
    ["List", "Export", "Preview", "Check", "Find", "Download", "Watch", "GetSchedule"]
        .iter()
        .any(|much| name.starts_with(much))
}

/// What a request says of its caller.
struct Knock {
    origin: Origin,
    token: Option<Presented>,
    counts: bool,
}

impl Knock {
    fn of(request: &Request<Body>, limits: &Limits) -> Self {
        Self {
            origin: limits.origin(request),
            token: request.headers().get(AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?)),
            counts: !request.uri().path().starts_with(HEALTH),
        }
    }
}

/// Finds who calls; nobody, when no token came. A token that came and is not valid is nobody too.
async fn caller(app: &App, limits: &Limits, knock: Knock) -> Result<Option<Identity>, Status> {
    let Knock { origin, token, counts } = knock;
    if let Some(presented) = token {
        let guesses = Count::Guesses(origin, presented.token);
        limits.look(guesses)?;
        match app.store.bearer(&presented, app.clock.now()).await? {
            Bearer::Known(identity) => return Ok(Some(identity)),
            Bearer::Impostor => limits.count(guesses)?,
            Bearer::Nobody => {}
        }
    }
    if counts {
        limits.count(Count::Calls(origin))?;
    }
    Ok(None)
}

fn bearer(header: &str) -> Option<Presented> {
    Presented::parse(header.strip_prefix("Bearer ")?.trim())
}

fn request_id(headers: &HeaderMap) -> HeaderValue {
    let fits = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=64).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let chosen = headers.get(REQUEST_ID).filter(fits).cloned();
    let made = || HeaderValue::from_str(&ids::random().to_string()).unwrap_or(HeaderValue::from_static("-"));
    chosen.unwrap_or_else(made)
}

/// How long a call may take: what its `grpc-timeout` says, never more than the longest.
fn deadline(headers: &HeaderMap) -> Duration {
    let asked = headers.get("grpc-timeout").and_then(|value| value.to_str().ok()).and_then(|text| {
        let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let amount: u64 = digits.parse().ok()?;
        match unit {
            "H" => Some(Duration::from_secs(amount.saturating_mul(3600))),
            "M" => Some(Duration::from_secs(amount.saturating_mul(60))),
            "S" => Some(Duration::from_secs(amount)),
            "m" => Some(Duration::from_millis(amount)),
            "u" => Some(Duration::from_micros(amount)),
            "n" => Some(Duration::from_nanos(amount)),
            _ => None,
        }
    });
    asked.unwrap_or(LONGEST_CALL).min(LONGEST_CALL)
}

fn code(response: &Response<Body>) -> Option<Code> {
    response.headers().get("grpc-status").map(|value| Code::from_bytes(value.as_bytes()))
}

fn late() -> Status {
    let message = "the call took longer than its deadline";
    status(Code::DeadlineExceeded, message, "ERROR_REASON_DEADLINE_EXCEEDED", Vec::new())
}

fn too_large() -> Status {
    let facts = vec![("limit_bytes", super::LARGEST_MESSAGE.to_string())];
    let message = "the message is larger than the server takes";
    status(Code::ResourceExhausted, message, "ERROR_REASON_MESSAGE_TOO_LARGE", facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadline_is_what_the_caller_asks_up_to_the_longest() {
        let asked = |text: &'static str| {
            deadline(&HeaderMap::from_iter([(
                http::HeaderName::from_static("grpc-timeout"),
                HeaderValue::from_static(text),
            )]))
        };

        assert_eq!(
            [asked("250m"), asked("3S"), asked("9H"), asked("x"), asked("")],
            [Duration::from_millis(250), Duration::from_secs(3), LONGEST_CALL, LONGEST_CALL, LONGEST_CALL]
        );
    }
}
