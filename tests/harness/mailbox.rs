//! Mail servers that stand in for a relay.

use anyhow::Result;
use tokio::{net::TcpListener, task::JoinHandle};

/// A mail server of this program.
pub struct Mailbox {
    address: std::net::SocketAddr,
    accepting: JoinHandle<()>,
}

impl Mailbox {
    /// One that takes connections and never says a word.
    pub async fn silent() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                held.push(stream);
            }
        });
        Ok(Self { address, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    /// Its address, as the server's settings take it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
