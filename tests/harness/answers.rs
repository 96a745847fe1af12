//! What a call came back with, in the few words that tests compare.

use attache_client::{Code, Failure, Reason, v1::ErrorReason};
use tonic::{Response, Status};

/// The answer to a call.
pub trait Answer<T> {
    /// What was done.
    fn done(self) -> T;

    /// Why it was not.
    fn refused(self) -> Failure;
}

impl<T> Answer<T> for Result<Response<T>, Status> {
    fn done(self) -> T {
        match self {
            Ok(response) => response.into_inner(),
            Err(status) => panic!("refused: {}", Failure::from(status)),
        }
    }

    fn refused(self) -> Failure {
        match self {
            Ok(_) => panic!("was done"),
            Err(status) => status.into(),
        }
    }
}

/// The code and the reason of a refusal.
pub fn verdict<T>(answer: Result<Response<T>, Status>) -> (Code, ErrorReason) {
    let failure = answer.refused();
    match failure.reason {
        Some(Reason::Known(reason)) => (failure.code, reason),
        Some(Reason::Unknown(_)) | None => panic!("refused without a known reason: {failure:?}"),
    }
}

/// The fields that a request was refused for.
pub fn wrong_fields<T>(answer: Result<Response<T>, Status>) -> Vec<String> {
    let failure = answer.refused();
    assert_eq!(failure.code, Code::InvalidArgument, "{failure:?}");
    failure.field_violations.iter().map(|violation| violation.field.clone()).collect()
}

/// The fields that a request was refused for, and why.
pub fn violations<T>(answer: Result<Response<T>, Status>) -> Vec<(String, String)> {
    let failure = answer.refused();
    assert_eq!(failure.code, Code::InvalidArgument, "{failure:?}");
    let told = |violation: &attache_client::FieldViolation| (violation.field.clone(), violation.description.clone());
    failure.field_violations.iter().map(told).collect()
}
