//! A small SMTP server on a free port, which keeps what it is given and can be told to misbehave.
//!
//! It offers SIZE, 8BITMIME and SMTPUTF8, no TLS and no sign-in.
//! Nothing in it waits for time to pass: a test that needs a slow server holds the answer back and lets it go.
//!
//! **Invariant:** [`SmtpServer::received`] lists each message that was wholly transmitted, in order, whether or not the sender
//! was told so.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a harness that cannot start fails the test it serves"
)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Stands in for a mail relay; dropped, it takes no more connections.
pub struct SmtpServer {
    address: SocketAddr,
    state: State,
    accepting: JoinHandle<()>,
}

/// Holds one message as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The address in `MAIL FROM`, without brackets.
    pub from: String,
    /// The addresses in `RCPT TO`, without brackets.
    pub to: Vec<String>,
    /// What followed the address in `MAIL FROM`: `BODY=8BITMIME`, `SMTPUTF8`.
    pub parameters: Vec<String>,
    /// The message with its dots unstuffed and CRLF line ends.
    pub bytes: Vec<u8>,
    /// Whether the server answered 250, or hung up instead.
    pub acknowledged: bool,
}

/// Keeps the server from answering what it has received; dropping it lets all answers go.
pub struct Held {
    state: State,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.state.changed.send_modify(|script| script.is_held = false);
    }
}

#[derive(Clone)]
struct State {
    changed: Arc<watch::Sender<Script>>,
    received: Arc<Mutex<Vec<Received>>>,
}

/// Says how to misbehave, and counts what tests wait for.
#[derive(Debug, Default)]
struct Script {
    deferrals: usize,
    hang_ups: usize,
    refused: Vec<String>,
    is_held: bool,
    is_old: bool,
    conversations: usize,
    received: usize,
}

