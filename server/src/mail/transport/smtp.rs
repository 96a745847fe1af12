//! Speaks SMTP to one relay over a few kept connections.
//!
//! The connections are kept here rather than by lettre's own pool: that pool bounds only idle connections, has no time limit on
//! reading, and takes a connection back in the middle of a conversation when a send is cancelled, so that one silent server would
//! spoil it for good. Here a connection that did not end its conversation well is closed.

mod url;

use std::error::Error;
use std::fmt;
use std::io;
use std::iter;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::transport::smtp;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter, ServerInfo};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

pub use self::url::BadUrl;

use self::url::{Relay, Security};
use super::{Cause, Reply, SendError};
use crate::mail::message::{self, Built, Outgoing};

/// The longest that one message can take, waiting for a free connection included; a lease on it must last longer.
pub const SEND_LIMIT: Duration = Duration::from_mins(2);

/// How many conversations go on at once.
const CONNECTIONS: usize = 16;

/// How long a connection is kept without use. Servers close theirs after five minutes (RFC 5321 section 4.5.3.2.7), many sooner.
const IDLE_LIMIT: Duration = Duration::from_mins(1);

/// How long an idle connection may take to show that it still works.
const PROBE_LIMIT: Duration = Duration::from_secs(5);

/// What a server answers that is about to hang up, whatever it was asked (RFC 5321 section 3.8).
const CLOSING: u16 = 421;

/// How long a look at the relay may take.
const REACH_LIMIT: Duration = Duration::from_secs(10);

/// Delivers to one relay; no more than 16 messages at once.
pub struct Smtp {
    relay: Relay,
    send_limit: Duration,
    slots: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl Smtp {
    /// Reads a relay's address: `smtps://user:password@host`, `smtp://user:password@host:587?tls=required`, `smtp://localhost`.
    ///
    /// User and password are percent-encoded; a path, as in `smtps://host/mail.example.org`, is the name to introduce oneself by.
    /// Nothing is sent yet. A URL that would send a password in clear to another machine is refused.
    pub fn from_url(url: &str) -> Result<Self, BadUrl> {
        Ok(Self {
            relay: Relay::parse(url)?,
            send_limit: SEND_LIMIT,
            slots: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
        })
    }

    /// Gives up on a message sooner than [`SEND_LIMIT`].
    #[must_use]
    pub fn with_send_limit(self, send_limit: Duration) -> Self {
        Self { send_limit: send_limit.min(SEND_LIMIT), ..self }
    }

    pub(super) async fn send(&self, outgoing: &Outgoing) -> Result<(), SendError> {
        let built = message::build(outgoing)?;
        let delivery = timeout(self.send_limit, self.deliver(&built));
        delivery.await.unwrap_or(Err(SendError::Transient(Cause::Timeout)))
    }

    async fn deliver(&self, built: &Built) -> Result<(), SendError> {
        let _slot = self.slot().await.map_err(SendError::Transient)?;
        let mut connection = match self.begin_on_kept(built).await? {
            Some(begun) => begun,
            None => self.begin_on_new(built).await?,
        };
        if let Err(error) = converse(&mut connection, built).await {
            connection.abort().await;
            return Err(refusal(&error));
        }
        self.keep(connection);
        Ok(())
    }

    /// Begins with a message on the connection used last that is young enough and still answers; the others on the way to it are closed.
    async fn begin_on_kept(&self, built: &Built) -> Result<Option<AsyncSmtpConnection>, SendError> {
        loop {
            let Some(Idle { mut connection, since }) = self.idle().pop() else { return Ok(None) };
            if since.elapsed() >= IDLE_LIMIT {
                continue;
            }
            let sender = envelope_sender(built, connection.server_info())?;
            match timeout(PROBE_LIMIT, connection.command(sender)).await {
                Ok(Ok(_)) => return Ok(Some(connection)),
                Ok(Err(error)) if reply(&error).is_some_and(|reply| reply.code != CLOSING) => {
                    connection.abort().await;
                    return Err(refusal(&error));
                }
                // Whoever kept it no longer does, and has not heard of the message.
                Ok(Err(_)) | Err(_) => {}
            }
        }
    }

    async fn begin_on_new(&self, built: &Built) -> Result<AsyncSmtpConnection, SendError> {
        let mut connection = connect(&self.relay).await.map_err(SendError::Transient)?;
        let sender = envelope_sender(built, connection.server_info())?;
        if let Err(error) = connection.command(sender).await {
            connection.abort().await;
            return Err(refusal(&error));
        }
        Ok(connection)
    }

    /// Goes as far as to be signed in, and keeps the connection for the next message.
    pub(super) async fn reach(&self) -> Result<(), Cause> {
        let look = async {
            let _slot = self.slot().await?;
            self.keep(match self.take_idle().await {
                Some(kept) => kept,
                None => connect(&self.relay).await?,
            });
            Ok(())
        };
        timeout(REACH_LIMIT, look).await.unwrap_or(Err(Cause::Timeout))
    }

    /// The semaphore is never closed; were it, the message would wait like any other.
    async fn slot(&self) -> Result<SemaphorePermit<'_>, Cause> {
        self.slots.acquire().await.map_err(|_| Cause::Connection)
    }

    /// Takes the connection used last that is young enough and still answers; the others on the way to it are closed.
    async fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let Idle { mut connection, since } = self.idle().pop()?;
            if since.elapsed() < IDLE_LIMIT && timeout(PROBE_LIMIT, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        self.idle().push(Idle { connection, since: Instant::now() });
    }

