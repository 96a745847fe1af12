//! The wire: the only room that knows tonic.
//!
//! A handler is four steps: who calls, decode, call, encode. Conversions stand beside the handler they serve, destructured without `..`, so that a
//! new field does not compile until it is handled.
//!
//! **Invariant:** no rule is decided here, and no request reaches the app before every field of it was read.

use std::sync::Arc;

use prost::Message;
use tokio::sync::watch;
use tonic::{Response, Status, codec::CompressionEncoding, service::Routes};

use crate::app::App;

mod access;
mod audit;
mod authority;
mod categories;
mod check_in_lists;
mod check_ins;
mod delegations;
mod events;
mod fields;
mod files;
mod forms;
mod gate;
mod hours;
mod identity_documents;
mod invitations;
mod itineraries;
mod jobs;
mod language;
mod letter_templates;
mod letters;
mod links;
mod masks;
mod nominations;
mod notices;
mod organizations;
mod persons;
mod public;
mod readiness;
mod ready;
mod registrations;
mod reports;
mod resources;
mod rooms;
mod schedules;
mod sessions;
mod shapes;
mod sign_in;
mod speakers;
mod status;
mod stops;
mod streams;
mod system;
mod values;
mod waitlists;

pub use gate::GateLayer;

/// The largest message a service takes, in bytes.
const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;

/// What a handler answers.
type Answer<T> = Result<Response<T>, Status>;

/// Below how many bytes a message goes as it is: one packet takes it, and to begin to compress costs more than so few bytes.
const NOT_COMPRESSED: usize = 1024;

/// Answers with a message.
fn reply<M: Message>(message: M) -> Response<M> {
    let is_small = message.encoded_len() < NOT_COMPRESSED;
    let mut response = Response::new(message);
    if is_small {
        response.disable_compression();
    }
    response
}

/// A service as every service is served: messages of a bounded size, compressed for callers who take that.
macro_rules! served {
    ($server:ident, $service:expr) => {
        $server::new($service)
            .accept_compressed(CompressionEncoding::Gzip)
            .send_compressed(CompressionEncoding::Gzip)
            .max_decoding_message_size(LARGEST_MESSAGE)
    };
}

/// The services, all of them over one app. Streams end when the server stops.
pub fn routes(app: &Arc<App>, system: Installation, stopping: &watch::Receiver<bool>) -> Routes {
    use attache_proto::v1::{
        access_service_server::AccessServiceServer, audit_service_server::AuditServiceServer,
        category_service_server::CategoryServiceServer, check_in_list_service_server::CheckInListServiceServer,
        check_in_service_server::CheckInServiceServer, delegation_service_server::DelegationServiceServer,
        event_service_server::EventServiceServer, file_service_server::FileServiceServer,
        identity_document_service_server::IdentityDocumentServiceServer,
        invitation_service_server::InvitationServiceServer, itinerary_service_server::ItineraryServiceServer,
        job_service_server::JobServiceServer, letter_service_server::LetterServiceServer,
        letter_template_service_server::LetterTemplateServiceServer, link_service_server::LinkServiceServer,
        nomination_service_server::NominationServiceServer, notice_service_server::NoticeServiceServer,
        organization_service_server::OrganizationServiceServer, person_service_server::PersonServiceServer,
        public_service_server::PublicServiceServer, readiness_service_server::ReadinessServiceServer,
        registration_service_server::RegistrationServiceServer, report_service_server::ReportServiceServer,
        resource_service_server::ResourceServiceServer, room_service_server::RoomServiceServer,
        schedule_service_server::ScheduleServiceServer, session_service_server::SessionServiceServer,
        sign_in_service_server::SignInServiceServer, speaker_service_server::SpeakerServiceServer,
        stop_service_server::StopServiceServer, system_service_server::SystemServiceServer,
        waitlist_service_server::WaitlistServiceServer,
    };
    let streams = || streams::Streams { clock: app.clock.clone(), stopping: stopping.clone() };
    let app = || Arc::clone(app);
    Routes::new(served!(AccessServiceServer, access::Access { app: app() }))
        .add_service(served!(AuditServiceServer, audit::Audit::new(app(), streams())))
        .add_service(served!(CategoryServiceServer, categories::Categories { app: app() }))
        .add_service(served!(CheckInListServiceServer, check_in_lists::CheckInLists { app: app() }))
        .add_service(served!(CheckInServiceServer, check_ins::CheckIns { app: app() }))
        .add_service(served!(DelegationServiceServer, delegations::Delegations { app: app() }))
        .add_service(served!(EventServiceServer, events::Events { app: app() }))
        .add_service(served!(FileServiceServer, files::Files { app: app() }))
        .add_service(served!(IdentityDocumentServiceServer, identity_documents::IdentityDocuments { app: app() }))
        .add_service(served!(InvitationServiceServer, invitations::Invitations { app: app() }))
        .add_service(served!(ItineraryServiceServer, itineraries::Itineraries { app: app() }))
        .add_service(served!(JobServiceServer, jobs::Jobs { app: app(), streams: streams() }))
        .add_service(served!(LetterServiceServer, letters::Letters { app: app() }))
        .add_service(served!(LetterTemplateServiceServer, letter_templates::LetterTemplates { app: app() }))
        .add_service(served!(LinkServiceServer, links::Links { app: app() }))
        .add_service(served!(NominationServiceServer, nominations::Nominations { app: app() }))
        .add_service(served!(NoticeServiceServer, notices::Notices { app: app() }))
        .add_service(served!(OrganizationServiceServer, organizations::Organizations { app: app() }))
        .add_service(served!(PersonServiceServer, persons::Persons { app: app() }))
        .add_service(served!(PublicServiceServer, public::Public { app: app() }))
        .add_service(served!(ReadinessServiceServer, readiness::Readiness { app: app() }))
        .add_service(served!(RegistrationServiceServer, registrations::Registrations { app: app() }))
        .add_service(served!(ReportServiceServer, reports::Reports { app: app() }))
        .add_service(served!(ResourceServiceServer, resources::Resources { app: app() }))
        .add_service(served!(RoomServiceServer, rooms::Rooms { app: app() }))
        .add_service(served!(ScheduleServiceServer, schedules::Schedules::new(app(), streams())))
        .add_service(served!(SessionServiceServer, sessions::Sessions { app: app() }))
        .add_service(served!(SignInServiceServer, sign_in::SignIn { app: app() }))
        .add_service(served!(SpeakerServiceServer, speakers::Speakers { app: app() }))
        .add_service(served!(StopServiceServer, stops::Stops { app: app() }))
        .add_service(served!(SystemServiceServer, system::System { app: app(), installation: system }))
        .add_service(served!(WaitlistServiceServer, waitlists::Waitlists { app: app() }))
}

pub use system::Installation;