impl SmtpServer {
    /// Starts a server on a free port of this machine.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let state = State { changed: Arc::new(watch::Sender::new(Script::default())), received: Arc::default() };
        let accepting = tokio::spawn(accept(listener, state.clone()));
        Self { address, state, accepting }
    }

    /// Gives the URL to set as the mail relay.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives every message so far, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.state.received().clone()
    }

    /// Waits until there are `count` messages, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let mut changed = self.state.changed.subscribe();
        changed.wait_for(|script| script.received >= count).await.expect("the server keeps the sender");
        self.received()
    }

    /// Gives how many connections were opened so far.
    pub fn conversations(&self) -> usize {
        self.state.changed.borrow().conversations
    }

    /// Answers the next `count` recipients with 451, whoever they are.
    pub fn defer_next(&self, count: usize) {
        self.state.changed.send_modify(|script| script.deferrals += count);
    }

    /// Answers an address with 550 from now on.
    pub fn refuse(&self, address: &str) {
        self.state.changed.send_modify(|script| script.refused.push(address.to_owned()));
    }

    /// Takes the next `count` messages and hangs up without saying so.
    pub fn hang_up_after_next(&self, count: usize) {
        self.state.changed.send_modify(|script| script.hang_ups += count);
    }

    /// Offers no extensions from the next conversation on, as a server of the last century would.
    pub fn grow_old(&self) {
        self.state.changed.send_modify(|script| script.is_old = true);
    }

    /// Takes messages but keeps the answers back until the result is dropped.
    #[must_use = "the answers are let go when it is dropped"]
    pub fn hold(&self) -> Held {
        self.state.changed.send_modify(|script| script.is_held = true);
        Held { state: self.state.clone() }
    }

    /// Closes the port, so that connecting to it fails from now on.
    pub async fn stop(mut self) {
        self.accepting.abort();
        // The task owns the listener: once it has ended, the port is closed. That it was cancelled is what was asked for.
        (&mut self.accepting).await.unwrap_or(());
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl State {
    fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one from a counter of the script, and says whether there was one.
    fn take(&self, counter: fn(&mut Script) -> &mut usize) -> bool {
        let mut was_there = false;
        self.changed.send_modify(|script| {
            let counter = counter(script);
            was_there = *counter > 0;
            *counter = counter.saturating_sub(1);
        });
        was_there
    }

    fn keep(&self, message: Received) {
        self.received().push(message);
        self.changed.send_modify(|script| script.received += 1);
    }

    async fn until_released(&self) {
        let mut changed = self.changed.subscribe();
        changed.wait_for(|script| !script.is_held).await.expect("the server keeps the sender");
    }
}

async fn accept(listener: TcpListener, state: State) {
    while let Ok((stream, _)) = listener.accept().await {
        state.changed.send_modify(|script| script.conversations += 1);
        let (reading, writing) = stream_halves(stream);
        let conversation = Conversation { reading, writing, state: state.clone(), envelope: Envelope::default() };
        // A client that goes away in the middle ends the conversation, and that is all there is to say about it.
        tokio::spawn(async move { conversation.run().await.unwrap_or(()) });
    }
}

fn stream_halves(stream: TcpStream) -> (BufReader<OwnedReadHalf>, OwnedWriteHalf) {
    let (reading, writing) = stream.into_split();
    (BufReader::new(reading), writing)
}

#[derive(Debug, Default)]
struct Envelope {
    from: String,
    to: Vec<String>,
    parameters: Vec<String>,
}

struct Conversation {
    reading: BufReader<OwnedReadHalf>,
    writing: OwnedWriteHalf,
    state: State,
    envelope: Envelope,
}

impl Conversation {
    async fn run(mut self) -> std::io::Result<()> {
        self.say("220 harness ESMTP").await?;
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => self.ehlo().await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" if self.envelope.to.is_empty() => self.say("503 5.5.1 nobody to deliver to").await?,
                "DATA" => {
                    if !self.data().await? {
                        return Ok(());
                    }
                }
                "RSET" => {
                    self.envelope = Envelope::default();
                    self.say("250 2.0.0 forgotten").await?;
                }
                "NOOP" => self.say("250 2.0.0 here").await?,
                "QUIT" => return self.say("221 2.0.0 bye").await,
                _ => self.say("502 5.5.2 unknown command").await?,
            }
        }
        Ok(())
    }

    async fn ehlo(&mut self) -> std::io::Result<()> {
        let is_old = self.state.changed.borrow().is_old;
        let extensions = "250-harness\r\n250-SIZE 20000000\r\n250-8BITMIME\r\n250 SMTPUTF8";
        self.say(if is_old { "250 harness" } else { extensions }).await
    }

    async fn mail(&mut self, rest: &str) -> std::io::Result<()> {
        let (from, parameters) = path(rest);
        self.envelope = Envelope { from, to: Vec::new(), parameters };
        self.say("250 2.1.0 go on").await
    }

    async fn rcpt(&mut self, rest: &str) -> std::io::Result<()> {
        let (to, _) = path(rest);
        if self.state.take(|script| &mut script.deferrals) {
            return self.say(&format!("451 4.3.0 <{to}> later")).await;
        }
        if self.state.changed.borrow().refused.contains(&to) {
            return self.say(&format!("550 5.1.1 <{to}> is not known here")).await;
        }
        self.envelope.to.push(to);
        self.say("250 2.1.5 go on").await
    }

    /// Takes the message and says whether the conversation goes on.
    async fn data(&mut self) -> std::io::Result<bool> {
        self.say("354 go on").await?;
        let mut bytes = Vec::new();
        loop {
            let Some(line) = self.line().await? else { return Ok(false) };
            if line == b".\r\n" {
                break;
            }
            bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let Envelope { from, to, parameters } = std::mem::take(&mut self.envelope);
        let acknowledged = !self.state.take(|script| &mut script.hang_ups);
        self.state.keep(Received { from, to, parameters, bytes, acknowledged });
        self.state.until_released().await;
        if acknowledged {
            self.say("250 2.0.0 kept").await?;
        }
        Ok(acknowledged)
    }

    async fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let length = self.reading.read_until(b'\n', &mut line).await?;
        Ok((length > 0).then_some(line))
    }

    async fn say(&mut self, answer: &str) -> std::io::Result<()> {
        self.writing.write_all(format!("{answer}\r\n").as_bytes()).await
    }
}

/// Reads `FROM:<address> PARAMETER…`.
fn path(rest: &str) -> (String, Vec<String>) {
    let rest = rest.split_once('<').map_or("", |(_, rest)| rest);
    let (address, parameters) = rest.split_once('>').unwrap_or((rest, ""));
    (address.to_owned(), parameters.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
