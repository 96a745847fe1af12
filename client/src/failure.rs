//! Why a call failed, with its parts apart.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::v1::ErrorReason;

/// Says why a call failed: what the server refused and why, or that it could not be asked. Its parts are those of
/// [`Facts`].
#[derive(Clone, Debug, PartialEq)]
pub struct Failure(Box<Facts>);

/// What is known of a failure (AIP-193). A program branches on `code` and `reason`; people read `message`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Facts {
    /// The kind of failure, the same for all services.
    pub code: Code,
    /// The failure in a sentence, in English.
    pub message: String,
    /// The failure in the language that the call asked for (`accept-language`), if the server has it.
    pub translation: Option<Translation>,
    /// Exactly what was wrong; absent if the failure is not the server's, as when it could not be reached.
    pub reason: Option<Reason>,
    /// The facts that [`ErrorReason`] documents with the reason, as `state` or `resource`.
    pub metadata: BTreeMap<String, String>,
    /// Every field of the request that was wrong.
    pub field_violations: Vec<FieldViolation>,
    /// Everything outside the request that has to be put right first.
    pub precondition_violations: Vec<PreconditionViolation>,
    /// How long the server asks to be left alone before the next try.
    pub retry_delay: Option<Duration>,
    /// What the server's log calls this request; to be given with a question about it.
    pub request_id: Option<String>,
}

/// Names what was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A reason this client knows.
    Known(ErrorReason),
    /// A reason of a newer server, as it wrote it.
    Unknown(String),
}

/// Says what is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Where the field is in the request, `registration.person.email`.
    pub field: String,
    /// What is wrong, in English.
    pub description: String,
    /// The same in the caller's language, if the server has it.
    pub translation: Option<Translation>,
}

/// Says something in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The language, a BCP-47 tag.
    pub language_code: String,
    /// What is said.
    pub text: String,
}

/// Says what stands in the way, outside the request itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreconditionViolation {
    /// The kind of obstacle.
    pub kind: String,
    /// What it is about, a resource name or a field.
    pub subject: String,
    /// What is wrong, in English.
    pub description: String,
}

impl Failure {
    /// Tells whether the server refused for this reason.
    pub fn is(&self, reason: ErrorReason) -> bool {
        self.reason == Some(Reason::Known(reason))
    }

    /// Tells whether a stream that ends so can be opened again: the server stops or is not there for now, asks to be left alone for a
    /// while, or the connection broke, which gives no reason.
    pub fn breaks_a_stream(&self) -> bool {
        match self.code {
            Code::Unavailable => true,
            Code::ResourceExhausted => self.retry_delay.is_some(),
            Code::Cancelled | Code::Internal | Code::Unknown => self.reason.is_none(),
            Code::Ok
            | Code::InvalidArgument
            | Code::DeadlineExceeded
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unimplemented
            | Code::DataLoss
            | Code::Unauthenticated => false,
        }
    }
}

impl Deref for Failure {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Some(reason) => write!(f, "{} ({reason})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(reason) => reason.as_str_name().trim_start_matches(PREFIX),
            Self::Unknown(name) => name,
        })
    }
}

const PREFIX: &str = "ERROR_REASON_";

impl From<&str> for Reason {
    fn from(name: &str) -> Self {
        let full = if name.starts_with(PREFIX) { name.to_owned() } else { format!("{PREFIX}{name}") };
        ErrorReason::from_str_name(&full).map_or_else(|| Self::Unknown(name.to_owned()), Self::Known)
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let (reason, metadata) = match status.get_details_error_info() {
            Some(info) => (Some(Reason::from(info.reason.as_str())), info.metadata.into_iter().collect()),
            None => (None, BTreeMap::new()),
        };
        let fields = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
        let preconditions =
            status.get_details_precondition_failure().map(|failure| failure.violations).unwrap_or_default();
        let request_id = status.metadata().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);

        Self(Box::new(Facts {
            code: status.code(),
            message: status.message().to_owned(),
            translation: status.get_details_localized_message().map(Translation::from),
            reason,
            metadata,
            field_violations: fields.into_iter().map(FieldViolation::from).collect(),
            precondition_violations: preconditions.into_iter().map(PreconditionViolation::from).collect(),
            retry_delay: status.get_details_retry_info().and_then(|info| info.retry_delay),
            request_id,
        }))
    }
}

impl From<tonic_types::FieldViolation> for FieldViolation {
    fn from(violation: tonic_types::FieldViolation) -> Self {
        let tonic_types::FieldViolation { field, description, reason: _, localized_message } = violation;
        Self { field, description, translation: localized_message.map(Translation::from) }
    }
}

impl From<tonic_types::LocalizedMessage> for Translation {
    fn from(message: tonic_types::LocalizedMessage) -> Self {
        let tonic_types::LocalizedMessage { locale, message } = message;
        Self { language_code: locale, text: message }
    }
}

impl From<tonic_types::PreconditionViolation> for PreconditionViolation {
    fn from(violation: tonic_types::PreconditionViolation) -> Self {
        let tonic_types::PreconditionViolation { r#type: kind, subject, description } = violation;
        Self { kind, subject, description }
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_status_gives_up_all_its_details() {
        let mut details = ErrorDetails::new();
        details
            .set_error_info("WRONG_STATE", "attache.v1", [("state".to_owned(), "WITHDRAWN".to_owned())])
            .add_bad_request_violation("registration.person.email", "not an address")
            .add_precondition_failure_violation("LETTER", "events/x/letters/y", "no passport")
            .set_retry_info(Some(Duration::from_secs(5)))
            .set_localized_message("zh", "已撤回");
        let mut status = Status::with_error_details(Code::FailedPrecondition, "it was withdrawn", details);
        status.metadata_mut().insert("x-request-id", "01JD".parse().unwrap());

        let failure = Failure::from(status);

        let expected = Facts {
            code: Code::FailedPrecondition,
            message: "it was withdrawn".to_owned(),
            translation: Some(Translation { language_code: "zh".to_owned(), text: "已撤回".to_owned() }),
            reason: Some(Reason::Known(ErrorReason::WrongState)),
            metadata: BTreeMap::from([("state".to_owned(), "WITHDRAWN".to_owned())]),
            field_violations: vec![FieldViolation {
                field: "registration.person.email".to_owned(),
                description: "not an address".to_owned(),
                translation: None,
            }],
            precondition_violations: vec![PreconditionViolation {
                kind: "LETTER".to_owned(),
                subject: "events/x/letters/y".to_owned(),
                description: "no passport".to_owned(),
            }],
            retry_delay: Some(Duration::from_secs(5)),
            request_id: Some("01JD".to_owned()),
        };
        assert_eq!(failure, Failure(Box::new(expected)));
        assert_eq!(failure.to_string(), "it was withdrawn (WRONG_STATE)");
    }

    #[test]
    fn a_reason_is_known_with_and_without_its_prefix() {
        assert_eq!(Reason::from("ERROR_REASON_IN_USE"), Reason::Known(ErrorReason::InUse));
        assert_eq!(Reason::from("IN_USE"), Reason::Known(ErrorReason::InUse));
        assert_eq!(Reason::from("OF_TOMORROW"), Reason::Unknown("OF_TOMORROW".to_owned()));
    }

    #[test]
    fn a_status_without_details_is_a_message_and_a_code() {
        let failure = Failure::from(Status::unavailable("gone"));

        assert_eq!(
            (failure.code, failure.reason.clone(), failure.to_string()),
            (Code::Unavailable, None, "gone".to_owned())
        );
    }
}
