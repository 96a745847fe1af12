//! The server as one thing: opened by settings, served on a listener, stopped by a signal.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tonic::{service::Routes, transport::server::TcpIncoming};
use tonic_health::{ServingStatus, server::HealthReporter};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    app::{App, system::Post},
    http,
    jobs::{
        audit, codes, offers,
        outbox::{self, Outbox, Sender},
        pieces, recovery, retention,
    },
    limits::{Limits, Policy},
    mail::transport::Transport,
    rpc::{self, GateLayer, Installation},
    store::Outage,
};

/// How long what is in flight may take to finish once the server was told to stop.
const DRAIN: Duration = Duration::from_secs(20);

/// Everything a running server is made of.
pub struct Server {
    /// The house.
    pub app: Arc<App>,
    /// The way mail leaves.
    pub transport: Arc<Transport>,
    /// Who mail is from.
    pub sender: Sender,
    /// Which origins a browser may call from; none, when empty.
    pub cors_origins: Vec<::http::HeaderValue>,
    /// How often an address may call without a valid token.
    pub limits: Policy,
    /// What proves the server to its callers; plain text without.
    pub tls: Option<Certificate>,
}

/// A TLS certificate, both parts PEM.
pub struct Certificate {
    /// The chain, the server's own first.
    pub chain: Vec<u8>,
    /// The key.
    pub key: Vec<u8>,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificate(..)")
    }
}

/// Says why a server could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The certificate or key cannot be used.
    #[error("the TLS certificate or key cannot be used")]
    Tls(#[source] tonic::transport::Error),
    /// Serving ended with an error.
    #[error("serving failed")]
    Transport(#[source] tonic::transport::Error),
    /// The description of the services cannot be served.
    #[error("the descriptors cannot be served")]
    Reflection(#[from] tonic_reflection::server::Error),
}

impl Server {
    /// Serves on a listener until the signal comes, then ends the streams that would go on and finishes what is in flight.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        let (stopping, stopped) = watch::channel(false);
        let mut workers = self.start_workers(&stopped);
        let (health, health_service) = tonic_health::server::health_reporter();
        workers.push(tokio::spawn(report(health, self.app.store.outage(), stopped.clone())));
        let routes = self.routes(&stopped)?.add_service(health_service);
        let mut builder = tonic::transport::Server::builder()
            .accept_http1(true)
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .http2_keepalive_timeout(Some(Duration::from_secs(20)));
        if let Some(Certificate { chain, key }) = &self.tls {
            let identity = tonic::transport::Identity::from_pem(chain, key);
            let tls = tonic::transport::ServerTlsConfig::new().identity(identity);
            builder = builder.tls_config(tls).map_err(ServeError::Tls)?;
        }
        let signal = async move {
            stop.await;
            stopping.send_replace(true);
        };
        let limits = Arc::new(Limits::new(self.limits.clone(), self.app.clock.clone()));
        // The builder's own setting does not reach a listener it did not open, and without it an answer waits 40 ms for
        // the caller's acknowledgement.
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let mut drained = stopped.clone();
        let served = builder
            .layer(cors(self.cors_origins.clone()))
            .layer(http::PagesLayer::new(Arc::clone(&self.app), Arc::clone(&limits)))
            .layer(tonic_web::GrpcWebLayer::new())
            .layer(GateLayer::new(Arc::clone(&self.app), limits))
            .add_routes(routes)
            .serve_with_incoming_shutdown(incoming, signal);
        let overdue = async {
            let _ = drained.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(DRAIN).await;
        };
        let outcome = tokio::select! {
            served = served => served.map_err(ServeError::Transport),
            () = overdue => Ok(()),
        };
        for worker in workers {
            let _ = worker.await;
        }
        outcome
    }

    fn start_workers(&self, stopped: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
        let outbox =
            Outbox { app: Arc::clone(&self.app), transport: Arc::clone(&self.transport), sender: self.sender.clone() };
        let outbox = Arc::new(outbox);
        vec![
            tokio::spawn(outbox::run(Arc::clone(&outbox), stopped.clone())),
            tokio::spawn(codes::run(outbox, stopped.clone())),
            tokio::spawn(audit::run(Arc::clone(&self.app), stopped.clone())),
            tokio::spawn(offers::run(Arc::clone(&self.app), stopped.clone())),
            tokio::spawn(pieces::run(Arc::clone(&self.app), stopped.clone())),
            tokio::spawn(recovery::run(Arc::clone(&self.app), stopped.clone())),
            tokio::spawn(retention::run(Arc::clone(&self.app), stopped.clone())),
        ]
    }

    fn routes(&self, stopping: &watch::Receiver<bool>) -> Result<Routes, ServeError> {
        let installation = Installation { database: self.app.store.database(), post: Arc::clone(&self.transport) as _ };
        let describe = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(attache_proto::DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        Ok(rpc::routes(&self.app, installation, stopping)
            .add_service(describe().build_v1()?)
            .add_service(describe().build_v1alpha()?))
    }
}

/// Tells whoever asks for the server's health whether it does its work: not while the database takes no writes, nor once it stops.
async fn report(
    health: HealthReporter,
    mut outage: watch::Receiver<Option<Outage>>,
    mut stopped: watch::Receiver<bool>,
) {
    while !*stopped.borrow() {
        let out = outage.borrow_and_update().is_some();
        health.set_service_status("", if out { ServingStatus::NotServing } else { ServingStatus::Serving }).await;
        tokio::select! {
            _ = outage.changed() => {}
            _ = stopped.changed() => {}
        }
    }
    health.set_service_status("", ServingStatus::NotServing).await;
}

impl Post for Transport {
    fn way(&self) -> &'static str {
        self.word()
    }

    fn reach(&self) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
        Box::pin(async { Self::reach(self).await.map_err(|cause| cause.to_string()) })
    }
}

fn cors(origins: Vec<::http::HeaderValue>) -> CorsLayer {
    let header = ::http::HeaderName::from_static;
    let exposed = ["grpc-status", "grpc-message", "grpc-status-details-bin", "x-request-id"].map(header);
    let allowed =
        ["authorization", "content-type", "grpc-timeout", "x-grpc-web", "x-user-agent", "x-request-id"].map(header);
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([::http::Method::POST, ::http::Method::GET, ::http::Method::OPTIONS])
        .allow_headers(allowed)
        .expose_headers(exposed)
        .max_age(Duration::from_hours(1))
}
