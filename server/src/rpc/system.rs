//! The wire of the installation.

use std::sync::Arc;

use attache_domain::system::{Check, Status};
use attache_proto::v1::{self as pb, system_service_server::SystemService};
use tonic::Request;

use super::{Answer, authority::authority, reply, values::encode_instant};
use crate::{
    app::{self, App, system::Post},
    store::Store,
};

/// What the installation stands on, as its settings say.
#[derive(Clone)]
pub struct Installation {
    /// Which database: `sqlite` or `postgres`.
    pub database: &'static str,
    /// The way mail leaves.
    pub post: Arc<dyn Post>,
}

/// Answers `SystemService`.
pub struct System {
    pub(super) app: Arc<App>,
    pub(super) installation: Installation,
}

#[tonic::async_trait]
impl SystemService for System {
    async fn get_info(&self, _: Request<pb::GetInfoRequest>) -> Answer<pb::Info> {
        let Installation { database, post } = &self.installation;
        Ok(reply(pb::Info {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time_zone_version: chrono_tz::IANA_TZDB_VERSION.to_owned(),
            database: (*database).to_owned(),
            mail: post.way().to_owned(),
            current_time: Some(encode_instant(self.app.clock.now())),
            schema_version: Store::schema_version(),
        }))
    }

    async fn run_doctor(&self, request: Request<pb::RunDoctorRequest>) -> Answer<pb::RunDoctorResponse> {
        let administrator = authority(&request)?.administrator()?;
        let checks = app::system::examine(&self.app, &administrator, self.installation.post.as_ref()).await?;
        Ok(reply(pb::RunDoctorResponse { checks: checks.into_iter().map(encode_check).collect() }))
    }
}

fn encode_check(check: Check) -> pb::DoctorCheck {
    let Check { kind, status, description, advice } = check;
    let status = match status {
        Status::Ok => pb::DoctorCheckStatus::Ok,
        Status::Warning => pb::DoctorCheckStatus::Warning,
        Status::Problem => pb::DoctorCheckStatus::Problem,
    };
    pb::DoctorCheck { kind: kind.to_owned(), status: status.into(), description, advice: advice.to_owned() }
}
