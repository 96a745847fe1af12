//! The shapes that requests of many services have, each read in one place.
//!
//! A message is listed here by the fields it has; one that gets another field no longer compiles until it is read by a
//! reader of its own.

use std::{fmt::Display, str::FromStr};

use attache_proto::v1 as pb;
use tonic::Request;

use super::{
    fields::{BadFields, Fields, Write, decode, decode_for_caller, decode_write},
    values::etag,
};
use crate::{
    app::Edit,
    store::{self, List},
};

/// The longest query, in characters.
const LONGEST_QUERY: usize = 200;

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

/// A request for one page of a list.
pub(super) trait Listing {
    /// All that it says; what its kind of request does not have is empty.
    fn asked(self) -> Asked;
}

/// All that a request for a page can say.
#[derive(Default)]
pub(super) struct Asked {
    parent: String,
    page_size: i32,
    page_token: String,
    filter: String,
    order_by: String,
    query: String,
}

/// Reads what a list below something is asked for.
pub(super) fn decode_list<M: Listing, N: FromStr<Err: Display>>(request: Request<M>) -> Result<(N, List), BadFields> {
    decode_for_caller(request, |fields, message| {
        let asked = message.asked();
        let parent = fields.parse("parent", &asked.parent);
        let list = page(fields, asked);
        Some((parent?, list?))
    })
}

/// Reads what a list of the whole house is asked for.
pub(super) fn decode_house_list<M: Listing>(request: Request<M>) -> Result<List, BadFields> {
    decode_for_caller(request, |fields, message| page(fields, message.asked()))
}

/// Reads which page is asked for, beside what the request has of its own; `decode_for_caller` tells by whom.
pub(super) fn decode_page(fields: &mut Fields, page_size: i32, page_token: String) -> Option<List> {
    page(fields, Asked { page_size, page_token, ..Asked::default() })
}

/// Reads which rows of a list are asked for, all of them, however many pages that are.
pub(super) fn decode_selection(
    fields: &mut Fields,
    [filter, order_by, query]: [String; 3],
    page_size: i32,
) -> Option<List> {
    page(fields, Asked { page_size, filter, order_by, query, ..Asked::default() })
}