    /// The lock is never held across an await, and the list stays whole whatever panics.
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Smtp").field("host", &self.relay.host).finish_non_exhaustive()
    }
}

/// Opens a conversation: connected, secured as the settings demand, and signed in.
///
/// Whatever goes wrong here concerns the relay and not the message, which therefore waits.
async fn connect(relay: &Relay) -> Result<AsyncSmtpConnection, Cause> {
    let Relay { host, port, security, credentials, hello } = relay;
    let mut connection = match security {
        Security::Wrapped(tls) => {
            let server = (host.as_str(), *port);
            AsyncSmtpConnection::connect_tokio1(server, None, hello, Some(tls.clone()), None).await
        }
        Security::None | Security::Offered(_) | Security::Required(_) => {
            let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(|_| Cause::Connection)?;
            // A message goes out in two writes; without this the second waits some 40 ms for the first to be acknowledged.
            stream.set_nodelay(true).map_err(|_| Cause::Connection)?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello).await
        }
    }
    .map_err(|error| trouble(&error))?;

    if let Some(tls) = security.upgrade(connection.can_starttls()) {
        connection
            .starttls(tls.clone(), hello)
            .await
            .map_err(|error| reply(&error).map_or(Cause::Tls, Cause::Reply))?;
    }
    if let Some(credentials) = credentials {
        let signed_in = connection.auth(DEFAULT_MECHANISMS, credentials).await;
        signed_in.map_err(|error| if error.is_client() { Cause::SignIn } else { trouble(&error) })?;
    }
    Ok(connection)
}

/// The first command about a message, with what the relay must be able to do for it (RFC 6152, RFC 6531).
fn envelope_sender(built: &Built, relay: &ServerInfo) -> Result<Mail, SendError> {
    let envelope = &built.envelope;
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    let international = !addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii());
    let asked = [
        (international, Extension::SmtpUtfEight, MailParameter::SmtpUtfEight),
        (!built.bytes.is_ascii(), Extension::EightBitMime, MailParameter::Body(MailBodyParameter::EightBitMime)),
    ];
    let mut parameters = Vec::new();
    for (_, extension, parameter) in asked.into_iter().filter(|(needed, ..)| *needed) {
        if !relay.supports_feature(extension) {
            return Err(SendError::Permanent(Cause::NoInternationalMail));
        }
        parameters.push(parameter);
    }
    Ok(Mail::new(envelope.from().cloned(), parameters))
}

/// What follows the first command: to whom, and the message itself.
async fn converse(connection: &mut AsyncSmtpConnection, built: &Built) -> Result<(), smtp::Error> {
    for recipient in built.envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await?;
    }
    connection.command(Data).await?;
    connection.message(&built.bytes).await?;
    Ok(())
}

/// Tells a message's refusal from trouble with the relay.
fn refusal(error: &smtp::Error) -> SendError {
    // RFC 4954 section 6: the server wants us to sign in, or in another way. The settings are wrong, the message is not.
    let is_ours = |code| matches!(code, 530 | 534 | 535 | 538);
    match reply(error) {
        Some(reply) if error.is_permanent() && !is_ours(reply.code) => SendError::Permanent(Cause::Reply(reply)),
        Some(reply) => SendError::Transient(Cause::Reply(reply)),
        None => SendError::Transient(trouble(error)),
    }
}

fn trouble(error: &smtp::Error) -> Cause {
    if let Some(reply) = reply(error) {
        return Cause::Reply(reply);
    }
    // A failed handshake arrives as an I/O error of this kind, wrapped once or twice.
    let causes = iter::successors(Error::source(error), |&cause| cause.source());
    let is_handshake = causes
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::InvalidData);
    if error.is_tls() || is_handshake {
        Cause::Tls
    } else if error.is_response() || error.is_client() {
        Cause::Protocol
    } else {
        Cause::Connection
    }
}

/// Gives the numbers of an answer and leaves its words behind.
fn reply(error: &smtp::Error) -> Option<Reply> {
    let code = u16::from(error.status()?);
    let words = Error::source(error).map(ToString::to_string).unwrap_or_default();
    Some(Reply { code, status: enhanced_status(code, &words) })
}

/// Reads the `5.1.1` an answer may begin with (RFC 2034); its class must be that of the reply code.
fn enhanced_status(code: u16, words: &str) -> Option<(u8, u16, u16)> {
    let mut numbers = words.split_ascii_whitespace().next()?.splitn(3, '.');
    let class = numbers.next()?.parse().ok().filter(|class| u16::from(*class) == code / 100)?;
    let subject = numbers.next()?.parse().ok()?;
    let detail = numbers.next()?.parse().ok()?;
    Some((class, subject, detail))
}

#[cfg(test)]
mod tests {
    use super::enhanced_status;

    #[test]
    fn enhanced_status_is_read_only_where_it_agrees_with_the_reply() {
        let answers = [
            (550, "5.1.1 <somebody@example.org> unknown"),
            (451, "4.7.500 try again"),
            (550, "2.1.1 odd"),
            (550, "5.1 short"),
            (550, "no such user"),
            (550, "300.1.1 big"),
            (550, ""),
        ];

        let statuses = answers.map(|(code, words)| enhanced_status(code, words));

        assert_eq!(statuses, [Some((5, 1, 1)), Some((4, 7, 500)), None, None, None, None, None]);
    }
}
