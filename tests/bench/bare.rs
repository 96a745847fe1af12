//! The bare server: tonic with the gRPC-Web layer and nothing else, which answers with the bytes that it was given at its start.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::ready,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyhow::{Context as _, Result};
use clap::Args;
use prost::bytes::{Buf as _, BufMut as _, Bytes};
use tokio::net::TcpListener;
use tonic::{
    Request, Response, Status,
    body::Body,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    server::{Grpc, NamedService, UnaryService},
    transport::server::TcpIncoming,
};
use tower::Service;

use crate::{
    bare_rows::Rows,
    serve::{left_alone, tell},
};

/// What the bare server answers with.
#[derive(Args, Clone)]
pub struct ServeBare {
    /// What a method answers: its path, `=`, and a file with the encoded message
    #[arg(long = "answer", value_name = "PATH=FILE")]
    answers: Vec<String>,
    /// A database whose registrations are listed
    #[arg(long, requires = "condition")]
    database: Option<String>,
    /// Which of them, in SQL
    #[arg(long)]
    condition: Option<String>,
}

/// Serves until its standard input ends.
pub async fn serve_bare(ServeBare { answers, database, condition }: ServeBare) -> Result<()> {
    let mut encoded = HashMap::new();
    for answer in answers {
        let (path, file) = answer.split_once('=').context("an answer is PATH=FILE")?;
        encoded.insert(path.to_owned(), Bytes::from(std::fs::read(PathBuf::from(file))?));
    }
    let rows = match database {
        Some(database) => Some(Arc::new(Rows::open(&database, &condition.unwrap_or_default()).await?)),
        None => None,
    };
    let handout = Handout { encoded: Arc::new(encoded), rows };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    tell(listener.local_addr()?, None)?;
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(tonic_web::GrpcWebLayer::new())
        .add_service(System(handout.clone()))
        .add_service(Schedules(handout.clone()))
        .add_service(Registrations(handout))
        .serve_with_incoming_shutdown(incoming, left_alone())
        .await?;
    Ok(())
}

/// What there is to answer with: bytes by the method's path, and rows for every other.
#[derive(Clone)]
struct Handout {
    encoded: Arc<HashMap<String, Bytes>>,
    rows: Option<Arc<Rows>>,
}

/// The handout under a service's name, by which calls find it.
macro_rules! named {
    ($($service:ident = $name:literal;)*) => {$(
        #[derive(Clone)]
        struct $service(Handout);

        impl NamedService for $service {
            const NAME: &'static str = $name;
        }

        impl Service<http::Request<Body>> for $service {
            type Response = http::Response<Body>;
            type Error = Infallible;
            type Future = Answering;

            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
                Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: http::Request<Body>) -> Answering {
                let Handout { encoded, rows } = &self.0;
                let whatever = Whatever { encoded: encoded.get(request.uri().path()).cloned(), rows: rows.clone() };
                Box::pin(async move { Ok(Grpc::new(Encoded).unary(whatever, request).await) })
            }
        }
    )*};
}

named! {
    System = "attache.v1.SystemService";
    Schedules = "attache.v1.ScheduleService";
    Registrations = "attache.v1.RegistrationService";
}

type Answering = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// Answers with the same whatever it is asked.
struct Whatever {
    encoded: Option<Bytes>,
    rows: Option<Arc<Rows>>,
}

impl UnaryService<()> for Whatever {
    type Response = Bytes;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Status>> + Send>>;

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let Self { encoded, rows } = self;
        match (encoded.take(), rows.take()) {
            (Some(bytes), _) => Box::pin(ready(Ok(Response::new(bytes)))),
            (None, Some(rows)) => Box::pin(async move { rows.page().await.map(Response::new) }),
            (None, None) => Box::pin(ready(Err(Status::unimplemented("there is no answer to this")))),
        }
    }
}

/// Messages that were encoded before, and requests that nobody reads.
#[derive(Clone, Copy, Default)]
struct Encoded;

impl Codec for Encoded {
    type Encode = Bytes;
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, bytes: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(bytes);
        Ok(())
    }
}

impl Decoder for Encoded {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        buffer.advance(buffer.remaining());
        Ok(Some(()))
    }
}