fn page(fields: &mut Fields, asked: Asked) -> Option<List> {
    let Asked { parent: _, page_size, page_token, filter, order_by, query } = asked;
    let caller = fields.caller()?.clone();
    let query = fields.line("query", &query, LONGEST_QUERY);
    let page_size = u32::try_from(page_size).map_err(|_| fields.refuse("page_size", "is negative")).ok();
    Some(List { caller, page_size: page_size?, page_token, filter, order_by, query: query?.unwrap_or_default() })
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

macro_rules! lists {
    ($($message:ident { $($field:ident)* $(; $elsewhere:ident)? })*) => {
        $(impl Listing for pb::$message {
            fn asked(self) -> Asked {
                let Self { page_size, page_token, $($field,)* $($elsewhere: _)? } = self;
                let asked = Asked { page_size, page_token, ..Asked::default() };
                $(let asked = Asked { $field, ..asked };)*
                asked
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

// The fields that a list has beside its page, and after them what its handler reads itself.
lists! {
    ListCategoriesRequest { parent filter order_by query }
    ListChangesRequest { parent filter order_by }
    ListCheckInListsRequest { parent filter order_by query }
    ListCheckInsRequest { parent filter order_by }
    ListDelegationMembersRequest { parent filter order_by query }
    ListDelegationsRequest { parent filter order_by query ; view }
    ListDestinationsRequest {}
    ListEventsRequest { filter order_by query }
    ListIdentityDocumentsRequest { parent filter order_by }
    ListInvitationsRequest { parent filter order_by query }
    ListItinerariesRequest { parent filter order_by query }
    ListJobsRequest { parent filter order_by }
    ListLetterTemplatesRequest {}
    ListLettersRequest { parent filter order_by query ; view }
    ListLinksRequest { parent filter order_by query }
    ListMembersRequest { filter order_by query }
    ListNoticesRequest { parent filter order_by query }
    ListOffersRequest { parent filter order_by }
    ListOrganizationsRequest { filter order_by query }
    ListPersonsRequest { parent filter order_by query }
    ListRegistrationsRequest { parent filter order_by query ; view }
    ListReleasesRequest { parent filter order_by }
    ListResourcesRequest { parent filter order_by query }
    ListRevokedBadgesRequest { parent filter order_by }
    ListRoomsRequest { parent filter order_by query }
    ListSessionsRequest { parent filter order_by query }
    ListSpeakersRequest { parent filter order_by query }
    ListStopsRequest { parent filter order_by query }
    ListTokensRequest { parent filter order_by query }
}

naming! {
    CheckItineraryRequest
    DownloadFileRequest
    GetCapacityRequest
    GetCategoryRequest
    GetCheckInListRequest
    GetEventRequest
    GetFileRequest
    GetFormRequest
    GetItineraryRequest
    GetJobRequest
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
    GetVerifyingKeysRequest
    PreviewHandoverRequest
    WatchJobRequest
}

plain_verbs! {
    AcceptOfferRequest
    CancelJobRequest
    DeclineOfferRequest
    DeleteFileRequest
    DestroyIdentityDocumentRequest
    FinishUploadRequest
    RemindInvitationRequest
    RemoveMemberRequest
    RetryNoticeRequest
    RevokeInvitationRequest
    RevokeLinkRequest
    RevokeTokenRequest
    UndoCheckInRequest
}

verbs! {
    ApproveLetterRequest
    CancelEventRequest
    CancelItineraryRequest
    ConfirmRegistrationRequest
    DeleteCategoryRequest
    DeleteCheckInListRequest
    DeleteResourceRequest
    DeleteRoomRequest
    DeleteSessionRequest
    DeleteSpeakerRequest
    DeleteStopRequest
    ReinstateDelegationRequest
    ReinstateRegistrationRequest
    RejectRegistrationRequest
    ReleaseItineraryRequest
    RevokeBadgesRequest
    SubmitDelegationRequest
    WithdrawDelegationRequest
    WithdrawMemberRequest
    WithdrawRegistrationRequest
}

writes! {
    AllocateResourcesRequest
    ApproveDelegationRequest
    AssignTravellersRequest
    AttachSealedCopyRequest
    BatchDecideRequest
    CheckInRequest
    CreateCategoryRequest
    CreateCheckInListRequest
    CreateDelegationRequest
    CreateDownloadLinkRequest
    CreateEventRequest
    CreateInvitationRequest
    CreateItineraryRequest
    CreateLinkRequest
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
    HandOverMemberRequest
    ImportAttendanceRequest
    ImportJoiningLinksRequest
    ImportMembersRequest
    ImportRegistrationsRequest
    ImportScheduleRequest
    IssueLettersRequest
    MergePersonsRequest
    NominateMembersRequest
    PromoteRegistrationRequest
    PutIdentityDocumentRequest
    RejectLetterRequest
    ReleaseScheduleRequest
    ReplaceMemberRequest
    RequestLetterRequest
    ReturnDelegationRequest
    RevokeLetterRequest
    SetNominationFileRequest
    StartUploadRequest
    UndoMergeRequest
    UpdateCategoryRequest
    UpdateCheckInListRequest
    UpdateDelegationMemberRequest
    UpdateDelegationRequest
    UpdateEventRequest
    UpdateItineraryRequest
    UpdateMemberRequest
    UpdateMineRequest
    UpdateOrganizationRequest
    UpdatePersonRequest
    UpdateRegistrationRequest
    UpdateResourceRequest
    UpdateRoomRequest
    UpdateSessionRequest
    UpdateSpeakerRequest
    UpdateStopRequest
}
