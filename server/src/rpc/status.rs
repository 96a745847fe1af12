//! From a refusal to a status: one conversion, with `ErrorInfo` and the violations in the details (AIP-193).

use std::{collections::HashMap, time::Duration};

use attache_domain::{
    language::LanguageTag,
    refusal::{Kind, Refusal, Violation},
};
use attache_proto::v1 as pb;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use super::{
    authority::Barred,
    fields::{self, BadFields},
    language::localized,
};
use crate::{
    app::{AppError, chain},
    limits::TooOften,
    store::{Conflict as _, Outage, StoreError},
};

/// The `domain` of every `ErrorInfo`.
const DOMAIN: &str = "attache.v1";
/// How long to stay away while the database takes no writes: about as long as the server waits before it looks again.
const AFTER_THE_OUTAGE: Duration = Duration::from_secs(1);

/// How many bytes of violations are told at once: they travel, in base 64, in the trailers of an answer, of which some clients take 8 KiB.
const ROOM: usize = 5000;
/// How many of them the message names, which is told twice.
const MOST_NAMED: usize = 5;

/// As many violations as there is room for. Each is told in the caller's language beside.
fn fitting<T>(violations: Vec<T>, texts: fn(&T) -> [&str; 3]) -> impl Iterator<Item = T> {
    violations.into_iter().scan(ROOM, move |left, one| {
        let [subject, why, reason] = texts(&one).map(str::len);
        *left = left.checked_sub(subject + 2 * why + reason + 32)?;
        Some(one)
    })
}

/// Builds a status with its reason and facts.
pub(super) fn status(code: Code, message: &str, reason: &str, facts: Vec<(&str, String)>) -> Status {
    Status::with_error_details(code, message, details(reason, facts))
}

fn details(reason: &str, facts: Vec<(&str, String)>) -> ErrorDetails {
    let facts: HashMap<String, String> = facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    ErrorDetails::with_error_info(reason, DOMAIN, facts)
}

impl From<BadFields> for Status {
    fn from(bad: BadFields) -> Self {
        let mut details = details(bad.reason(), Vec::new());
        let BadFields(violations) = bad;
        let named: Vec<String> = violations
            .iter()
            .take(MOST_NAMED)
            .map(|violation| format!("{} {}", violation.field, violation.description))
            .collect();
        let mut message = format!("the request has wrong fields: {}", named.join("; "));
        if violations.len() > MOST_NAMED {
            message = format!("{message}; and {} more", violations.len() - MOST_NAMED);
        }
        let told = fitting(violations, |one| [&one.field, &one.description, one.reason]).map(
            |fields::Violation { field, description, reason }| FieldViolation {
                field,
                description,
                reason: reason.to_owned(),
                localized_message: None,
            },
        );
        details.set_bad_request(told.collect::<Vec<_>>());
        Self::with_error_details(Code::InvalidArgument, message, details)
    }
}

impl From<Barred> for Status {
    fn from(barred: Barred) -> Self {
        match barred {
            Barred::Unknown => {
                let message = "this needs a valid token in the header authorization: Bearer …";
                status(Code::Unauthenticated, message, "ERROR_REASON_TOKEN_INVALID", Vec::new())
            }
            Barred::Denied(denied) => {
                let facts = vec![("role", denied.word().to_owned())];
                status(Code::PermissionDenied, &denied.to_string(), "ERROR_REASON_PERMISSION_DENIED", facts)
            }
        }
    }
}

