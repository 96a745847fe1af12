//! The wire of the installation.

use std::sync::Arc;

use attache_proto::v1::{self as pb, system_service_server::SystemService};
use tonic::{Request, Response};

use super::{Answer, values::encode_instant};
use crate::{app::App, store::Store};

/// What the installation stands on, as its settings say.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Which database: `sqlite` or `postgres`.
    pub database: &'static str,
    /// Which way mail leaves: `files`, `smtp`.
    pub mail: &'static str,
}

/// Answers `SystemService`.
pub struct System {
    pub(super) app: Arc<App>,
    pub(super) installation: Installation,
}

#[tonic::async_trait]
impl SystemService for System {
    async fn get_info(&self, _: Request<pb::GetInfoRequest>) -> Answer<pb::Info> {
        let Installation { database, mail } = self.installation;
        Ok(Response::new(pb::Info {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time_zone_version: chrono_tz::IANA_TZDB_VERSION.to_owned(),
            database: database.to_owned(),
            mail: mail.to_owned(),
            current_time: Some(encode_instant(self.app.clock.now())),
            schema_version: Store::schema_version(),
        }))
    }
}
