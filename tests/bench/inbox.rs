//! The mailboxes of guests: a mail server that reads the codes in what it is given.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// How long a guest waits for a mail.
const PATIENCE: Duration = Duration::from_mins(1);
/// What stands before the code by which an address is confirmed.
pub const CODE: &str = "Code: ";
/// What stands before the code of a ticket.
pub const TICKET: &str = "Ticket: ";

/// A mail server of this program.
pub struct Inbox {
    address: std::net::SocketAddr,
    codes: Arc<Codes>,
    accepting: JoinHandle<()>,
}

/// The codes that came, by the address they came for and what stood before them.
#[derive(Default)]
struct Codes {
    known: Mutex<HashMap<(String, &'static str), String>>,
    more: Notify,
}

impl Inbox {
    /// Begins to take mail.
    pub async fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, codes) = (listener.local_addr()?, Arc::<Codes>::default());
        let taken = Arc::clone(&codes);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let codes = Arc::clone(&taken);
                // A sender that goes away in the middle is its own affair.
                tokio::spawn(async move { converse(stream, &codes).await.unwrap_or(()) });
            }
        });
        Ok(Self { address, codes, accepting })
    }

    /// Its address, as the server's settings take it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Waits for the mail to an address with a code, of those that stand behind [`CODE`] or [`TICKET`].
    pub async fn code(&self, email: &str, behind: &'static str) -> Result<String> {
        let wanted = (email.to_owned(), behind);
        let wait = async {
            loop {
                let more = self.codes.more.notified();
                if let Some(code) = self.codes.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&wanted) {
                    return code;
                }
                more.await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.context("no mail came")
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn converse(stream: TcpStream, codes: &Codes) -> Result<()> {
    stream.set_nodelay(true)?;
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 inbox ESMTP\r\n").await?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => b"250-inbox\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                b"250 2.1.5 go on\r\n"
            }
            "DATA" => {
                writing.write_all(b"354 go on\r\n").await?;
                let mut code = None;
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    code = code.or_else(|| code_in(&line));
                }
                let code = code.map(|(behind, code)| ((to.clone(), behind), code));
                codes.known.lock().unwrap_or_else(PoisonError::into_inner).extend(code);
                codes.more.notify_waiters();
                b"250 2.0.0 kept\r\n"
            }
            "QUIT" => return Ok(writing.write_all(b"221 2.0.0 bye\r\n").await?),
            _ => b"250 2.0.0 go on\r\n",
        };
        writing.write_all(answer).await?;
    }
    Ok(())
}

fn code_in(line: &str) -> Option<(&'static str, String)> {
    let behind = |mark: &'static str| Some((mark, line.trim_start().strip_prefix(mark)?.trim().to_owned()));
    [CODE, TICKET].into_iter().find_map(behind)
}