impl From<AppError> for Status {
    fn from(error: AppError) -> Self {
        let message = error.to_string();
        match error {
            AppError::Refused(refusal) => refused(refusal.as_ref()),
            AppError::NotFound(resource) => not_found(resource),
            AppError::Merged { resource, successor } => {
                let facts = vec![("resource", resource), ("successor", successor)];
                status(Code::NotFound, &message, "ERROR_REASON_PERSON_MERGED", facts)
            }
            AppError::Stale(resource) => {
                status(Code::Aborted, &message, "ERROR_REASON_ETAG_MISMATCH", vec![("resource", resource)])
            }
            AppError::InUse { resource, referrer } => {
                let facts = vec![("resource", resource), ("referrer", referrer.to_owned())];
                status(Code::FailedPrecondition, &message, "ERROR_REASON_IN_USE", facts)
            }
            AppError::Mail(error) => internal(&error),
            AppError::Paper(error) => internal(&error),
            AppError::Table(error) => internal(&error),
            AppError::BrokenOff(error) => internal(&error),
            AppError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::Taken(resource) | StoreError::Unrepeatable(resource) => {
                status(Code::AlreadyExists, &message, "ERROR_REASON_ALREADY_EXISTS", vec![("resource", resource)])
            }
            StoreError::RequestIdReused(id) => {
                let facts = vec![("request_id", id.to_string())];
                status(Code::InvalidArgument, &message, "ERROR_REASON_REQUEST_ID_REUSED", facts)
            }
            StoreError::NoParent(parent) => not_found(parent),
            StoreError::PageToken => {
                status(Code::InvalidArgument, &message, "ERROR_REASON_PAGE_TOKEN_INVALID", Vec::new())
            }
            StoreError::Crowded(wait) => exhausted(&message, "ERROR_REASON_OVERLOADED", wait),
            StoreError::Unsure => status(Code::Unavailable, &message, "ERROR_REASON_OUTCOME_UNKNOWN", Vec::new()),
            error if let Some(outage) = error.outage() => out(outage),
            error if error.is_conflict() => {
                status(Code::Unavailable, "the database is busy", "ERROR_REASON_UNAVAILABLE", Vec::new())
            }
            StoreError::Filter(why) => BadFields(vec![fields::Violation::new("filter".to_owned(), why)]).into(),
            StoreError::OrderBy(why) => BadFields(vec![fields::Violation::new("order_by".to_owned(), why)]).into(),
            StoreError::Database(_)
            | StoreError::Corrupt { .. }
            | StoreError::Vault(_)
            | StoreError::Undone
            | StoreError::Leaked => internal(&error),
        }
    }
}

impl From<TooOften> for Status {
    fn from(TooOften { wait }: TooOften) -> Self {
        let message = "too many calls without a valid token come from this address";
        exhausted(message, "ERROR_REASON_TOO_MANY_REQUESTS", wait)
    }
}

/// Writes why one of several things was refused, in the caller's language, as a call for it alone would have been told.
pub(super) fn encode_refusal(error: AppError, language: LanguageTag) -> pb::ItemRefusal {
    let told = localized(error.into(), language).get_error_details();
    let (reason, metadata) =
        told.error_info().map(|info| (info.reason.clone(), info.metadata.clone())).unwrap_or_default();
    pb::ItemRefusal {
        reason: pb::ErrorReason::from_str_name(&reason).unwrap_or_default().into(),
        message: told.localized_message().map(|text| text.message.clone()).unwrap_or_default(),
        metadata,
    }
}

/// Says that a resource does not exist.
pub(super) fn not_found(resource: impl ToString) -> Status {
    let resource = resource.to_string();
    let message = format!("{resource} does not exist");
    status(Code::NotFound, &message, "ERROR_REASON_NOT_FOUND", vec![("resource", resource)])
}

/// Says when to come back.
pub(super) fn exhausted(message: &str, reason: &str, wait: Duration) -> Status {
    let mut details = details(reason, Vec::new());
    details.set_retry_info(Some(wait));
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

/// Says what keeps the database from doing its part.
fn out(outage: Outage) -> Status {
    let (message, reason, facts) = match outage {
        Outage::Absent => ("the database cannot be reached", "ERROR_REASON_UNAVAILABLE", Vec::new()),
        Outage::DiskFull | Outage::DiskFailing | Outage::ReadOnly => {
            ("the database takes no writes", "ERROR_REASON_NOT_WRITABLE", vec![("cause", outage.to_string())])
        }
    };
    let mut details = details(reason, facts);
    details.set_retry_info(Some(AFTER_THE_OUTAGE));
    Status::with_error_details(Code::Unavailable, message, details)
}

fn refused(refusal: &dyn Refusal) -> Status {
    let violations = fitting(refusal.violations(), |one| [&one.subject, &one.description, &one.code]);
    let mut details = details(refusal.reason(), refusal.facts());
    if let Some(wait) = refusal.wait().and_then(|wait| wait.to_std().ok()) {
        details.set_retry_info(Some(wait));
    }
    let code = match refusal.kind() {
        Kind::Invalid => {
            let told = violations.map(|Violation { code: _, subject, description }| FieldViolation {
                field: subject,
                description,
                reason: refusal.reason().to_owned(),
                localized_message: None,
            });
            details.set_bad_request(told.collect::<Vec<_>>());
            Code::InvalidArgument
        }
        Kind::Precondition => {
            for Violation { code, subject, description } in violations {
                details.add_precondition_failure_violation(code, subject, description);
            }
            Code::FailedPrecondition
        }
        Kind::Exists => Code::AlreadyExists,
        Kind::Exhausted => Code::ResourceExhausted,
    };
    Status::with_error_details(code, refusal.to_string(), details)
}

/// Logs the whole chain once, and tells the caller nothing of it but where to look.
fn internal(error: &dyn std::error::Error) -> Status {
    tracing::error!(error.chain = chain(error), "a call failed");
    status(Code::Internal, "internal error; the server's log tells more", "ERROR_REASON_INTERNAL", Vec::new())
}
