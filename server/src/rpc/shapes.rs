//! The shapes that requests of many services have, each read in one place.
//!
//! A message is listed here by the fields it has; one that gets another field no longer compiles until it is read by a
//! reader of its own.

use std::{fmt::Display, str::FromStr};

use attache_proto::v1 as pb;
use tonic::Request;

use super::{
    fields::{BadFields, Write, decode, decode_write},
    values::etag,
};
use crate::{app::Edit, store};

/// A request that names one thing and says no more.
pub(super) trait Naming {
    /// The name.
    fn name(self) -> String;
}

/// A write that names one thing and says no more.
pub(super) trait PlainVerb: Write {
    /// The name.
    fn name(self) -> String;
}

/// A write that names one thing, and the state in which its caller saw it.
pub(super) trait Verb: Write {
    /// The name and the etag.
    fn name_and_etag(self) -> (String, String);
}

/// Reads the name of what is asked for.
pub(super) fn decode_name<M: Naming, N: FromStr<Err: Display>>(request: Request<M>) -> Result<N, BadFields> {
    decode(request.into_inner().name(), |fields, name| fields.parse("name", &name))
}

/// Reads a verb on what nobody else changes meanwhile.
pub(super) fn decode_plain_verb<M: PlainVerb, N: FromStr<Err: Display>>(
    request: Request<M>,
) -> Result<(N, store::Request), BadFields> {
    decode_write(request, |fields, message| fields.parse("name", &message.name()))
}

/// Reads a verb on what two people may change.
pub(super) fn decode_verb<M: Verb, N: FromStr<Err: Display>>(
    request: Request<M>,
) -> Result<(Edit<N, ()>, store::Request), BadFields> {
    decode_write(request, |fields, message| {
        let (name, seen) = message.name_and_etag();
        let (name, expected) = (fields.parse("name", &name), etag(fields, &seen));
        Some(Edit { name: name?, content: (), expected: expected? })
    })
}

macro_rules! writes {
    ($($message:ident)*) => {
        $(impl Write for pb::$message {
            fn request_id(&self) -> &str {
                &self.request_id
            }

            fn validate_only(&self) -> bool {
                self.validate_only
            }
        })*
    };
}

macro_rules! naming {
    ($($message:ident)*) => {
        $(impl Naming for pb::$message {
            fn name(self) -> String {
                let Self { name } = self;
                name
            }
        })*
    };
}

macro_rules! plain_verbs {
    ($($message:ident)*) => {
        $(impl PlainVerb for pb::$message {
            fn name(self) -> String {
                let Self { name, request_id: _, validate_only: _ } = self;
                name
            }
        })*
        writes! { $($message)* }
    };
}

macro_rules! verbs {
    ($($message:ident)*) => {
        $(impl Verb for pb::$message {
            fn name_and_etag(self) -> (String, String) {
                let Self { name, etag, request_id: _, validate_only: _ } = self;
                (name, etag)
            }
        })*
        writes! { $($message)* }
    };
}

naming! {
    CheckItineraryRequest
    DownloadFileRequest
    GetCapacityRequest
    GetCategoryRequest
    GetDelegationRequest
    GetEventRequest
    GetFileRequest
    GetFormRequest
    GetItineraryRequest
    GetJobRequest
    GetLetterRequest
    GetLetterTemplateRequest
    GetNoticeRequest
    GetOfferRequest
    GetOrganizationRequest
    GetPersonRequest
    GetPublicEventRequest
    GetResourceRequest
    GetRoomRequest
    GetSessionRequest
    GetSpeakerRequest
    GetStopRequest
    WatchJobRequest
}

plain_verbs! {
    AcceptOfferRequest
    DeclineOfferRequest
    DeleteFileRequest
    DestroyIdentityDocumentRequest
    FinishUploadRequest
    RemoveMemberRequest
    RetryNoticeRequest
    RevokeTokenRequest
    UndoCheckInRequest
}

verbs! {
    ApproveDelegationRequest
    ApproveLetterRequest
    CancelEventRequest
    CancelItineraryRequest
    ConfirmRegistrationRequest
    DeleteCategoryRequest
    DeleteResourceRequest
    DeleteRoomRequest
    DeleteSessionRequest
    DeleteSpeakerRequest
    DeleteStopRequest
    ReinstateRegistrationRequest
    RejectRegistrationRequest
    ReleaseItineraryRequest
    WithdrawDelegationRequest
    WithdrawRegistrationRequest
}

writes! {
    AllocateResourcesRequest
    AssignTravellersRequest
    BatchDecideRequest
    CheckInRequest
    CreateCategoryRequest
    CreateDelegationRequest
    CreateEventRequest
    CreateItineraryRequest
    CreateMemberRequest
    CreateOrganizationRequest
    CreatePersonRequest
    CreateRegistrationRequest
    CreateResourceRequest
    CreateRoomRequest
    CreateSessionRequest
    CreateSpeakerRequest
    CreateStopRequest
    CreateTokenRequest
    ImportScheduleRequest
    IssueLettersRequest
    NominateMembersRequest
    PromoteRegistrationRequest
    PutIdentityDocumentRequest
    RejectLetterRequest
    ReleaseScheduleRequest
    ReplaceMemberRequest
    RequestLetterRequest
    RevokeLetterRequest
    StartUploadRequest
    UpdateCategoryRequest
    UpdateDelegationRequest
    UpdateEventRequest
    UpdateItineraryRequest
    UpdateOrganizationRequest
    UpdatePersonRequest
    UpdateRegistrationRequest
    UpdateResourceRequest
    UpdateRoomRequest
    UpdateSessionRequest
    UpdateSpeakerRequest
    UpdateStopRequest
}
