//! The bare server: tonic with the gRPC-Web layer and nothing else, which answers with what it was given at its start.

use anyhow::Result;
use attache_client::v1::{
    self,
    system_service_server::{SystemService, SystemServiceServer},
};
use clap::Args;
use tokio::net::TcpListener;
use tonic::{Request, Response, Status, transport::server::TcpIncoming};

use crate::serve::{left_alone, tell};

/// What the bare server answers with.
#[derive(Args, Clone)]
pub struct ServeBare {}

/// Serves until its standard input ends.
pub async fn serve_bare(ServeBare {}: ServeBare) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    tell(listener.local_addr()?, None)?;
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(tonic_web::GrpcWebLayer::new())
        .add_service(SystemServiceServer::new(System { info: info() }))
        .serve_with_incoming_shutdown(incoming, left_alone())
        .await?;
    Ok(())
}

/// As long as the server's own answer.
fn info() -> v1::Info {
    v1::Info {
        version: "0.1.0".to_owned(),
        time_zone_version: "2025b".to_owned(),
        database: "sqlite".to_owned(),
        mail: "files".to_owned(),
        current_time: Some(prost_types::Timestamp { seconds: 1_800_000_000, nanos: 123_456_000 }),
        schema_version: "m20261122_000058_person_search_keys".to_owned(),
    }
}

struct System {
    info: v1::Info,
}

#[tonic::async_trait]
impl SystemService for System {
    async fn get_info(&self, _: Request<v1::GetInfoRequest>) -> Result<Response<v1::Info>, Status> {
        Ok(Response::new(self.info.clone()))
    }

    async fn run_doctor(&self, _: Request<v1::RunDoctorRequest>) -> Result<Response<v1::RunDoctorResponse>, Status> {
        Err(Status::unimplemented("nothing is here to be looked at"))
    }
}
