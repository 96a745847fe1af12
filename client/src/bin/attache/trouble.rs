//! What can go wrong in a command, how it is told, and the exit code it ends in.

use std::fmt::Write as _;

use attache_client::{Code, Failure};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Trouble {
    /// The command line makes no sense.
    Usage(String),
    /// The call failed.
    Call(Failure),
    /// The work that was waited for failed in part; what failed was printed as its answer.
    Job,
    /// The work that was waited for was stopped by somebody; what was done until then was printed as its answer.
    Cancelled,
    /// Something on this machine failed, as a file that cannot be written.
    Local(anyhow::Error),
}

impl Trouble {
    /// The exit code that the program's help promises.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Call(failure) => match failure.code {
                Code::Unavailable | Code::DeadlineExceeded => 3,
                Code::Unauthenticated | Code::PermissionDenied => 4,
                // A failure without a reason is the client's own: an address or a token that cannot be used.
                Code::InvalidArgument if failure.reason.is_none() => 2,
                Code::Ok
                | Code::Cancelled
                | Code::Unknown
                | Code::InvalidArgument
                | Code::NotFound
                | Code::AlreadyExists
                | Code::ResourceExhausted
                | Code::FailedPrecondition
                | Code::Aborted
                | Code::OutOfRange
                | Code::Unimplemented
                | Code::Internal
                | Code::DataLoss => 1,
            },
            Self::Job | Self::Cancelled | Self::Local(_) => 1,
        }
    }

    /// What is told on standard error.
    pub fn tell(&self) -> String {
        match self {
            Self::Usage(wrong) => format!("error: {wrong}\n"),
            Self::Call(failure) => tell_failure(failure),
            Self::Job => "error: a part of the work failed\n".to_owned(),
            Self::Cancelled => "error: the work was cancelled\n".to_owned(),
            Self::Local(error) => format!("error: {error:#}\n"),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Call(failure)
    }
}

impl From<tonic::Status> for Trouble {
    fn from(status: tonic::Status) -> Self {
        Self::Call(status.into())
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Local(error)
    }
}

fn tell_failure(failure: &Failure) -> String {
    let mut told = format!("error: {}\n", plain(&failure.message));
    let mut line = |text: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(told, "  {}", plain(&text));
    };
    for violation in &failure.field_violations {
        line(format!("{}: {}", violation.field, violation.description));
    }
    for violation in &failure.precondition_violations {
        line(format!("{}: {}", violation.subject, violation.description));
    }
    if let Some(reason) = &failure.reason {
        line(format!("reason: {reason}"));
    }
    for (key, value) in &failure.metadata {
        line(format!("{key}: {value}"));
    }
    if let Some(delay) = failure.retry_delay {
        line(format!("try again in: {} s", delay.as_secs_f64().ceil()));
    }
    if let Some(request_id) = &failure.request_id {
        line(format!("request id: {request_id}"));
    }
    told
}

/// Takes from a server's text what would move the cursor or change the colours of a terminal.
pub fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic_types::{ErrorDetails, StatusExt as _};

    use super::*;

    #[test]
    fn a_refusal_is_told_field_by_field() {
        let mut details = ErrorDetails::new();
        details
            .set_error_info("INVALID_FIELDS", "attache.v1", [("limit".to_owned(), "3".to_owned())])
            .add_bad_request_violation("registration.person.email", "not an address")
            .add_precondition_failure_violation("LETTER", "events/x/letters/y", "no passport")
            .set_retry_info(Some(Duration::from_millis(1500)));
        let mut status =
            tonic::Status::with_error_details(Code::InvalidArgument, "two fields are wrong\u{1b}[2J", details);
        status.metadata_mut().insert("x-request-id", "01JD".parse().unwrap());

        let trouble = Trouble::from(status);

        assert_eq!(trouble.exit_code(), 1);
        assert_eq!(
            trouble.tell(),
            "error: two fields are wrong\u{fffd}[2J\n  \
             registration.person.email: not an address\n  \
             events/x/letters/y: no passport\n  \
             reason: INVALID_FIELDS\n  \
             limit: 3\n  \
             try again in: 2 s\n  \
             request id: 01JD\n"
        );
    }

    #[test]
    fn exit_codes_tell_why_it_failed() {
        let of = |code| Trouble::from(tonic::Status::new(code, "")).exit_code();

        let codes =
            [Code::NotFound, Code::InvalidArgument, Code::Unavailable, Code::DeadlineExceeded, Code::PermissionDenied];
        assert_eq!(codes.map(of), [1, 2, 3, 3, 4]);
    }
}
