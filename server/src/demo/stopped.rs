//! Why the demo ended before it should: one sentence, with the step that failed.

use std::{io, path::PathBuf};

use attache_client::Failure;
use tonic::{Response, Status};

use crate::{installation::OpenError, server::ServeError};

/// Says why the demo ended before it should.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Mail would leave this machine.
    #[error("the demo sends nothing by SMTP, because its letters bear the names of real bodies; leave out smtp_url")]
    Smtp,
    /// The demo's own calls would not trust the certificate.
    #[error("the demo serves without TLS; leave out tls_certificate and tls_key")]
    Tls,
    /// The folder holds something else.
    #[error("{} is not the folder of a demo; move it away, or start the demo elsewhere", .0.display())]
    Foreign(PathBuf),
    /// An earlier demo did not come to its end.
    #[error("{} holds a demo that ended before its job was done; start it afresh with --fresh", .0.display())]
    Unfinished(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot read or write {what}")]
    Disk {
        /// Which.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// A sample cannot be read.
    #[error("the sample {file} cannot be read: {problem}")]
    Sample {
        /// Which file.
        file: &'static str,
        /// Why.
        problem: String,
    },
    /// The installation cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A call failed.
    #[error("the demo stopped while {step}: {cause}")]
    Call {
        /// What was being done.
        step: String,
        /// What the server said.
        cause: String,
    },
    /// A call was answered, with something else than the job needs.
    #[error("the demo stopped while {step}: {found}")]
    Unexpected {
        /// What was being done.
        step: &'static str,
        /// What was found.
        found: String,
    },
    /// Somebody ended it in the middle.
    #[error("interrupted before the job was done; start it afresh with --fresh")]
    Interrupted,
    /// The server ended by itself.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The server broke.
    #[error("the server broke")]
    Panicked,
}

/// Adds what was being done to a call that failed.
pub(super) trait Step<T> {
    /// Gives the answer, or says during which step there was none: "creating the event ciftis-2023".
    fn at(self, step: impl Into<String>) -> Result<T, Stopped>;
}

impl<T> Step<T> for Result<Response<T>, Status> {
    fn at(self, step: impl Into<String>) -> Result<T, Stopped> {
        self.map(Response::into_inner).map_err(Failure::from).at(step)
    }
}

impl<T> Step<T> for Result<T, Failure> {
    fn at(self, step: impl Into<String>) -> Result<T, Stopped> {
        self.map_err(|failure| Stopped::Call { step: step.into(), cause: told(&failure) })
    }
}

/// A failure in a sentence, with the fields and the obstacles that it names.
fn told(failure: &Failure) -> String {
    let fields = failure.field_violations.iter().map(|violation| (&violation.field, &violation.description));
    let obstacles =
        failure.precondition_violations.iter().map(|violation| (&violation.subject, &violation.description));
    let details: Vec<String> = fields.chain(obstacles).map(|(what, why)| format!("{what} {why}")).collect();
    if details.is_empty() { failure.to_string() } else { format!("{failure}: {}", details.join("; ")) }
}
