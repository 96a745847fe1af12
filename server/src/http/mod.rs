//! The few plain pages beside gRPC, on the same port, for whoever has only a browser.
//!
//! **Invariant:** a page reads through the store, as rpc does, and writes nothing; a request that is neither a GET nor a HEAD never comes here.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse as _, routing::get};
use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use tonic::body::Body;
use tower::{Layer, Service, ServiceExt as _};

use crate::{
    app::App,
    limits::{Count, Limits, TooOften},
};

mod files;
mod verify;

/// What every answer says beside itself: it is kept by nobody, listed nowhere, taken for nothing else, and tells no other site its address.
const PLAIN: [(HeaderName, HeaderValue); 4] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
];

/// The page for load balancers; it is not counted how often they ask for it.
const HEALTH: &str = "/healthz";

/// Lays the plain pages before a service: a GET or a HEAD is for a page, everything else goes on.
#[derive(Clone)]
pub struct PagesLayer {
    router: Router,
    limits: Arc<Limits>,
}

/// A service behind the plain pages.
#[derive(Clone)]
pub struct Pages<S> {
    inner: S,
    router: Router,
    limits: Arc<Limits>,
}

impl PagesLayer {
    /// Makes the pages over an app, and counts who asks for them.
    pub fn new(app: Arc<App>, limits: Arc<Limits>) -> Self {
        let router = Router::new()
            .route(HEALTH, get(healthz))
            .route("/verify/{code}", get(verify::verify))
            .route("/files/{*link}", get(files::download));
        Self { router: router.with_state(app), limits }
    }
}

impl<S> Layer<S> for PagesLayer {
    type Service = Pages<S>;

    fn layer(&self, inner: S) -> Pages<S> {
        Pages { inner, router: self.router.clone(), limits: Arc::clone(&self.limits) }
    }
}

impl<S> Service<Request<Body>> for Pages<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Box::pin(self.inner.call(request));
        }
        if request.uri().path() != HEALTH
            && let Err(refused) = self.limits.count(Count::Calls(self.limits.origin(&request)))
        {
            return Box::pin(async move { Ok(too_often(refused)) });
        }
        let pages = self.router.clone();
        Box::pin(async move {
            let answered: Result<_, Infallible> = pages.oneshot(request.map(axum::body::Body::new)).await;
            let Ok(response) = answered;
            Ok(response.map(Body::new))
        })
    }
}

fn too_often(TooOften { wait }: TooOften) -> Response<Body> {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let headers = [(header::RETRY_AFTER, seconds.to_string()), (header::CACHE_CONTROL, "no-store".to_owned())];
    let text = format!("Too many requests; try again in {seconds} s.\n请求过于频繁，请在 {seconds} 秒后重试。\n");
    (StatusCode::TOO_MANY_REQUESTS, headers, text).into_response().map(Body::new)
}

/// Answers 200 while the database answers and takes writes; for load balancers.
async fn healthz(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if app.store.outage().borrow().is_some() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database takes no writes\n");
    }
    match app.store.queued_notices().await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
