//! The connected client and its handle per service.

use std::error::Error;
use std::time::Duration;

use http::HeaderValue;
use tonic::codec::CompressionEncoding::Gzip;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};
use tonic::{Code, Status};

use crate::channel::Manner;
use crate::{Channel, Failure, Options, v1};

/// The largest message that is taken from the server, in bytes: a page of a thousand entries of the change log fits.
pub const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// How long a call may hear nothing before the connection is tried, and how long the trial may take: a watch could wait
/// for ever on a server whose machine is gone.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Calls one server as one caller. It is cheap to clone; its clones and handles share one connection.
#[derive(Clone, Debug)]
pub struct Client {
    channel: Channel,
}

/// Connects to the server, once: a server that is not there is told at once, as a [`Failure`] with
/// [`Code::Unavailable`]. Calls made later wait out shorter absences as [`Retries`](crate::Retries) says.
///
/// An address or certificate that cannot be used, or a token that is no header, gives [`Code::InvalidArgument`].
pub async fn connect(options: Options) -> Result<Client, Failure> {
    let Options { address, token, ca_certificate, deadline, retries, user_agent } = options;
    let authorization = match &token {
        Some(token) => Some(authorization(token.reveal())?),
        None => None,
    };
    let endpoint = endpoint(&address, ca_certificate)?
        .user_agent(user_agent)
        .map_err(|_| unusable("the user agent is no header"))?
        .connect_timeout(deadline)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE);

    let transport = endpoint
        .connect()
        .await
        .map_err(|error| Status::unavailable(format!("{address} cannot be reached: {}", last_cause(&error))))?;
    Ok(Client { channel: Channel::new(transport, Manner { authorization, deadline, retries }) })
}

