//! What a caller decides before the first call.

use std::fmt;
use std::time::Duration;

use crate::Retries;

/// Says where the server is, who calls, and how patient they are.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the server listens: `http://127.0.0.1:50051`, or `https://…` for TLS.
    pub address: String,
    /// Whom the server takes the caller for; only the public calls answer without one.
    pub token: Option<Token>,
    /// The certificate, in PEM, of the authority that signed the server's; the web's authorities when left out.
    pub ca_certificate: Option<String>,
    /// How long one call may take, all its attempts together. It is sent as `grpc-timeout`, so that the server stops
    /// working too.
    ///
    /// It bounds calls with one answer. A stream lasts as long as it is read; `tonic::Request::set_timeout` bounds a
    /// single one, and overrides this for any call.
    pub deadline: Duration,
    /// What happens when the server cannot be reached for a moment.
    pub retries: Retries,
    /// What the caller calls itself in the server's log.
    pub user_agent: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: "http://127.0.0.1:50051".to_owned(),
            token: None,
            ca_certificate: None,
            deadline: Duration::from_secs(30),
            retries: Retries::default(),
            user_agent: concat!("attache-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Keeps the secret that a member calls with out of logs: it prints as `Token(…)`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes the secret as the server gave it; white space around it is dropped, as files end in a line break.
    pub fn new(secret: &str) -> Self {
        Self(secret.trim().to_owned())
    }

    /// Gives the secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_print_without_the_token() {
        let options = Options { token: Some(Token::new("s3cret\n")), ..Options::default() };

        assert_eq!(options.token.as_ref().map(Token::reveal), Some("s3cret"));
        assert!(!format!("{options:?}").contains("s3cret"));
    }
}
