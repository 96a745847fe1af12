//! The few plain pages beside gRPC, on the same port, for whoever has only a browser.
//!
//! **Invariant:** a page reads through the store, as rpc does, and writes nothing; a request that is not a GET never comes here.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use http::{Method, Request, Response};
use tonic::body::Body;
use tower::{Layer, Service, ServiceExt as _};

use crate::app::App;

mod verify;

/// Lays the plain pages before a service: a GET is for a page, everything else goes on.
#[derive(Clone)]
pub struct PagesLayer {
    pages: Router,
}

/// A service behind the plain pages.
#[derive(Clone)]
pub struct Pages<S> {
    inner: S,
    pages: Router,
}

impl PagesLayer {
    /// Makes the pages over an app.
    pub fn new(app: Arc<App>) -> Self {
        let pages = Router::new().route("/healthz", get(healthz)).route("/verify/{code}", get(verify::verify));
        Self { pages: pages.with_state(app) }
    }
}

impl<S> Layer<S> for PagesLayer {
    type Service = Pages<S>;

    fn layer(&self, inner: S) -> Pages<S> {
        Pages { inner, pages: self.pages.clone() }
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
        if request.method() != Method::GET {
            return Box::pin(self.inner.call(request));
        }
        let pages = self.pages.clone();
        Box::pin(async move {
            let answered: Result<_, Infallible> = pages.oneshot(request.map(axum::body::Body::new)).await;
            let Ok(response) = answered;
            Ok(response.map(Body::new))
        })
    }
}

/// Answers 200 while the database answers; for load balancers.
async fn healthz(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    match app.store.queued_notices().await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