fn authorization(token: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| unusable("the token has characters that no token has"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn endpoint(address: &str, ca_certificate: Option<String>) -> Result<Endpoint, Failure> {
    if !address.starts_with("http://") && !address.starts_with("https://") {
        return Err(unusable(&format!("the address {address:?} does not begin with http:// or https://")));
    }
    let endpoint = Endpoint::from_shared(address.to_owned())
        .map_err(|_| unusable(&format!("the address {address:?} is not one")))?;
    let tls = match ca_certificate {
        None if address.starts_with("http://") => return Ok(endpoint),
        Some(_) if address.starts_with("http://") => {
            return Err(unusable("a certificate is given, but the address does not begin with https://"));
        }
        Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
        None => ClientTlsConfig::new().with_webpki_roots(),
    };
    endpoint
        .tls_config(tls)
        .map_err(|error| unusable(&format!("the certificate cannot be used: {}", last_cause(&error))))
}

fn unusable(message: &str) -> Failure {
    Failure::from(Status::new(Code::InvalidArgument, message))
}

fn last_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

macro_rules! handles {
    ($($(#[$doc:meta])* $handle:ident: $module:ident::$client:ident,)*) => {
        impl Client {
            $($(#[$doc])*
            pub fn $handle(&self) -> v1::$module::$client<Channel> {
                v1::$module::$client::new(self.channel())
                    .accept_compressed(Gzip)
                    .max_decoding_message_size(LARGEST_ANSWER)
            })*

            /// Gives the channel itself, for calls that no handle makes: health, reflection, messages known only at run
            /// time.
            pub fn channel(&self) -> Channel {
                self.channel.clone()
            }
        }

        #[cfg(test)]
        const HANDLES: &[&str] = &[$(stringify!($client)),*];
    };
}

handles! {
    /// Says who may do what: members, their roles and tokens.
    access: access_service_client::AccessServiceClient,
    /// Tells who did what.
    audit: audit_service_client::AuditServiceClient,
    /// Keeps an event's registration categories and their places.
    categories: category_service_client::CategoryServiceClient,
    /// Keeps the lists on which people of an event are checked in.
    check_in_lists: check_in_list_service_client::CheckInListServiceClient,
    /// Checks people in at the gates of an event.
    check_ins: check_in_service_client::CheckInServiceClient,
    /// Keeps delegations: who sends and heads them, and who sits in them.
    delegations: delegation_service_client::DelegationServiceClient,
    /// Keeps the events.
    events: event_service_client::EventServiceClient,
    /// Takes files in and gives them out.
    files: file_service_client::FileServiceClient,
    /// Keeps passports in the vault.
    identity_documents: identity_document_service_client::IdentityDocumentServiceClient,
    /// Invites people to register, and tells what became of it.
    invitations: invitation_service_client::InvitationServiceClient,
    /// Keeps the itineraries of delegations' visits, and releases them.
    itineraries: itinerary_service_client::ItineraryServiceClient,
    /// Tells how long work goes on.
    jobs: job_service_client::JobServiceClient,
    /// Tells which wordings letters can have.
    letter_templates: letter_template_service_client::LetterTemplateServiceClient,
    /// Takes visa letters from request to issue.
    letters: letter_service_client::LetterServiceClient,
    /// Hands delegates personal links.
    links: link_service_client::LinkServiceClient,
    /// Takes what a delegation's sender says of whom they send.
    nominations: nomination_service_client::NominationServiceClient,
    /// Tells what was mailed, and mails it again.
    notices: notice_service_client::NoticeServiceClient,
    /// Keeps hosts, partners and those who send delegations.
    organizations: organization_service_client::OrganizationServiceClient,
    /// Keeps people: how they are named and reached.
    persons: person_service_client::PersonServiceClient,
    /// Serves public pages, on which people register by themselves.
    public: public_service_client::PublicServiceClient,
    /// Tells what is missing before people can come, and whether they can be somewhere.
    readiness: readiness_service_client::ReadinessServiceClient,
    /// Takes registrations and moves them through their states.
    registrations: registration_service_client::RegistrationServiceClient,
    /// Writes what an event knows as files for other programs.
    reports: report_service_client::ReportServiceClient,
    /// Keeps what the stops of visits use: hotel rooms, vehicles, guides, interpreters.
    resources: resource_service_client::ResourceServiceClient,
    /// Keeps the rooms of an event.
    rooms: room_service_client::RoomServiceClient,
    /// Checks and releases the schedule of an event.
    schedules: schedule_service_client::ScheduleServiceClient,
    /// Keeps the sessions of an event as they are being planned.
    sessions: session_service_client::SessionServiceClient,
    /// Lets members in by a mailed code, and out again.
    sign_in: sign_in_service_client::SignInServiceClient,
    /// Says who appears in a session.
    speakers: speaker_service_client::SpeakerServiceClient,
    /// Keeps the stops of a visit: who takes part, and what they use.
    stops: stop_service_client::StopServiceClient,
    /// Tells about the installation.
    system: system_service_client::SystemServiceClient,
    /// Offers places that came free to those who wait.
    waitlists: waitlist_service_client::WaitlistServiceClient,
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_service_has_a_handle() {
        let set = prost_types::FileDescriptorSet::decode(crate::DESCRIPTOR_SET).unwrap();
        let mut services: Vec<_> =
            set.file.iter().flat_map(|file| &file.service).map(|service| format!("{}Client", service.name())).collect();
        services.sort_unstable();
        let mut handles = HANDLES.to_vec();
        handles.sort_unstable();

        assert_eq!(handles, services);
    }

    #[test]
    fn an_address_without_a_scheme_is_refused_in_words() {
        let failure = endpoint("localhost:50051", None).unwrap_err();

        assert_eq!(failure.code, Code::InvalidArgument);
        assert_eq!(failure.message, "the address \"localhost:50051\" does not begin with http:// or https://");
    }

    #[test]
    fn a_certificate_without_tls_is_refused_rather_than_ignored() {
        let failure = endpoint("http://localhost:50051", Some("PEM".to_owned())).unwrap_err();

        assert_eq!(failure.message, "a certificate is given, but the address does not begin with https://");
    }

    #[test]
    fn a_client_prints_without_its_token() {
        let authorization = authorization("s3cret").unwrap();

        assert!(!format!("{authorization:?}").contains("s3cret"));
    }
}
