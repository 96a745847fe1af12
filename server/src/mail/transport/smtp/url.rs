//! Reads the address of a relay.

use std::net::IpAddr;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Says what is wrong with a relay's URL, without repeating it: it holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// It is not a URL, or its user or password is not percent-encoded UTF-8.
    #[error("the mail relay is not given as a URL such as smtps://user:password@host")]
    Unreadable,
    /// Its scheme is another one.
    #[error("the mail relay's URL begins with smtps:// or smtp://")]
    Scheme,
    /// It names no host, or one that no certificate can name.
    #[error("the mail relay's URL names no usable host")]
    Host,
    /// A parameter is unknown, given twice, or makes no sense with the scheme.
    #[error("the mail relay's URL takes one parameter, tls=required or tls=opportunistic, and only with smtp://")]
    Parameter,
    /// A user is given without a password, or a password without a user.
    #[error("the mail relay's URL gives a user and a password, or neither")]
    Password,
    /// The password would cross the network in clear.
    #[error("the mail relay's URL has a password, so it needs smtps:// or tls=required")]
    PasswordInClear,
}

/// Holds where the relay is and how to speak to it.
pub(super) struct Relay {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<Credentials>,
    /// The name this side introduces itself by.
    pub(super) hello: ClientId,
}

/// Says how far the connection is secured.
pub(super) enum Security {
    /// Not at all: for a relay on the same machine or a trusted network.
    None,
    /// By STARTTLS if the server has it, which a man in the middle can hide.
    Offered(TlsParameters),
    /// By STARTTLS or not at all.
    Required(TlsParameters),
    /// From the first byte (RFC 8314).
    Wrapped(TlsParameters),
}

impl Security {
    /// Gives what to secure a connection with that began in clear.
    pub(super) fn upgrade(&self, is_offered: bool) -> Option<&TlsParameters> {
        match self {
            Self::Required(tls) => Some(tls),
            Self::Offered(tls) if is_offered => Some(tls),
            Self::Offered(_) | Self::None | Self::Wrapped(_) => None,
        }
    }
}

impl Relay {
    pub(super) fn parse(url: &str) -> Result<Self, BadUrl> {
        let url = Url::parse(url).map_err(|_| BadUrl::Unreadable)?;
        let host = host(&url)?;
        let (security, default_port) = security(&url, &host)?;
        let credentials = credentials(&url)?;
        let is_clear = matches!(security, Security::None | Security::Offered(_));
        if credentials.is_some() && is_clear && !is_this_machine(&host) {
            return Err(BadUrl::PasswordInClear);
        }
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Ok(Self { port: url.port().unwrap_or(default_port), host, security, credentials, hello })
    }
}

fn host(url: &Url) -> Result<String, BadUrl> {
    match url.host() {
        Some(Host::Domain(name)) if !name.is_empty() => Ok(name.to_owned()),
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        Some(Host::Domain(_)) | None => Err(BadUrl::Host),
    }
}

/// Gives the security and the port that goes with it unless the URL names one.
fn security(url: &Url, host: &str) -> Result<(Security, u16), BadUrl> {
    let parameters: Vec<_> = url.query_pairs().collect();
    let tls = match parameters.as_slice() {
        [] => None,
        [(key, value)] if key == "tls" => Some(value.as_ref()),
        _ => return Err(BadUrl::Parameter),
    };
    let certificate = || TlsParameters::new(host.to_owned()).map_err(|_| BadUrl::Host);
    match (url.scheme(), tls) {
        ("smtps", None) => Ok((Security::Wrapped(certificate()?), 465)),
        ("smtp", None) => Ok((Security::None, 25)),
        ("smtp", Some("required")) => Ok((Security::Required(certificate()?), 587)),
        ("smtp", Some("opportunistic")) => Ok((Security::Offered(certificate()?), 587)),
        ("smtp" | "smtps", Some(_)) => Err(BadUrl::Parameter),
        _ => Err(BadUrl::Scheme),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, BadUrl> {
    let decoded = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8().map_err(|_| BadUrl::Unreadable)?;
        Ok(decoded.into_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(BadUrl::Password),
        (user, Some(password)) => Ok(Some(Credentials::new(decoded(user)?, decoded(password)?))),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives host, port, security and whether there is a password.
    fn read(url: &str) -> Result<(String, u16, &'static str, bool), BadUrl> {
        let relay = Relay::parse(url)?;
        let security = match relay.security {
            Security::None => "none",
            Security::Offered(_) => "offered",
            Security::Required(_) => "required",
            Security::Wrapped(_) => "wrapped",
        };
        Ok((relay.host, relay.port, security, relay.credentials.is_some()))
    }

    #[test]
    fn relay_urls_of_every_kind_are_read() {
        let urls = [
            "smtps://desk%40example.org:p%40ss@mail.example.org",
            "smtp://u:p@mail.example.org?tls=required",
            "smtp://u:p@127.0.0.1:2525",
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://[::1]:1025/me.example.org",
            "smtp://localhost",
        ];

        let read = urls.map(|url| read(url).unwrap());

        assert_eq!(
            read,
            [
                ("mail.example.org".into(), 465, "wrapped", true),
                ("mail.example.org".into(), 587, "required", true),
                ("127.0.0.1".into(), 2525, "none", true),
                ("mail.example.org".into(), 587, "offered", false),
                ("::1".into(), 1025, "none", false),
                ("localhost".into(), 25, "none", false),
            ]
        );
    }

    #[test]
    fn relay_urls_that_cannot_be_meant_are_refused() {
        let urls = [
            "mail.example.org",
            "https://mail.example.org",
            "smtp:mail.example.org",
            "smtps://h?tls=required",
            "smtp://h?tls=maybe",
            "smtp://h?tls=required&tls=required",
            "smtp://h?starttls=1",
            "smtp://u@h?tls=required",
            "smtp://u:p@h",
            "smtp://u:p@h?tls=opportunistic",
            "smtps://u:%FF@h",
        ];

        let refused = urls.map(|url| read(url).unwrap_err());

        assert_eq!(
            refused,
            [
                BadUrl::Unreadable,
                BadUrl::Scheme,
                BadUrl::Host,
                BadUrl::Parameter,
                BadUrl::Parameter,
                BadUrl::Parameter,
                BadUrl::Parameter,
                BadUrl::Password,
                BadUrl::PasswordInClear,
                BadUrl::PasswordInClear,
                BadUrl::Unreadable,
            ]
        );
    }
}
